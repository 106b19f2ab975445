import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from billing.append_only import freeze_columns, thaw_columns

# What a version of the catalogue or of a plan says. Only `on_sale` changes in its life.
FROZEN = {
    "billing_catalogueversion": ("version", "body", "loaded_at"),
    "billing_planversion": (
        "code",
        "number",
        "catalogue_id",
        "rank",
        "price_fen",
        "credits",
        "daily_credits",
        "entitlements",
    ),
}


def freeze(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, columns in FROZEN.items():
        freeze_columns(schema_editor.connection, table, columns)


def thaw(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in FROZEN:
        thaw_columns(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LowCreditNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField()),
                ("available", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="low_credit_notices",
                        to="billing.membershipperiod",
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.AddConstraint(
            model_name="lowcreditnotice",
            constraint=models.UniqueConstraint(fields=("period", "percent"), name="low_credits_said_once"),
        ),
        migrations.RunPython(freeze, thaw),
    ]
