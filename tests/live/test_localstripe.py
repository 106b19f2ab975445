"""localstripe as a second opinion on the fake: another program, by other people, that answers some of Stripe's calls.

It is GPL-3.0-or-later, so it is a tool of the tests only, started as a process of its own, and nothing of it is imported
here. It knows no checkout sessions, prices or invoice payments and no ``amount_received`` of an intent, and takes
idempotency keys without heeding them; its events are of 2017. So what is compared is the shape of what billing reads:
where a field is, and of what kind.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.contrib.auth.models import User
from django.utils import timezone

from billing import ledger, purchases, refunds, settlement
from billing.errors import ProviderDown
from billing.models import Organization, Payment, Subscription, WebhookEvent
from billing.organizations import create_organization
from billing.providers.stripe import facts
from billing.providers.stripe import provider as asks
from billing.providers.stripe.client import asking
from billing.settlement import Money
from tests.billing.stripe_fake import answers
from tests.studio import free_port, wait_until

pytestmark = [pytest.mark.live, pytest.mark.django_db]
SERVE = "import sys; from aiohttp import web; from localstripe.server import app; \
web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=tmp_path_factory.mktemp("localstripe"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answering() -> bool:
        try:
            connected(f"http://127.0.0.1:{port}").v1.balance.retrieve()
        except stripe.APIConnectionError:
            return False
        return True

    try:
        wait_until("localstripe answers", answering, seconds=120)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def connected(address: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_12345", base_addresses={"api": address}, max_network_retries=0)


@pytest.fixture
def local(address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> stripe.StripeClient:
    """Billing talks to localstripe for the rest of the test."""
    settings.STRIPE_SECRET_KEY = "sk_test_12345"
    for module in (asks, facts):
        monkeypatch.setattr(module, "client", lambda: connected(address))
    return connected(address)


@pytest.fixture
def shop(db: None) -> Organization:
    return create_organization("Alice's shop", owner=User.objects.create_user("alice"))


def with_card(local: stripe.StripeClient, shop: Organization) -> tuple[str, str]:
    """The shop's customer at localstripe, and a card of it that pays: ids."""
    customer = asks.customer_of(shop)
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    method = local.v1.payment_methods.create({"type": "card", "card": card})
    local.v1.payment_methods.attach(method.id, {"customer": customer})
    return customer, method.id


def paid(local: stripe.StripeClient, shop: Organization) -> tuple[Payment, stripe.PaymentIntent]:
    """A pack, paid by a card at localstripe."""
    bought = purchases.buy_pack(shop, "topup_660", by="alice", through="stripe")
    customer, card = with_card(local, shop)
    made = local.v1.payment_intents.create(
        {
            "amount": bought.due_fen,
            "currency": "cny",
            "customer": customer,
            "payment_method": card,
            "confirm": True,
            "metadata": {"purchase": bought.public_id},
        }
    )
    assert made.status == "succeeded"
    # Billing itself reads ``amount_received``, which localstripe's intents lack.
    return settlement.receive(
        bought, Money("stripe", made.id, made.amount, "CNY", timezone.now(), intent=made.id)
    ), made


def kinds(answer: dict[str, Any], like: dict[str, Any]) -> dict[str, type]:
    """The kind of each field that the fake's answer has and the other one has too."""
    return {name: type(answer[name]) for name in like if name in answer and answer[name] is not None}


def test_a_customer_a_payment_and_its_refund(local: stripe.StripeClient, shop: Organization) -> None:
    payment, made = paid(local, shop)
    payment.purchase.refresh_from_db()
    assert payment.purchase.state == "granted"
    assert (payment.amount_fen, payment.intent, ledger.balance(shop).available) == (6600, made.id, 660)
    row = refunds.refund(payment, amount_fen=3300, reason="x", by="ann")
    assert (row.state, row.fact[:3], ledger.balance(shop).available) == ("succeeded", "re_", 330)
    facts.refund(row.fact)
    assert payment.refunds.count() == 1
    assert local.v1.customers.retrieve(asks.customer_of(shop)).metadata.to_dict() == {"organization": shop.public_id}


def test_both_put_the_same_things_in_the_same_places(local: stripe.StripeClient, shop: Organization) -> None:
    payment, _ = paid(local, shop)
    row = refunds.refund(payment, amount_fen=100, reason="x", by="ann")
    intent = local.v1.payment_intents.retrieve(payment.intent).to_dict()
    refund = local.v1.refunds.retrieve(row.fact).to_dict()
    ours = {
        "payment_intent": answers.intent("pi_1", 6600, {"purchase": "x"}, "cus_1", 1),
        "refund": answers.refund("re_1", "pi_1", 100, {}, 1),
    }
    for theirs in (intent, refund):
        fake = ours[theirs["object"]]
        both = kinds(theirs, fake)
        assert {"id", "object", "amount", "currency", "status", "metadata", "created"} <= set(both)
        assert both == {name: kind for name, kind in kinds(fake, fake).items() if name in both}
    assert (intent["status"], intent["currency"], refund["status"]) == ("succeeded", "cny", "succeeded")
    assert refund["payment_intent"] == intent["id"]


def test_events_are_listed_as_ours_are(local: stripe.StripeClient, shop: Organization) -> None:
    paid(local, shop)
    listed = local.v1.events.list({"limit": 100}).data
    named = [event for event in listed if event.type == "payment_intent.succeeded"]
    assert named
    theirs, fake = named[0].to_dict(), answers.event("evt_1", "x", {"object": "charge"}, "v", 1)
    both = kinds(theirs, fake)
    assert {"id", "object", "type", "data", "created"} <= set(both)
    assert both == {name: kind for name, kind in kinds(fake, fake).items() if name in theirs}
    assert str(theirs["data"]["object"]["id"]).startswith("pi_")
    assert not WebhookEvent.objects.exists()


def test_a_subscription_is_seen_and_ended(local: stripe.StripeClient, shop: Organization) -> None:
    bought = purchases.buy_plan(shop, "gold", kind="month", by="alice", through="stripe")
    customer, card = with_card(local, shop)
    plan: Any = {"id": f"gold-{shop.public_id}", "amount": 6600, "currency": "cny", "interval": "month"}
    local.v1.plans.create(plan | {"product": {"name": "gold"}})
    settings: Any = {"invoice_settings": {"default_payment_method": card}}
    local.v1.customers.update(customer, settings)
    wanted: Any = {"customer": customer, "items": [{"plan": plan["id"]}], "metadata": {"purchase": bought.public_id}}
    made = local.v1.subscriptions.create(wanted)
    facts.subscription(made.id)
    row = Subscription.objects.get(ref=made.id)
    assert (row.state, row.ends_with_period, row.organization) == ("active", False, shop)
    asks.StripeProvider().end_subscription(row)
    facts.subscription(made.id)
    row.refresh_from_db()
    assert row.state == "ended"


def test_what_localstripe_does_not_know_is_an_error_of_ours(local: stripe.StripeClient, shop: Organization) -> None:
    """No checkout sessions there: the buyer is told, and the purchase stays as it was."""
    bought = purchases.buy_pack(shop, "topup_660", by="alice", through="stripe")
    with pytest.raises(ProviderDown, match="Nothing was charged"):
        purchases.open_checkout(bought, "https://studio.example/back")
    bought.refresh_from_db()
    assert (bought.state, bought.checkout_ref) == ("pending", "")
    with pytest.raises(ProviderDown), asking():
        local.v1.prices.list({"lookup_keys": ["gold:1"], "limit": 1})
