"""A reshoot ordered by a program and on the page: its price first, once per key, and every refusal with nothing changed."""

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.models import Hold, Member
from creative import production
from creative.models import Ad, Reshoot
from generation.models import Rendition
from tests.creative import test_production
from tests.creative.api import Program
from tests.creative.film_crew import Crew
from tests.creative.shops import Shop
from tests.creative.test_production import credits, draft
from tests.creative.test_web_ads import LABEL

pytestmark = pytest.mark.django_db


def finish(ad: Ad, crew: Crew) -> Ad:
    ended = test_production.finish(ad, crew)
    Rendition.objects.update(label=LABEL)
    return ended


@pytest.fixture
def ad(alice: Shop, crew: Crew) -> Ad:
    return finish(production.order(draft(alice)), crew)


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def test_the_api_tells_the_price_and_films_once_per_key(alice: Shop, ad: Ad, crew: Crew):
    program, path = Program(alice), f"ads/{ad.public_id}/shots/1/reshoot"
    quote = program.get(path).json()
    assert (quote["index"], quote["credits"], quote["move"]) == (1, 10, ad.shots.get(index=1).plan["move"])
    assert quote["seed"] == ad.shots.get(index=1).plan["seed"] + 1
    assert program.get(path, seed=9, strength=0.5).json() | {"duration_ms": 0} == quote | {
        "seed": 9, "strength": 0.5, "duration_ms": 0
    }  # fmt: skip
    assert not Reshoot.objects.exists()
    first = program.post(path, {"strength": 0.5}, key="again-1")
    assert first.status_code == 202
    assert (first.json()["state"], first.json()["reshoot"]["state"]) == ("shooting", "open")
    second = program.post(path, {"strength": 0.5}, key="again-1")
    assert (second.status_code, second.json()) == (202, first.json())
    assert program.post(path, {"strength": 0.4}, key="again-1").status_code == 409
    busy = program.post(path, {"strength": 0.5})
    assert (busy.status_code, busy.json()["code"]) == (409, "ad_not_ready")
    assert Reshoot.objects.count() == Hold.objects.filter(state=Hold.State.OPEN).count() == 1
    finish(ad, crew)
    shown = program.get(f"ads/{ad.public_id}").json()
    assert (shown["state"], shown["reshoot"]["state"], shown["reshoot"]["credits_settled"]) == ("ready", "done", 10)
    assert ad.shots.get(index=1).plan["strength"] == 0.5


@pytest.mark.parametrize(
    ("index", "body", "status", "code"),
    [
        (99, {}, 404, "not_found"),
        (0, {"photo": "ast_none"}, 404, "not_found"),
        (0, {"move": "somersault"}, 422, "brief_refused"),
        (0, {"strength": 3}, 422, "brief_refused"),
        (0, {"seed": "many"}, 400, "invalid"),
    ],
)
def test_the_api_refuses_with_nothing_changed(alice: Shop, ad: Ad, index: int, body: object, status: int, code: str):
    before = credits(alice), Ad.objects.filter(pk=ad.pk).values().get()
    answer = Program(alice).post(f"ads/{ad.public_id}/shots/{index}/reshoot", body, key="k")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (credits(alice), Ad.objects.filter(pk=ad.pk).values().get()) == before
    assert not Reshoot.objects.exists()


def test_the_page_shows_each_price_and_orders(desk: Client, alice: Shop, ad: Ad, crew: Crew):
    text = desk.get(reverse("ad", args=[ad.public_id])).content.decode()
    assert text.count("用 10 点重拍") == ad.shots.count()
    url = reverse("ad-reshoot", args=[ad.public_id, 1])
    assert f'action="{url}"' in text
    old = ad.shots.get(index=1)
    other = alice.product.assets.exclude(pk=old.asset_id).get()
    assert f'<option value="{other.public_id}" >' in text
    answer = desk.post(url, {"photo": other.public_id, "move": "static"}, follow=True)
    assert answer.redirect_chain == [(reverse("ad", args=[ad.public_id]), 302)]
    assert "已预留 10 点，成片后结算" in answer.content.decode()
    finish(ad, crew)
    assert (ad.shots.get(index=1).asset, ad.shots.get(index=1).plan["move"]) == (other, "static")
    total = 10 * ad.shots.count() + 10
    shown = desk.get(reverse("ad", args=[ad.public_id])).content.decode()
    assert f"预留 {total} 点，实扣 {total} 点" in shown


def test_the_page_says_that_the_old_film_stays(desk: Client, alice: Shop, ad: Ad, crew: Crew):
    crew.spoil_shots = {production.quote_reshoot(ad, 0).plan.key}
    desk.post(reverse("ad-reshoot", args=[ad.public_id, 0]))
    finish(ad, crew)
    text = desk.get(reverse("ad", args=[ad.public_id])).content.decode()
    assert "第 1 个镜头没有重拍成功，现在的还是原来的成片。" in text
    assert "the lamp broke" in text
    assert reverse("media-ad", args=[ad.public_id, "9x16"]) in text


def test_on_the_page_too_few_credits_change_nothing(desk: Client, alice: Shop, ad: Ad):
    ledger.hold(alice.organization, key="other work", amount=credits(alice)[0])
    answer = desk.post(reverse("ad-reshoot", args=[ad.public_id, 0]))
    assert answer.status_code == 402
    assert "需要 10 点，现有 0 点。没有开始制作，也没有扣点" in answer.content.decode()
    assert Ad.objects.get(pk=ad.pk).state == Ad.State.READY
    assert not Reshoot.objects.exists()


def test_strangers_and_viewers_order_nothing(client: Client, alice: Shop, charlie: Shop, bob: object, ad: Ad):
    url = reverse("ad-reshoot", args=[ad.public_id, 0])
    client.force_login(charlie.owner)
    assert client.post(url).status_code == 404
    Member.objects.filter(user=bob).update(role=Member.Role.VIEWER)
    client.force_login(bob)
    assert client.post(url).status_code == 403
    assert "点重拍" not in client.get(reverse("ad", args=[ad.public_id])).content.decode()
    assert not Reshoot.objects.exists()
