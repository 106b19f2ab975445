"""Budgets: what a merchant uses of its agency's account is never more than the month's cap, and nothing leaks."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, transaction

from billing import budgets, ledger, links
from billing.errors import InsufficientCredits, KeyReused, LinkNotActive
from billing.ledger import budget_sql, sql
from billing.links import Terms
from billing.models import Budget, Entry, Hold, Organization, OrgLink
from tests.billing.agencies import SELF, open_agency, tie
from tests.billing.conftest import Clock, lot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_if_alone")]
Same = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def agency(db: None, clock: Clock) -> Organization:
    return open_agency()  # 3000 credits


@pytest.fixture
def link(agency: Organization, shop: Organization) -> OrgLink:
    return tie(agency, shop)  # 100 credits a month


def hold(link: OrgLink, key: str, amount: int, **more: object) -> Hold:
    return ledger.hold(link.agency, key=key, amount=amount, budget=budgets.budget_of(link).pk, **more)


def used(link: OrgLink) -> tuple[int, int, int]:
    """(cap, held, spent) of the newest month."""
    return Budget.objects.filter(link=link).values_list("cap", "held", "spent").first()


def test_a_hold_is_counted_twice_and_settled_twice(link: OrgLink) -> None:
    work = hold(link, "ad", 60, actor="bea (Star MCN)")
    assert used(link) == (100, 60, 0)
    assert ledger.balance(link.agency).held == 60
    assert {entry.actor for entry in Entry.objects.filter(hold=work)} == {"bea (Star MCN)"}
    ledger.settle(work.pk, used=45)
    assert used(link) == (100, 0, 45)
    ledger.settle(work.pk, used=45)
    assert used(link) == (100, 0, 45)
    ledger.refund(work.pk, amount=5, key="bad shot")
    ledger.refund(work.pk, amount=5, key="bad shot")
    assert used(link) == (100, 0, 40)
    assert ledger.balance(link.agency).available == 3000 - 40
    assert ledger.audit() == []


@pytest.mark.parametrize("ending", ["release", "reap"])
def test_work_that_failed_frees_the_budget(link: OrgLink, clock: Clock, ending: str) -> None:
    work = hold(link, "ad", 60)
    clock.passes(minutes=31)
    assert ledger.release(work.pk) if ending == "release" else ledger.reap() == 1
    assert used(link) == (100, 0, 0)
    assert ledger.audit() == []


def test_the_budget_speaks_when_it_is_the_limit(link: OrgLink) -> None:
    hold(link, "ad", 60)
    before = [list(model.objects.values()) for model in (Budget, Hold, Entry)]
    with pytest.raises(InsufficientCredits, match="left of this month's budget") as refusal:
        hold(link, "more", 41)
    assert refusal.value.extra() == {"needed": 41, "available": 40, "limit": "budget"}
    assert [list(model.objects.values()) for model in (Budget, Hold, Entry)] == before
    hold(link, "just right", 40)
    assert used(link) == (100, 100, 0)


def test_the_account_speaks_when_it_is_the_limit(agency: Organization, shop: Organization) -> None:
    link = tie(agency, shop, Terms("agency", 5000))
    with pytest.raises(InsufficientCredits) as refusal:
        hold(link, "ad", 3001)
    assert refusal.value.extra() == {"needed": 3001, "available": 3000, "limit": "account"}
    assert used(link) == (5000, 0, 0)


def test_a_replay_is_answered_by_the_first(link: OrgLink) -> None:
    first = hold(link, "ad", 100)
    assert hold(link, "ad", 100) == first
    with pytest.raises(KeyReused):
        hold(link, "ad", 99)
    assert used(link) == (100, 100, 0)


def test_merchants_do_not_use_each_others_budget(link: OrgLink, charlies_shop: Organization) -> None:
    other = tie(link.agency, charlies_shop)
    hold(link, "ad", 100)
    hold(other, "ad of charlie", 100)
    assert (used(link), used(other)) == ((100, 100, 0), (100, 100, 0))
    hold_of_agency = ledger.hold(link.agency, key="own", amount=500)
    assert hold_of_agency.budget_id is None


def test_a_month_begins_anew_and_the_old_one_settles(link: OrgLink, clock: Clock) -> None:
    work = hold(link, "ad", 100)
    clock.passes(days=7, hours=12)  # 1 December in Shanghai
    hold(link, "december", 70)
    ledger.heartbeat(work.pk)
    ledger.settle(work.pk, used=90)
    rows = Budget.objects.filter(link=link).values_list("month", "held", "spent")
    assert [(f"{month:%m}", held, spent) for month, held, spent in rows] == [("12", 70, 0), ("11", 0, 90)]
    ledger.refund(work.pk, amount=90, key="all")
    assert Budget.objects.get(month="2026-11-01").spent == 0
    assert ledger.audit() == []


def test_a_lower_cap_stops_new_work_only(link: OrgLink) -> None:
    work = hold(link, "ad", 60)
    links.set_cap(link, link.agency, 50)
    assert used(link) == (50, 60, 0)
    with pytest.raises(InsufficientCredits) as refusal:
        hold(link, "more", 1)
    assert (refusal.value.available, refusal.value.limit) == (0, "budget")
    assert hold(link, "free of charge", 0).amount == 0
    ledger.settle(work.pk, used=45)
    assert used(link) == (50, 0, 45)
    hold(link, "five", 5)
    links.set_cap(link, link.agency, 60)
    hold(link, "ten", 10)
    assert used(link) == (60, 15, 45)
    assert ledger.audit() == []


def test_an_ended_tie_pays_for_nothing_new(link: OrgLink, shop: Organization) -> None:
    work = hold(link, "ad", 60)
    month = budgets.budget_of(link)
    links.end(link, shop)
    with pytest.raises(InsufficientCredits) as refusal:
        ledger.hold(link.agency, key="late", amount=1, budget=month.pk)
    assert refusal.value.limit == "budget"
    ledger.settle(work.pk, used=60)
    assert used(link) == (0, 0, 60)
    assert ledger.audit() == []


def test_no_month_is_opened_for_a_tie_that_does_not_pay(agency: Organization, shop: Organization) -> None:
    link = tie(agency, shop, SELF)
    with pytest.raises(LinkNotActive):
        budgets.budget_of(link)
    paid = tie(agency, Organization.objects.create(name="other"))
    links.end(paid, agency)
    with pytest.raises(LinkNotActive):
        budgets.budget_of(paid)
    assert not Budget.objects.exists()


def test_only_the_paying_agency_sets_the_cap(link: OrgLink, shop: Organization, charlies_shop: Organization) -> None:
    own = tie(link.agency, charlies_shop, SELF)
    for tied, organization in ((link, shop), (own, link.agency)):
        with pytest.raises(links.LinkRefused) as refusal:
            links.set_cap(tied, organization, 7)
        assert refusal.value.reason == "not_the_payer"
    links.end(link, shop)
    with pytest.raises(links.LinkRefused) as refusal:
        links.set_cap(link, link.agency, 7)
    assert refusal.value.reason == "link_ended"
    assert set(OrgLink.objects.values_list("monthly_cap", flat=True)) == {100, 0}


def test_what_a_merchant_is_shown(link: OrgLink, shop: Organization) -> None:
    lot(shop, 7)  # its own credits wait for the end of the tie
    assert budgets.funds(shop).available == 100
    hold(link, "ad", 30)
    assert (budgets.funds(shop).available, budgets.funds(shop).held, budgets.funds(shop).lots) == (70, 30, ())
    ledger.hold(link.agency, key="own", amount=2950)
    assert budgets.funds(shop).available == 20
    links.end(link, shop)
    assert budgets.funds(shop).available == 7 + 66  # and today's free ones


def test_the_database_itself_keeps_the_cap(link: OrgLink) -> None:
    month = budgets.budget_of(link)
    for change in ({"held": 101}, {"spent": 101}, {"held": 60, "spent": 60}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Budget.objects.filter(pk=month.pk).update(**change)


@pytest.mark.parametrize("change", [{"held": 1}, {"spent": 1}])
def test_the_audit_finds_a_budget_that_its_holds_do_not_explain(link: OrgLink, change: dict[str, int]) -> None:
    month = budgets.budget_of(link)
    Budget.objects.filter(pk=month.pk).update(**change)
    assert [(one.organization_id, one.invariant) for one in ledger.audit()] == [(link.agency_id, "I10")]


# --- rivals -----------------------------------------------------------------------------------------------------------
def test_a_rival_took_the_rest_of_the_budget(link: OrgLink, monkeypatch: pytest.MonkeyPatch) -> None:
    month, real = budgets.budget_of(link), budget_sql.left
    before = [real(month.pk)]
    hold(link, "rival", 70)
    monkeypatch.setattr(budget_sql, "left", lambda budget: before.pop() if before else real(budget))
    with pytest.raises(InsufficientCredits) as refusal:
        hold(link, "mine", 40)
    assert (refusal.value.available, before) == (30, [])
    assert list(Hold.objects.values_list("key", flat=True)) == ["rival"]
    assert used(link) == (100, 70, 0)
    assert ledger.audit() == []


def test_the_cap_was_lowered_between_looking_and_taking(link: OrgLink, monkeypatch: pytest.MonkeyPatch) -> None:
    month, real = budgets.budget_of(link), budget_sql.left
    before = [real(month.pk)]
    links.set_cap(link, link.agency, 10)
    monkeypatch.setattr(budget_sql, "left", lambda budget: before.pop() if before else real(budget))
    with pytest.raises(InsufficientCredits):
        hold(link, "mine", 40)
    assert used(link) == (10, 0, 0)


def test_a_rival_took_the_lot_and_the_budget_is_whole(link: OrgLink, clock: Clock, monkeypatch) -> None:
    """The budget was reserved already when the lot's guard fails: the next attempt must not count it again."""
    month, real = budgets.budget_of(link), sql.account
    before = [real(link.agency_id, clock.now)]
    ledger.hold(link.agency, key="rival", amount=2960)
    monkeypatch.setattr(sql, "account", lambda *args: before.pop() if before else real(*args))
    with pytest.raises(InsufficientCredits) as refusal:
        ledger.hold(link.agency, key="mine", amount=50, budget=month.pk)
    assert (refusal.value.limit, refusal.value.available, before) == ("account", 40, [])
    assert used(link) == (100, 0, 0)
    assert ledger.hold(link.agency, key="mine", amount=40, budget=month.pk).amount == 40
    assert used(link) == (100, 40, 0)
    assert ledger.audit() == []
