"""The rules at the edges of buying: what fits, what is ended, and what begins when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from billing import ledger, memberships, pricing, purchases, refunds, settlement, subscriptions, transfers
from billing.errors import NotForSale, NotPayable, PaymentRefused
from billing.models import MembershipPeriod, Organization, Payment, PlanVersion, Purchase, Subscription
from billing.settlement import Money
from tests.billing.buying import available, order, spend, transfer
from tests.billing.conftest import NOON, Clock


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def confirm(purchase: Purchase, staff: str = "ann", **more: object) -> Purchase:
    fields = {"amount_fen": purchase.due_fen, "received_on": timezone.localdate(), "note": "ICBC 42"} | more
    return transfers.confirm(purchase, staff=staff, **fields)


def charged(shop: Organization, code: str, **more: object) -> Subscription:
    """A subscription whose last month runs."""
    period = memberships.start_period(shop, code, key=f"charged {code}", source="stripe")
    fields = {
        "provider": "stripe",
        "ref": f"sub_{code}",
        "plan": period.plan,
        "created_at": NOON,
        "last_period": period,
    }
    return Subscription.objects.create(organization=shop, **fields | more)


# --- money that comes -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fen", "currency"), [(6600, "USD"), (6601, "CNY"), (6599, "CNY")])
def test_only_the_very_price_fits(shop: Organization, fen: int, currency: str) -> None:
    opened = order(shop, "gold", through="manual")
    settlement.receive(opened, Money("manual", "odd", fen, currency, NOON))
    opened.refresh_from_db()
    assert (opened.state, opened.problem) == ("paid", f"{fen} fen {currency} came for 6600 fen CNY: nothing delivered")
    assert available(shop) == 0


def test_one_payment_pays_one_purchase(shop: Organization) -> None:
    first, second = order(shop, "gold", through="manual"), order(shop, "topup_660", through="manual", pack=True)
    money = Money("manual", "one and the same", 6600, "CNY", NOON)
    settlement.receive(first, money)
    settlement.receive(second, money)
    second.refresh_from_db()
    assert (second.state, available(shop), Payment.objects.count()) == ("pending", 660, 1)


def test_what_is_not_paid_brings_nothing(shop: Organization, money_rows: Callable[[], list[object]]) -> None:
    opened = order(shop, "gold", through="manual")
    before = money_rows()
    assert settlement.deliver(opened.pk) is False
    assert (available(shop), money_rows()) == (0, before)


def test_what_is_delivered_is_not_given_up(shop: Organization) -> None:
    done = transfer(shop, "gold")
    assert purchases.give_up(done) is False
    done.refresh_from_db()
    assert done.state == "granted"


def test_the_limit_itself_needs_two_people(shop: Organization, settings) -> None:
    settings.TRANSFER_SECOND_PERSON_FEN = 6600
    opened = order(shop, "gold", through="manual")
    assert confirm(opened).state == "pending"
    assert confirm(opened, "ben").state == "granted"
    settings.TRANSFER_SECOND_PERSON_FEN = 6601
    assert confirm(order(shop, "gold", through="manual")).state == "granted"


def test_what_waits_for_no_transfer_is_not_confirmed(shop: Organization, fake, money_rows) -> None:
    card, done = order(shop, "gold"), transfer(shop, "topup_330", pack=True)
    opened = order(shop, "topup_330", through="manual", pack=True)
    before = money_rows()
    for purchase in (card, done):
        with pytest.raises(NotPayable):
            confirm(purchase, "zoe")
    with pytest.raises(PaymentRefused):
        confirm(opened, amount_fen=opened.due_fen + 1)
    assert money_rows() == before


def test_the_tariff_of_another_moment(shop: Organization) -> None:
    night = NOON.replace(hour=18)  # two o'clock in Shanghai
    assert [pricing.tariff(at).percent for at in (night, NOON, None)] == [50, 100, 100]


# --- upgrades ---------------------------------------------------------------------------------------------------------
def test_only_a_higher_plan_is_an_upgrade(shop: Organization, clock: Clock) -> None:
    transfer(shop, "gold")
    clock.passes(days=27)
    transfer(shop, "platinum")  # most of gold's credits go on beside it
    again = order(shop, "platinum", through="manual")
    assert (again.trade_in_fen, again.due_fen) == (0, 26_600)


def test_credits_that_came_cheaper_count_as_what_they_cost(shop: Organization) -> None:
    transfer(shop, "gold")
    opened = order(shop, "platinum", through="manual")
    spend(shop, 660, "ad")
    done = confirm(opened)
    assert done.lot.amount == 3000 - -(-3000 * 6600 // 26_600)
    quote = purchases.price_now(shop, PlanVersion.objects.get(code="diamond"))
    assert quote.trade_in_fen == (26_600 * done.lot.amount // 3000)
    assert quote.trade_in_fen <= done.due_fen


def test_a_month_whose_money_went_back_is_not_traded_in(shop: Organization) -> None:
    transfer(shop, "gold")
    spend(shop, 330, "ad")
    upgrade = transfer(shop, "platinum")
    refunds.refund(upgrade.payments.get(), amount_fen=upgrade.due_fen, reason="x", by="ann")
    assert available(shop) == 3000 - -(-3000 * 23_300 // 26_600)  # what gold's credits have paid stays
    transfer(shop, "gold")
    assert purchases.price_now(shop, PlanVersion.objects.get(code="diamond")).trade_in_fen == 6600


def test_credits_that_end_before_the_money_comes_pay_for_nothing(shop: Organization, clock: Clock) -> None:
    gold = transfer(shop, "gold")
    opened = order(shop, "platinum", through="manual")
    assert opened.trade_in_fen == 6600
    clock.passes(days=31)
    done = confirm(opened)
    gold.lot.refresh_from_db()
    assert (done.trade_ins.get().taken, gold.lot.free) == (0, 660)
    assert available(shop) == 3000 - -(-3000 * 6600 // 26_600)


@pytest.mark.parametrize("used", ["spent", "held"])
def test_a_month_in_use_goes_on_beside_the_upgrade(shop: Organization, used: str) -> None:
    gold = transfer(shop, "gold")
    work = ledger.hold(shop, key="ad", amount=660)
    if used == "spent":
        ledger.settle(work.pk, used=660)
    transfer(shop, "platinum")
    gold.period.refresh_from_db()
    assert gold.period.ended_at is None


# --- what begins when -------------------------------------------------------------------------------------------------
def test_a_lower_plan_waits_for_the_last_month_of_the_higher(shop: Organization) -> None:
    months = [transfer(shop, "platinum").period for _ in range(2)]
    assert transfer(shop, "gold").period.starts_at == months[1].ends_at


@pytest.mark.parametrize("code", ["gold", "platinum"])
def test_after_a_refund_a_plan_begins_at_once(shop: Organization, code: str) -> None:
    first = transfer(shop, "platinum")
    refunds.refund(first.payments.get(), amount_fen=26_600, reason="x", by="ann")
    again = transfer(shop, code).period
    assert (again.starts_at, again.month_number, memberships.current_period(shop)) == (NOON, 1, again)


def test_grace_is_for_who_is_still_charged_and_ends_to_the_moment(shop: Organization) -> None:
    subscription = charged(shop, "gold")
    period, moment = subscription.last_period, timedelta(microseconds=1)
    assert memberships.in_grace(shop, period.ends_at - moment) is None
    for at in (period.ends_at, period.ends_at + memberships.GRACE - moment):
        assert memberships.in_grace(shop, at) == period
        assert memberships.own_entitlements(shop, at).concurrency == 2
    assert memberships.in_grace(shop, period.ends_at + memberships.GRACE) is None
    mine = Subscription.objects.filter(pk=subscription.pk)
    for change in ({"must_end": True}, {"must_end": False, "state": "ended"}):
        mine.update(**change)
        assert memberships.in_grace(shop, period.ends_at) is None
    mine.update(state="past_due")
    assert memberships.in_grace(shop, period.ends_at) == period
    MembershipPeriod.objects.update(ended_at=NOON)  # its money went back
    assert memberships.in_grace(shop, period.ends_at) is None


def renew(subscription: Subscription, at: str = "in_2") -> MembershipPeriod:
    bought = subscriptions.renewal(subscription, at, 6600)
    settlement.receive(bought, Money("stripe", at, 6600, "CNY", timezone.now()))
    bought.refresh_from_db()
    return bought.period


def test_a_renewal_in_grace_continues_its_month_and_a_later_one_begins_anew(shop: Organization, clock: Clock) -> None:
    subscription = charged(shop, "gold")
    last = subscription.last_period
    clock.now = last.ends_at + memberships.GRACE - timedelta(seconds=1)
    continued = renew(subscription)
    assert (continued.starts_at, continued.month_number) == (last.ends_at, 2)
    subscription.refresh_from_db()
    clock.now = continued.ends_at + memberships.GRACE
    anew = renew(subscription, "in_3")
    assert (anew.starts_at, anew.month_number) == (clock.now, 1)


def test_a_renewal_does_not_continue_a_month_whose_money_went_back(shop: Organization, clock: Clock) -> None:
    subscription = charged(shop, "gold")
    MembershipPeriod.objects.update(ended_at=clock.now)
    clock.passes(days=1)
    assert renew(subscription).starts_at == clock.now


# --- charged every month ----------------------------------------------------------------------------------------------
def test_what_ends_or_has_ended_does_not_forbid_buying(shop: Organization) -> None:
    subscription = charged(shop, "gold")
    mine = Subscription.objects.filter(pk=subscription.pk)
    with pytest.raises(NotForSale):
        order(shop, "gold", through="manual")
    for change in (
        {"ends_with_period": True},
        {"ends_with_period": False, "must_end": True},
        {"must_end": False, "state": "ended"},
    ):
        mine.update(**change)
        assert order(shop, "gold", through="manual").due_fen == 6600


def test_a_waiting_subscription_forbids_what_runs_too(shop: Organization) -> None:
    """Gold waits for the end of platinum: more of platinum would put off what is charged already."""
    transfer(shop, "platinum")
    charged(shop, "gold")
    with pytest.raises(NotForSale):
        order(shop, "platinum", through="manual")
    assert order(shop, "diamond", through="manual").state == "pending"


def test_a_lower_purchase_leaves_the_higher_subscription(shop: Organization) -> None:
    subscription = charged(shop, "platinum", ends_with_period=True)
    transfer(shop, "gold")
    subscription.refresh_from_db()
    assert subscription.must_end is False
    transfer(shop, "diamond")
    subscription.refresh_from_db()
    assert subscription.must_end is True
