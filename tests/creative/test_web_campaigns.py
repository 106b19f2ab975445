"""Batches in the browser: one quote, one order, a grid, and what could not be made."""

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.ledger import balance
from creative import campaigns as verbs
from creative.domain.product import parse_product
from creative.models import Ad, Campaign
from creative.products import create_product
from tests.creative.film_crew import Crew
from tests.creative.shops import FACTS, Shop, open_shop

ASKED = {"name": "双十一", "langs": ["zh", "en"], "seconds": "12", "aspects": ["9:16"], "theme": "ink", "music": "yes"}


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def drafted(desk: Client, shop: Shop) -> Campaign:
    chinese_only = create_product(shop.organization, parse_product({**FACTS, "en": None}))
    products = [shop.product.public_id, chinese_only.public_id]
    desk.post(reverse("campaign-new"), ASKED | {"products": products, "scripts": ["tpl_pain_led_zh_v1"]})
    return Campaign.objects.of(shop.organization).get()


def url(name: str, campaign: Campaign) -> str:
    return reverse(name, args=[campaign.public_id])


def test_a_batch_has_one_quote_and_says_what_is_left_out(desk: Client, alice: Shop) -> None:
    campaign = drafted(desk, alice)
    text = desk.get(url("campaign", campaign)).content.decode()
    assert campaign.ads.count() == 2
    assert f"用 {campaign.credits_quoted} 点制作 2 支" in text
    assert "这个商品还没有照片" in text
    assert "没有英文资料" in text
    assert balance(alice.organization).held == 0


def test_the_grid_shows_each_ad_where_it_stands(desk: Client, alice: Shop, crew: Crew) -> None:
    campaign = drafted(desk, alice)
    assert desk.post(url("campaign-order", campaign)).status_code == 302
    answer = desk.get(url("campaign-grid", campaign))
    (row,) = answer.context["rows"]
    assert [ad.brief.lang for ad in row.ads] == ["zh", "en"]
    assert answer.content.decode().count("state-held") == 2
    tag = {"If-None-Match": answer["ETag"]}
    assert desk.get(url("campaign-grid", campaign), headers=tag).status_code == 304
    for _ in range(3):
        verbs.advance_campaign(campaign.public_id)
        crew.work()
    verbs.advance_campaign(campaign.public_id)
    ended = desk.get(url("campaign-grid", campaign), headers=tag)
    assert (ended.status_code, ended["HX-Refresh"]) == (286, "true")
    page = desk.get(url("campaign", campaign)).content.decode()
    assert page.count("state-ready") == 2
    assert "2 支广告，2 支已完成" in page


def test_a_batch_without_credits_starts_nothing(desk: Client, alice: Shop) -> None:
    campaign = drafted(desk, alice)
    ledger.hold(alice.organization, key="other work", amount=655)
    before = balance(alice.organization)
    answer = desk.post(url("campaign-order", campaign))
    campaign.refresh_from_db()
    assert answer.status_code == 402
    assert f"需要 {campaign.credits_quoted} 点，现有 5 点" in answer.content.decode()
    assert (campaign.state, campaign.hold) == ("draft", None)
    assert set(campaign.ads.values_list("state", flat=True)) == {"draft"}
    assert balance(alice.organization) == before


def test_cancelling_a_running_batch(desk: Client, alice: Shop) -> None:
    campaign = drafted(desk, alice)
    desk.post(url("campaign-order", campaign))
    assert desk.post(url("campaign-cancel", campaign)).status_code == 302
    assert "正在取消" in desk.get(url("campaign-grid", campaign)).content.decode()
    verbs.advance_campaign(campaign.public_id)
    assert set(Ad.objects.values_list("state", flat=True)) == {"cancelled"}
    assert balance(alice.organization).available == 660
    again = desk.post(url("campaign-cancel", campaign))
    assert again.status_code in (302, 409)


def test_the_free_plan_is_told_what_it_needs(client: Client, db: None) -> None:
    shop = open_shop("dora", plan="free")
    client.force_login(shop.owner)
    answer = client.post(reverse("campaign-new"), ASKED | {"products": [shop.product.public_id]})
    assert "你的会员不含批量项目：黄金会员起可用" in answer.content.decode()
    assert (Campaign.objects.count(), Ad.objects.count()) == (0, 0)


def test_products_of_others_cannot_be_picked(desk: Client, alice: Shop, charlie: Shop) -> None:
    answer = desk.post(reverse("campaign-new"), ASKED | {"products": [charlie.product.public_id]})
    assert answer.status_code == 200
    assert "products" in answer.context["form"].errors
    assert Campaign.objects.count() == 0


def test_the_list_counts_what_is_ready(desk: Client, alice: Shop) -> None:
    campaign = drafted(desk, alice)
    (row,) = desk.get(reverse("campaigns")).context["campaigns"]
    assert (row, row.ad_count, row.ready_count) == (campaign, 2, 0)
