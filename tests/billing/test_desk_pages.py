"""The desk's pages: who may open them, what a form shows before it does anything, and finding a customer."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from billing import fapiao, ledger, refunds
from billing.desk import wishes
from billing.desk.effects import Wish
from billing.models import (
    Member,
    Organization,
    Payment,
    ProviderCustomer,
    Refund,
    StaffAction,
    StaffRequest,
)
from billing.organizations import add_member
from tests.billing.agencies import open_agency, tie
from tests.billing.buying import available, bought, order, spend, transfer
from tests.billing.conftest import lot
from tests.billing.desk import clerk, deed_url, send, signed_in, staff
from tests.billing.test_desk_verbs import rows

INDEX = "/admin/desk/"


# --- who --------------------------------------------------------------------------------------------------------------
def test_whoever_only_looks_changes_nothing(looker: Client, shop: Organization) -> None:
    assert looker.get(reverse("desk:customer", args=[shop.public_id])).status_code == 200
    assert looker.get(reverse("desk:reconcile")).status_code == 200
    before = rows()
    assert looker.get(deed_url(shop, "adjust")).status_code == 403
    sent = {"credits": 5, "days": 0, "reason": "x", "key": "k", "step": "confirm"}
    assert looker.post(deed_url(shop, "adjust"), sent).status_code == 403
    assert looker.post(reverse("desk:reconcile"), {"since": "2026-11-20", "reason": "x", "key": "k"}).status_code == 403
    assert rows() == before


def test_acting_is_not_approving(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_CREDITS = 1
    send(clerk("ann"), shop, "adjust", "confirm", credits=5, days=0)
    url = reverse("desk:request", args=[StaffRequest.objects.get().public_id])
    before = rows()
    assert clerk("cat").post(url, {"answer": "approve"}).status_code == 403
    assert rows() == before
    approver = signed_in(staff("ben", "desk_view", "desk_approve"))
    assert approver.get(deed_url(shop, "adjust")).status_code == 403
    assert approver.post(url, {"answer": "approve", "note": "ok"}).status_code == 302
    assert (available(shop), StaffAction.objects.get(kind="adjust").second) == (5, "ben")


def test_the_same_person_is_refused_with_every_permission(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_CREDITS = 1
    root = signed_in(User.objects.create_superuser("root"))
    send(root, shop, "adjust", "confirm", credits=5, days=0)
    url = reverse("desk:request", args=[StaffRequest.objects.get().public_id])
    assert "answer" not in root.get(url).content.decode()
    before = rows()
    answer = root.post(url, {"answer": "approve"})
    assert (answer.status_code, rows()) == (409, before)
    assert "you asked for this yourself" in answer.content.decode().lower()


def test_a_declined_request_is_over(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_CREDITS = 1
    send(clerk("ann"), shop, "adjust", "confirm", credits=5, days=0)
    url = reverse("desk:request", args=[StaffRequest.objects.get().public_id])
    approver = signed_in(staff("ben", "desk_view", "desk_approve"))
    assert "5" in approver.get(url).content.decode()
    assert approver.post(url, {"answer": "decline", "note": ""}).status_code == 409
    assert approver.post(url, {"answer": "decline", "note": "no ticket"}).status_code == 302
    assert "no ticket" in approver.get(url).content.decode()
    assert (available(shop), StaffRequest.objects.get().state) == (0, "declined")


def test_whoever_may_look_opens_the_record_that_the_desk_links_to(looker: Client, shop: Organization) -> None:
    wishes.propose(Wish(shop, StaffAction.Kind.ADJUST, credits=5), reason="shot 3", by="ann", key="k")
    url = reverse("admin:billing_staffaction_changelist")
    assert url in looker.get(INDEX).content.decode()
    page = looker.get(url)
    assert (page.status_code, "shot 3" in page.content.decode()) == (200, True)
    assert signed_in(staff("nora")).get(url).status_code == 403


# --- forms ------------------------------------------------------------------------------------------------------------
def test_a_form_shows_what_will_change_and_changes_nothing_until_it_is_confirmed(shop: Organization) -> None:
    lot(shop, 20)
    ann = clerk()
    before = rows()
    page = send(ann, shop, "adjust", "preview", credits=-8, days=0)
    ahead = {change.what.split()[-1]: (change.before, change.after) for change in page.context["ahead"]["changes"]}
    assert (page.status_code, ahead["Available"], rows() == before) == (200, (20, 12), True)
    done = send(ann, shop, "adjust", "confirm", credits=-8, days=0)
    assert (done.status_code, available(shop)) == (302, 12)
    assert StaffAction.objects.get().staff == "ann"


def test_a_preview_of_a_refund_asks_no_provider(shop: Organization, fake: Any, post: Any) -> None:
    payment = bought(shop, fake, post, "gold").payments.get()
    asked, before = len(fake.requests), rows()
    page = send(clerk(), shop, "refund", "preview", payment.public_id, amount="66.00")
    assert (page.status_code, rows() == before, len(fake.requests)) == (200, True, asked)
    assert "¥66.00" in page.content.decode()


def test_a_refund_form_opens_with_what_can_go_back(shop: Organization) -> None:
    transfer(shop, "gold")
    spend(shop, 330, "ad")
    payment = Payment.objects.get()
    page = clerk().get(deed_url(shop, "refund"), {"subject": payment.public_id})
    assert 'value="33.00"' in page.content.decode()


@pytest.mark.parametrize(
    ("name", "fields", "kind"),
    [
        ("adjust", {"credits": 5, "days": 0}, "adjust"),
        ("bonus", {"credits": 5, "days": 3}, "bonus"),
        ("makegood", {"credits": 5, "days": 3}, "makegood"),
        ("comp", {"plan_code": "gold"}, "comp"),
        ("suspend", {}, "suspend"),
    ],
)
def test_each_action_is_previewed_and_done(shop: Organization, name: str, fields: dict[str, Any], kind: str) -> None:
    ann = clerk()
    before = rows()
    assert (send(ann, shop, name, "preview", **fields).status_code, rows() == before) == (200, True)
    assert send(ann, shop, name, "confirm", **fields).status_code == 302
    assert (StaffAction.objects.get().kind, StaffAction.objects.get().reason) == (kind, "shot 3 was dark")


def test_actions_on_papers_are_reached_from_their_rows(shop: Organization) -> None:
    ann = clerk()
    pending = order(shop, "gold", through="manual")
    page = ann.get(INDEX).content.decode()
    assert f"{deed_url(shop, 'transfer')}?subject={pending.public_id}" in page
    sent = {"amount": "66.00", "received_on": "2026-11-20", "reason": "ICBC 42"}
    assert send(ann, shop, "transfer", "confirm", pending.public_id, **sent).status_code == 302
    assert available(shop) == 660
    paper = fapiao.request_fapiao(
        pending.__class__.objects.get(), title_kind="person", title="Li", tax_id="", email="a@b.cn"
    )
    assert send(ann, shop, "issue-fapiao", "confirm", paper.public_id, reason="2431700").status_code == 302
    back = refunds.refund(Payment.objects.get(), amount_fen=6600, reason="unused", by="ann")
    assert send(ann, shop, "close-refund", "confirm", back.public_id, reason="ICBC 43").status_code == 302
    assert Refund.objects.get().state == "succeeded"
    kinds = list(StaffAction.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["transfer", "fapiao_issued", "refund_closed"]


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("adjust", {"credits": "many", "days": 0}, 400),
        ("adjust", {"credits": 5, "days": 0, "reason": " "}, 400),
        ("adjust", {"credits": -5, "days": 0}, 409),
        ("unsuspend", {}, 409),
        ("refund", {"amount": "1.00"}, 409),
        ("refund", {"amount": "1.005"}, 400),
        ("refund", {"amount": "99999999.00"}, 400),  # more fen than a column holds
        ("comp", {"plan_code": "free"}, 400),
        ("write-off", {"credits": 1}, 409),
    ],
)
def test_what_is_refused_says_so_and_changes_nothing(
    shop: Organization, name: str, fields: dict[str, Any], status: int
) -> None:
    ann = clerk()
    before = rows()
    for step in ("preview", "confirm"):
        assert send(ann, shop, name, step, **fields).status_code == status
    assert rows() == before


def test_another_customers_papers_are_not_there(shop: Organization, charlies_shop: Organization) -> None:
    transfer(shop, "gold")
    payment = Payment.objects.get()
    before = rows()
    answer = send(clerk(), charlies_shop, "refund", "confirm", payment.public_id, amount="1.00")
    assert (answer.status_code, rows() == before) == (409, True)


# --- finding ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def known(shop: Organization, charlies_shop: Organization) -> Organization:
    bob = User.objects.create_user("bobby", email="bob@northmug.example")
    add_member(shop, bob, Member.Role.PRODUCER)
    ProviderCustomer.objects.create(organization=shop, provider="stripe", ref="cus_777")
    transfer(shop, "gold")
    ledger.hold(shop, key="ad", amount=1, reference="ad_01abc")
    return shop


@pytest.mark.parametrize(
    "asked",
    [
        "Alice's",
        "alice's SHOP",
        "northmug.example",
        "bobby",
        "cus_777",
        "ad_01abc",
        "{public_id}",
        "{number}",
        "{payment}",
        "{fact}",
        "{invoice}",
    ],
)
def test_one_box_finds_the_customer(looker: Client, known: Organization, asked: str) -> None:
    payment = Payment.objects.select_related("purchase", "invoice").get()
    words = asked.format(
        public_id=known.public_id,
        number=payment.purchase.number.lower(),
        payment=payment.public_id,
        fact=payment.fact,
        invoice=payment.invoice.number,
    )
    answer = looker.get(INDEX, {"q": f" {words} "})
    page = f"/admin/desk/works/{asked}/" if asked.startswith("ad_") else f"/admin/desk/customers/{known.public_id}/"
    assert (answer.status_code, answer.headers.get("Location")) == (302, page)


@pytest.mark.parametrize("asked", ["", "x", "cus_77", "nobody at all"])
def test_parts_of_numbers_and_single_letters_find_nobody(looker: Client, known: Organization, asked: str) -> None:
    page = looker.get(INDEX, {"q": asked})
    assert (page.status_code, page.context["found"]) == (200, ())


def test_several_are_listed(looker: Client, known: Organization, charlies_shop: Organization) -> None:
    page = looker.get(INDEX, {"q": "shop"})
    assert {one.organization for one in page.context["found"]} == {known, charlies_shop}


# --- the customer's page ----------------------------------------------------------------------------------------------
def test_a_customers_page_shows_everything_of_it_and_nothing_of_others(
    looker: Client, known: Organization, charlies_shop: Organization
) -> None:
    lot(charlies_shop, 77, key="secret of charlie")
    agency = open_agency()
    tie(agency, known)
    page = looker.get(reverse("desk:customer", args=[known.public_id])).content.decode()
    for word in ("bob@northmug.example", "cus_777", "ad_01abc", "Star MCN", "gold", "<svg", Payment.objects.get().fact):
        assert word in page, word
    assert "secret of charlie" not in page
    assert 'href="/admin/desk/customers/' + known.public_id + "/do/" not in page
    assert looker.get(reverse("desk:customer", args=["org_none"])).status_code == 404


def test_pages_carry_no_script_and_no_style_of_their_own(looker: Client, known: Organization) -> None:
    for url in (INDEX, reverse("desk:customer", args=[known.public_id]), reverse("desk:figures")):
        page = looker.get(url).content.decode()
        assert " style=" not in page, url
        assert "<style" not in page, url
        assert page.count("<script") == page.count("<script src=") + page.count('<script id="django-'), url


def test_the_groups_of_the_desk_are_made_and_filled(shop: Organization) -> None:
    for _ in range(2):
        User.objects.get_or_create(username="ann")
        call_command("desk_groups", "--act", "ann")
    ann = User.objects.get(username="ann")
    held = [ann.has_perm(f"billing.{code}") for code in ("desk_view", "desk_act", "desk_approve")]
    assert (ann.is_staff, ann.is_superuser, held, Group.objects.count()) == (True, False, [True, True, False], 3)
    with pytest.raises(CommandError, match="nobody"):
        call_command("desk_groups", "--approve", "nobody")
