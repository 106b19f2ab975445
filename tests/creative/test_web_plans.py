"""The plan page, filters of the statement, the way of a grant, and the word that credits run low."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import catalogue, ledger
from creative import production
from creative.web import plans
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop, open_shop
from tests.creative.test_production import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def test_the_plans_stand_side_by_side(desk: Client) -> None:
    answer = desk.get(reverse("plans"))
    offers = answer.context["offers"]
    assert [(offer.plan.code, offer.videos, offer.relation) for offer in offers] == [
        ("free", 6, "lower"),
        ("gold", 66, "current"),
        ("platinum", 300, "higher"),
        ("diamond", 800, "higher"),
    ]
    text = answer.content.decode()
    for words in ("¥66", "¥266", "¥666", "每天 66 点，当天有效", "够拍 800 条 5 秒标准视频", "送 900 点", "730 天有效"):
        assert words in text
    assert "任何会员都不能去掉，也不出售" in text
    assert "每天 00:00 到 08:00" in text
    assert "当前会员：黄金" in text


def test_the_features_are_those_of_the_catalogue(desk: Client) -> None:
    cells = {str(row.name): row.cells for row in desk.get(reverse("plans")).context["features"]}
    assert cells["同时制作"] == ("1", "2", "5", "10")
    assert cells["成片不带 Hitsmith 片尾标"] == (False, True, True, True)
    assert cells["成员"] == tuple(str(plan.entitlements.seats) for plan in catalogue.current().plans)
    assert cells["成片保存"] == ("7 天", "30 天", "90 天", "365 天")
    assert cells["API 和消息回调"] == (False, "60 次/分", "180 次/分", "600 次/分")
    assert cells["运镜"] == ("基础", "全部", "全部", "全部")
    assert not {"画质模式", "视频续写", "单镜最长秒数"} & set(cells), "what no ad can ask for is not promised"
    assert cells["最高清晰度"] == ("720p", "1080p", "1080p", "1080p")


def test_without_payment_pages_the_manual_way_is_said(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "buy_url", lambda name, code: "")
    answer = desk.get(reverse("plans"))
    assert not answer.context["can_pay"]
    assert "线下转账" in answer.content.decode()
    assert "/buy" not in answer.content.decode()


def test_with_payment_pages_every_offer_has_its_button(desk: Client, bob: object) -> None:
    text = desk.get(reverse("plans")).content.decode()
    assert re.findall(r'href="/plans/(\w+)/buy"', text) == ["gold", "platinum", "diamond"]  # nobody buys the free one
    assert len(re.findall(r'href="/packs/\w+/buy"', text)) == 5
    assert reverse("buy-plan", args=["gold"]) == "/plans/gold/buy"
    for words in ("续一个月", "升级"):
        assert words in text
    desk.force_login(bob)  # a producer
    text = desk.get(reverse("plans")).content.decode()
    assert "你的角色不能购买" in text
    assert "/buy" not in text


def test_the_api_says_what_is_on_sale(alice: Shop) -> None:
    answer = Program(alice).get("plans").json()
    assert [(plan["code"], plan["price"], plan["credits"]) for plan in answer["plans"]] == [
        ("free", 0, 0),
        ("gold", 6_600, 660),
        ("platinum", 26_600, 3_000),
        ("diamond", 66_600, 8_000),
    ]
    assert answer["packs"][-1] == {"code": "topup_6600", "price": 66_000, "credits": 6_600, "bonus": 900, "days": 730}
    assert (answer["percent"], answer["off_peak_until"]) == (100, None)


# --- the statement ----------------------------------------------------------------------------------------------------
def words(answer: HttpResponse) -> list[tuple[str, int]]:
    return [(str(line.word), line.change) for line in answer.context["lines"]]


def test_the_statement_is_filtered(desk: Client, alice: Shop, charlie: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice)), crew)
    production.reshoot(ad, 0)
    url, quoted = reverse("credits"), ad.credits_settled
    assert words(desk.get(url, {"kind": "hold"})) == [("预留", -10), ("预留", -quoted)]
    assert words(desk.get(url, {"product": alice.product.public_id})) == [
        ("预留", -10),
        ("结算", 0),
        ("预留", -quoted),
    ]
    tomorrow = (timezone.localtime() + timedelta(days=1)).date().isoformat()
    assert words(desk.get(url, {"first": tomorrow})) == []
    assert words(desk.get(url, {"last": tomorrow, "kind": "grant"})) == [("获得", 660)]
    # Nonsense and what is another's keep the whole, and the form says what is wrong.
    for wrong in ({"kind": "x"}, {"product": charlie.product.public_id}, {"first": "soon"}):
        answer = desk.get(url, wrong)
        assert len(words(answer)) == 4
        assert answer.context["form"].errors
    program = Program(alice)
    assert [row["kind"] for row in program.get("credits/statement", kind="grant").json()["results"]] == ["grant"]
    assert program.get("credits/statement", product=charlie.product.public_id).json()["results"] == []
    assert program.get("credits/statement", kind="x").status_code == 400


def test_the_pages_of_a_filtered_statement_stay_filtered(desk: Client, alice: Shop) -> None:
    for number in range(60):
        ledger.grant(alice.organization, key=f"gift {number}", amount=1, kind="bonus", expires_at=None)
    page = desk.get(reverse("credits"), {"kind": "grant"})
    assert f'href="?kind=grant&amp;before={page.context["older"]}"' in page.content.decode()
    following = Program(alice).get("credits/statement", kind="grant").json()["next"]
    assert "kind=grant" in following
    assert "before=" in following


def test_a_reshoot_on_the_statement_leads_to_its_ad(desk: Client, alice: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice)), crew)
    production.reshoot(ad, 1)
    line = desk.get(reverse("credits")).context["lines"][0]
    assert (line.about, line.href) == (f"{alice.product} · 重拍第 2 个镜头", reverse("ad", args=[ad.public_id]))


def test_a_grant_is_followed_to_the_clip(desk: Client, alice: Shop, charlie: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice)), crew)
    lot = ad.hold.parts[0][0]
    answer = desk.get(reverse("credit-lot", args=[lot]))
    assert [(clip.ad, clip.credits) for clip in answer.context["clips"]] == [(ad, 10)] * ad.shots.count()
    assert words(answer) == [("结算", 0), ("预留", -ad.credits_settled), ("获得", 660)]
    assert reverse("credit-lot", args=[lot]) in desk.get(reverse("credits")).content.decode()
    desk.force_login(charlie.owner)
    assert desk.get(reverse("credit-lot", args=[lot])).status_code == 404


# --- running low ------------------------------------------------------------------------------------------------------
def test_pages_say_when_credits_are_low(desk: Client, alice: Shop) -> None:
    home = reverse("home")
    assert "点数不多了" not in desk.get(home).content.decode()
    ledger.settle(ledger.hold(alice.organization, key="work", amount=560).pk, used=560)
    assert "还剩 100 点（这一期共 660 点）" in desk.get(home).content.decode()
    ledger.settle(ledger.hold(alice.organization, key="rest", amount=100).pk, used=100)
    assert "点数用完了" in desk.get(home).content.decode()
    ledger.grant(alice.organization, key="pack", amount=330, kind="topup", expires_at=None)
    assert "点数不多了" not in desk.get(home).content.decode()


def test_a_free_account_is_told_too(client: Client, db: None) -> None:
    erin = open_shop("erin", plan="free")
    client.force_login(erin.owner)
    assert "点数不多了" not in client.get(reverse("home")).content.decode()
    ledger.settle(ledger.hold(erin.organization, key="work", amount=60).pk, used=60)
    assert "还剩 6 点（这一期共 66 点）" in client.get(reverse("home")).content.decode()
