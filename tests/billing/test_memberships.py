"""Months of a plan, their credits and entitlements, and the free credits of a day."""

from datetime import UTC, datetime, timedelta

import pytest

from billing import ledger, memberships
from billing.errors import KeyReused, UnknownPlan
from billing.models import CatalogueVersion, Lot, MembershipPeriod, Organization, PlanVersion
from tests.billing.conftest import NOON, Clock


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def test_a_month_brings_its_credits_and_rights(shop: Organization) -> None:
    period = memberships.start_period(shop, "gold", key="order-1", source="stripe")
    assert (period.plan_code, period.rank, period.source) == ("gold", 1, "stripe")
    assert (period.starts_at, period.ends_at) == (NOON, datetime(2026, 12, 23, 4, tzinfo=UTC))
    lot = period.lot
    assert (lot.kind, lot.amount, lot.starts_at, lot.expires_at) == ("period", 660, period.starts_at, period.ends_at)
    rights = memberships.entitlements_for(shop)
    assert (rights.watermark, rights.concurrency, rights.modes) == (False, 2, ("std", "pro"))
    assert memberships.current_period(shop) == period


def test_one_key_starts_one_month(shop: Organization, unchanged) -> None:
    first = memberships.start_period(shop, "gold", key="order-1")
    with unchanged():
        assert memberships.start_period(shop, "gold", key="order-1") == first
        with pytest.raises(KeyReused):
            memberships.start_period(shop, "platinum", key="order-1")
    assert MembershipPeriod.objects.count() == 1


def test_a_running_plan_is_prolonged_without_drift(shop: Organization) -> None:
    anchor = datetime(2026, 1, 31, 4, tzinfo=UTC)
    months = [memberships.start_period(shop, "gold", key=f"order-{n}", at=anchor) for n in range(3)]
    assert [(month.starts_at.month, month.starts_at.day, month.ends_at.day) for month in months] == [
        (1, 31, 28),
        (2, 28, 31),
        (3, 31, 30),
    ]
    assert ledger.balance(shop, anchor).available == 660  # the next month's credits wait for their month
    assert ledger.balance(shop, months[1].starts_at).available == 660


def test_after_a_pause_a_plan_starts_anew(shop: Organization, clock: Clock) -> None:
    memberships.start_period(shop, "gold", key="1")
    clock.passes(days=40)
    again = memberships.start_period(shop, "gold", key="2")
    assert (again.starts_at, again.month_number) == (clock.now, 1)


def test_the_best_running_plan_counts(shop: Organization, clock: Clock) -> None:
    memberships.start_period(shop, "platinum", key="1")
    clock.passes(days=10)
    memberships.start_period(shop, "gold", key="2")
    assert memberships.entitlements_for(shop).concurrency == 5
    assert ledger.balance(shop).available == 3_660
    clock.passes(days=25)
    assert memberships.current_period(shop).plan_code == "gold"
    clock.passes(days=25)
    assert memberships.current_period(shop) is None
    assert memberships.entitlements_for(shop).watermark is True
    assert ledger.balance(shop).available == 0


def test_a_period_begins_and_ends_to_the_moment(shop: Organization) -> None:
    later = NOON + timedelta(days=3)
    period = memberships.start_period(shop, "gold", key="1", at=later)
    just_before = timedelta(microseconds=1)
    assert memberships.current_period(shop, later - just_before) is None
    assert memberships.current_period(shop, later) == period
    assert memberships.current_period(shop, period.ends_at - just_before) == period
    assert memberships.current_period(shop, period.ends_at) is None


@pytest.mark.parametrize("code", ["silver", "free", ""])
def test_only_what_is_sold_can_be_started(shop: Organization, unchanged, code: str) -> None:
    with unchanged(), pytest.raises(UnknownPlan):
        memberships.start_period(shop, code, key="order-1")
    assert not MembershipPeriod.objects.exists()


def test_what_was_bought_outlives_the_catalogue(shop: Organization) -> None:
    memberships.start_period(shop, "gold", key="1")
    PlanVersion.objects.filter(code="gold").update(on_sale=False)
    assert memberships.entitlements_for(shop).concurrency == 2
    with pytest.raises(UnknownPlan):
        memberships.start_period(shop, "gold", key="2")


def test_organizations_do_not_share_memberships(shop: Organization, charlies_shop: Organization) -> None:
    memberships.start_period(shop, "gold", key="1")
    assert memberships.current_period(charlies_shop) is None
    assert ledger.balance(charlies_shop).available == 0


def test_free_credits_of_the_day_come_once_and_end_at_midnight(shop: Organization, clock: Clock) -> None:
    today = memberships.ensure_daily(shop)
    assert (today.kind, today.amount) == ("daily", 66)
    assert today.expires_at == datetime(2026, 11, 23, 16, tzinfo=UTC)  # midnight in Shanghai
    clock.passes(hours=11, minutes=59)
    assert memberships.ensure_daily(shop) == today
    assert ledger.balance(shop).available == 66
    clock.passes(minutes=1)
    assert ledger.balance(shop).available == 0
    tomorrow = memberships.ensure_daily(shop)
    assert tomorrow != today
    assert ledger.balance(shop).available == 66


def test_members_get_no_daily_credits(shop: Organization) -> None:
    memberships.start_period(shop, "gold", key="1")
    assert memberships.ensure_daily(shop) is None
    assert Lot.objects.count() == 1


def _offer_daily(credits: int) -> None:
    """A new version of the free plan."""
    old = PlanVersion.objects.get(code="free", on_sale=True)
    PlanVersion.objects.filter(pk=old.pk).update(on_sale=False)
    old.pk, old.number, old.daily_credits, old.on_sale = None, old.number + 1, credits, True
    old.save(force_insert=True)


def test_a_changed_offer_does_not_disturb_today(shop: Organization) -> None:
    today = memberships.ensure_daily(shop)
    _offer_daily(50)
    assert memberships.ensure_daily(shop) == today


def test_a_plan_without_daily_credits(shop: Organization) -> None:
    memberships.rates()
    _offer_daily(0)
    assert memberships.ensure_daily(shop) is None
    assert not Lot.objects.exists()


def test_the_default_catalogue_comes_by_itself_once(shop: Organization) -> None:
    assert not CatalogueVersion.objects.exists()
    assert memberships.rates().cost(duration_ms=5_000) == 10
    assert memberships.entitlements_for(shop).watermark is True
    assert CatalogueVersion.objects.count() == 1
    assert PlanVersion.objects.filter(on_sale=True).count() == 4
