from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0005_sound")]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="covers",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="rendition",
            name="previews",
            field=models.JSONField(default=list),
        ),
    ]
