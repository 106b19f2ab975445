"""What Stripe is asked, word by word, and what is made of odd answers: nothing is believed that was not fetched."""

import json

import pytest
from django.urls import reverse

from billing import memberships, purchases, subscriptions, sweeping, webhooks
from billing.errors import NotForSale, ProviderDown
from billing.models import (
    Dispute,
    MembershipPeriod,
    Organization,
    Payment,
    PlanVersion,
    Purchase,
    Subscription,
    WebhookEvent,
)
from billing.providers import provider
from billing.providers.stripe.provider import refund_state
from tests.billing.buying import BACK, available, order, subscribed, transfer
from tests.billing.conftest import Clock
from tests.billing.stripe_fake import FakeStripe, Postman


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def asked(fake: FakeStripe, verb: str, path: str) -> list[dict[str, object]]:
    """The parameters of every question of one kind."""
    return [sent for method, to, sent in fake.requests if (method, to.split("_fake")[0]) == (verb, path)]


# --- what is asked ----------------------------------------------------------------------------------------------------
def test_the_words_of_a_subscription(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscribed(shop, fake, post)
    upgrade = order(shop, "platinum", kind="subscription")
    first, second = asked(fake, "POST", "checkout/sessions")
    assert (second["mode"], second["allowed_payment_method_types"]) == ("subscription", ["card"])
    assert second["subscription_data"] == {"metadata": {"purchase": upgrade.public_id}}
    assert "discounts" not in first
    assert len(second["discounts"]) == 1
    (coupon,) = asked(fake, "POST", "coupons")
    assert coupon == {
        "amount_off": "6600",
        "currency": "cny",
        "duration": "once",
        "max_redemptions": "1",
        "name": upgrade.number,
    }
    order(shop, "platinum", kind="subscription")
    assert [row["lookup_key"] for row in asked(fake, "POST", "prices")] == ["gold:1", "platinum:1"]


def test_one_customer_and_one_price_for_each(shop: Organization, fake: FakeStripe, charlies_shop) -> None:
    opened = purchases.buy_plan(shop, "gold", kind="subscription", by="alice", through="stripe")
    fake.lost_answers = 3  # Stripe has made the customer, and nobody has heard its number
    with pytest.raises(ProviderDown):
        purchases.open_checkout(opened, BACK)
    purchases.open_checkout(opened, BACK)
    fake.forget_keys()
    order(charlies_shop, "gold", kind="subscription")
    assert [row["name"] for row in fake.account.of("customer")] == [shop.name, charlies_shop.name]
    assert [row["lookup_key"] for row in fake.account.of("price")] == ["gold:1"]


def test_the_words_of_a_month_card(shop: Organization, fake: FakeStripe, post: Postman, clock: Clock) -> None:
    transfer(shop, "gold")
    clock.passes(days=29, hours=22)  # the credits that are traded in live two hours
    upgrade = order(shop, "platinum")
    (sent,) = asked(fake, "POST", "checkout/sessions")
    assert sent["line_items"][0]["price_data"]["unit_amount"] == str(upgrade.due_fen)
    assert upgrade.due_fen < upgrade.price_fen
    assert sent["payment_intent_data"] == {"metadata": {"purchase": upgrade.public_id}}
    ends = upgrade.trade_ins.get().lot.expires_at
    assert (int(sent["expires_at"]), upgrade.valid_until) == (int(ends.timestamp()), ends)
    by_transfer = order(shop, "platinum", through="manual")
    assert by_transfer.valid_until == ends


def test_a_downgrade_and_an_end_are_not_prorated(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post, "platinum")
    subscriptions.downgrade(subscription, PlanVersion.objects.get(code="gold"))
    (change,) = asked(fake, "POST", "subscriptions/sub")
    assert change["proration_behavior"] == "none"
    Subscription.objects.update(must_end=True)
    subscription.refresh_from_db()
    assert subscriptions.end_replaced(subscription) is True
    assert asked(fake, "DELETE", "subscriptions/sub") == [{"invoice_now": "false", "prorate": "false"}]


def test_what_has_ended_at_stripe_is_not_ended_again(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post)
    Subscription.objects.update(must_end=True)
    fake.account.end(subscription.ref)
    sweeping.sweep()
    subscription.refresh_from_db()
    assert (subscription.state, asked(fake, "DELETE", "subscriptions/sub")) == ("ended", [])


def test_an_end_that_stripe_did_not_hear_is_tried_again(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post)
    assert subscriptions.end_replaced(subscription) is True  # nothing to end
    assert fake.account.rows[subscription.ref]["status"] == "active"
    Subscription.objects.update(must_end=True)
    subscription.refresh_from_db()
    fake.down = 100
    assert subscriptions.end_replaced(subscription) is False
    subscription.refresh_from_db()
    assert subscription.state == "active"
    fake.down = 0
    sweeping.sweep()
    subscription.refresh_from_db()
    assert (subscription.state, fake.account.rows[subscription.ref]["status"]) == ("ended", "canceled")


def test_who_gives_up_cannot_pay_any_more(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    left, paid = order(shop, "gold"), order(shop, "topup_330", pack=True)
    fake.account.pay(paid.checkout_ref)  # and nobody told us yet
    assert purchases.give_up(left) is True
    assert purchases.give_up(paid) is True
    assert [fake.account.rows[one.checkout_ref]["status"] for one in (left, paid)] == ["expired", "complete"]
    post.round()
    assert available(shop) == 330  # late money counts


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("succeeded", "succeeded"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("pending", "requested"),
        ("requires_action", "requested"),
        (None, "requested"),
    ],
)
def test_the_states_of_a_refund(status: str | None, state: str) -> None:
    assert refund_state(status) == state


# --- odd answers ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ({"status": "processing"}, None),
        ({"amount_received": 6000}, "6000 fen CNY came for 6600 fen CNY: nothing delivered"),
        ({"currency": "usd"}, "6600 fen USD came for 6600 fen CNY: nothing delivered"),
    ],
)
def test_an_intent_that_is_not_quite_the_money(shop, fake, post: Postman, says, problem: str | None) -> None:
    opened = order(shop, "gold")
    fake.account.pay(opened.checkout_ref)
    fake.account.rows[fake.account.rows[opened.checkout_ref]["payment_intent"]].update(says)
    post.round()
    opened.refresh_from_db()
    assert (opened.state, opened.problem) == (("pending", "") if problem is None else ("paid", problem))
    assert available(shop) == 0


@pytest.mark.parametrize(
    ("says", "payments"),
    [
        ({"status": "open", "amount_paid": 100}, 1),
        ({"amount_paid": 0}, 1),
        ({"currency": "usd"}, 2),
    ],
)
def test_an_invoice_that_is_not_quite_the_money(shop, fake, post: Postman, clock: Clock, says, payments: int) -> None:
    subscription = subscribed(shop, fake, post)
    clock.passes(days=30, hours=1)
    fake.account.tick()
    fake.account.rows[fake.account.rows[subscription.ref]["latest_invoice"]].update(says)
    post.round()
    assert (Payment.objects.count(), MembershipPeriod.objects.count(), available(shop)) == (payments, 1, 0)


def test_a_subscriptions_invoice_can_be_refunded(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscribed(shop, fake, post)
    payment = Payment.objects.get()
    assert payment.fact.startswith("in_")
    assert payment.intent in fake.account.rows


@pytest.mark.parametrize(
    ("says", "state"),
    [("unpaid", "past_due"), ("paused", "past_due"), ("a word of tomorrow", "past_due"), ("trialing", "active")],
)
def test_the_states_of_a_subscription(shop, fake, post: Postman, monkeypatch, says: str, state: str) -> None:
    subscription = subscribed(shop, fake, post)
    monkeypatch.setattr("tests.billing.stripe_fake.transport.unknown_fields", lambda row: [])
    fake.account.rows[subscription.ref]["status"] = says
    fake.account.tell("customer.subscription.updated", fake.account.rows[subscription.ref])
    post.round()
    subscription.refresh_from_db()
    assert subscription.state == state


def test_an_inquiry_moves_no_money(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    opened = order(shop, "gold")
    fake.account.pay(opened.checkout_ref)
    post.round()
    inquiry = fake.account.dispute(Payment.objects.get().intent)
    for says in ("warning_needs_response", "warning_under_review"):
        inquiry["status"] = says
        fake.account.tell("charge.dispute.updated", inquiry)
        post.round()
        assert (available(shop), Dispute.objects.count()) == (660, 0)
    inquiry["status"] = "under_review"
    fake.account.tell("charge.dispute.updated", inquiry)
    post.round()
    assert (available(shop), Dispute.objects.get().state) == (0, "open")
    inquiry["status"] = "warning_closed"
    fake.account.tell("charge.dispute.closed", inquiry)
    post.round()
    assert (available(shop), Dispute.objects.get().state) == (660, "won")


@pytest.mark.parametrize("kind", ["month", "subscription"])
def test_a_refund_is_heard_before_its_payment(shop: Organization, fake: FakeStripe, post: Postman, kind: str) -> None:
    opened = order(shop, "gold", kind=kind)
    fake.account.pay(opened.checkout_ref)
    (intent,) = [row["id"] for row in fake.account.of("payment_intent")]
    fake.account.refund(intent, 3300)
    if kind == "subscription":
        (bill,) = fake.account.of("invoice")
        bill["status"] = "open"  # Stripe does not know itself yet
        (event,) = [one for one in fake.account.events if one["type"] == "refund.created"]
        assert post.post(event) == 200
        post.act()
        assert "is not noted yet" in WebhookEvent.objects.get().error
        bill["status"] = "paid"
    for event in fake.account.events:
        if event["type"] in ("refund.created", "charge.refunded"):
            assert post.post(event) == 200
    post.act()
    opened.refresh_from_db()
    assert (opened.state, available(shop)) == ("granted", 330)
    assert not WebhookEvent.objects.filter(processed_at=None).exists()


# --- subscriptions ----------------------------------------------------------------------------------------------------
def test_an_invoice_is_for_the_plan_that_it_charges(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post, "platinum")
    subscription.next_plan = PlanVersion.objects.get(code="gold")
    subscription.save()
    late = subscriptions.renewal(subscription, "in_late", 26_600)
    assert (late.plan.code, late.credits, late.due_fen) == ("platinum", 3000, 26_600)
    low = subscriptions.renewal(subscription, "in_low", 6600)
    assert (low.plan.code, low.credits, low.due_fen) == ("gold", 660, 6600)
    assert subscriptions.renewal(subscription, "in_low", 6600) == low
    assert Purchase.objects.count() == 3


def test_the_ended_is_not_woken(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post)
    for state in ("ended", "active"):
        subscriptions.state_seen(subscription, state, ends_with_period=False)
        subscription.refresh_from_db()
        assert subscription.state == "ended"


def test_a_downgrade_is_to_a_lower_paid_plan(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    subscription = subscribed(shop, fake, post)
    for code in ("free", "gold", "platinum"):
        with pytest.raises(NotForSale):
            subscriptions.downgrade(subscription, PlanVersion.objects.get(code=code))
    assert asked(fake, "POST", "subscriptions/sub") == []


def test_a_customer_who_ends_in_the_portal_is_served_to_the_end(shop, fake, post: Postman) -> None:
    subscription = subscribed(shop, fake, post)
    fake.account.cancel(subscription.ref)
    fake.account.end(subscription.ref)
    post.round()
    subscription.refresh_from_db()
    assert (subscription.state, available(shop)) == ("ended", 660)
    assert memberships.current_period(shop) is not None


# --- messages and the sweeper -----------------------------------------------------------------------------------------
def test_a_message_rings_once_and_is_done_once(shop, fake, post: Postman, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr(webhooks, "ring", lambda name, pk: rung.append((name, pk)))
    fake.account.pay(order(shop, "gold").checkout_ref)
    for _ in range(2):
        assert post.post(fake.account.events[0]) == 200
    row = WebhookEvent.objects.get()
    assert rung == [("billing.tasks.process_event", row.pk)]
    assert [webhooks.process(row.pk) for _ in range(2)] == [True, True]
    row.refresh_from_db()
    assert row.attempts == 1


def test_a_message_may_have_a_megabyte(fake: FakeStripe, client, db: None) -> None:
    answers = []
    for size in (webhooks.LARGEST, webhooks.LARGEST + 1):
        answer = client.post(reverse("stripe-webhook"), data=b" " * size, content_type="application/json")
        answers.append(answer.status_code)
    assert answers == [400, 413]


def test_a_key_of_the_other_mode(shop: Organization, fake: FakeStripe, post: Postman, settings) -> None:
    fake.account.pay(order(shop, "gold").checkout_ref)
    test, live = fake.account.events[0], fake.account.events[0] | {"livemode": True}
    settings.STRIPE_SECRET_KEY = "sk_live_fake"
    assert [post.post(event) for event in (test, live)] == [400, 200]
    assert json.loads(WebhookEvent.objects.get().payload)["livemode"] is True


def test_one_bad_chore_does_not_stop_the_round(shop, fake, post: Postman, clock: Clock, monkeypatch) -> None:
    """The first is a bug, the second a silent provider; what comes after them is done all the same."""
    unheard, silent = order(shop, "topup_330", pack=True), order(shop, "topup_330", pack=True)
    fake.account.pay(unheard.checkout_ref)
    assert post.post(fake.account.events[0]) == 200
    late = order(shop, "topup_330", through="manual", pack=True)
    Purchase.objects.filter(pk__in=[silent.pk, late.pk]).update(valid_until=clock.now)
    clock.passes(minutes=3)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("billing.providers.stripe.events.apply", broken)
    fake.down = 100
    sweeping.sweep()
    states = [Purchase.objects.get(pk=one.pk).state for one in (silent, late)]
    assert states == ["pending", "failed"]


def test_the_manual_provider_sells_no_subscription(shop: Organization, money_rows) -> None:
    before = money_rows()
    with pytest.raises(NotForSale):
        purchases.buy_plan(shop, "gold", kind="subscription", by="alice", through="manual")
    assert provider("manual").charges_monthly is False
    assert money_rows() == before
