"""An ad in the browser: ordered, watched, cancelled, failed, played; and what each of it says of the credits."""

import contextlib

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.ledger import balance
from creative import production
from creative.models import Ad
from generation.models import RenderJob, Rendition
from tests.creative.film_crew import Crew
from tests.creative.shops import Shop

LABEL = {
    "text": "AI生成",
    "seconds": 3.0,
    "smallest_glyph_px": 55,
    "required_glyph_px": 54,
    "content_producer": "001191000000DEVELOPER010000",
    "produce_id": "ad_x",
    "provider_code_registered_form": False,
}


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


@pytest.fixture
def ad(alice: Shop) -> Ad:
    shapes = ("9:16", "1:1")
    return production.draft(alice.organization, product=alice.product, lang="zh", aspects=shapes, seconds=12).ad


def page(client: Client, name: str, ad: Ad, **query: str) -> HttpResponse:
    return client.get(reverse(name, args=[ad.public_id]), query)


def finish(ad: Ad, crew: Crew) -> None:
    production.order(ad)
    production.advance(ad.public_id)
    crew.work()
    production.advance(ad.public_id)
    crew.work()
    production.advance(ad.public_id)
    Rendition.objects.update(label=LABEL)
    ad.refresh_from_db()


def test_ordering_reserves_the_price_and_shows_the_progress(desk: Client, alice: Shop, ad: Ad) -> None:
    answer = desk.post(reverse("ad-order", args=[ad.public_id]), follow=True)
    assert answer.redirect_chain == [(reverse("ad", args=[ad.public_id]), 302)]
    ad.refresh_from_db()
    assert ad.state == "held"
    assert balance(alice.organization).held == ad.credits_quoted == 40
    text = answer.content.decode()
    assert "已预留 40 点，成片后结算" in text
    assert f'hx-get="{reverse("ad-progress", args=[ad.public_id])}"' in text
    assert text.count('<li class="frame shot-') == ad.shots.count()


def test_ordering_twice_reserves_once(desk: Client, alice: Shop, ad: Ad) -> None:
    for _ in range(2):
        assert desk.post(reverse("ad-order", args=[ad.public_id])).status_code == 302
    assert balance(alice.organization).held == 40


def test_too_few_credits_start_nothing(desk: Client, alice: Shop, ad: Ad) -> None:
    ledger.hold(alice.organization, key="other work", amount=650)
    before = balance(alice.organization)
    shown = page(desk, "ad", ad).content.decode()
    assert "还差 30 点" in shown
    assert reverse("ad-order", args=[ad.public_id]) not in shown
    answer = desk.post(reverse("ad-order", args=[ad.public_id]))
    assert answer.status_code == 402
    assert "需要 40 点，现有 10 点。没有开始制作，也没有扣点" in answer.content.decode()
    ad.refresh_from_db()
    assert (ad.state, ad.hold) == ("draft", None)
    assert balance(alice.organization) == before
    assert RenderJob.objects.count() == 0


def test_progress_is_sent_only_when_something_moved(desk: Client, ad: Ad, crew: Crew) -> None:
    production.order(ad)
    production.advance(ad.public_id)
    url = reverse("ad-progress", args=[ad.public_id])
    first = desk.get(url)
    assert first.status_code == 200
    assert "<html" not in first.content.decode()
    tag = {"If-None-Match": first["ETag"]}
    assert desk.get(url, headers=tag).status_code == 304
    crew.work(("film",))
    moved = desk.get(url, headers=tag)
    assert moved.status_code == 200
    assert moved.content.decode().count("shot-done") == ad.shots.count()


def test_the_end_stops_the_polling_and_reloads_the_page(desk: Client, ad: Ad, crew: Crew) -> None:
    finish(ad, crew)
    answer = page(desk, "ad-progress", ad)
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (286, "true", b"")


def test_a_ready_ad_plays_downloads_and_shows_its_proofs(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    finish(ad, crew)
    text = page(desk, "ad", ad).content.decode()
    film = reverse("media-ad", args=[ad.public_id, "9x16"])
    assert f'<source src="{film}" type="video/mp4">' in text
    assert "本视频由 AI 生成" in text
    assert all(
        f'href="{reverse("media-ad", args=[ad.public_id, shape])}?download"' in text for shape in ("9x16", "1x1")
    )
    assert reverse("media-contact", args=[ad.public_id, "9x16"]) in text
    assert "预留 40 点，实扣 40 点" in text
    assert "最小字高 55 像素，法定至少 54 像素" in text
    assert "开发用编码" in text
    assert all(beat["voice"] in text for beat in ad.script["beats"])
    with contextlib.closing(desk.get(film)) as answer:
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"film")
    assert balance(alice.organization).available == 620


def test_each_shape_of_an_ad_has_its_player(desk: Client, ad: Ad, crew: Crew) -> None:
    finish(ad, crew)
    text = page(desk, "ad", ad, aspect="1:1").content.decode()
    assert f'<source src="{reverse("media-ad", args=[ad.public_id, "1x1"])}" type="video/mp4">' in text
    unknown = page(desk, "ad", ad, aspect="7:3").content.decode()
    assert f'<source src="{reverse("media-ad", args=[ad.public_id, "9x16"])}" type="video/mp4">' in unknown


def test_cancelling_returns_every_credit(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    production.order(ad)
    production.advance(ad.public_id)
    desk.post(reverse("ad-cancel", args=[ad.public_id]))
    assert "正在取消" in page(desk, "ad-progress", ad).content.decode()
    production.advance(ad.public_id)
    text = page(desk, "ad", ad).content.decode()
    assert "预留的 40 点已全部退回。" in text
    assert (balance(alice.organization).available, balance(alice.organization).held) == (660, 0)


def test_a_ready_ad_is_not_cancelled(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    finish(ad, crew)
    answer = desk.post(reverse("ad-cancel", args=[ad.public_id]))
    assert answer.status_code == 409
    assert "无法取消" in answer.content.decode()
    ad.refresh_from_db()
    assert (ad.state, balance(alice.organization).available) == ("ready", 620)


def test_a_failed_ad_says_why_and_that_nothing_was_paid(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    crew.spoil_shots.add(ad.shots.first().clip_key)
    production.order(ad)
    production.advance(ad.public_id)
    crew.work()
    production.advance(ad.public_id)
    ad.refresh_from_db()
    text = page(desk, "ad", ad).content.decode()
    assert ad.state == "failed"
    assert ad.reason in text
    assert "预留的 40 点已全部退回。" in text
    assert balance(alice.organization).available == 660


def test_the_wall_is_sorted_by_state(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    finish(ad, crew)
    other = production.draft(alice.organization, product=alice.product, lang="en").ad
    production.order(other)

    def shown(state: str) -> list[Ad]:
        return list(desk.get(reverse("ads"), {"show": state}).context["ads"])

    assert shown("all") == [other, ad]
    assert shown("ready") == [ad]
    assert shown("making") == [other]
    assert shown("ended") == shown("draft") == []
    assert shown("nonsense") == [other, ad]


def test_the_desk_names_the_next_step(desk: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    home = reverse("home")
    assert desk.get(home).context["next"].step == "order"
    finish(ad, crew)
    assert desk.get(home).context["next"].step == "again"
    alice.product.assets.update(product=None)
    assert desk.get(home).context["next"].step == "photos"
    desk.post(reverse("product-archive", args=[alice.product.public_id]))
    answer = desk.get(home)
    assert answer.context["next"].step == "product"
    assert reverse("media-poster", args=[ad.public_id]) in answer.content.decode()
