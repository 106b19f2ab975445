"""Which of Stripe's messages is about what. Whatever is not listed is stored and needs nothing."""

import json
from collections.abc import Callable, Mapping

from billing.providers.stripe import facts

BY_ID: Mapping[str, Callable[[str], None]] = {
    "checkout.session.completed": facts.session,
    "checkout.session.async_payment_succeeded": facts.session,
    "checkout.session.async_payment_failed": facts.session,
    "checkout.session.expired": facts.session,
    "payment_intent.succeeded": facts.intent,
    "invoice.paid": facts.invoice,
    "invoice.payment_failed": facts.invoice,
    "customer.subscription.created": facts.subscription,
    "customer.subscription.updated": facts.subscription,
    "customer.subscription.deleted": facts.subscription,
    "customer.subscription.paused": facts.subscription,
    "customer.subscription.resumed": facts.subscription,
    "refund.created": facts.refund,
    "refund.updated": facts.refund,
    "refund.failed": facts.refund,
    "charge.dispute.created": facts.dispute,
    "charge.dispute.updated": facts.dispute,
    "charge.dispute.closed": facts.dispute,
}


def apply(kind: str, payload: str) -> None:
    """Fetch what the message is about and act on what Stripe says now. Raises BillingError where that fails."""
    about = json.loads(payload)["data"]["object"]
    if kind in BY_ID:
        BY_ID[kind](about["id"])
    elif kind == "charge.refunded" and about.get("payment_intent"):
        facts.refunds_of(about["payment_intent"])
