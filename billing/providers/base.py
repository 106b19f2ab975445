"""What a payment provider must be able to do. A further one (Alipay, WeChat Pay) is a module beside these.

A provider talks to the outside and changes none of our rows: it answers with facts, and the verbs of billing act on
them. Every call may be repeated with the same row: it must have one effect outside.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from billing.models import Organization, PlanVersion, Purchase, Refund, Subscription


@dataclass(frozen=True)
class Checkout:
    """Where a purchase is paid: ``url`` to send the buyer to ("" = our own page tells how), until ``valid_until``."""

    ref: str
    url: str
    valid_until: datetime


@dataclass(frozen=True)
class RefundAnswer:
    """``fact`` names the refund at the provider; ``state`` is one of ``Refund.State``."""

    fact: str
    state: str


class PaymentProvider(Protocol):
    """``charges_monthly``: whether it can sell a plan that is charged every month by itself."""

    name: str
    charges_monthly: bool

    def checkout(self, purchase: Purchase, return_url: str) -> Checkout:
        """Open the place where a pending purchase is paid. Raises ProviderDown."""

    def close_checkout(self, purchase: Purchase) -> None:
        """Make that place refuse payment from now on. Raises ProviderDown."""

    def refund(self, refund: Refund) -> RefundAnswer:
        """Send money back. Raises ProviderDown, or NothingToRefund if the provider says never."""

    def portal_url(self, organization: Organization, return_url: str) -> str:
        """Where a customer changes the card and ends a subscription; "" if there is no such place."""

    def end_subscription(self, subscription: Subscription) -> None:
        """Charge no more, from this moment. Raises ProviderDown."""

    def change_plan(self, subscription: Subscription, plan: PlanVersion) -> None:
        """Charge the price of another plan from the next month on, and nothing now. Raises ProviderDown."""
