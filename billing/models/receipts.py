"""Papers about money: confirmations of transfers, invoices, fapiao requests, and what providers have told us."""

from django.db import models
from django.db.models import Q

from billing.models.payments import Payment, Provider, Purchase
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class TransferConfirmation(TenantModel):
    """One member of staff has seen the money of a transfer on the bank's statement."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="confirmations")
    staff = models.CharField(max_length=150)
    amount_fen = models.PositiveIntegerField()
    received_on = models.DateField()
    note = models.CharField(max_length=300)  # the bank's own number of the transfer: the evidence
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purchase", "staff"], name="one_confirmation_each")]

    def __str__(self) -> str:
        return f"{self.purchase} by {self.staff}"


class Invoice(TenantModel):
    """The receipt of one payment: what, when, how much. A refund does not change it."""

    number = models.CharField(max_length=24, unique=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="invoice")
    title = models.CharField(max_length=160)
    amount_fen = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class FapiaoRequest(TenantModel):
    """A buyer asks for a fapiao (the tax invoice of mainland China). Our finance team issues it elsewhere."""

    class State(models.TextChoices):
        REQUESTED = "requested", "已申请 Requested"
        ISSUED = "issued", "已开具 Issued"
        REJECTED = "rejected", "未通过 Rejected"

    class Title(models.TextChoices):
        COMPANY = "company", "企业 Company"
        PERSON = "person", "个人 Person"

    public_id = PublicIdField("fap")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="fapiao_requests")
    title_kind = models.CharField(max_length=8, choices=Title.choices)
    title = models.CharField(max_length=100)
    tax_id = models.CharField(max_length=20, blank=True)
    email = models.EmailField()
    amount_fen = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    fapiao_number = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Asked again only after a rejection: two fapiao for one payment would be a tax offence.
            models.UniqueConstraint(
                fields=["purchase"], condition=~Q(state="rejected"), name="fapiao_once_per_purchase"
            ),
            models.CheckConstraint(condition=Q(title_kind="person") | ~Q(tax_id=""), name="fapiao_company_has_tax_id"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.amount_fen}"


class WebhookEvent(models.Model):
    """A message of a provider, stored as it came before anything is done about it."""

    provider = models.CharField(max_length=10, choices=Provider.choices)
    event_id = models.CharField(max_length=120)
    type = models.CharField(max_length=80)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    happened_at = models.DateTimeField()  # by the provider's clock
    payload = models.TextField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)  # of the last attempt

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="event_once")]
        indexes = [models.Index(fields=["received_at"], condition=Q(processed_at=None), name="event_to_process")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
