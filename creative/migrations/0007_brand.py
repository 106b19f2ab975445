import django.db.models.deletion
from django.db import migrations, models

import billing.public_ids


def row_id() -> tuple[str, models.BigAutoField]:  # type: ignore[type-arg]
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def optional(to: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


class Migration(migrations.Migration):
    """How a brand shows in ads, the music with its rights, and what of it an order asks for."""

    dependencies = [("billing", "0006_enforcement"), ("creative", "0006_low_credit")]

    operations = [
        migrations.CreateModel(
            name="BrandKit",
            fields=[
                row_id(),
                ("name", models.CharField(blank=True, max_length=60)),
                ("colour_main", models.CharField(blank=True, max_length=7)),
                ("colour_ground", models.CharField(blank=True, max_length=7)),
                ("font_file", models.CharField(blank=True, max_length=200)),
                ("font_sha256", models.CharField(blank=True, max_length=64)),
                ("font_name", models.CharField(blank=True, max_length=120)),
                ("font_licence", models.CharField(blank=True, max_length=300)),
                ("font_chinese", models.BooleanField(default=False)),
                ("caption_style", models.CharField(blank=True, max_length=20)),
                ("card_layout", models.CharField(blank=True, max_length=10)),
                ("watermark_corner", models.CharField(blank=True, max_length=12)),
                ("watermark_opacity", models.PositiveSmallIntegerField(default=60)),
                ("moods", models.JSONField(blank=True, default=list)),
                ("forbidden_words", models.JSONField(blank=True, default=list)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "logo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="creative.asset",
                    ),
                ),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.organization"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="MusicTrack",
            fields=[
                row_id(),
                ("public_id", billing.public_ids.PublicIdField("trk")),
                ("title", models.CharField(max_length=120)),
                ("artist", models.CharField(max_length=120)),
                ("source", models.CharField(max_length=300)),
                ("licence", models.CharField(max_length=120)),
                ("proof", models.CharField(blank=True, max_length=500)),
                ("stated_by", models.CharField(max_length=150)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("ms", models.PositiveIntegerField()),
                ("bpm", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    models.UniqueConstraint(fields=["organization", "sha256"], name="a_track_once_per_organization"),
                ],
            },
        ),
        migrations.AddField(model_name="brief", name="track", field=optional("creative.musictrack")),
        migrations.AddField(model_name="brief", name="voice", field=models.CharField(blank=True, max_length=8)),
        migrations.AddField(model_name="brief", name="kit_of", field=optional("billing.organization")),
    ]
