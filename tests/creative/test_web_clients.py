"""Agencies and merchants on their pages: offers, caps, working for a client, what was spent."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from billing import budgets, ledger, links
from billing.memberships import start_period
from billing.models import Budget, Entry, Hold, Organization, OrgLink
from billing.organizations import add_member, create_organization
from creative import client_statements, production
from creative.models import Ad, Product
from templates_engine import sharing
from tests.creative.api import Program
from tests.creative.film_crew import Crew
from tests.creative.lent import own_template
from tests.creative.shops import FACTS, Shop

TERMS = links.Terms("agency", 500)


@pytest.fixture
def star(db: None) -> Organization:
    """An agency with 3000 credits."""
    made = create_organization("Star MCN", owner=User.objects.create_user("sam"), kind="agency")
    start_period(made, "platinum", key="test")
    return made


@pytest.fixture
def sam(star: Organization) -> Client:
    return signed_in("sam")


@pytest.fixture
def link(star: Organization, alice: Shop) -> OrgLink:
    return links.accept(links.invite(star, alice.organization.public_id, TERMS), alice.organization)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def go_to(client: Client, organization: Organization) -> None:
    answer = client.post(reverse("act-for"), {"organization": organization.public_id})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))


def finish(ad: Ad, crew: Crew) -> None:
    for _ in range(4):
        production.advance(ad.public_id)
        crew.work()
    assert production.advance(ad.public_id).state == Ad.State.READY


# --- ties -------------------------------------------------------------------------------------------------------------
def test_an_agency_invites_and_the_merchant_accepts(sam: Client, star: Organization, alice: Shop) -> None:
    given = {"number": alice.organization.public_id, "payer": "agency", "cap": "500"}
    answer = sam.post(reverse("client-invite"), given)
    made = OrgLink.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("client", args=[made.public_id]))
    assert (made.state, made.payer, made.monthly_cap, made.invited_by) == ("invited", "agency", 500, "sam")
    owner = signed_in("alice")
    assert "每月最多 500 点" in owner.get(reverse("clients")).content.decode()
    assert owner.post(reverse("client-accept", args=[made.public_id])).status_code == 302
    made.refresh_from_db()
    assert made.state == "active"
    assert "进入工作室" in sam.get(reverse("clients")).content.decode()


@pytest.mark.parametrize(
    ("wrong", "status", "says"),
    [
        ({"number": "org_nobody"}, 404, "没有这个编号"),
        ({"cap": ""}, 422, "要定每月额度"),
        ({"cap": "-1"}, 422, "errorlist"),
        ({"payer": "uncle"}, 422, "uncle"),
        ({"number": ""}, 422, "errorlist"),
    ],
)
def test_an_offer_that_can_not_be(sam: Client, alice: Shop, wrong: dict[str, str], status: int, says: str) -> None:
    given = {"number": alice.organization.public_id, "payer": "agency", "cap": "500"} | wrong
    answer = sam.post(reverse("client-invite"), given)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert not OrgLink.objects.exists()


def test_an_agency_of_the_free_plan_serves_one(alice: Shop, charlie: Shop) -> None:
    small = create_organization("Small", owner=User.objects.create_user("sue"), kind="agency")
    links.invite(small, alice.organization.public_id, TERMS)
    given = {"number": charlie.organization.public_id, "payer": "merchant"}
    answer = signed_in("sue").post(reverse("client-invite"), given)
    assert answer.status_code == 403
    assert "能服务的商家已满" in answer.content.decode()
    assert OrgLink.objects.count() == 1


def test_strangers_find_no_tie(charlie: Shop, link: OrgLink) -> None:
    stranger, before = signed_in("charlie"), list(OrgLink.objects.values())
    assert stranger.get(reverse("client", args=[link.public_id])).status_code == 404
    assert stranger.get(reverse("client-statement", args=[link.public_id])).status_code == 404
    for name in ("client-accept", "client-end", "client-cap"):
        assert stranger.post(reverse(name, args=[link.public_id]), {"cap": "1"}).status_code == 404
    assert list(OrgLink.objects.values()) == before


def test_who_may_set_a_cap_and_who_may_end(star: Organization, link: OrgLink) -> None:
    for role, cap, end in (("producer", 403, 403), ("billing_admin", 302, 403), ("owner", 302, 302)):
        add_member(star, User.objects.get_or_create(username=role)[0], role)
        client = signed_in(role)
        assert client.post(reverse("client-cap", args=[link.public_id]), {"cap": "40"}).status_code == cap
        assert client.post(reverse("client-end", args=[link.public_id])).status_code == end
    link.refresh_from_db()
    assert (link.monthly_cap, link.state, link.ended_by) == (40, "ended", "owner")


def test_a_merchant_sets_no_cap(alice: Shop, link: OrgLink) -> None:
    answer = signed_in("alice").post(reverse("client-cap", args=[link.public_id]), {"cap": "9999"})
    assert answer.status_code == 403
    assert "只有付费的机构能改额度" in answer.content.decode()
    link.refresh_from_db()
    assert link.monthly_cap == 500


def test_a_cap_that_is_no_number_is_told_on_the_page(sam: Client, link: OrgLink) -> None:
    answer = sam.post(reverse("client-cap", args=[link.public_id]), {"cap": "much"})
    assert answer.status_code == 422
    link.refresh_from_db()
    assert link.monthly_cap == 500


def test_a_transfer_is_agreed_by_all_three(sam: Client, alice: Shop, link: OrgLink, star: Organization) -> None:
    moon = create_organization("Moon MCN", owner=User.objects.create_user("mia"), kind="agency")
    start_period(moon, "platinum", key="test")
    given = {"number": alice.organization.public_id, "payer": "agency", "cap": "70"}
    assert signed_in("mia").post(reverse("client-invite"), given).status_code == 302
    new = OrgLink.objects.get(agency=moon)
    page = sam.get(reverse("clients")).content.decode()
    assert "「Moon MCN」想接手这个商家" in page
    assert "每月最多 70 点" not in page  # the terms are not theirs to see
    assert sam.get(reverse("client-statement", args=[new.public_id])).status_code == 404
    assert sam.post(reverse("client-accept", args=[new.public_id])).status_code == 302
    link.refresh_from_db()
    assert link.state == "active"
    assert signed_in("alice").post(reverse("client-accept", args=[new.public_id])).status_code == 302
    link.refresh_from_db()
    new.refresh_from_db()
    assert (link.state, new.state) == ("ended", "active")
    assert sam.get(reverse("client", args=[link.public_id])).status_code == 200  # its history stays


# --- working for a client ---------------------------------------------------------------------------------------------
def test_the_agencys_people_work_in_the_merchants_studio(sam: Client, star: Organization, alice: Shop, link) -> None:
    go_to(sam, alice.organization)
    page = sam.get(reverse("product", args=[alice.product.public_id]))
    assert page.status_code == 200
    assert "你正以「Star MCN」的身份" in page.content.decode()
    photo = alice.product.assets.first()
    thumbnail = sam.get(reverse("media-thumb", args=[photo.public_id]))
    assert (thumbnail.status_code, bool(b"".join(thumbnail))) == (200, True)
    before = Product.objects.count()
    sam.post(reverse("product-archive", args=[alice.product.public_id]))
    assert Product.objects.filter(archived_at=None).count() == before - 1
    for name in ("members", "api-keys", "clients"):
        assert sam.get(reverse(name)).status_code == 403
    go_to(sam, star)
    assert sam.get(reverse("product", args=[alice.product.public_id])).status_code == 404
    assert sam.get(reverse("members")).status_code == 200


def test_nobody_works_for_strangers(sam: Client, alice: Shop, star: Organization) -> None:
    links.invite(star, alice.organization.public_id, TERMS)  # an offer is no leave
    answer = sam.post(reverse("act-for"), {"organization": alice.organization.public_id})
    assert answer.status_code == 404
    assert sam.get(reverse("home")).context["actor"].organization == star
    assert sam.get(reverse("act-for")).status_code == 405
    assert Client().post(reverse("act-for"), {"organization": alice.organization.public_id}).status_code == 302
    assert signed_in("alice").post(reverse("act-for"), {"organization": star.public_id}).status_code == 404


def test_a_tie_that_ends_shuts_the_studio_at_once(sam: Client, star: Organization, alice: Shop, link: OrgLink) -> None:
    go_to(sam, alice.organization)
    links.end(link, alice.organization)
    assert sam.get(reverse("media-thumb", args=[alice.product.assets.first().public_id])).status_code == 403
    before = Product.objects.count()
    answer = sam.post(reverse("product-new"), FACTS, follow=True)
    assert answer.redirect_chain == [(reverse("home"), 302)]
    assert "刚才的操作没有执行" in answer.content.decode()
    assert (Product.objects.count(), answer.context["actor"].organization) == (before, star)


# --- money ------------------------------------------------------------------------------------------------------------
def test_an_ad_is_paid_by_the_agency_and_the_journal_names_who(
    sam: Client, star: Organization, alice: Shop, link: OrgLink, crew: Crew
) -> None:
    own = ledger.balance(alice.organization)
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    go_to(sam, alice.organization)
    assert sam.get(reverse("ad", args=[ad.public_id])).context["balance"].available == 500
    assert sam.post(reverse("ad-order", args=[ad.public_id])).status_code == 302
    hold = Hold.objects.get(reference=ad.public_id)
    assert (hold.organization, hold.budget.link) == (star, link)
    assert {entry.actor for entry in Entry.objects.filter(hold=hold)} == {"sam (Star MCN)"}
    finish(ad, crew)
    ad.refresh_from_db()
    budget = Budget.objects.get()
    assert (budget.held, budget.spent) == (0, ad.credits_settled)
    assert ledger.balance(star).available == 3000 - ad.credits_settled
    assert ledger.balance(alice.organization) == own
    assert ledger.audit() == []


def test_a_cancelled_ad_frees_the_budget(alice: Shop, link: OrgLink, crew: Crew) -> None:
    ad = production.order(production.draft(alice.organization, product=alice.product, lang="zh").ad)
    assert Budget.objects.get().held == ad.credits_quoted > 0
    production.cancel(ad)
    assert production.advance(ad.public_id).state == Ad.State.CANCELLED
    assert (Budget.objects.get().held, Budget.objects.get().spent) == (0, 0)
    assert ledger.audit() == []


def test_a_used_up_budget_is_told_on_the_page_and_by_the_api(star: Organization, alice: Shop, link: OrgLink) -> None:
    links.set_cap(link, star, 9)
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    before = list(Entry.objects.values())
    page = signed_in("alice").post(reverse("ad-order", args=[ad.public_id]))
    assert page.status_code == 402
    assert "机构给你的本月额度还剩 9 点" in page.content.decode()
    answer = Program(alice).post(f"ads/{ad.public_id}/order")
    told = answer.json()
    assert (answer.status_code, told["code"], told["limit"]) == (402, "insufficient_credits", "budget")
    assert (told["needed"], told["available"]) == (ad.credits_quoted, 9)
    ad.refresh_from_db()
    assert (ad.state, list(Entry.objects.values())) == (Ad.State.DRAFT, before)


def test_the_statement_of_a_client(sam: Client, alice: Shop, link: OrgLink, crew: Crew) -> None:
    ad = production.order(production.draft(alice.organization, product=alice.product, lang="zh").ad, by=alice.owner)
    cancelled = production.order(production.draft(alice.organization, product=alice.product, lang="zh", seed=2).ad)
    production.cancel(cancelled)
    production.advance(cancelled.public_id)
    finish(ad, crew)
    ad.refresh_from_db()
    (month,) = client_statements.months(link)
    assert (month.cap, month.held, month.spent) == (500, 0, ad.credits_settled)
    assert (month.ads, month.campaigns, month.reshoots) == (1, 0, 0)
    page = sam.get(reverse("client", args=[link.public_id])).content.decode()
    assert f">{ad.credits_settled}</td>" in page
    assert "北杯保温杯" in page
    answer = sam.get(reverse("client-statement", args=[link.public_id]), {"month": f"{month.month:%Y-%m}"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{link.public_id}-{month.month:%Y-%m}.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["编号"], row["状态"], row["实扣点数"], row["下单人"]) for row in rows] == [
        (cancelled.public_id, "已退回", "0", ""),
        (ad.public_id, "已结算", str(ad.credits_settled), "alice"),
    ]
    merchants = signed_in("alice").get(reverse("client-statement", args=[link.public_id]))
    assert merchants.content.decode().count(ad.public_id) == 1


def test_no_name_becomes_a_formula(sam: Client, alice: Shop, link: OrgLink) -> None:
    alice.product.texts.update(name="=HYPERLINK(1)")
    production.order(production.draft(alice.organization, product=alice.product, lang="zh").ad)
    answer = sam.get(reverse("client-statement", args=[link.public_id]))
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["名称"] == "'=HYPERLINK(1)"


def test_a_template_is_offered_to_a_client_by_name(sam: Client, star: Organization, alice: Shop, link: OrgLink) -> None:
    template = own_template(star).template_id
    page = sam.get(reverse("template", args=[template])).content.decode()
    assert f'<option value="{escape(alice.organization.name)}">' in page
    answer = sam.post(reverse("template-share", args=[template]), {"to": alice.organization.name})
    assert answer.status_code == 302
    assert [one.share.to_organization for one in sharing.given(star)] == [alice.organization]
    assert sam.post(reverse("template-share", args=[template]), {"to": "charlie's shop"}).status_code == 404


def test_the_api_says_what_is_left_of_the_budget(star: Organization, alice: Shop, link: OrgLink) -> None:
    hold = ledger.hold(star, key="x", amount=30, budget=budgets.budget_of(link).pk)
    told = Program(alice).get("credits").json()
    assert (told["available"], told["held"], told["lots"]) == (470, 30, [])
    ledger.settle(hold.pk, used=10)
    assert Program(alice).get("credits").json()["available"] == 490
