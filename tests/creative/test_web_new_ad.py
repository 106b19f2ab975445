"""Choosing a script: what fits and why, the storyboard and the price of one, and nothing spent."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from billing.ledger import balance
from billing.models import Hold
from creative.domain.product import parse_product
from creative.models import Ad, Asset
from creative.products import update_product
from generation.models import RenderJob
from tests.creative.shops import FACTS, Shop

ASKED = {"lang": "zh", "seconds": "15", "aspects": ["9:16", "1:1"], "theme": "jade", "music": "no", "seed": "2"}


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def preview(desk: Client, shop: Shop, template: str, **more: str) -> HttpResponse:
    url = reverse("ad-preview", args=[shop.product.public_id])
    return desk.post(url, ASKED | {"template": template} | more, headers={"HX-Request": "true"})


def test_scripts_are_ranked_and_say_why(desk: Client, alice: Shop) -> None:
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]))
    cards = answer.context["choices"]
    assert {card.template.lang for card in cards} == {"zh"}
    assert len(cards) == 2
    page = answer.content.decode()
    assert all(term.zh in page for card in cards for term in card.terms)
    assert page.count("最合适") == 1


def test_the_scripts_follow_the_language(desk: Client, alice: Shop) -> None:
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]), ASKED | {"lang": "en"})
    assert {card.template.lang for card in answer.context["choices"]} == {"en"}


def test_a_script_that_does_not_fit_says_what_is_missing(desk: Client, alice: Shop) -> None:
    bare = {
        "category": "保温杯",
        "zh": {"title": "北杯", "name": "北杯", "selling_points": ["真空双层", "单手能喝", "好洗"]},
    }
    update_product(alice.product, parse_product(bare))
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]))
    (unfit,) = answer.context["unfit"]
    assert unfit.template.id.startswith("tpl_pain")
    assert "没有填痛点" in answer.content.decode()


def test_the_preview_shows_frames_and_price_and_spends_nothing(desk: Client, alice: Shop) -> None:
    before = balance(alice.organization)
    answer = preview(desk, alice, "tpl_pain_led_zh_v1")
    ad = Ad.objects.get()
    page = answer.content.decode()
    assert (ad.state, ad.template_id, ad.brief.seed, ad.brief.theme) == ("draft", "tpl_pain_led_zh_v1", 2, "jade")
    assert (ad.brief.aspects, ad.brief.music) == (["9:16", "1:1"], False)
    assert page.count('<li class="frame') == ad.shots.count() + 1  # and the end card
    assert f"用 {ad.credits_quoted} 点制作" in page
    assert f"做完还剩 {660 - ad.credits_quoted} 点" in page
    assert reverse("ad-order", args=[ad.public_id]) in page
    assert balance(alice.organization) == before
    assert (Hold.objects.count(), RenderJob.objects.count()) == (0, 0)


def test_a_second_look_puts_the_first_draft_away(desk: Client, alice: Shop) -> None:
    preview(desk, alice, "tpl_pain_led_zh_v1")
    first = Ad.objects.get()
    preview(desk, alice, "tpl_reveal_led_zh_v1", shown=first.public_id)
    assert list(Ad.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "draft"]
    waiting = desk.get(reverse("ads"), {"show": "draft"}).context["ads"]
    assert [ad.template_id for ad in waiting] == ["tpl_reveal_led_zh_v1"]
    assert list(desk.get(reverse("ads")).context["ads"]) == []


def test_nobody_elses_draft_is_put_away(desk: Client, alice: Shop, charlie: Shop) -> None:
    client = Client()
    client.force_login(charlie.owner)
    preview(client, charlie, "tpl_pain_led_zh_v1")
    preview(desk, alice, "tpl_pain_led_zh_v1", shown=Ad.objects.get().public_id)
    assert set(Ad.objects.values_list("state", flat=True)) == {"draft"}


def test_without_scripts_in_the_browser_the_draft_has_a_page(desk: Client, alice: Shop) -> None:
    url = reverse("ad-new", args=[alice.product.public_id])
    answer = desk.post(url, ASKED | {"template": "tpl_pain_led_zh_v1"})
    ad = Ad.objects.get()
    assert answer["Location"] == reverse("ad", args=[ad.public_id])
    page = desk.get(answer["Location"]).content.decode()
    assert f"用 {ad.credits_quoted} 点制作" in page
    assert reverse("ad-order", args=[ad.public_id]) in page


def test_a_product_without_photos_is_sent_to_its_photos(desk: Client, alice: Shop) -> None:
    Asset.objects.of(alice.organization).update(product=None)
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]), follow=True)
    assert answer.redirect_chain == [(reverse("product", args=[alice.product.public_id]), 302)]
    assert "先给这件商品上传至少一张照片" in answer.content.decode()
    assert Ad.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"aspects": ["9:16", "2:1"]}, "画幅"),
        ({"seconds": "600"}, "时长"),
        ({"template": "tpl_of_somebody_v1"}, "找不到这个模板"),
        ({"template": "tpl_pain_led_en_v1"}, "请选择同一语言的模板"),
    ],
)
def test_what_cannot_be_made_is_said_and_not_drafted(
    desk: Client, alice: Shop, wrong: dict[str, object], said: str
) -> None:
    url = reverse("ad-preview", args=[alice.product.public_id])
    answer = desk.post(url, ASKED | {"template": "tpl_pain_led_zh_v1"} | wrong)
    assert said in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert Ad.objects.count() == 0


def test_facts_with_markup_stay_text(desk: Client, alice: Shop) -> None:
    update_product(alice.product, parse_product(FACTS | {"zh": FACTS["zh"] | {"name": "<i>北杯</i>"}}))
    pages = [preview(desk, alice, "tpl_reveal_led_zh_v1"), desk.get(reverse("product", args=[alice.product.public_id]))]
    texts = [page.content.decode() for page in pages]
    assert not any("<i>" in text for text in texts)
    assert "&lt;i&gt;北杯&lt;/i&gt;" in texts[1]
