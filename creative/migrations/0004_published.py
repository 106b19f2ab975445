import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("creative", "0003_script_edits")]

    operations = [
        migrations.AddField("brief", "pick", models.CharField(default="explore", max_length=8)),
        migrations.CreateModel(
            name="PublishedAd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(max_length=40)),
                ("video_id", models.CharField(blank=True, max_length=120)),
                ("url", models.URLField(blank=True, max_length=400)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "ad",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="published", to="creative.ad"
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
                "ordering": ["platform"],
                "constraints": [
                    models.UniqueConstraint(fields=("ad", "platform"), name="an_ad_once_per_platform"),
                    models.UniqueConstraint(
                        condition=models.Q(("video_id", ""), _negated=True),
                        fields=("organization", "platform", "video_id"),
                        name="a_platform_video_is_one_ad",
                    ),
                ],
            },
        ),
    ]
