import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def fill_in(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What is known of shots from before metering: their price had no off-peak hours, and who paid for their clips."""
    apps.get_model("creative", "AdShot").objects.update(list_credits=F("credits"))
    reshoots = apps.get_model("creative", "Reshoot").objects.filter(state="done")
    shots = apps.get_model("creative", "AdShot").objects
    rows = apps.get_model("creative", "PaidClip").objects.filter(paid_by="")
    for paid in rows.select_related("ad__campaign").iterator():
        again = reshoots.filter(ad=paid.ad, created_at__lte=paid.created_at, finished_at__gte=paid.created_at).first()
        paid.paid_by = (again or paid.ad.campaign or paid.ad).public_id
        shot = shots.filter(ad=paid.ad, clip_key=paid.clip_key).first()
        if shot is not None:
            paid.index, paid.engine = shot.index, shot.plan["engine"]
            paid.ms = shot.plan["frames"] * 1000 // shot.plan["fps"]
        paid.save(update_fields=["paid_by", "index", "engine", "ms"])


def ordered_by() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("creative", "0004_published"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name="ordered_by", field=ordered_by())
            for model in ("ad", "campaign", "reshoot", "paidclip")
        ),
        migrations.AddField(model_name="ad", name="price_percent", field=models.PositiveSmallIntegerField(default=100)),
        migrations.AddField(model_name="adshot", name="list_credits", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(
            model_name="paidclip", name="paid_by", field=models.CharField(blank=True, db_index=True, max_length=40)
        ),
        migrations.AddField(model_name="paidclip", name="index", field=models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(model_name="paidclip", name="engine", field=models.CharField(blank=True, max_length=60)),
        migrations.AddField(model_name="paidclip", name="ms", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="paidclip", name="engine_ms", field=models.PositiveIntegerField(default=0)),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
