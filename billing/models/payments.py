"""What was bought, and the facts of its money: payments, refunds, disputes. Amounts are whole fen.

A fact is what has happened in the outside world, named by whoever keeps the money (an invoice, a payment intent, a bank
transfer). Each is one row, unique by that name, so that telling it twice or late changes nothing. The verbs are
``billing.purchases``, ``billing.settlement``, ``billing.refunds``, ``billing.disputes`` and ``billing.subscriptions``.
"""

from django.db import models
from django.db.models import F, Q

from billing.models.ledger import Lot
from billing.models.memberships import MembershipPeriod, PlanVersion
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class Provider(models.TextChoices):
    MANUAL = "manual", "对公转账 Bank transfer"
    STRIPE = "stripe", "Stripe"


class ProviderCustomer(TenantModel):
    """An organization as a payment provider knows it."""

    provider = models.CharField(max_length=10, choices=Provider.choices)
    ref = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider"], name="customer_once"),
            models.UniqueConstraint(fields=["provider", "ref"], name="customer_ref_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.ref}"


class Subscription(TenantModel):
    """A plan that a provider charges every month. Credits come with each paid invoice, never with the state."""

    class State(models.TextChoices):
        ACTIVE = "active", "生效中 Active"
        PAST_DUE = "past_due", "扣款失败 Past due"
        ENDED = "ended", "已结束 Ended"

    public_id = PublicIdField("sub")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    ref = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    # A downgrade: what the next invoice is for. The provider has been told, with no proration.
    next_plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ends_with_period = models.BooleanField(default=False)
    # An upgrade or a refund has replaced it: the sweeper tells the provider, as often as it needs.
    must_end = models.BooleanField(default=False)
    last_period = models.ForeignKey(MembershipPeriod, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "ref"], name="subscription_ref_once")]

    def __str__(self) -> str:
        return f"{self.plan.code} {self.get_state_display()}"


class Purchase(TenantModel):
    """One thing bought once: ``due_fen`` in money and ``trade_in_fen`` in unused credits make its price."""

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", "连续包月 Subscription"
        MONTH = "month", "月卡 Month card"
        PACK = "pack", "点数包 Credit pack"

    class State(models.TextChoices):
        PENDING = "pending", "待付款 Awaiting payment"
        PAID = "paid", "已付款 Paid"
        GRANTED = "granted", "已到账 Delivered"
        FAILED = "failed", "未完成 Not completed"
        REFUNDED = "refunded", "已退款 Refunded"
        DISPUTED = "disputed", "争议中 Disputed"

    public_id = PublicIdField("pur")
    number = models.CharField(max_length=20, unique=True)  # what a payer writes on a bank transfer
    kind = models.CharField(max_length=12, choices=Kind.choices)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    pack_code = models.CharField(max_length=40, blank=True)
    pack_days = models.PositiveIntegerField(null=True, blank=True)  # how long the credits of a pack live
    credits = models.PositiveIntegerField()
    bonus_credits = models.PositiveIntegerField(default=0)
    price_fen = models.PositiveIntegerField()
    trade_in_fen = models.PositiveIntegerField(default=0)
    due_fen = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=10, choices=Provider.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    problem = models.CharField(max_length=300, blank=True)  # why money that has come was not answered with credits
    checkout_ref = models.CharField(max_length=120, blank=True)
    checkout_url = models.TextField(blank=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, null=True, blank=True)
    bought_by = models.CharField(max_length=150, blank=True)
    period = models.OneToOneField(
        MembershipPeriod, on_delete=models.PROTECT, related_name="purchase", null=True, blank=True
    )
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="purchase", null=True, blank=True)
    bonus_lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    valid_until = models.DateTimeField()
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_fen=F("due_fen") + F("trade_in_fen"), due_fen__gt=0), name="purchase_price_adds_up"
            ),
            models.CheckConstraint(condition=Q(credits__gt=0), name="purchase_has_credits"),
            models.CheckConstraint(condition=~Q(state="granted") | ~Q(lot=None), name="purchase_granted_has_lot"),
            models.UniqueConstraint(
                fields=["provider", "checkout_ref"], condition=~Q(checkout_ref=""), name="purchase_checkout_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="purchase_by_state")]

    def __str__(self) -> str:
        return self.number


class TradeIn(TenantModel):
    """Unused credits of a running month that pay for a part of an upgrade; taken when the money has come."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="trade_ins")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    credits = models.PositiveIntegerField()
    value_fen = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(null=True, blank=True)  # fewer than ``credits`` if some were spent meanwhile

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purchase", "lot"], name="trade_in_once"),
            models.CheckConstraint(
                condition=Q(taken=None) | Q(taken__lte=F("credits")), name="trade_in_taken_at_most_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credits} of lot {self.lot_id}"


class Payment(TenantModel):
    """Money that has come. ``fact`` names it once: an invoice, a payment intent, a bank transfer."""

    public_id = PublicIdField("pay")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    fact = models.CharField(max_length=120)
    intent = models.CharField(max_length=120, blank=True, db_index=True)  # what refunds and disputes name
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="payments")
    amount_fen = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    # It came although the purchase was paid already: it goes back, and takes no credits with it.
    surplus = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)  # the evidence of a transfer, or the provider's own number
    receipt_url = models.TextField(blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)
    paid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "fact"], name="payment_fact_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.fact}"


class Refund(TenantModel):
    """Money that goes back, and the credits that went first. What was used already is owed, never taken from others."""

    class State(models.TextChoices):
        REQUESTED = "requested", "退款中 Under way"
        SUCCEEDED = "succeeded", "已退款 Refunded"
        FAILED = "failed", "退款失败 Failed"

    public_id = PublicIdField("ref")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    fact = models.CharField(max_length=120, blank=True)
    amount_fen = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    credits_withdrawn = models.PositiveIntegerField(default=0)
    credits_owed = models.PositiveIntegerField(default=0)
    credits_collected = models.PositiveIntegerField(default=0)  # of those owed, what later grants have paid
    credits_forgiven = models.PositiveIntegerField(default=0)  # of those owed, what our staff has written off
    reason = models.CharField(max_length=300)
    requested_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "fact"], condition=~Q(fact=""), name="refund_fact_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(credits_collected__lte=F("credits_owed")), name="refund_collects_what_is_owed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_fen} fen of {self.payment}"


class Dispute(TenantModel):
    """A payer's bank takes a payment back for the time of a quarrel."""

    class State(models.TextChoices):
        OPEN = "open", "争议中 Open"
        WON = "won", "胜诉 Won"
        LOST = "lost", "败诉 Lost"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    fact = models.CharField(max_length=120)
    amount_fen = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    credits_withdrawn = models.PositiveIntegerField(default=0)
    credits_owed = models.PositiveIntegerField(default=0)  # once it is lost
    credits_collected = models.PositiveIntegerField(default=0)  # as of a refund
    credits_forgiven = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "fact"], name="dispute_fact_once"),
            models.CheckConstraint(
                condition=Q(credits_collected__lte=F("credits_owed")), name="dispute_collects_what_is_owed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.get_state_display()}"
