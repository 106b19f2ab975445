"""Fetch something from Stripe and bring our rows to what it says. The only place where Stripe's answers become facts.

Nothing here trusts a message: each function takes an id, asks Stripe with the pinned API version, and acts on the
answer. So it does not matter in which order, how late or how often it is called.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from billing import disputes, purchases, refunds, settlement, subscriptions
from billing.errors import BillingError
from billing.models import Dispute, Payment, PlanVersion, Provider, Purchase, Subscription
from billing.providers.stripe.client import asking, client
from billing.providers.stripe.provider import refund_state
from billing.settlement import Money

if TYPE_CHECKING:
    import stripe

STRIPE = Provider.STRIPE.value
SUBSCRIPTION_STATES = {
    "active": Subscription.State.ACTIVE,
    "trialing": Subscription.State.ACTIVE,
    "past_due": Subscription.State.PAST_DUE,
    "unpaid": Subscription.State.PAST_DUE,
    "incomplete": Subscription.State.PAST_DUE,
    "paused": Subscription.State.PAST_DUE,
    "canceled": Subscription.State.ENDED,
    "incomplete_expired": Subscription.State.ENDED,
}
DISPUTE_STATES = {
    "won": Dispute.State.WON,
    "warning_closed": Dispute.State.WON,
    "prevented": Dispute.State.WON,
    "lost": Dispute.State.LOST,
}


class NotYet(BillingError):
    """Stripe tells of something that hangs on what we have not seen yet: the sweeper asks again."""

    code = "not_yet"
    status = 503


def session(session_id: str) -> None:
    with asking():
        found = client().v1.checkout.sessions.retrieve(session_id)
    purchase = Purchase.objects.filter(public_id=found.client_reference_id or "", provider=STRIPE).first()
    if purchase is None:
        return  # a payment page of somebody else who uses the same Stripe account
    if found.mode == "subscription" and found.subscription:
        subscriptions.found(purchase, _id(found.subscription))
        if found.invoice:
            invoice(_id(found.invoice))
    elif found.payment_status == "paid" and found.payment_intent:
        intent(_id(found.payment_intent))
    elif found.status == "expired":
        purchases.fail(purchase)


def intent(intent_id: str) -> None:
    """A one-off payment."""
    with asking():
        found = client().v1.payment_intents.retrieve(intent_id)
    metadata = found.metadata.to_dict() if found.metadata else {}
    purchase = Purchase.objects.filter(public_id=str(metadata.get("purchase", "")), provider=STRIPE).first()
    if purchase is None or found.status != "succeeded":
        return
    money = Money(
        provider=STRIPE,
        fact=found.id,
        amount_fen=found.amount_received,
        currency=found.currency.upper(),
        paid_at=_moment(found.created),
        intent=found.id,
    )
    settlement.receive(purchase, money)


def invoice(invoice_id: str) -> None:
    """An invoice of a subscription; only a paid one brings anything."""
    with asking():
        found = client().v1.invoices.retrieve(invoice_id, {"expand": ["payments"]})
    details = found.parent.subscription_details if found.parent else None
    if details is None:
        return
    subscription = _subscription(_id(details.subscription))
    if subscription is None or found.status != "paid" or found.amount_paid == 0:
        return
    first = Purchase.objects.filter(subscription=subscription).exclude(checkout_ref__startswith="in_").first()
    if found.billing_reason == "subscription_create" and first is not None:
        purchase = first
    else:
        purchase = subscriptions.renewal(subscription, found.id, found.amount_paid, _plan_of(found))
    paid_at = found.status_transitions.paid_at or found.created
    money = Money(
        provider=STRIPE,
        fact=found.id,
        amount_fen=found.amount_paid,
        currency=found.currency.upper(),
        paid_at=_moment(paid_at),
        intent=_intent_of(found),
        note=found.number or "",
        receipt_url=found.hosted_invoice_url or "",
    )
    settlement.receive(purchase, money)


def subscription(subscription_id: str) -> None:
    _subscription(subscription_id)


def _subscription(subscription_id: str) -> Subscription | None:
    """Our row, brought to what Stripe says; None for a subscription that is not ours."""
    with asking():
        found = client().v1.subscriptions.retrieve(subscription_id)
    row = Subscription.objects.filter(provider=STRIPE, ref=subscription_id).first()
    if row is None:
        metadata = found.metadata.to_dict() if found.metadata else {}
        purchase = Purchase.objects.filter(public_id=str(metadata.get("purchase", "")), provider=STRIPE).first()
        if purchase is None:
            return None
        row = subscriptions.found(purchase, subscription_id)
    state = SUBSCRIPTION_STATES.get(found.status, Subscription.State.PAST_DUE)
    subscriptions.state_seen(row, state.value, ends_with_period=found.cancel_at_period_end)
    row.refresh_from_db()
    return row


def refund(refund_id: str) -> None:
    with asking():
        found = client().v1.refunds.retrieve(refund_id)
    payment = _payment(_id(found.payment_intent))
    if payment is not None:
        metadata = found.metadata.to_dict() if found.metadata else {}
        refunds.seen(
            payment,
            fact=found.id,
            amount_fen=found.amount,
            state=refund_state(found.status),
            ours=str(metadata.get("refund", "")),
        )


def refunds_of(intent_id: str) -> None:
    """All refunds of a payment."""
    with asking():
        found = client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    for row in found.data:
        refund(row.id)


def dispute(dispute_id: str) -> None:
    with asking():
        found = client().v1.disputes.retrieve(dispute_id)
    payment = _payment(_id(found.payment_intent))
    # An inquiry moves no money: it becomes a dispute, or closes.
    if payment is None or found.status in ("warning_needs_response", "warning_under_review"):
        return
    state = DISPUTE_STATES.get(found.status, Dispute.State.OPEN).value
    disputes.seen(payment, fact=found.id, amount_fen=found.amount, state=state, opened_at=_moment(found.created))


def _payment(intent_id: str) -> Payment | None:
    """Our payment of an intent; asks Stripe for it if we have not seen it; None if it is not ours. Raises NotYet."""
    known = Payment.objects.filter(provider=STRIPE, intent=intent_id)
    if intent_id and not known.exists():
        intent(intent_id)
        with asking():
            paid = client().v1.invoice_payments.list(
                {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "limit": 1}
            )
        for row in paid.data:
            invoice(_id(row.invoice))
            if not known.exists():
                raise NotYet(f"the payment {intent_id} is not noted yet")
    return known.first()


def _plan_of(found: "stripe.Invoice") -> PlanVersion | None:
    """The plan whose price an invoice charges; None if it is not one of our prices."""
    for line in found.lines.data:
        details = line.pricing.price_details if line.pricing else None
        if details is None:
            continue
        with asking():
            price = client().v1.prices.retrieve(_id(details.price))
        code, _, number = (price.lookup_key or "").partition(":")
        plan = PlanVersion.objects.filter(code=code, number=number).first() if number.isdecimal() else None
        if plan is not None:
            return plan
    return None


def _intent_of(found: "stripe.Invoice") -> str:
    for row in found.payments.data if found.payments else []:
        if row.status == "paid" and row.payment.payment_intent:
            return _id(row.payment.payment_intent)
    return ""


def _id(value: object) -> str:
    """Stripe gives an id, or the object where it was expanded, or nothing."""
    return value if isinstance(value, str) else str(getattr(value, "id", "") or "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
