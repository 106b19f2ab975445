import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Recordings of lines, the times of a script before its voice, and rounds that cut a ready ad in another order."""

    dependencies = [("billing", "0006_enforcement"), ("creative", "0007_brand"), ("generation", "0005_sound")]

    operations = [
        migrations.AddField("ad", "script_unspoken", models.JSONField(blank=True, null=True)),
        migrations.AddField(
            "reshoot",
            "kind",
            models.CharField(
                choices=[("shot", "重拍镜头 Shot"), ("order", "重新剪辑 New cut")], default="shot", max_length=8
            ),
        ),
        migrations.CreateModel(
            name="LineRecording",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=400)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recordings", to="creative.ad"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="generation.spokenline"
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
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(fields=("ad", "place"), name="one_recording_per_line"),
                ],
            },
        ),
    ]
