"""Ties between agencies and merchants: both sides agree, either ends it, the plan limits how many."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from billing import budgets, ledger, links
from billing.access import Actor, ChoiceGone, actor_for, choices_of, name_in_journal
from billing.errors import LinkRefused
from billing.links import Terms
from billing.memberships import entitlements_for, own_entitlements
from billing.models import Budget, Organization, OrgLink
from billing.organizations import add_member
from billing.payers import Payer, payer_of
from tests.billing.agencies import PAYS, SELF, open_agency, tie
from tests.billing.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(db: None) -> Organization:
    return open_agency()


@contextmanager
def refused(reason: str, status: int) -> Iterator[None]:
    """A LinkRefused, and no tie has changed."""
    before = list(OrgLink.objects.values())
    with pytest.raises(LinkRefused) as refusal:
        yield
    assert (refusal.value.reason, refusal.value.status) == (reason, status)
    assert list(OrgLink.objects.values()) == before


def test_an_offer_binds_nobody(agency: Organization, shop: Organization) -> None:
    offered = links.invite(agency, f" {shop.public_id} ", PAYS, by="bea")
    assert (offered.state, offered.invited_by, links.waits_for(offered)) == ("invited", "bea", ("merchant",))
    assert payer_of(shop) == Payer(shop)


@pytest.mark.parametrize("by_agency", [True, False])
def test_the_other_side_makes_it_active(agency: Organization, shop: Organization, by_agency: bool) -> None:
    first, second = (agency, shop) if by_agency else (shop, agency)
    offered = links.invite(first, second.public_id, PAYS)
    assert links.accept(offered, first).state == "invited"  # the inviter's own yes is no second one
    taken = links.accept(offered, second)
    assert (taken.state, taken.agency, taken.merchant) == ("active", agency, shop)
    assert links.accept(offered, second).started_at == taken.started_at
    assert payer_of(shop) == Payer(agency, taken)
    assert payer_of(agency) == Payer(agency)


def test_a_merchant_that_pays_itself_has_no_payer(agency: Organization, shop: Organization) -> None:
    tie(agency, shop, SELF)
    assert payer_of(shop) == Payer(shop)
    assert not Budget.objects.exists()


def test_the_same_offer_twice_is_one(agency: Organization, shop: Organization) -> None:
    offered = links.invite(agency, shop.public_id, PAYS)
    assert links.invite(agency, shop.public_id, PAYS) == offered
    with refused("linked_already", 409):
        links.invite(agency, shop.public_id, Terms("agency", 101))
    links.accept(offered, shop)
    with refused("linked_already", 409):
        links.invite(shop, agency.public_id, PAYS)


def test_who_can_not_be_tied(agency: Organization, shop: Organization, charlies_shop: Organization) -> None:
    with refused("no_such_organization", 404):
        links.invite(agency, "org_nobody", PAYS)
    with refused("wrong_kinds", 422):
        links.invite(shop, charlies_shop.public_id, PAYS)
    with refused("wrong_kinds", 422):
        links.invite(agency, agency.public_id, PAYS)
    assert not OrgLink.objects.exists()


@pytest.mark.parametrize("terms", [("agency", -1), ("agency", links.MAX_CAP + 1), ("uncle", 5)])
def test_terms_that_can_not_be(terms: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="cap|uncle"):
        Terms(*terms)


def test_strangers_see_no_tie_and_have_no_say(agency: Organization, shop: Organization, charlies_shop) -> None:
    offered = links.invite(agency, shop.public_id, PAYS)
    assert [list(OrgLink.objects.of(one)) for one in (agency, shop, charlies_shop)] == [[offered], [offered], []]
    assert links.accept(offered, charlies_shop).state == "invited"
    links.end(offered, charlies_shop)
    offered.refresh_from_db()
    assert (offered.state, offered.merchant_agreed_at) == ("invited", None)


def test_the_plan_says_how_many_merchants(shop: Organization, charlies_shop: Organization) -> None:
    small = open_agency("Small MCN", plan="free")
    assert own_entitlements(small).merchants == 1
    offered = links.invite(small, shop.public_id, PAYS)  # an offer takes the place
    with refused("too_many_merchants", 403):
        links.invite(small, charlies_shop.public_id, PAYS)
    links.end(offered, small)
    tie(small, charlies_shop)
    with refused("too_many_merchants", 403):
        links.invite(shop, small.public_id, PAYS)


def test_offers_of_merchants_take_no_place_until_accepted(shop: Organization, charlies_shop: Organization) -> None:
    small = open_agency("Small MCN", plan="free")
    offers = [links.invite(one, small.public_id, PAYS) for one in (shop, charlies_shop)]
    links.accept(offers[1], small)
    with refused("too_many_merchants", 403):
        links.accept(offers[0], small)
    assert [offer.state for offer in OrgLink.objects.order_by("pk")] == ["invited", "active"]


@pytest.mark.parametrize("by_agency", [True, False])
def test_either_side_ends_it_for_good(agency: Organization, shop: Organization, by_agency: bool) -> None:
    link = tie(agency, shop)
    links.end(link, agency if by_agency else shop, by="bea")
    link.refresh_from_db()
    assert (link.state, link.ended_by) == ("ended", "bea")
    assert payer_of(shop) == Payer(shop)
    first_end = link.ended_at
    links.end(link, shop, by="again")
    link.refresh_from_db()
    assert link.ended_at == first_end
    with refused("link_ended", 409):
        links.accept(link, shop)
    assert tie(agency, shop).pk != link.pk  # a new one may follow


def test_a_transfer_needs_all_three(agency: Organization, shop: Organization) -> None:
    old, new = tie(agency, shop), open_agency("Moon MCN")
    offered = links.invite(new, shop.public_id, Terms("agency", 50))
    assert (offered.replaces, links.waits_for(offered)) == (old, ("merchant", "former"))
    assert list(OrgLink.objects.handing_over(agency)) == [offered]
    assert list(OrgLink.objects.of(agency)) == [old]
    links.accept(offered, shop)
    assert payer_of(shop).account == agency
    taken = links.accept(offered, agency)
    old.refresh_from_db()
    assert (taken.state, old.state, old.ended_by) == ("active", "ended", "transfer")
    assert payer_of(shop) == Payer(new, taken)
    assert not OrgLink.objects.handing_over(agency).exists()


def test_a_transfer_keeps_what_runs_and_what_was(agency: Organization, shop: Organization) -> None:
    old = tie(agency, shop)
    running = ledger.hold(agency, key="ad", amount=30, budget=budgets.budget_of(old).pk)
    new = open_agency("Moon MCN")
    offered = links.invite(new, shop.public_id, PAYS)
    for one in (shop, agency):
        links.accept(offered, one)
    assert ledger.settle(running.pk, used=20) is True
    assert Budget.objects.values_list("organization", "cap", "held", "spent").get() == (agency.pk, 0, 0, 20)
    assert budgets.budget_of(payer_of(shop).link).cap == 100
    assert ledger.audit() == []


def test_the_former_agency_may_decline(agency: Organization, shop: Organization) -> None:
    old = tie(agency, shop)
    offered = links.invite(open_agency("Moon MCN"), shop.public_id, PAYS)
    links.end(offered, agency)
    offered.refresh_from_db()
    old.refresh_from_db()
    assert (offered.state, old.state) == ("ended", "active")


def test_a_former_tie_that_ended_meanwhile_is_not_asked(agency: Organization, shop: Organization) -> None:
    old = tie(agency, shop)
    offered = links.invite(open_agency("Moon MCN"), shop.public_id, PAYS)
    links.end(old, shop)
    assert links.accept(offered, shop).state == "active"


def test_one_agency_pays_at_a_time(agency: Organization, shop: Organization) -> None:
    offered = links.invite(open_agency("Moon MCN"), shop.public_id, PAYS)  # nobody pays yet: nothing to replace
    link = tie(agency, shop)
    with refused("paid_by_another", 409):
        links.accept(offered, shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrgLink.objects.filter(pk=offered.pk).update(state="active")
    assert payer_of(shop).link == link


def test_work_goes_by_the_plan_of_whoever_pays(agency: Organization, shop: Organization) -> None:
    assert (entitlements_for(shop).concurrency, own_entitlements(shop).seats) == (1, 1)
    tie(agency, shop)
    assert entitlements_for(shop).concurrency == own_entitlements(agency).concurrency == 5
    assert own_entitlements(shop).seats == 1


# --- people -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def bea(agency: Organization) -> User:
    bea = User.objects.create_user("bea")
    add_member(agency, bea, "producer")
    return bea


def test_the_agencys_people_act_for_its_merchants(agency: Organization, shop: Organization, bea: User) -> None:
    link = tie(agency, shop)
    assert choices_of(bea) == (agency, shop)
    assert actor_for(bea) == actor_for(bea, agency.public_id) == Actor(agency, "producer", bea)
    acting = actor_for(bea, shop.public_id)
    assert acting == Actor(shop, "producer", bea, agency)
    assert (acting.name, name_in_journal(bea, shop)) == ("bea (Star MCN)", "bea (Star MCN)")
    assert name_in_journal(bea, agency) == "bea"
    links.end(link, shop)
    assert choices_of(bea) == (agency,)
    with pytest.raises(ChoiceGone):
        actor_for(bea, shop.public_id)


def test_offers_let_nobody_in(agency: Organization, shop: Organization, bea: User) -> None:
    links.invite(agency, shop.public_id, PAYS)
    with pytest.raises(ChoiceGone):
        actor_for(bea, shop.public_id)


def test_the_merchants_people_do_not_act_for_the_agency(agency: Organization, shop: Organization, alice: User) -> None:
    tie(agency, shop)
    assert choices_of(alice) == (shop,)
    with pytest.raises(ChoiceGone):
        actor_for(alice, agency.public_id)


def test_an_owner_of_the_agency_owns_no_merchant(agency: Organization, shop: Organization) -> None:
    tie(agency, shop, SELF)
    boss = User.objects.get(username="boss of Star MCN")
    assert actor_for(boss, shop.public_id).actions == {"read", "produce", "approve"}
    add_member(agency, boss, "billing_admin")
    assert actor_for(boss, shop.public_id).actions == {"read"}


def test_a_client_is_found_by_name_if_there_is_one(agency: Organization, shop: Organization, alice: User) -> None:
    assert links.client_named(agency, shop.name) is None
    tie(agency, shop)
    assert links.client_named(agency, f" {shop.name.upper()} ") == shop
    twin = Organization.objects.create(name=shop.name)
    tie(agency, twin)
    assert links.client_named(agency, shop.name) is None


def test_a_month_is_counted_where_the_catalogue_says(agency: Organization, shop: Organization, clock: Clock) -> None:
    link = tie(agency, shop)
    clock.passes(days=7, hours=11, minutes=59)  # 30 November, 23:59 in Shanghai
    assert budgets.budget_of(link).month.isoformat() == "2026-11-01"
    clock.passes(minutes=1)
    assert budgets.budget_of(link).month.isoformat() == "2026-12-01"


def test_clients_are_those_with_an_active_tie(agency: Organization, shop: Organization, charlies_shop) -> None:
    tie(agency, shop, SELF)
    links.invite(agency, charlies_shop.public_id, PAYS)
    assert links.clients_of(agency) == (shop,)
    assert links.clients_of(shop) == ()


def test_a_merchant_may_ask_another_agency_to_take_over(agency: Organization, shop: Organization) -> None:
    old, new = tie(agency, shop), open_agency("Moon MCN")
    asked = links.invite(shop, new.public_id, PAYS)
    assert links.waits_for(asked) == ("agency", "former")
    links.accept(asked, agency)
    assert links.accept(asked, new).state == "active"
    old.refresh_from_db()
    assert old.state == "ended"
