"""Results over the API: kept whole or not at all, repeatable, and never for a stranger's ad."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Member
from billing.organizations import create_api_key
from creative import production
from creative.models import Ad, Brief, PublishedAd
from templates_engine.models import PublishedResult
from tests.creative.api import Program
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db


def finished(shop: Shop, *, days_ago: int = 10, template: str = "tpl_reveal_led_zh_v1", seed: int = 1) -> Ad:
    """The rows of an ad that is ready, without its film."""
    ad = production.draft(shop.organization, product=shop.product, lang="zh", template_id=template, seed=seed).ad
    ended = timezone.now() - timedelta(days=days_ago)
    Ad.objects.filter(pk=ad.pk).update(state=Ad.State.READY, ordered_at=ended, finished_at=ended)
    ad.refresh_from_db()
    return ad


@pytest.fixture
def ad(alice: Shop) -> Ad:
    return finished(alice)


@pytest.fixture
def program(alice: Shop) -> Program:
    return Program(alice)


def row(ad: Ad | str, **more: object) -> dict[str, object]:
    name = ad if isinstance(ad, str) else ad.public_id
    return {"ad": name, "platform": "抖音", "age_h": 72, "views": 12_000, "orders": 30} | more


def stored() -> list[tuple[object, ...]]:
    return list(PublishedResult.objects.order_by("pk").values_list("script_id", "platform", "age_h", "views", "orders"))


def test_results_are_kept_with_their_template_and_money(program: Program, ad: Ad) -> None:
    answer = program.post("results", [row(ad, hold_3s=0.41, spend="250.00"), row(ad, age_h=24, views=5_000)])
    assert answer.status_code == 200
    assert answer.json() == {
        "kept": 2,
        "results": [
            {"ad": ad.public_id, "platform": "douyin", "age_h": 72, "fate": "new"},
            {"ad": ad.public_id, "platform": "douyin", "age_h": 24, "fate": "new"},
        ],
    }
    kept = PublishedResult.objects.get(age_h=72)
    assert (kept.organization_id, kept.template_id, kept.family) == (
        ad.organization_id,
        "tpl_reveal_led_zh_v1",
        "tpl_reveal_led_zh",
    )
    assert (kept.spend_fen, kept.hold_3s, kept.source, kept.category) == (25_000, 0.41, "api", "保温杯")
    assert kept.published_at == ad.finished_at


def test_the_same_age_again_replaces_and_the_same_numbers_change_nothing(program: Program, ad: Ad) -> None:
    program.post("results", [row(ad)])
    fates = [program.post("results", [row(ad, orders=orders)]).json()["results"][0]["fate"] for orders in (30, 31, 31)]
    assert fates == ["same", "replaces", "same"]
    assert stored() == [(ad.public_id, "douyin", 72, 12_000, 31)]


def test_a_key_gives_the_same_answer_again(program: Program, ad: Ad) -> None:
    first = program.post("results", [row(ad)], key="monday").json()
    assert program.post("results", [row(ad)], key="monday").json() == first
    assert first["results"][0]["fate"] == "new"
    reused = program.post("results", [row(ad, orders=1)], key="monday")
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")
    assert stored() == [(ad.public_id, "douyin", 72, 12_000, 30)]


def test_strangers_ads_are_unknown_and_nothing_is_kept(program: Program, ad: Ad, charlie: Shop) -> None:
    theirs = finished(charlie)
    PublishedAd.objects.create(organization=charlie.organization, ad=theirs, platform="douyin", video_id="7312")
    answer = program.post("results", [row(ad), row(theirs), row("7312"), row("ad_nobody")])
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_ads")
    assert answer.json()["unknown"] == [theirs.public_id, "7312", "ad_nobody"]
    assert "3 个编号不是你的广告" in answer.json()["detail_zh"]
    assert stored() == []


@pytest.mark.parametrize("state", [Ad.State.DRAFT, Ad.State.FAILED, Ad.State.CANCELLED])
def test_an_ad_that_was_never_made_is_unknown(program: Program, ad: Ad, state: str) -> None:
    Ad.objects.filter(pk=ad.pk).update(state=state)
    assert program.post("results", [row(ad)]).json()["unknown"] == [ad.public_id]
    assert stored() == []


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"views": -1}, 400, "/0/views"),
        ({"hold_3s": 1.4}, 400, "/0/hold_3s"),
        ({"spend": "many"}, 400, "/0/spend"),
        ({"currency": "BTC"}, 400, "/0/currency"),
        ({"age_h": 10**9}, 400, "/0/age_h"),
        ({"orders": 12_001}, 422, "12001 orders of 12000 views can not be"),
    ],
)
def test_numbers_that_can_not_be_are_refused(
    program: Program, ad: Ad, wrong: dict[str, object], status: int, said: str
) -> None:
    answer = program.post("results", [row(ad, **wrong), row(ad, age_h=24)])
    assert answer.status_code == status
    assert said in str(answer.json())
    assert stored() == []


def test_two_rows_that_differ_are_refused_and_the_same_row_twice_is_one(program: Program, ad: Ad) -> None:
    answer = program.post("results", [row(ad), row(ad, orders=9)])
    assert (answer.status_code, answer.json()["code"]) == (422, "report_refused")
    assert "rows 1 and 2" in answer.json()["detail"]
    assert stored() == []
    assert program.post("results", [row(ad), row(ad)]).status_code == 200
    assert len(stored()) == 1


@pytest.mark.parametrize("body", [[], {}, {"ad": "ad_1"}, "ad_1", [1]])
def test_what_is_no_list_of_results_is_refused(program: Program, ad: Ad, body: object) -> None:
    assert program.post("results", body).status_code == 400
    assert stored() == []


def test_a_viewers_key_reports_nothing(alice: Shop, ad: Ad) -> None:
    _, key = create_api_key(alice.organization, "viewer", role=Member.Role.VIEWER)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    answer = client.post("/api/v1/results", [row(ad)], content_type="application/json")
    assert answer.status_code == 403
    assert stored() == []


def test_a_platforms_own_number_finds_the_ad(program: Program, ad: Ad) -> None:
    noted = {"platform": "抖音", "video_id": "7312", "published_at": "2026-01-02T08:00:00+08:00"}
    answer = program.post(f"ads/{ad.public_id}/published", noted)
    assert answer.status_code == 200
    assert program.get(f"ads/{ad.public_id}/published").json()[0]["platform"] == "douyin"
    assert program.post("results", [row("7312", platform="")]).json()["results"] == [
        {"ad": ad.public_id, "platform": "douyin", "age_h": 72, "fate": "new"}
    ]
    assert PublishedResult.objects.get().published_at.isoformat() == "2026-01-02T00:00:00+00:00"
    elsewhere = program.post("results", [row("7312", platform="kuaishou", age_h=24)])
    assert elsewhere.json()["unknown"] == ["7312"]
    assert len(stored()) == 1


def test_a_date_that_is_noted_late_is_taken_over(program: Program, ad: Ad) -> None:
    program.post("results", [row(ad), row(ad, age_h=24), row(ad, platform="tiktok")])
    noted = {"platform": "douyin", "published_at": "2026-01-02T00:00:00Z"}
    assert program.post(f"ads/{ad.public_id}/published", noted).status_code == 200
    dates = {(one.platform, one.age_h): one.published_at.isoformat() for one in PublishedResult.objects.all()}
    assert dates == {
        ("douyin", 72): "2026-01-02T00:00:00+00:00",
        ("douyin", 24): "2026-01-02T00:00:00+00:00",
        ("tiktok", 72): ad.finished_at.isoformat(),
    }


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"platform": " "}, "invalid"),
        ({"url": "javascript:alert(1)"}, "publication_refused"),
        ({"published_at": "2999-01-01T00:00:00Z"}, "publication_refused"),
        ({"video_id": "7312"}, "publication_refused"),
    ],
)
def test_a_wrong_place_is_refused(program: Program, alice: Shop, ad: Ad, wrong: dict[str, str], code: str) -> None:
    other = finished(alice, seed=2)
    program.post(f"ads/{other.public_id}/published", {"platform": "douyin", "video_id": "7312"})
    before = list(PublishedAd.objects.values())
    answer = program.post(f"ads/{ad.public_id}/published", {"platform": "douyin"} | wrong)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == code
    assert list(PublishedAd.objects.values()) == before


def test_a_draft_was_published_nowhere(program: Program, alice: Shop) -> None:
    draft = production.draft(alice.organization, product=alice.product, lang="zh").ad
    assert program.post(f"ads/{draft.public_id}/published", {"platform": "douyin"}).status_code == 409
    assert not PublishedAd.objects.exists()


def test_lists_show_only_ones_own(program: Program, ad: Ad, charlie: Shop) -> None:
    program.post("results", [row(ad), row(ad, age_h=24, spend="12.50")])
    found = program.get("results", ad=ad.public_id).json()["results"]
    assert [(one["age_h"], one["spend"], one["source"]) for one in found] == [(24, "12.50", "api"), (72, None, "api")]
    assert program.get("results", ad="ad_other").json()["results"] == []
    assert Program(charlie).get("results").json()["results"] == []
    assert Program(charlie).get("results/templates").json() == []


def test_what_is_believed_of_the_templates(program: Program, ad: Ad) -> None:
    program.post("results", [row(ad, hold_3s=0.4)])
    found = {one["template"]: one for one in program.get("results/templates").json()}
    good = found["tpl_reveal_led_zh_v1"]
    rate = good["orders_per_1000_views"]
    assert (rate["ads"], rate["exposure"], rate["orders"]) == (1, 12_000, 30)
    assert rate["low90"] < rate["mean"] < rate["high90"]
    assert (good["views_beside_usual"], good["hold_3s"], good["orders_per_100_spent"]) == (None, None, None)
    assert good["words"][0]["zh"].startswith("用它发过 1 条，12000 次播放 30 单")
    assert found["tpl_pain_led_zh_v1"]["orders_per_1000_views"]["ads"] == 0


def test_everything_that_was_reported_is_told_apart(program: Program, alice: Shop) -> None:
    ads = [finished(alice, days_ago=30 - number, seed=number + 1) for number in range(7)]
    report = [row(ad, views=1_000 + 100 * n, hold_3s=0.4, completion=0.2) for n, ad in enumerate(ads)]
    report[0]["spend"] = "80.00"
    program.post("results", report)
    (good,) = [one for one in program.get("results/templates").json() if one["template"] == "tpl_reveal_led_zh_v1"]
    assert good["views_beside_usual"]["ads"] == 1  # the first five can not be compared, and one had money behind it
    assert (good["hold_3s"]["ads"], round(good["hold_3s"]["mean"], 2)) == (7, 0.4)
    assert (good["orders_per_100_spent"]["ads"], good["orders_per_100_spent"]["currency"]) == (1, "CNY")
    assert len(good["words"]) == 4


def test_a_brief_may_ask_for_the_safest(program: Program, alice: Shop) -> None:
    body = {"product": alice.product.public_id, "seed": 77}
    for pick in ("explore", "safest"):
        assert program.post("ads", body | {"pick": pick}).json()["pick"] == pick
    assert program.post("ads", body).json()["pick"] == "explore"
    assert set(Brief.objects.values_list("pick", flat=True)) == {"explore", "safest"}
    count = Ad.objects.count()
    assert program.post("ads", body | {"pick": "lucky"}).status_code == 400
    assert Ad.objects.count() == count


@pytest.mark.slow
def test_the_safest_is_the_template_that_results_speak_for(program: Program, alice: Shop) -> None:
    poor = [finished(alice, template="tpl_pain_led_zh_v1", seed=number) for number in range(1, 7)]
    good = [finished(alice, template="tpl_reveal_led_zh_v1", seed=number) for number in range(1, 7)]
    program.post("results", [row(ad, orders=1) for ad in poor] + [row(ad, orders=900) for ad in good])
    made = [
        program.post("ads", {"product": alice.product.public_id, "pick": "safest", "seed": 100 + seed}).json()
        for seed in range(3)
    ]
    assert {ad["template_id"] for ad in made} == {"tpl_reveal_led_zh_v1"}
    assert any(term["zh"].startswith("用它发过 6 条") for term in made[0]["choice"])
    asked = {"product": alice.product.public_id, "pick": "safest"}
    ranked = [program.get("templates/rank", **asked, seed=seed).json()["offered"] for seed in (1, 2)]
    surest = [[one["value"] for one in offered[0]["terms"] if one["code"] == "results"] for offered in ranked]
    assert surest[0] == surest[1] != []  # nothing is drawn


def test_a_campaign_explores(program: Program, alice: Shop) -> None:
    answer = program.post("campaigns", {"name": "spring", "products": [alice.product.public_id], "langs": ["zh", "en"]})
    assert answer.status_code == 201
    assert list(Brief.objects.values_list("pick", flat=True)) == ["explore", "explore"]
