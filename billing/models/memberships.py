"""What is on sale, and who has bought it until when."""

from django.db import models
from django.db.models import F, Q

from billing.models.ledger import Lot
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class CatalogueVersion(models.Model):
    """One loaded catalogue file, whole. The newest row is in force; older ones stay for the record."""

    version = models.CharField(max_length=40)
    body = models.JSONField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "id"

    def __str__(self) -> str:
        return self.version


class PlanVersion(models.Model):
    """One wording of a plan. It is never edited: a changed plan is a new row, so what was bought stays what it was."""

    code = models.SlugField(max_length=20)
    number = models.PositiveIntegerField()
    catalogue = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="plans")
    rank = models.PositiveSmallIntegerField()
    price_fen = models.PositiveIntegerField()
    credits = models.PositiveIntegerField()  # per calendar month
    daily_credits = models.PositiveIntegerField()
    entitlements = models.JSONField()
    on_sale = models.BooleanField(default=True)

    class Meta:
        ordering = ["rank", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(on_sale=True), name="plan_on_sale_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


class MembershipPeriod(TenantModel):
    """One paid calendar month of a plan, with the entitlements as they were when it was bought."""

    public_id = PublicIdField("mem")
    key = models.CharField(max_length=120)
    plan = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    plan_code = models.SlugField(max_length=20)
    rank = models.PositiveSmallIntegerField()
    entitlements = models.JSONField()
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="period")
    # Month n of a row of renewals runs from anchor + (n - 1) months to anchor + n months, so month ends do not drift.
    anchor_at = models.DateTimeField()
    month_number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # before its time: its money went back, or it was traded in
    source = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="period_key_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="period_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_code} {self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
