import billing.public_ids
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_payments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("cap", models.PositiveIntegerField()),
                ("held", models.PositiveIntegerField(default=0)),
                ("spent", models.PositiveIntegerField(default=0)),
                ("used_before", models.PositiveIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
            ],
            options={
                "ordering": ["-month"],
            },
        ),
        migrations.AddField(
            model_name="hold",
            name="budget",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="billing.budget",
            ),
        ),
        migrations.CreateModel(
            name="OrgLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", billing.public_ids.PublicIdField("lnk")),
                (
                    "payer",
                    models.CharField(
                        choices=[("agency", "机构付费 The agency pays"), ("merchant", "商家自付 The merchant pays")],
                        max_length=10,
                    ),
                ),
                ("monthly_cap", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("invited", "待接受 Invited"), ("active", "合作中 Active"), ("ended", "已结束 Ended")],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("agency_agreed_at", models.DateTimeField(blank=True, null=True)),
                ("merchant_agreed_at", models.DateTimeField(blank=True, null=True)),
                ("former_agreed_at", models.DateTimeField(blank=True, null=True)),
                ("invited_by", models.CharField(blank=True, max_length=150)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.orglink",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="budget",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="budgets", to="billing.orglink"
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", billing.public_ids.PublicIdField("inv")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "所有者 Owner"),
                            ("billing_admin", "财务 Billing admin"),
                            ("producer", "制作 Producer"),
                            ("reviewer", "审核 Reviewer"),
                            ("viewer", "只读 Viewer"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=80)),
                ("created_by", models.CharField(blank=True, max_length=150)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("revoked_at", None), ("accepted_at", None), _connector="OR"),
                        name="invitation_revoked_or_accepted",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="orglink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ended"), _negated=True),
                fields=("agency", "merchant"),
                name="link_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="orglink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payer", "agency"), ("state", "active")),
                fields=("merchant",),
                name="link_one_paying_agency",
            ),
        ),
        migrations.AddConstraint(
            model_name="orglink",
            constraint=models.CheckConstraint(
                condition=models.Q(("agency", models.F("merchant")), _negated=True), name="link_has_two_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(fields=("link", "month"), name="budget_once_a_month"),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cap__gte",
                        django.db.models.expressions.CombinedExpression(models.F("held"), "+", models.F("spent")),
                    ),
                    (
                        "used_before__gte",
                        django.db.models.expressions.CombinedExpression(models.F("held"), "+", models.F("spent")),
                    ),
                    _connector="OR",
                ),
                name="budget_never_passed",
            ),
        ),
    ]
