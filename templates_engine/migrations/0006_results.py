from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("templates_engine", "0005_corrections")]

    operations = [
        migrations.AddField("publishedresult", "category", models.CharField(blank=True, max_length=80, default=""), False),
        migrations.AlterField(
            "publishedresult",
            "source",
            models.CharField(choices=[("sheet", "表格 Sheet"), ("api", "接口 API"), ("typed", "手填 Typed")], max_length=5),
        ),
        migrations.AddField("publishedresult", "published_at", models.DateTimeField(blank=True, null=True)),
    ]
