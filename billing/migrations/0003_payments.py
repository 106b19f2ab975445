import billing.public_ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0002_catalogue'),
    ]

    operations = [
        migrations.AddField(
            model_name='membershipperiod',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('pay')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('fact', models.CharField(max_length=120)),
                ('intent', models.CharField(blank=True, db_index=True, max_length=120)),
                ('amount_fen', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('surplus', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('receipt_url', models.TextField(blank=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=150)),
                ('paid_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
            ],
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('amount_fen', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('issued_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoice', to='billing.payment')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('fact', models.CharField(max_length=120)),
                ('amount_fen', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('open', '争议中 Open'), ('won', '胜诉 Won'), ('lost', '败诉 Lost')], default='open', max_length=6)),
                ('credits_withdrawn', models.PositiveIntegerField(default=0)),
                ('credits_owed', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.payment')),
            ],
        ),
        migrations.CreateModel(
            name='ProviderCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('ref', models.CharField(max_length=80)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
            ],
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('pur')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('subscription', '连续包月 Subscription'), ('month', '月卡 Month card'), ('pack', '点数包 Credit pack')], max_length=12)),
                ('pack_code', models.CharField(blank=True, max_length=40)),
                ('pack_days', models.PositiveIntegerField(blank=True, null=True)),
                ('credits', models.PositiveIntegerField()),
                ('bonus_credits', models.PositiveIntegerField(default=0)),
                ('price_fen', models.PositiveIntegerField()),
                ('trade_in_fen', models.PositiveIntegerField(default=0)),
                ('due_fen', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('state', models.CharField(choices=[('pending', '待付款 Awaiting payment'), ('paid', '已付款 Paid'), ('granted', '已到账 Delivered'), ('failed', '未完成 Not completed'), ('refunded', '已退款 Refunded'), ('disputed', '争议中 Disputed')], default='pending', max_length=10)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('checkout_ref', models.CharField(blank=True, max_length=120)),
                ('checkout_url', models.TextField(blank=True)),
                ('bought_by', models.CharField(blank=True, max_length=150)),
                ('valid_until', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('granted_at', models.DateTimeField(blank=True, null=True)),
                ('bonus_lot', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.lot')),
                ('lot', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='purchase', to='billing.lot')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('period', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='purchase', to='billing.membershipperiod')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.purchase'),
        ),
        migrations.CreateModel(
            name='FapiaoRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('fap')),
                ('title_kind', models.CharField(choices=[('company', '企业 Company'), ('person', '个人 Person')], max_length=8)),
                ('title', models.CharField(max_length=100)),
                ('tax_id', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(max_length=254)),
                ('amount_fen', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('requested', '已申请 Requested'), ('issued', '已开具 Issued'), ('rejected', '未通过 Rejected')], default='requested', max_length=10)),
                ('fapiao_number', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fapiao_requests', to='billing.purchase')),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('ref')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('fact', models.CharField(blank=True, max_length=120)),
                ('amount_fen', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('requested', '退款中 Under way'), ('succeeded', '已退款 Refunded'), ('failed', '退款失败 Failed')], default='requested', max_length=10)),
                ('credits_withdrawn', models.PositiveIntegerField(default=0)),
                ('credits_owed', models.PositiveIntegerField(default=0)),
                ('reason', models.CharField(max_length=300)),
                ('requested_by', models.CharField(blank=True, max_length=150)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='billing.payment')),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', billing.public_ids.PublicIdField('sub')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('ref', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('active', '生效中 Active'), ('past_due', '扣款失败 Past due'), ('ended', '已结束 Ended')], default='active', max_length=10)),
                ('ends_with_period', models.BooleanField(default=False)),
                ('must_end', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('last_period', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.membershipperiod')),
                ('next_plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.planversion')),
            ],
        ),
        migrations.AddField(
            model_name='purchase',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='billing.subscription'),
        ),
        migrations.CreateModel(
            name='TradeIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credits', models.PositiveIntegerField()),
                ('value_fen', models.PositiveIntegerField()),
                ('taken', models.PositiveIntegerField(blank=True, null=True)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.lot')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trade_ins', to='billing.purchase')),
            ],
        ),
        migrations.CreateModel(
            name='TransferConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('staff', models.CharField(max_length=150)),
                ('amount_fen', models.PositiveIntegerField()),
                ('received_on', models.DateField()),
                ('note', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.organization')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='billing.purchase')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('manual', '对公转账 Bank transfer'), ('stripe', 'Stripe')], max_length=10)),
                ('event_id', models.CharField(max_length=120)),
                ('type', models.CharField(max_length=80)),
                ('api_version', models.CharField(blank=True, max_length=40)),
                ('livemode', models.BooleanField()),
                ('happened_at', models.DateTimeField()),
                ('payload', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('processed_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('processed_at', None)), fields=['received_at'], name='event_to_process')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='event_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('provider', 'fact'), name='dispute_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='providercustomer',
            constraint=models.UniqueConstraint(fields=('organization', 'provider'), name='customer_once'),
        ),
        migrations.AddConstraint(
            model_name='providercustomer',
            constraint=models.UniqueConstraint(fields=('provider', 'ref'), name='customer_ref_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('provider', 'fact'), name='payment_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='payment_positive'),
        ),
        migrations.AddConstraint(
            model_name='fapiaorequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('purchase',), name='fapiao_once_per_purchase'),
        ),
        migrations.AddConstraint(
            model_name='fapiaorequest',
            constraint=models.CheckConstraint(condition=models.Q(('title_kind', 'person'), models.Q(('tax_id', ''), _negated=True), _connector='OR'), name='fapiao_company_has_tax_id'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('fact', ''), _negated=True), fields=('provider', 'fact'), name='refund_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='refund_positive'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('provider', 'ref'), name='subscription_ref_once'),
        ),
        migrations.AddIndex(
            model_name='purchase',
            index=models.Index(fields=['state', 'id'], name='purchase_by_state'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('due_fen__gt', 0), ('price_fen', django.db.models.expressions.CombinedExpression(models.F('due_fen'), '+', models.F('trade_in_fen')))), name='purchase_price_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('credits__gt', 0)), name='purchase_has_credits'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), models.Q(('lot', None), _negated=True), _connector='OR'), name='purchase_granted_has_lot'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(condition=models.Q(('checkout_ref', ''), _negated=True), fields=('provider', 'checkout_ref'), name='purchase_checkout_once'),
        ),
        migrations.AddConstraint(
            model_name='tradein',
            constraint=models.UniqueConstraint(fields=('purchase', 'lot'), name='trade_in_once'),
        ),
        migrations.AddConstraint(
            model_name='tradein',
            constraint=models.CheckConstraint(condition=models.Q(('taken', None), ('taken__lte', models.F('credits')), _connector='OR'), name='trade_in_taken_at_most_planned'),
        ),
        migrations.AddConstraint(
            model_name='transferconfirmation',
            constraint=models.UniqueConstraint(fields=('purchase', 'staff'), name='one_confirmation_each'),
        ),
    ]
