"""What waits for somebody at the desk: second opinions, transfers, refunds by hand, fapiao, stopped accounts."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from billing.models import (
    FapiaoRequest,
    Organization,
    Payment,
    Provider,
    Purchase,
    Refund,
    StaffRequest,
)

SHOWN = 50


@dataclass(frozen=True)
class Waiting:
    """Rows, the oldest first, at most SHOWN of each; ``payments`` are those that could be refunded (of one customer)."""

    requests: "QuerySet[StaffRequest]"
    transfers: "QuerySet[Purchase]"
    refunds: "QuerySet[Refund]"
    fapiao: "QuerySet[FapiaoRequest]"
    stopped: "QuerySet[Organization]"
    payments: "QuerySet[Payment]"


def waiting(organization: Organization | None = None) -> Waiting:
    """Of everybody, or of one customer."""
    mine = Q() if organization is None else Q(organization=organization)
    requests = StaffRequest.objects.filter(mine, state=StaffRequest.State.WAITING)
    transfers = Purchase.objects.filter(mine, provider=Provider.MANUAL, state=Purchase.State.PENDING)
    refunds = Refund.objects.filter(mine, provider=Provider.MANUAL, state=Refund.State.REQUESTED)
    fapiao = FapiaoRequest.objects.filter(mine, state=FapiaoRequest.State.REQUESTED)
    stopped = Organization.objects.exclude(suspended_reason="", parked_reason="")
    payments = Payment.objects.none() if organization is None else Payment.objects.of(organization)
    return Waiting(
        requests.select_related("organization").order_by("id")[:SHOWN],
        transfers.select_related("organization", "plan").prefetch_related("confirmations").order_by("id")[:SHOWN],
        refunds.select_related("organization", "payment__purchase").order_by("id")[:SHOWN],
        fapiao.select_related("organization", "purchase").order_by("id")[:SHOWN],
        stopped.order_by("name", "id")[:SHOWN],
        payments.select_related("purchase").order_by("-id")[:SHOWN],
    )
