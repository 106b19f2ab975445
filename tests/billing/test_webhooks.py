"""The endpoint lets in what Stripe has signed lately, once; what it means is asked of Stripe, never read from it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from billing import ledger, sweeping, webhooks
from billing.models import Organization, Payment, WebhookEvent
from tests.billing.buying import available, order
from tests.billing.conftest import Clock
from tests.billing.stripe_fake import FakeStripe, Postman
from tests.billing.stripe_fake.messages import Faults


@pytest.fixture
def paid(shop: Organization, fake: FakeStripe) -> FakeStripe:
    fake.account.pay(order(shop, "gold").checkout_ref)
    return fake


def test_no_secret_no_endpoint(client, db, settings, paid: FakeStripe, post: Postman) -> None:
    for secrets, key in (([], "sk_test_fake"), ([""], "sk_test_fake"), (["whsec_fake"], "")):
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_SECRET_KEY = secrets, key
        assert post.post(paid.account.events[0]) == 404
        assert client.get(reverse("stripe-webhook")).status_code == 405
    assert not WebhookEvent.objects.exists()


def test_what_is_not_signed_lately_by_stripe_is_refused(paid: FakeStripe, post: Postman, client) -> None:
    event = paid.account.events[0]
    assert post.post(event, secret="whsec_other") == 400
    assert post.post(event, tampered=True) == 400
    assert post.post(event, age=301) == 400
    assert post.post(event, age=-302) == 400
    assert post.post(event | {"livemode": True}) == 400
    assert post.post({"id": "evt_1"}) == 400
    assert client.post(reverse("stripe-webhook"), data="{}", content_type="application/json").status_code == 400
    assert client.post(reverse("stripe-webhook"), data=b"\xff", content_type="application/json").status_code == 400
    assert not WebhookEvent.objects.exists()


def test_an_old_secret_is_good_while_it_is_exchanged(paid: FakeStripe, post: Postman, settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_fake"]
    assert post.post(paid.account.events[0]) == 200


def test_a_message_is_kept_as_it_came_and_once(paid: FakeStripe, post: Postman, shop: Organization) -> None:
    event = paid.account.events[-1]
    for _ in range(3):
        assert post.post(event) == 200
    row = WebhookEvent.objects.get()
    assert (row.event_id, row.type, row.processed_at) == (event["id"], "checkout.session.completed", None)
    assert available(shop) == 0  # stored first, acted on later
    post.act()
    row.refresh_from_db()
    assert row.processed_at is not None
    assert available(shop) == 660


def test_what_stripe_says_counts_and_not_the_message(paid: FakeStripe, post: Postman, shop: Organization) -> None:
    """Signed, but false: it says "paid" of a session that is not."""
    unpaid = order(shop, "diamond")
    event = paid.account.events[-1]
    false = {**paid.account.rows[unpaid.checkout_ref], "payment_status": "paid", "payment_intent": "pi_none"}
    assert post.post(event | {"id": "evt_false", "data": {"object": false}}) == 200
    post.act()
    assert available(shop) == 0
    assert not Payment.objects.exists()


def test_events_of_others_and_unknown_kinds_change_nothing(paid: FakeStripe, post: Postman, shop, money_rows) -> None:
    event = paid.account.events[-1]
    post.post(event | {"id": "evt_a", "type": "product.created"})
    stranger = paid.account.keep({**event["data"]["object"], "id": "cs_else", "client_reference_id": "other-shop"})
    post.post(event | {"id": "evt_b", "data": {"object": stranger}})
    post.act()
    assert available(shop) == 0
    assert WebhookEvent.objects.filter(processed_at=None).count() == 0


def test_while_stripe_is_down_messages_wait(paid: FakeStripe, post: Postman, shop: Organization, clock: Clock) -> None:
    paid.down = 1_000
    post.round()
    assert available(shop) == 0
    waiting = WebhookEvent.objects.filter(processed_at=None)
    assert waiting.count() == 2
    assert all("Stripe does not answer" in row.error and row.attempts == 1 for row in waiting)
    sweeping.sweep()
    assert {row.attempts for row in waiting.all()} == {1}  # asked anew; the bell has two minutes for itself
    paid.down = 0
    clock.passes(minutes=3)
    sweeping.sweep()
    assert available(shop) == 660
    assert {row.error for row in WebhookEvent.objects.all()} == {""}


def test_a_bug_in_one_message_is_kept_with_it(paid: FakeStripe, post: Postman, monkeypatch) -> None:
    post.post(paid.account.events[0])
    row = WebhookEvent.objects.get()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("billing.providers.stripe.events.apply", broken)
    with pytest.raises(ZeroDivisionError):
        webhooks.process(row.pk)
    row.refresh_from_db()
    assert (row.processed_at, row.error) == (None, "ZeroDivisionError()")


@pytest.mark.parametrize("seed", range(4))
def test_bad_delivery_of_every_kind_ends_the_same(
    shop: Organization, fake: FakeStripe, client, clock: Clock, seed: int
) -> None:
    faults = Faults(doubled=0.5, stale=0.3, early=0.3, swapped=True, altered=0.5)
    postman = Postman(fake.account, client, faults, seed)
    first = order(shop, "gold", kind="subscription")
    fake.account.pay(first.checkout_ref)
    pack = order(shop, "topup_3300", pack=True)
    fake.account.pay(pack.checkout_ref)
    intent = fake.account.rows[pack.checkout_ref]["payment_intent"]
    quarrel = fake.account.dispute(intent)
    fake.account.close_dispute(quarrel["id"], won=True)
    fake.account.refund(intent, 16_500)
    for _ in range(3):
        postman.round()
        clock.passes(minutes=3)
        sweeping.sweep()
    assert available(shop) == 660 + 1650 + 100
    assert fake.account.balance == 6600 + 16_500
    assert ledger.audit() == []


def test_backfill_heals_an_outage(paid: FakeStripe, post: Postman, shop: Organization, settings) -> None:
    """Not one message came; Stripe lists them by pages."""
    for _ in range(60):
        paid.account.tell("customer.subscription.updated", {"id": "sub_none", "object": "subscription"})
        paid.account.tell("product.created", {"id": "prod_x", "object": "product"})
    said = StringIO()
    call_command("stripe_backfill", since="2026-11-01", stdout=said)
    assert available(shop) == 660
    assert "122 new events" in said.getvalue()
    again = StringIO()
    call_command("stripe_backfill", since="2026-11-01T00:00:00Z", stdout=again)
    assert "0 new events" in again.getvalue()
    assert available(shop) == 660
    with pytest.raises(CommandError):
        call_command("stripe_backfill", since="yesterday")
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(CommandError):
        call_command("stripe_backfill", since="2026-11-01")
