"""What the operator's staff do on the billing desk: each action a row for good, and requests that wait for a second person.

``StaffAction`` only grows, and what a request asks for is never changed: triggers of the database keep it so, as they
keep the journal.
"""

from django.db import models
from django.db.models import F, Q

from billing.models.organizations import Organization
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class StaffAction(models.Model):
    """One thing that staff did: who, when, why, and what it changed. Appended, never changed."""

    class Kind(models.TextChoices):
        ADJUST = "adjust", "调整点数 Adjustment"
        BONUS = "bonus", "赠送点数 Bonus credits"
        MAKEGOOD = "makegood", "补偿点数 Make-good"
        COMP = "comp", "赠送会员 Free month"
        REFUND = "refund", "退款 Refund"
        REFUND_CLOSED = "refund_closed", "转账退款办结 Refund by hand closed"
        TRANSFER = "transfer", "确认到账 Transfer confirmed"
        SUSPEND = "suspend", "停用 Suspended"
        UNSUSPEND = "unsuspend", "恢复 Unsuspended"
        UNPARK = "unpark", "解除核对 Check ended"
        FAPIAO_ISSUED = "fapiao_issued", "发票已开 Fapiao issued"
        FAPIAO_REJECTED = "fapiao_rejected", "发票退回 Fapiao rejected"
        WRITE_OFF = "write_off", "核销欠款 Debt written off"
        RECONCILE = "reconcile", "对账 Reconciled"
        ASKED = "asked", "提交复核 Asked for a second person"
        DECLINED = "declined", "复核未通过 Declined"

    public_id = PublicIdField("act")
    # Null: it concerned no single customer (a reconciliation).
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    staff = models.CharField(max_length=150)  # user name of who did it, or asked for it
    second = models.CharField(max_length=150, blank=True)  # user name of the second person
    reason = models.CharField(max_length=300)
    credits = models.IntegerField(null=True, blank=True)  # of the account: above 0 it was given, below it was taken
    amount_fen = models.IntegerField(null=True, blank=True)
    subject = models.CharField(max_length=160, blank=True)  # the name of the row that it was about
    before = models.JSONField(default=dict)  # billing.desk.audit.Standing
    after = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)  # of the form that was sent: sent twice, it acts once
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("desk_view", "查看账务台 Can look at the billing desk"),
            ("desk_act", "账务操作 Can act on the billing desk"),
            ("desk_approve", "账务复核 Can approve on the billing desk"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(second=F("staff")), name="staff_action_two_people"),
            models.CheckConstraint(condition=~Q(reason=""), name="staff_action_has_reason"),
        ]
        indexes = [models.Index(fields=["organization", "staff", "at"], name="staff_action_alone")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.staff}"


class StaffRequest(TenantModel):
    """An action above the limit of one person: it is done when another one approves it, and only then."""

    class State(models.TextChoices):
        WAITING = "waiting", "待复核 Waiting"
        APPROVED = "approved", "已通过 Approved"
        DECLINED = "declined", "未通过 Declined"

    public_id = PublicIdField("drq")
    kind = models.CharField(max_length=16, choices=StaffAction.Kind.choices)
    credits = models.IntegerField(default=0)
    amount_fen = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=160, blank=True)
    plan_code = models.SlugField(max_length=20, blank=True)
    days = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300)
    key = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)  # of who decided

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="staff_request_two_people"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by="") | (~Q(state="waiting") & ~Q(decided_by="")),
                name="staff_request_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_by}"
