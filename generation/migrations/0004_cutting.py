from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_clip_quality")]

    operations: list[migrations.operations.base.Operation] = []
