import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import billing.public_ids
from billing.append_only import close_table, open_table


def close_journal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    close_table(schema_editor.connection, "billing_entry")


def open_journal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    open_table(schema_editor.connection, "billing_entry")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=40)),
                ("body", models.JSONField()),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "get_latest_by": "id",
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", billing.public_ids.PublicIdField("org")),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("merchant", "商家 Merchant"), ("agency", "MCN 机构 Agency")],
                        default="merchant",
                        max_length=10,
                    ),
                ),
                ("parked_reason", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("period", "会员积分 Membership"),
                            ("daily", "每日积分 Daily"),
                            ("topup", "充值 Top-up"),
                            ("bonus", "赠送 Bonus"),
                            ("admin", "人工调整 Adjustment"),
                            ("makegood", "过期补偿 Make-good"),
                        ],
                        max_length=12,
                    ),
                ),
                ("priority", models.SmallIntegerField(default=0)),
                ("amount", models.PositiveIntegerField()),
                ("free", models.PositiveIntegerField()),
                ("held", models.PositiveIntegerField(default=0)),
                ("spent", models.PositiveIntegerField(default=0)),
                ("lapsed", models.PositiveIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("amount", models.PositiveIntegerField()),
                ("captured", models.PositiveIntegerField(default=0)),
                ("refunded", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "预扣中 Reserved"),
                            ("captured", "已结算 Settled"),
                            ("released", "已退回 Released"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("parts", models.JSONField(default=list)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("slot", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("settle_key", models.CharField(blank=True, max_length=120)),
                ("lease_until", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "获得 Granted"),
                            ("hold", "预扣 Reserved"),
                            ("capture", "消费 Spent"),
                            ("release", "退回 Returned"),
                            ("expire", "退回时已过期 Expired while reserved"),
                            ("refund", "退还 Refunded"),
                            ("lapse", "过期 Expired"),
                            ("revoke", "收回 Revoked"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=160)),
                ("d_free", models.IntegerField()),
                ("d_held", models.IntegerField()),
                ("d_spent", models.IntegerField()),
                ("d_lapsed", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "hold",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.hold",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="billing.lot"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("prefix", models.CharField(db_index=True, max_length=12)),
                ("digest", models.CharField(max_length=64, unique=True)),
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
                        default="producer",
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="billing.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("price_fen", models.PositiveIntegerField()),
                ("credits", models.PositiveIntegerField()),
                ("daily_credits", models.PositiveIntegerField()),
                ("entitlements", models.JSONField()),
                ("on_sale", models.BooleanField(default=True)),
                (
                    "catalogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="billing.catalogueversion",
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "number"],
            },
        ),
        migrations.CreateModel(
            name="MembershipPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", billing.public_ids.PublicIdField("mem")),
                ("key", models.CharField(max_length=120)),
                ("plan_code", models.SlugField(max_length=20)),
                ("rank", models.PositiveSmallIntegerField()),
                ("entitlements", models.JSONField()),
                ("anchor_at", models.DateTimeField()),
                ("month_number", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("source", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "lot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="period", to="billing.lot"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.organization",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.planversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_at"],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="billing.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="one_role_per_member")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("free__gt", 0)),
                fields=["organization", "expires_at", "id"],
                name="lot_with_free_credits",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(fields=("organization", "key"), name="lot_key_once"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="lot_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("free__gte", 0), ("held__gte", 0), ("lapsed__gte", 0), ("spent__gte", 0)),
                name="lot_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("free"), "+", models.F("held")
                                ),
                                "+",
                                models.F("spent"),
                            ),
                            "+",
                            models.F("lapsed"),
                        ),
                    )
                ),
                name="lot_conservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_at", None), ("free", 0), _connector="OR"),
                name="lot_revoked_has_nothing_free",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["lease_until"], name="hold_open_by_lease"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(fields=("organization", "key"), name="hold_key_once"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("organization", "slot"),
                name="hold_slot_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settle_key", ""), _negated=True),
                fields=("organization", "settle_key"),
                name="hold_settle_key_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("captured__lte", models.F("amount")),
                    ("refunded__gte", 0),
                    ("refunded__lte", models.F("captured")),
                ),
                name="hold_refunded_captured_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "captured"), ("captured", 0), _connector="OR"),
                name="hold_only_captured_pays",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["organization", "id"], name="entry_statement"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("organization", "kind", "key", "lot"), name="entry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("d_free__gt", 0), ("d_held", 0), ("d_lapsed", 0), ("d_spent", 0), ("kind", "grant")
                    ),
                    models.Q(
                        models.Q(("kind", "grant"), _negated=True),
                        (
                            "d_free",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("d_held"), "*", models.Value(-1)
                                    ),
                                    "-",
                                    models.F("d_spent"),
                                ),
                                "-",
                                models.F("d_lapsed"),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="entry_double",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(fields=("code", "number"), name="plan_version_once"),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("on_sale", True)), fields=("code",), name="plan_on_sale_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipperiod",
            constraint=models.UniqueConstraint(fields=("organization", "key"), name="period_key_once"),
        ),
        migrations.AddConstraint(
            model_name="membershipperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="period_has_length"
            ),
        ),
        migrations.RunPython(close_journal, open_journal),
    ]
