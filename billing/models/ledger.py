"""The rows of the credit ledger. Only ``billing.ledger`` writes them; everything else reads.

The database itself keeps the books honest: a lot's four columns always add up to its amount, a journal line that is not
a grant sums to zero (double entry over the four sub-accounts of a lot), and triggers forbid changing the journal.
"""

from django.db import models
from django.db.models import F, Q

from billing.models.tenancy import TenantModel


class Lot(TenantModel):
    """One grant of credits with its expiry. ``amount = free + held + spent + lapsed``, always."""

    class Kind(models.TextChoices):
        PERIOD = "period", "会员积分 Membership"
        DAILY = "daily", "每日积分 Daily"
        TOPUP = "topup", "充值 Top-up"
        BONUS = "bonus", "赠送 Bonus"
        ADMIN = "admin", "人工调整 Adjustment"
        MAKEGOOD = "makegood", "过期补偿 Make-good"

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    priority = models.SmallIntegerField(default=0)  # lower is drawn first
    amount = models.PositiveIntegerField()
    free = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)
    lapsed = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)  # null = never
    # The money was given back: what is free has lapsed, and what was spent is a debt (see `debt`).
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="lot_key_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="lot_amount_positive"),
            models.CheckConstraint(
                condition=Q(free__gte=0, held__gte=0, spent__gte=0, lapsed__gte=0), name="lot_never_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount=F("free") + F("held") + F("spent") + F("lapsed")), name="lot_conservation"
            ),
            models.CheckConstraint(condition=Q(revoked_at=None) | Q(free=0), name="lot_revoked_has_nothing_free"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "expires_at", "id"], condition=Q(free__gt=0), name="lot_with_free_credits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.free}/{self.amount}"

    @property
    def debt(self) -> int:
        """Credits that were spent although their money was given back."""
        return self.spent if self.revoked_at else 0


class Hold(TenantModel):
    """Credits reserved for one work, from named lots (``parts``), until ``lease_until`` unless its worker lives."""

    class State(models.TextChoices):
        OPEN = "open", "预扣中 Reserved"
        CAPTURED = "captured", "已结算 Settled"
        RELEASED = "released", "已退回 Released"

    key = models.CharField(max_length=120)
    amount = models.PositiveIntegerField()
    captured = models.PositiveIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    parts = models.JSONField(default=list)  # [[lot id, credits], ...] in the order in which they were drawn
    reference = models.CharField(max_length=120, blank=True)  # the caller's name for the work, e.g. an ad's public id
    # Which of the plan's parallel places it takes; unique while open, so the limit holds without a lock.
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    settle_key = models.CharField(max_length=120, blank=True)
    # Where an agency pays for a merchant: the month's budget that the credits are counted against as well.
    budget = models.ForeignKey("billing.Budget", on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="hold_key_once"),
            models.UniqueConstraint(
                fields=["organization", "slot"], condition=Q(state="open"), name="hold_slot_taken_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "settle_key"], condition=~Q(settle_key=""), name="hold_settle_key_once"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("captured"), captured__lte=F("amount")),
                name="hold_refunded_captured_amount",
            ),
            models.CheckConstraint(condition=Q(state="captured") | Q(captured=0), name="hold_only_captured_pays"),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(state="open"), name="hold_open_by_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.reference or self.key}: {self.amount}"


class Entry(TenantModel):
    """One line of the journal: how one event moved one lot's credits. Appended, never changed."""

    class Kind(models.TextChoices):
        GRANT = "grant", "获得 Granted"
        HOLD = "hold", "预扣 Reserved"
        CAPTURE = "capture", "消费 Spent"
        RELEASE = "release", "退回 Returned"
        EXPIRE = "expire", "退回时已过期 Expired while reserved"
        REFUND = "refund", "退还 Refunded"
        LAPSE = "lapse", "过期 Expired"
        REVOKE = "revoke", "收回 Revoked"
        DEBT = "debt", "抵还欠点 Debt paid"

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="entries")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="entries", null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=160)
    d_free = models.IntegerField()
    d_held = models.IntegerField()
    d_spent = models.IntegerField()
    d_lapsed = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "key", "lot"], name="entry_once"),
            models.CheckConstraint(
                condition=Q(kind="grant", d_free__gt=0, d_held=0, d_spent=0, d_lapsed=0)
                | (~Q(kind="grant") & Q(d_free=-F("d_held") - F("d_spent") - F("d_lapsed"))),
                name="entry_double",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="entry_statement")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.d_free:+d}"
