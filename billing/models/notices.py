"""What an organization was told about its credits, so that it is told once."""

from django.db import models

from billing.models.memberships import MembershipPeriod
from billing.models.tenancy import TenantModel


class LowCreditNotice(TenantModel):
    """In this period the available credits fell to ``percent`` of the plan's or below; mailed at most once."""

    period = models.ForeignKey(MembershipPeriod, on_delete=models.PROTECT, related_name="low_credit_notices")
    percent = models.PositiveSmallIntegerField()
    available = models.PositiveIntegerField()  # credits, when it was noticed
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)  # null: not yet, or there was nobody with an address

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "percent"], name="low_credits_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.percent} %"
