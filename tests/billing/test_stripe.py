"""Stripe, told by the fake: month cards, packs, subscriptions, refunds, disputes, under every kind of bad delivery."""

from datetime import UTC, datetime

import pytest

from billing import ledger, memberships, purchases, refunds, subscriptions, sweeping
from billing.errors import NotForSale, NothingToRefund, PaymentRefused, ProviderDown
from billing.models import (
    Dispute,
    MembershipPeriod,
    Organization,
    Payment,
    PlanVersion,
    Purchase,
    Refund,
)
from billing.providers import names, provider
from tests.billing.buying import BACK, available, bought, order, spend, subscribed
from tests.billing.conftest import Clock
from tests.billing.stripe_fake import FakeStripe, Postman


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


@pytest.fixture(autouse=True)
def connected(fake: FakeStripe) -> None:
    """Every test here talks to the fake."""


def month_passes(clock: Clock, fake: FakeStripe, post: Postman, **more: float) -> None:
    clock.passes(**({"days": 30, "hours": 1} | more))
    fake.account.tick()
    post.round()


def test_a_month_card_by_alipay(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    done = bought(shop, fake, post, "gold")
    assert available(shop) == 660
    sent = next(sent for _, path, sent in fake.requests if path == "checkout/sessions")
    assert sent["allowed_payment_method_types"] == ["alipay", "wechat_pay", "card"]
    assert (sent["mode"], sent["line_items"][0]["price_data"]["unit_amount"]) == ("payment", "6600")
    assert sent["client_reference_id"] == done.public_id
    assert fake.versions == {"2026-10-28.endive"}
    payment = Payment.objects.get()
    assert (payment.fact, payment.intent, payment.amount_fen) == (payment.intent, payment.intent, 6600)
    assert fake.account.balance == 6600


def test_money_that_arrives_late_or_never(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    slow, lost = order(shop, "gold"), order(shop, "topup_330", pack=True)
    for opened in (slow, lost):
        fake.account.pay_later(opened.checkout_ref)
    post.round()
    assert available(shop) == 0
    fake.account.arrive(slow.checkout_ref)
    fake.account.bounce(lost.checkout_ref)
    post.round()
    assert available(shop) == 660


def test_the_buyer_is_back_before_the_message(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    opened = order(shop, "topup_660", pack=True)
    fake.account.pay(opened.checkout_ref)
    assert sweeping.look_up(opened).state == "granted"
    post.round()
    assert available(shop) == 660
    assert Payment.objects.count() == 1


def test_a_session_that_lapses_ends_its_purchase(shop: Organization, fake: FakeStripe, post: Postman, clock) -> None:
    opened = order(shop, "gold")
    clock.passes(hours=24)
    fake.account.tick()
    post.round()
    opened.refresh_from_db()
    assert opened.state == "failed"


def test_a_lapsed_purchase_that_was_paid_unheard_is_found(shop: Organization, fake: FakeStripe, clock: Clock) -> None:
    opened = order(shop, "gold")
    fake.account.pay(opened.checkout_ref)  # and every message is lost
    clock.passes(hours=24)
    sweeping.sweep()
    opened.refresh_from_db()
    assert opened.state == "granted"


def test_a_lost_answer_opens_one_session(shop: Organization, fake: FakeStripe) -> None:
    opened = purchases.buy_plan(shop, "gold", kind="month", by="alice", through="stripe")
    fake.lost_answers = 1
    purchases.open_checkout(opened, BACK)
    fake.lost_answers = 9
    other = purchases.buy_pack(shop, "topup_330", by="alice", through="stripe")
    with pytest.raises(ProviderDown):
        purchases.open_checkout(other, BACK)
    other.refresh_from_db()
    assert (other.state, other.checkout_ref) == ("pending", "")
    fake.lost_answers = 0
    purchases.open_checkout(other, BACK)
    assert len(fake.account.of("checkout.session")) == 2
    assert len(fake.account.of("customer")) == 1


def test_a_subscription_brings_a_month_with_each_paid_invoice(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock
) -> None:
    clock.now = datetime(2027, 1, 31, 4, tzinfo=UTC)
    subscribed(shop, fake, post)
    for days in (28, 31, 30):
        month_passes(clock, fake, post, days=days)
    periods = MembershipPeriod.objects.order_by("starts_at")
    assert [(row.starts_at.month, row.starts_at.day) for row in periods] == [(1, 31), (2, 28), (3, 31), (4, 30)]
    assert Purchase.objects.filter(state="granted").count() == 4
    assert fake.account.balance == 4 * 6600 == sum(row.amount_fen for row in Payment.objects.all())
    assert available(shop) == 660


def test_a_late_payment_keeps_the_rights_in_grace_but_brings_no_credits(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock
) -> None:
    subscription = subscribed(shop, fake, post)
    customer = fake.account.of("customer")[0]["id"]
    fake.account.bad_cards.add(customer)
    month_passes(clock, fake, post)
    subscription.refresh_from_db()
    assert subscription.state == "past_due"
    assert available(shop) == 0
    assert memberships.entitlements_for(shop).watermark is False
    clock.passes(days=5)
    fake.account.bad_cards.clear()
    fake.account.tick()
    post.round()
    subscription.refresh_from_db()
    assert (subscription.state, available(shop)) == ("active", 660)
    months = list(MembershipPeriod.objects.order_by("starts_at"))
    assert months[1].starts_at == months[0].ends_at
    fake.account.bad_cards.add(customer)
    month_passes(clock, fake, post, days=26)
    clock.passes(days=7)
    assert memberships.entitlements_for(shop).watermark is True


def test_a_subscription_is_ended_with_its_month(shop: Organization, fake: FakeStripe, post: Postman, clock) -> None:
    subscription = subscribed(shop, fake, post)
    fake.account.cancel(subscription.ref)
    post.round()
    subscription.refresh_from_db()
    assert (subscription.state, subscription.ends_with_period, available(shop)) == ("active", True, 660)
    month_passes(clock, fake, post)
    subscription.refresh_from_db()
    assert (subscription.state, available(shop), Payment.objects.count()) == ("ended", 0, 1)


def test_an_upgrade_by_card_pays_the_difference_and_ends_the_old_subscription(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock
) -> None:
    old = subscribed(shop, fake, post)
    spend(shop, 330, "ad")
    upgrade = bought(shop, fake, post, "platinum", kind="subscription")
    assert (upgrade.due_fen, available(shop)) == (26_600 - 3300, 3000)
    sweeping.sweep()
    old.refresh_from_db()
    assert (old.state, fake.account.rows[old.ref]["status"]) == ("ended", "canceled")
    month_passes(clock, fake, post)
    assert [row.amount_fen for row in Payment.objects.order_by("id")] == [6600, 23_300, 26_600]


def test_a_downgrade_begins_with_the_next_invoice(shop: Organization, fake: FakeStripe, post: Postman, clock) -> None:
    subscription = subscribed(shop, fake, post, "platinum")
    subscriptions.downgrade(subscription, PlanVersion.objects.get(code="gold"))
    post.round()
    assert (memberships.current_period(shop).plan_code, available(shop)) == ("platinum", 3000)
    month_passes(clock, fake, post)
    subscription.refresh_from_db()
    assert (subscription.plan.code, subscription.next_plan) == ("gold", None)
    assert (memberships.current_period(shop).plan_code, available(shop)) == ("gold", 660)
    assert [row.amount_fen for row in Payment.objects.order_by("id")] == [26_600, 6600]
    with pytest.raises(NotForSale):
        subscriptions.downgrade(subscription, PlanVersion.objects.get(code="diamond"))


def test_nobody_is_charged_twice_for_one_plan(shop: Organization, fake: FakeStripe, post: Postman, money_rows) -> None:
    subscribed(shop, fake, post, "platinum")
    before = money_rows()
    for code in ("gold", "platinum"):
        with pytest.raises(NotForSale):
            order(shop, code)
    assert money_rows() == before


def test_a_refund_gives_back_what_is_unused(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    bought(shop, fake, post, "gold")
    spend(shop, 165, "ad")
    payment = Payment.objects.get()
    assert refunds.refundable(payment) == 4950
    done = refunds.refund(payment, amount_fen=4950, reason="changed their mind", by="ann")
    assert (done.state, done.credits_withdrawn, done.credits_owed) == ("succeeded", 495, 0)
    assert (available(shop), fake.account.balance, refunds.debts(shop)) == (0, 1650, 0)
    post.round()
    assert Refund.objects.count() == 1
    assert refunds.refundable(payment) == 0


def test_goodwill_beyond_what_is_unused_is_a_debt_not_a_negative_balance(
    shop: Organization, fake: FakeStripe, post: Postman
) -> None:
    done = bought(shop, fake, post, "gold")
    spend(shop, 500, "ad")
    refunds.refund(Payment.objects.get(), amount_fen=6600, reason="goodwill", by="ann")
    done.refresh_from_db()
    assert (done.state, available(shop), refunds.debts(shop)) == ("refunded", 0, 500)
    assert done.lot.debt == 500
    assert memberships.current_period(shop) is None
    assert ledger.audit() == []


def test_refunds_are_limited_to_what_was_paid(shop: Organization, fake: FakeStripe, post: Postman, money_rows) -> None:
    bought(shop, fake, post, "gold")
    before = money_rows()
    for amount in (0, 6601):
        with pytest.raises(NothingToRefund):
            refunds.refund(Payment.objects.get(), amount_fen=amount, reason="x", by="ann")
    with pytest.raises(PaymentRefused):
        refunds.refund(Payment.objects.get(), amount_fen=1, reason=" ", by="ann")
    assert money_rows() == before


def test_a_refund_whose_answer_is_lost_is_made_once(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    bought(shop, fake, post, "gold")
    fake.lost_answers = 3
    row = refunds.refund(Payment.objects.get(), amount_fen=6600, reason="x", by="ann")
    assert (row.state, available(shop), fake.account.balance) == ("requested", 0, 0)
    sweeping.sweep()
    post.round()
    row.refresh_from_db()
    assert (row.state, Refund.objects.count(), fake.account.balance) == ("succeeded", 1, 0)


def test_a_refund_made_at_stripe_is_noticed(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    bought(shop, fake, post, "topup_3300", pack=True)
    fake.account.refund(Payment.objects.get().intent, 33_000)
    post.round()
    assert (available(shop), Purchase.objects.get().state) == (0, "refunded")


def test_a_refund_that_fails_gives_the_credits_back(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    bought(shop, fake, post, "gold")
    row = refunds.refund(Payment.objects.get(), amount_fen=3300, reason="x", by="ann")
    assert available(shop) == 330
    fake.account.fail_refund(row.fact)
    post.round()
    row.refresh_from_db()
    assert (row.state, available(shop), fake.account.balance) == ("failed", 660, 6600)


def test_a_refund_leaves_what_a_trade_in_has_paid(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    bought(shop, fake, post, "gold")
    upgrade = bought(shop, fake, post, "platinum")
    refunds.refund(upgrade.payments.get(), amount_fen=20_000, reason="x", by="ann")
    assert available(shop) == 3000 - -(-3000 * 20_000 // 26_600)


def test_a_dispute_freezes_and_a_won_one_gives_back(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    done = bought(shop, fake, post, "gold")
    spend(shop, 60, "ad")
    quarrel = fake.account.dispute(Payment.objects.get().intent)
    post.round()
    done.refresh_from_db()
    shop.refresh_from_db()
    assert (done.state, available(shop), shop.parked_reason) == ("disputed", 0, f"dispute {quarrel['id']}")
    fake.account.close_dispute(quarrel["id"], won=True)
    post.round()
    done.refresh_from_db()
    shop.refresh_from_db()
    assert (done.state, available(shop), shop.parked_reason) == ("granted", 600, "")
    assert memberships.current_period(shop) is not None


def test_a_lost_dispute_leaves_a_debt(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    done = bought(shop, fake, post, "gold")
    spend(shop, 60, "ad")
    quarrel = fake.account.dispute(Payment.objects.get().intent)
    fake.account.close_dispute(quarrel["id"], won=False)
    post.round()
    done.lot.refresh_from_db()
    assert (done.lot.debt, available(shop), Dispute.objects.get().state) == (60, 0, "lost")
    assert refunds.debts(shop) == 60
    assert fake.account.balance == 0


def test_credits_that_were_traded_in_are_owed_when_their_money_goes_back(
    shop: Organization, fake: FakeStripe, post: Postman
) -> None:
    """Otherwise: buy gold, upgrade with it, let the bank take gold's money back, and have platinum for less."""
    gold = bought(shop, fake, post, "gold")
    bought(shop, fake, post, "platinum")
    fake.account.refund(gold.payments.get().intent, 3300)
    post.round()
    assert (available(shop), refunds.debts(shop)) == (3000, 330)
    fake.account.close_dispute(fake.account.dispute(gold.payments.get().intent)["id"], won=False)
    post.round()
    assert (available(shop), refunds.debts(shop)) == (3000, 660)


def test_the_portal(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    assert names() == ("stripe", "manual")
    assert provider("stripe").portal_url(shop, BACK) == ""
    bought(shop, fake, post, "gold")
    assert provider("stripe").portal_url(shop, BACK).startswith("https://billing.stripe.example/")
    assert provider("manual").portal_url(shop, BACK) == ""
