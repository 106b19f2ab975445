import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("templates_engine", "0004_sharing")]

    operations = [
        migrations.CreateModel(
            name="RoleCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lang", models.CharField(max_length=2)),
                ("text", models.CharField(max_length=500)),
                ("position", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("previous_text", models.CharField(blank=True, max_length=500)),
                ("next_text", models.CharField(blank=True, max_length=500)),
                ("said_roles", models.JSONField(default=list)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("hook", "hook"),
                            ("pain", "pain"),
                            ("reveal", "reveal"),
                            ("selling_point", "selling_point"),
                            ("demo", "demo"),
                            ("social_proof", "social_proof"),
                            ("offer", "offer"),
                            ("urgency", "urgency"),
                            ("cta", "cta"),
                            ("other", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("shared", models.BooleanField(default=False)),
                ("created_by", models.CharField(blank=True, max_length=150)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["organization", "lang", "text"], name="correction_of_a_line"),
                ],
            },
        ),
    ]
