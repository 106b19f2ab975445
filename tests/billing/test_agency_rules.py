"""The rules at the edges of budgets and ties: caps against what was spent, and who sees and ends what."""

import pytest

from billing import budgets, ledger, links, memberships
from billing.errors import InsufficientCredits
from billing.ledger import budget_sql
from billing.models import Budget, Lot, Organization
from tests.billing.agencies import PAYS, open_agency, tie
from tests.billing.conftest import Clock


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def test_a_rival_has_spent_the_rest_of_the_budget(shop: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tie(open_agency(), shop)  # 100 a month
    month = budgets.budget_of(link).pk
    before = [100]  # what was left when this one looked
    ledger.settle(ledger.hold(link.agency, key="rival", amount=70, budget=month).pk, used=70)
    assert budget_sql.left(month) == 30
    real = budget_sql.left
    monkeypatch.setattr(budget_sql, "left", lambda budget: before.pop() if before else real(budget))
    with pytest.raises(InsufficientCredits) as refusal:
        ledger.hold(link.agency, key="mine", amount=31, budget=month)
    assert (refusal.value.limit, refusal.value.available) == ("budget", 30)
    assert Budget.objects.values_list("held", "spent").get() == (0, 70)


def test_a_cap_below_what_was_spent_and_months_that_are_over(shop: Organization, clock: Clock) -> None:
    link = tie(open_agency(), shop)
    ledger.settle(ledger.hold(link.agency, key="ad", amount=60, budget=budgets.budget_of(link).pk).pk, used=60)
    links.set_cap(link, link.agency, 50)
    assert Budget.objects.values_list("cap", "held", "spent").get() == (50, 0, 60)
    clock.passes(days=10)
    links.set_cap(link, link.agency, 40)  # ``link`` is as it was read long ago: with a cap of 100
    assert budgets.budget_of(link).cap == 40
    assert list(Budget.objects.order_by("month").values_list("cap", flat=True)) == [50, 40]


def test_a_merchant_is_not_shown_what_others_hold(shop: Organization, charlies_shop: Organization) -> None:
    agency = open_agency()
    mine, other = tie(agency, shop), tie(agency, charlies_shop)
    ledger.hold(agency, key="mine", amount=10, budget=budgets.budget_of(mine).pk)
    ledger.hold(agency, key="theirs", amount=20, budget=budgets.budget_of(other).pk)
    ledger.hold(agency, key="its own", amount=5)
    assert (budgets.funds(shop).held, budgets.funds(charlies_shop).held) == (10, 20)
    assert budgets.funds(agency).held == 35


def test_free_credits_of_the_day_are_of_whoever_pays(shop: Organization) -> None:
    agency = open_agency(plan="free")
    tie(agency, shop)
    today = memberships.ensure_daily(shop)
    assert (today.organization, today.amount) == (agency, 66)
    assert (memberships.ensure_daily(agency), Lot.objects.count()) == (today, 1)


def test_the_former_agency_does_not_end_the_tie_that_replaced_its_own(shop: Organization) -> None:
    former, new = open_agency(), open_agency("Moon MCN")
    tie(former, shop)
    offered = links.invite(new, shop.public_id, PAYS)
    for one in (shop, former):
        links.accept(offered, one)
    links.end(offered, former)
    offered.refresh_from_db()
    assert (offered.state, offered.ended_at) == ("active", None)
    assert budgets.budget_of(offered).cap == 100
