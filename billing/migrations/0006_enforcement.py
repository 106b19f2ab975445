import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the plan promises is counted (requests of the API), and debts remember what was collected of them."""

    dependencies = [("billing", "0005_desk")]

    operations = [
        migrations.CreateModel(
            name="ApiUse",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="billing.organization",
                    ),
                ),
                ("window", models.BigIntegerField()),
                ("requests", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="dispute",
            name="credits_collected",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="credits_collected",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("grant", "获得 Granted"),
                    ("hold", "预扣 Reserved"),
                    ("capture", "消费 Spent"),
                    ("release", "退回 Returned"),
                    ("expire", "退回时已过期 Expired while reserved"),
                    ("refund", "退还 Refunded"),
                    ("lapse", "过期 Expired"),
                    ("revoke", "收回 Revoked"),
                    ("debt", "抵还欠点 Debt paid"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits_collected__lte", models.F("credits_owed"))),
                name="dispute_collects_what_is_owed",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits_collected__lte", models.F("credits_owed"))),
                name="refund_collects_what_is_owed",
            ),
        ),
    ]
