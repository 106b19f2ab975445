import billing.public_ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0001_initial'),
        ('templates_engine', '0002_learning'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('hit')),
                ('video_id', models.CharField(max_length=200)),
                ('original_name', models.CharField(max_length=200)),
                ('lang', models.CharField(blank=True, max_length=2)),
                ('category', models.CharField(blank=True, max_length=80)),
                ('platform', models.CharField(blank=True, max_length=40)),
                ('campaign', models.CharField(blank=True, max_length=120)),
                ('rights', models.CharField(choices=[('own', '自有 Our own'), ('licensed', '已获授权 Licensed'), ('reference', '公开参考 Public reference')], max_length=10)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('video', models.CharField(blank=True, max_length=200)),
                ('lines', models.JSONField(default=list)),
                ('metrics', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('pending', '排队中 Waiting'), ('working', '分析中 Measuring'), ('done', '已分析 Measured'), ('failed', '没读懂 Failed')], default='pending', max_length=8)),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('stage', models.CharField(blank=True, max_length=20)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error_zh', models.CharField(blank=True, max_length=500)),
                ('error_en', models.CharField(blank=True, max_length=500)),
                ('worker', models.CharField(blank=True, max_length=120)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('beat_at', models.DateTimeField(blank=True, null=True)),
                ('pictures', models.PositiveSmallIntegerField(default=0)),
                ('told', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('analysis', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='hit', to='templates_engine.analysedvideo')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='hits_that_wait')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'video_id'), name='one_hit_per_name')],
            },
        ),
    ]
