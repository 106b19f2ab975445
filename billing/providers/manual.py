"""Bank transfers: the buyer writes the purchase number on the transfer, our staff sees the money and confirms it.

Nothing here talks to anybody. A refund is made by hand at the bank, and staff closes it with the bank's number
(``billing.refunds.close_refund``).
"""

from datetime import timedelta

from django.utils import timezone

from billing.errors import NotForSale
from billing.models import Organization, PlanVersion, Provider, Purchase, Refund, Subscription
from billing.providers.base import Checkout, RefundAnswer

VALID = timedelta(days=7)


class ManualProvider:
    name = Provider.MANUAL.value
    charges_monthly = False

    def checkout(self, purchase: Purchase, return_url: str) -> Checkout:
        until = timezone.now() + VALID
        ends = [row.lot.expires_at for row in purchase.trade_ins.select_related("lot") if row.lot.expires_at]
        # Credits that pay for a part of an upgrade must still be there when the money comes.
        return Checkout(purchase.number, "", min([until, *ends]))

    def close_checkout(self, purchase: Purchase) -> None:
        """There is no place to close: a transfer that comes late is seen by staff."""

    def refund(self, refund: Refund) -> RefundAnswer:
        return RefundAnswer("", Refund.State.REQUESTED.value)

    def portal_url(self, organization: Organization, return_url: str) -> str:
        return ""

    def end_subscription(self, subscription: Subscription) -> None:
        raise NotForSale("A bank transfer charges nothing by itself: there is nothing to end.")

    def change_plan(self, subscription: Subscription, plan: PlanVersion) -> None:
        raise NotForSale("A bank transfer charges nothing by itself: buy the other plan when this month ends.")
