"""One customer's way through Stripe: a month card at Checkout, paid, heard of, half of it refunded; another one given up.

The same functions run against Stripe's test mode (for people with a key) and against the fake (always), so that what
nobody here can run is at least right about billing.
"""

from collections.abc import Callable
from io import StringIO
from typing import Protocol

from django.core.management import call_command

from billing import ledger, purchases, refunds, sweeping
from billing.models import Organization, Payment, Purchase, Refund, WebhookEvent
from billing.providers.stripe.client import client
from tests.billing.buying import BACK

Until = Callable[[str, Callable[[], object]], None]  # wait until something is so, or fail with these words


class Buyer(Protocol):
    def pay(self, purchase: Purchase) -> None:
        """Let the money of a purchase arrive at Stripe."""


def opens(shop: Organization, code: str = "gold") -> Purchase:
    bought = purchases.buy_plan(shop, code, kind="month", by="alice", through="stripe")
    purchases.open_checkout(bought, BACK)
    session = client().v1.checkout.sessions.retrieve(bought.checkout_ref)
    assert (session.status, session.payment_status, session.mode) == ("open", "unpaid", "payment")
    assert (session.client_reference_id, session.currency) == (bought.public_id, "cny")
    assert str(session.url).startswith("https://")
    assert session.expires_at == int(bought.valid_until.timestamp())
    return bought


def pays(purchase: Purchase, buyer: Buyer, since: str, until: Until) -> Payment:
    """Paid, and heard of by listing Stripe's events, each of which is fetched again."""
    buyer.pay(purchase)

    def granted() -> bool:
        hears(since)
        purchase.refresh_from_db()
        return purchase.state == "granted"

    until("the purchase is delivered", granted)
    payment = Payment.objects.get(purchase=purchase)
    assert (payment.amount_fen, payment.currency, payment.surplus) == (purchase.due_fen, "CNY", False)
    assert ledger.balance(purchase.organization).available == purchase.credits
    return payment


def hears(since: str) -> None:
    call_command("stripe_backfill", since=since, stdout=StringIO())


def gets_half_back(payment: Payment, since: str, until: Until) -> Refund:
    half = payment.amount_fen // 2
    row = refunds.refund(payment, amount_fen=half, reason="a test", by="ann")

    def settled() -> bool:
        hears(since)
        row.refresh_from_db()
        return row.state == "succeeded"

    until("the refund has succeeded", settled)
    found = client().v1.refunds.retrieve(row.fact)
    assert (found.amount, found.payment_intent) == (half, payment.intent)
    assert ledger.balance(payment.organization).available == payment.purchase.credits // 2
    return row


def changes_mind(purchase: Purchase) -> None:
    assert purchases.give_up(purchase) is True
    assert client().v1.checkout.sessions.retrieve(purchase.checkout_ref).status == "expired"
    assert sweeping.look_up(purchase).state == "failed"


def whole(shop: Organization, buyer: Buyer, since: str, until: Until) -> None:
    payment = pays(opens(shop), buyer, since, until)
    gets_half_back(payment, since, until)
    changes_mind(opens(shop, "platinum"))
    before = (Payment.objects.count(), Refund.objects.count(), ledger.balance(shop).available)
    WebhookEvent.objects.update(processed_at=None)  # every message once more
    hears(since)
    assert (Payment.objects.count(), Refund.objects.count(), ledger.balance(shop).available) == before == (1, 1, 330)
    assert ledger.audit(shop) == []
