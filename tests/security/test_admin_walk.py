"""Every page of the admin and of the billing desk, tried by nobody, by a stranger, and by staff without a permission.

The walk goes over what is registered and what the URL resolver knows, so a new page is in it from its first day.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing import fapiao, purchases
from billing.desk import wishes
from billing.desk.customers import SHEETS
from billing.desk.effects import Wish
from billing.desk.figures import TABLES
from billing.desk.pages.acting import DEEDS
from billing.models import Lot, Payment, StaffAction, StaffRequest
from tests.billing.buying import transfer
from tests.billing.desk import signed_in, staff
from tests.security.test_tenancy import World, world

__all__ = ["world"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # a thousand requests

# What Django's admin itself opens to all staff: it shows nothing of anybody, or only what they may see anyway.
STAFFS_OWN = {"index", "logout", "password_change", "password_change_done", "jsi18n"}
# What nobody needs to be anybody for.
OPEN = {"login", "logout"}
PAGES = ("changelist", "add", "autocomplete", "delete", "history", "change", "view")


@dataclass(frozen=True)
class Page:
    """``there``: the row that it is about exists; where none does, Django sends staff back to its first page."""

    name: str
    url: str
    there: bool = True


@pytest.fixture
def filled(world: World) -> World:
    """Alice has bought, been given, asked for a fapiao, and a request of hers waits for a second person."""
    shop = world.alice.organization
    bought = transfer(shop, "topup_330", pack=True)
    Group.objects.create(name="editors")
    fapiao.request_fapiao(bought, title_kind="person", title="Alice", tax_id="", email="a@example.com")
    purchases.buy_pack(shop, "topup_330", by="alice", through="manual")
    wishes.propose(Wish(shop, StaffAction.Kind.ADJUST, credits=9_999), reason="big", by="ann", key="walk")
    return world


def admin_pages() -> list[Page]:
    """Of every registered model, with a row of it where there is one, and of the admin itself."""
    own = [one for one in admin.site.urls[0] if isinstance(one, URLPattern) and one.name]
    found = [Page(str(one.name), f"/admin/{one.pattern}") for one in own]
    for model, registered in admin.site._registry.items():
        row = model._default_manager.order_by("pk").first()
        for pattern in registered.get_urls():
            if isinstance(pattern, URLPattern):
                base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
                url = base + _filled(str(pattern.pattern), row)
                found.append(Page(str(pattern.name or pattern.pattern), url, there=row is not None or url == base))
    return found


def _filled(route: str, row: models.Model | None) -> str:
    pk = str(row.pk if row else 1)
    for mark in ("<path:object_id>", "<int:pk>", "<id>"):
        route = route.replace(mark, pk)
    return route


def desk_pages(world: World) -> list[Page]:
    """Every address of the desk; a new one that is not filled in here fails the walk."""
    shop, payment = world.alice.organization, Payment.objects.earliest("id")
    lot = Lot.objects.of(shop).earliest("id")
    arguments: dict[str, list[tuple[object, ...]]] = {
        "customer": [(shop.public_id,)],
        "customer-sheet": [(shop.public_id, name) for name in SHEETS],
        "deed": [(shop.public_id, name) for name in DEEDS],
        "request": [(StaffRequest.objects.get().public_id,)],
        "lot": [(lot.pk,)],
        "lot-sheet": [(lot.pk,)],
        "work": [(world.ready.public_id,)],
        "work-sheet": [(world.ready.public_id,)],
        "figure-sheet": [(name,) for name in TABLES],
    }
    found = []
    for name in _names(get_resolver("billing.desk.urls").url_patterns):
        for given in arguments.get(name, [()]):
            url = reverse(f"desk:{name}", args=given)
            found.append(Page(name, f"{url}?subject={payment.public_id}" if name == "deed" else url))
    return found


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.name)


def dump() -> dict[str, tuple[int, int]]:
    """(rows, a checksum of them) of every table of ours, and of who may do what."""
    ours = [model for model in apps.get_models() if model._meta.app_label not in ("sessions", "contenttypes")]
    return {model._meta.label: _sum(model) for model in ours}


def _sum(model: type[models.Model]) -> tuple[int, int]:
    # A sign-in is noted on its user, by Django.
    names = [field.attname for field in model._meta.concrete_fields if field.attname != "last_login"]
    rows = list(model._default_manager.order_by("pk").values_list(*names))
    return len(rows), zlib.crc32(repr(rows).encode())


SENT = {
    "post": "yes",
    "q": "alice",
    "reason": "because",
    "step": "confirm",
    "answer": "approve",
    "key": "ab" * 16,
    "since": "2026-11-20",
    "credits": 5,
    "days": 5,
    "plan_code": "gold",
    "amount": "1.00",
    "received_on": "2026-11-20",
    "name": "stolen",
    "action": "delete_selected",
    "_selected_action": "1",
}


def walk(client: Client, pages: list[Page]) -> Iterator[tuple[Page, str, HttpResponse]]:
    for page in pages:
        yield page, "GET", client.get(page.url)
        yield page, "POST", client.post(page.url, SENT)


def is_shut(page: Page, answer: HttpResponse) -> bool:
    """403, 404, 405 where a page takes no such method, or sent to the door."""
    if answer.status_code == 302:
        to = answer.headers["Location"]
        # An old kind of address only leads to the page of change, which is walked as well.
        return to.startswith("/admin/login/") or to == f"{page.url}change/" or (to == "/admin/" and not page.there)
    return answer.status_code in (403, 404, 405)


def everywhere(world: World) -> list[Page]:
    return [*admin_pages(), *desk_pages(world)]


def test_the_walk_knows_every_page(filled: World) -> None:
    pages = {page.name for page in everywhere(filled)}
    for model in admin.site._registry:
        for page in ("changelist", "add", "history", "delete", "change"):
            assert f"{model._meta.app_label}_{model._meta.model_name}_{page}" in pages
    assert {"desk_view", "desk_act", "desk_approve"} <= {codename for codename, _ in StaffAction._meta.permissions}
    assert {"index", "customer", "deed", "request", "lot", "work", "figures", "reconcile"} <= pages


def test_without_a_sign_in_every_page_is_shut(filled: World) -> None:
    before, client = dump(), Client()
    for page, method, answer in walk(client, everywhere(filled)):
        if page.name not in OPEN:
            assert is_shut(page, answer), f"{method} {page.url}: {answer.status_code}"
    assert dump() == before


@pytest.mark.parametrize("who", ["alice", "charlie", "newcomer"])
def test_whoever_is_not_staff_finds_every_page_shut(filled: World, charlie: object, who: str) -> None:
    User.objects.get_or_create(username="newcomer")
    client = signed_in(User.objects.get(username=who))
    before = dump()
    for page, method, answer in walk(client, [page for page in everywhere(filled) if page.name not in OPEN]):
        assert is_shut(page, answer), f"{method} {page.url}: {answer.status_code}"
    assert dump() == before


@pytest.mark.parametrize("permissions", [(), ("desk_act", "desk_approve")], ids=["none", "acting without looking"])
def test_staff_without_a_permission_find_every_page_shut(filled: World, permissions: tuple[str, ...]) -> None:
    """To act on a customer one has to find it, but the form itself asks for ``desk_act`` alone."""
    client = signed_in(staff("clara", *permissions))
    allowed = STAFFS_OWN | OPEN | ({"deed"} if permissions else set())
    before = dump()
    for page, method, answer in walk(client, [page for page in everywhere(filled) if page.name not in allowed]):
        assert is_shut(page, answer), f"{method} {page.url}: {answer.status_code}"
    assert dump() == before


def test_whoever_may_only_look_at_the_desk_changes_nothing(filled: World) -> None:
    client = signed_in(staff("lena", "desk_view"))
    before = dump()
    for page, method, answer in walk(client, desk_pages(filled)):
        wanted = {200} if method == "GET" and page.name != "deed" else {403, 405}
        assert answer.status_code in wanted, f"{method} {page.url}: {answer.status_code}"
    assert dump() == before


def test_a_superuser_opens_every_page(filled: World) -> None:
    """Else the walk above would prove nothing: these are addresses where there is something."""
    client = signed_in(User.objects.create_superuser("root"))
    before = dump()
    opened = 0
    for page in everywhere(filled):
        if page.name == "logout":
            continue
        answer = client.get(page.url)
        # 302: no row of this kind is there; 403: nobody adds or deletes it; 400: Django's lookups want arguments.
        assert answer.status_code in (200, 302, 400, 403, 404), f"{page.url}: {answer.status_code}"
        opened += answer.status_code == 200
        if answer.streaming:
            b"".join(answer)
    assert opened > 100
    assert dump() == before


def test_the_journal_and_the_record_refuse_even_a_superuser(filled: World) -> None:
    client = signed_in(User.objects.create_superuser("root"))
    before = dump()
    for model in ("lot", "hold", "entry", "staffaction", "staffrequest", "payment", "refund", "purchase"):
        row = apps.get_model("billing", model)._default_manager.order_by("pk").first()
        for page, arguments in (("add", []), ("change", [row.pk if row else 1]), ("delete", [row.pk if row else 1])):
            answer = client.post(reverse(f"admin:billing_{model}_{page}", args=arguments), SENT)
            wanted = {403} if row or page == "add" else {302, 403}
            assert answer.status_code in wanted, f"{model} {page}: {answer.status_code}"
    assert dump() == before
