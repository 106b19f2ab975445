from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0004_cutting")]

    operations = [
        migrations.CreateModel(
            name="SpokenLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.PositiveBigIntegerField()),
                ("key", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=400)),
                ("by", models.CharField(max_length=120)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("ms", models.PositiveIntegerField()),
                ("words", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "key"), name="a_line_is_spoken_once"),
                ],
            },
        ),
    ]
