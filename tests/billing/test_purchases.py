"""Buying by bank transfer, and what a purchase brings: months, packs, upgrades without arbitrage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from billing import ledger, memberships, purchases, settlement, sweeping, transfers
from billing.errors import NotAllowed, NotForSale, NotPayable, PaymentRefused, ProviderAbsent, UnknownPlan
from billing.models import Invoice, MembershipPeriod, Organization, Payment, Purchase
from billing.settlement import Money
from tests.billing.buying import BACK, available, order, spend, transfer
from tests.billing.conftest import NOON, Clock


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def test_a_transfer_brings_a_month(shop: Organization) -> None:
    opened = order(shop, "gold", through="manual")
    assert (opened.state, opened.due_fen, opened.checkout_url) == ("pending", 6600, "")
    assert opened.valid_until == NOON + timedelta(days=7)
    assert available(shop) == 0
    done = transfers.confirm(opened, staff="ann", amount_fen=6600, received_on=timezone.localdate(), note="ICBC 42")
    assert (done.state, done.lot.amount, done.period.plan_code) == ("granted", 660, "gold")
    assert available(shop) == 660
    assert memberships.entitlements_for(shop).watermark is False
    payment = Payment.objects.get()
    assert (payment.amount_fen, payment.confirmed_by, payment.note) == (6600, "ann", "ICBC 42")
    assert Invoice.objects.get().amount_fen == 6600


def test_a_big_transfer_needs_a_second_person(shop: Organization, settings, money_rows) -> None:
    settings.TRANSFER_SECOND_PERSON_FEN = 60_000
    opened = order(shop, "diamond", through="manual")
    fields = {"amount_fen": 66_600, "received_on": timezone.localdate(), "note": "ICBC 42"}
    assert transfers.confirm(opened, staff="ann", **fields).state == "pending"
    before = money_rows()
    with pytest.raises(NotAllowed):
        transfers.confirm(opened, staff="ann", **fields)
    assert money_rows() == before
    assert available(shop) == 0
    assert transfers.confirm(opened, staff="ben", **fields).state == "granted"
    assert Payment.objects.get().confirmed_by == "ann, ben"


def test_a_member_of_the_buyer_is_never_alone_enough(shop: Organization) -> None:
    opened = order(shop, "gold", through="manual")
    fields = {"amount_fen": 6600, "received_on": timezone.localdate(), "note": "ICBC 42"}
    assert transfers.confirm(opened, staff="alice", **fields).state == "pending"
    assert (available(shop), Payment.objects.count(), transfers.unfinished()) == (0, 0, [])
    assert transfers.confirm(opened, staff="ann", **fields).state == "granted"
    assert Payment.objects.get().confirmed_by == "alice, ann"


@pytest.mark.parametrize(
    "wrong", [{"amount_fen": 6599}, {"note": " "}, {"received_on": (NOON + timedelta(days=2)).date()}]
)
def test_what_does_not_fit_is_not_confirmed(shop: Organization, money_rows, wrong: dict[str, object]) -> None:
    opened = order(shop, "gold", through="manual")
    before = money_rows()
    fields = {"amount_fen": 6600, "received_on": timezone.localdate(), "note": "ICBC 42"} | wrong
    with pytest.raises(PaymentRefused):
        transfers.confirm(opened, staff="ann", **fields)
    assert money_rows() == before


def test_a_confirmation_survives_a_crash(shop: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = order(shop, "gold", through="manual")

    def confirm() -> None:
        transfers.confirm(opened, staff="ann", amount_fen=6600, received_on=timezone.localdate(), note="ICBC 42")

    killed_at(monkeypatch, "receive", confirm)
    assert available(shop) == 0
    sweeping.sweep()
    assert available(shop) == 660
    killed_at(monkeypatch, "deliver", lambda: transfer(shop, "topup_330", pack=True))
    assert available(shop) == 660
    sweeping.sweep()
    sweeping.sweep()
    assert available(shop) == 990


def killed_at(monkeypatch: pytest.MonkeyPatch, verb: str, work: Callable[[], object]) -> None:
    """The process dies where ``settlement`` would begin ``verb``."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(settlement, verb, crash)
        with pytest.raises(KeyboardInterrupt):
            work()


def test_a_pack_comes_with_its_bonus_in_a_lot_of_its_own(shop: Organization) -> None:
    done = transfer(shop, "topup_3300", pack=True)
    assert (done.lot.kind, done.lot.amount, done.bonus_lot.kind, done.bonus_lot.amount) == ("topup", 3300, "bonus", 200)
    assert done.lot.expires_at == NOON + timedelta(days=730)
    assert memberships.current_period(shop) is None


def test_only_what_is_sold_can_be_bought(shop: Organization, money_rows) -> None:
    for code in ("free", "silver"):
        with pytest.raises(UnknownPlan):
            purchases.buy_plan(shop, code, kind="month", by="alice", through="manual")
    with pytest.raises(ProviderAbsent):
        purchases.buy_plan(shop, "gold", kind="month", by="alice", through="stripe")
    with pytest.raises(NotForSale):
        purchases.buy_plan(shop, "gold", kind="subscription", by="alice", through="manual")
    assert not any(rows for rows in money_rows())


def test_an_upgrade_counts_what_is_unused(shop: Organization, clock: Clock) -> None:
    transfer(shop, "gold")
    clock.passes(days=3)  # of 30
    spend(shop, 165, "ad")  # 495 of 660 are left, and 594 would count by time
    upgrade = transfer(shop, "platinum")
    assert (upgrade.trade_in_fen, upgrade.due_fen) == (4950, 26_600 - 4950)
    assert available(shop) == 3000
    assert memberships.current_period(shop).starts_at == clock.now


def test_spent_credits_are_worth_nothing_in_an_upgrade(shop: Organization) -> None:
    """Where time alone is prorated, 66 yuan would come back here on the first day."""
    transfer(shop, "gold")
    spend(shop, 660, "ad")
    assert order(shop, "platinum", through="manual").due_fen == 26_600


def test_time_that_is_over_is_worth_nothing_in_an_upgrade(shop: Organization, clock: Clock) -> None:
    transfer(shop, "gold")
    clock.passes(days=27)  # a tenth is left
    upgrade = transfer(shop, "platinum")
    assert upgrade.trade_in_fen == 660
    assert available(shop) == 3000 + 660 - 66  # the other gold credits live to the end of their month


def test_credits_spent_between_the_price_and_the_money_are_not_paid_twice(shop: Organization) -> None:
    transfer(shop, "gold")
    opened = order(shop, "platinum", through="manual")
    assert opened.trade_in_fen == 6600
    spend(shop, 330, "ad")
    done = transfers.confirm(opened, staff="ann", amount_fen=20_000, received_on=timezone.localdate(), note="x")
    assert done.trade_ins.get().taken == 330
    fewer = -(-3000 * 3300 // 26_600)
    assert done.lot.amount == 3000 - fewer
    assert available(shop) == 3000 - fewer


def test_months_bought_ahead_are_traded_in_too(shop: Organization) -> None:
    for _ in range(3):
        transfer(shop, "gold")
    upgrade = transfer(shop, "diamond")
    assert upgrade.trade_in_fen == 3 * 6600
    assert available(shop) == 8000
    assert MembershipPeriod.objects.filter(plan_code="gold", ended_at=None).count() == 0


def test_an_upgrade_always_costs_something(shop: Organization) -> None:
    for _ in range(6):
        transfer(shop, "gold")
    upgrade = transfer(shop, "platinum")
    assert upgrade.due_fen == 100
    assert sum(row.taken for row in upgrade.trade_ins.all()) == 2650  # 26,500 fen at 10 a credit
    assert available(shop) == 3000


def test_months_that_nobody_paid_for_are_worth_nothing(shop: Organization) -> None:
    memberships.start_period(shop, "gold", key="gift")
    assert order(shop, "platinum", through="manual").trade_in_fen == 0


def test_a_lower_plan_begins_when_the_higher_one_ends(shop: Organization) -> None:
    first = transfer(shop, "platinum")
    lower = transfer(shop, "gold")
    assert lower.period.starts_at == first.period.ends_at
    assert memberships.current_period(shop).plan_code == "platinum"
    assert available(shop) == 3000


def test_month_cards_keep_the_day_of_the_month(shop: Organization, clock: Clock) -> None:
    clock.now = datetime(2027, 1, 31, 4, tzinfo=UTC)
    months = [transfer(shop, "gold").period for _ in range(4)]
    assert [(month.starts_at.month, month.starts_at.day) for month in months] == [(1, 31), (2, 28), (3, 31), (4, 30)]


def test_what_was_bought_is_delivered_as_it_was_bought(shop: Organization) -> None:
    from billing.models import PlanVersion

    opened = order(shop, "gold", through="manual")
    PlanVersion.objects.filter(code="gold").update(on_sale=False)
    done = transfers.confirm(opened, staff="ann", amount_fen=6600, received_on=timezone.localdate(), note="x")
    assert (done.state, done.lot.amount) == ("granted", 660)


def test_money_that_does_not_fit_waits_for_a_person(shop: Organization) -> None:
    opened = order(shop, "gold", through="manual")
    settlement.receive(opened, Money("manual", "odd", 6000, "CNY", NOON))
    opened.refresh_from_db()
    assert (opened.state, opened.problem) == ("paid", "6000 fen CNY came for 6600 fen CNY: nothing delivered")
    sweeping.sweep()
    assert available(shop) == 0


def test_money_that_comes_twice_is_noted_and_brings_nothing(shop: Organization) -> None:
    done = transfer(shop, "gold")
    settlement.receive(done, Money("manual", "again", 6600, "CNY", NOON))
    done.refresh_from_db()
    assert available(shop) == 660
    assert done.problem == "paid more than once: give the surplus back"
    assert [row.surplus for row in Payment.objects.order_by("id")] == [False, True]


def test_what_is_not_paid_lapses_and_late_money_still_counts(shop: Organization, clock: Clock) -> None:
    opened = order(shop, "gold", through="manual")
    clock.passes(days=7)
    with pytest.raises(NotPayable):
        purchases.open_checkout(opened, BACK)
    sweeping.sweep()
    opened.refresh_from_db()
    assert opened.state == "failed"
    with pytest.raises(NotPayable):
        purchases.open_checkout(opened, BACK)
    late = transfers.confirm(opened, staff="ann", amount_fen=6600, received_on=timezone.localdate(), note="x")
    assert (late.state, available(shop)) == ("granted", 660)


def test_one_fact_has_one_effect(shop: Organization, money_rows: Callable[[], list[object]]) -> None:
    done = transfer(shop, "gold")
    before = money_rows()
    for _ in range(3):
        settlement.receive(done, Money("manual", f"transfer:{done.public_id}", 6600, "CNY", NOON))
        assert settlement.deliver(done.pk) is False
        sweeping.sweep()
    assert money_rows() == before
    assert ledger.audit() == []
    assert Purchase.objects.count() == 1
