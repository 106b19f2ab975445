import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import billing.public_ids
from billing.append_only import close_table, freeze_columns, open_table, thaw_columns

SAID = ["organization_id", "kind", "credits", "amount_fen", "subject", "plan_code", "days", "reason", "key", "asked_by"]


def close_tables(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    close_table(schema_editor.connection, "billing_staffaction")
    freeze_columns(schema_editor.connection, "billing_staffrequest", SAID)


def open_tables(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    open_table(schema_editor.connection, "billing_staffaction")
    thaw_columns(schema_editor.connection, "billing_staffrequest")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_agencies"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="suspended_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="dispute",
            name="credits_forgiven",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="credits_forgiven",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="StaffAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", billing.public_ids.PublicIdField("act")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adjust", "调整点数 Adjustment"),
                            ("bonus", "赠送点数 Bonus credits"),
                            ("makegood", "补偿点数 Make-good"),
                            ("comp", "赠送会员 Free month"),
                            ("refund", "退款 Refund"),
                            ("refund_closed", "转账退款办结 Refund by hand closed"),
                            ("transfer", "确认到账 Transfer confirmed"),
                            ("suspend", "停用 Suspended"),
                            ("unsuspend", "恢复 Unsuspended"),
                            ("unpark", "解除核对 Check ended"),
                            ("fapiao_issued", "发票已开 Fapiao issued"),
                            ("fapiao_rejected", "发票退回 Fapiao rejected"),
                            ("write_off", "核销欠款 Debt written off"),
                            ("reconcile", "对账 Reconciled"),
                            ("asked", "提交复核 Asked for a second person"),
                            ("declined", "复核未通过 Declined"),
                        ],
                        max_length=16,
                    ),
                ),
                ("staff", models.CharField(max_length=150)),
                ("second", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(max_length=300)),
                ("credits", models.IntegerField(blank=True, null=True)),
                ("amount_fen", models.IntegerField(blank=True, null=True)),
                ("subject", models.CharField(blank=True, max_length=160)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("desk_view", "查看账务台 Can look at the billing desk"),
                    ("desk_act", "账务操作 Can act on the billing desk"),
                    ("desk_approve", "账务复核 Can approve on the billing desk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", billing.public_ids.PublicIdField("drq")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adjust", "调整点数 Adjustment"),
                            ("bonus", "赠送点数 Bonus credits"),
                            ("makegood", "补偿点数 Make-good"),
                            ("comp", "赠送会员 Free month"),
                            ("refund", "退款 Refund"),
                            ("refund_closed", "转账退款办结 Refund by hand closed"),
                            ("transfer", "确认到账 Transfer confirmed"),
                            ("suspend", "停用 Suspended"),
                            ("unsuspend", "恢复 Unsuspended"),
                            ("unpark", "解除核对 Check ended"),
                            ("fapiao_issued", "发票已开 Fapiao issued"),
                            ("fapiao_rejected", "发票退回 Fapiao rejected"),
                            ("write_off", "核销欠款 Debt written off"),
                            ("reconcile", "对账 Reconciled"),
                            ("asked", "提交复核 Asked for a second person"),
                            ("declined", "复核未通过 Declined"),
                        ],
                        max_length=16,
                    ),
                ),
                ("credits", models.IntegerField(default=0)),
                ("amount_fen", models.PositiveIntegerField(default=0)),
                ("subject", models.CharField(blank=True, max_length=160)),
                ("plan_code", models.SlugField(blank=True, max_length=20)),
                ("days", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(max_length=300)),
                ("key", models.CharField(max_length=100, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待复核 Waiting"),
                            ("approved", "已通过 Approved"),
                            ("declined", "未通过 Declined"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="staffaction",
            index=models.Index(fields=["organization", "staff", "at"], name="staff_action_alone"),
        ),
        migrations.AddConstraint(
            model_name="staffaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("second", models.F("staff")), _negated=True), name="staff_action_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="staff_action_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("asked_by")), _negated=True), name="staff_request_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", ""), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True), models.Q(("decided_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="staff_request_decided_by_somebody",
            ),
        ),
        migrations.RunPython(close_tables, open_tables),
    ]
