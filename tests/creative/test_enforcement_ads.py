"""What a plan allows of an ad is checked where it is ordered, before anything is held, and the refusal names the plan."""

from dataclasses import replace

import pytest

from billing import catalogue
from billing.errors import TooManyOpenHolds
from billing.ledger import balance
from billing.memberships import entitlements_for, start_period
from billing.models import Hold, MembershipPeriod
from creative import allowed, campaigns, filming, production
from creative.errors import PlanTooSmall
from creative.models import Ad, Campaign, Reshoot
from generation.domain.engine_spec import Move
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline_json import timeline_from_dict
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop, open_shop


@pytest.fixture
def dora(db: None, quick: None) -> Shop:
    """On the free plan."""
    return open_shop("dora", plan="free")


def lapsed(shop: Shop) -> None:
    """The membership is over; what was drafted under it is still there."""
    start_period(shop.organization, "gold", key="test")
    MembershipPeriod.objects.update(ended_at="2026-01-01T00:00:00Z")


def refused(act: object, *args: object, match: str) -> None:
    """PlanTooSmall, and nothing has changed."""
    before = [list(model.objects.order_by("pk").values()) for model in (Ad, Campaign, Hold, Reshoot)]
    with pytest.raises(PlanTooSmall, match=match) as refusal:
        act(*args)  # type: ignore[operator]
    assert refusal.value.status == 403
    assert "黄金会员起可用" in refusal.value.zh
    assert [list(model.objects.order_by("pk").values()) for model in (Ad, Campaign, Hold, Reshoot)] == before


def test_a_free_ad_is_small_marked_and_moves_simply(dora: Shop) -> None:
    ad = production.draft(dora.organization, product=dora.product, lang="zh").ad
    timeline = timeline_from_dict(ad.timeline)
    assert (timeline.canvas.width, timeline.canvas.height) == (720, 1280)
    assert [over.text for over in timeline.overlays if over.kind == "brand_mark"] == [allowed.HOUSE_MARK]
    assert {plan_from_dict(shot.plan).move for shot in ad.shots.all()} <= allowed.BASIC
    allowed.check_ad(ad, entitlements_for(dora.organization))


def test_an_engine_without_a_simple_move_is_not_for_the_free_plan(dora: Shop) -> None:
    free = entitlements_for(dora.organization)
    assert allowed.moves_within(frozenset({Move.PUSH, Move.ORBIT}), free) == {Move.PUSH}
    refused(allowed.moves_within, frozenset({Move.ORBIT}), free, match="the camera moves of this engine")


def test_a_gold_ad_is_large_unmarked_and_may_use_every_move(alice: Shop) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    timeline = timeline_from_dict(ad.timeline)
    assert min(timeline.canvas.width, timeline.canvas.height) == 1080
    assert allowed.HOUSE_MARK not in [over.text for over in timeline.overlays]
    assert allowed.moves_of(entitlements_for(alice.organization)) == frozenset(Move)


def test_a_draft_of_a_better_plan_is_not_ordered_under_a_smaller_one(alice: Shop) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    lapsed(alice)
    refused(production.order, ad, match="films of 1080p: the gold plan does")
    ad.refresh_from_db()
    assert ad.state == "draft"


def test_the_mark_is_checked_by_itself(alice: Shop) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    marked = replace(entitlements_for(alice.organization), watermark=True)
    refused(allowed.check_ad, ad, marked, match="without the Hitsmith mark: the gold plan does")
    assert not Hold.objects.exists()


def test_a_move_and_a_length_are_checked_by_themselves(dora: Shop) -> None:
    free = entitlements_for(dora.organization)
    for move in allowed.BASIC:
        allowed.check_shot(5_000, move, free)
    refused(allowed.check_shot, 5_000, Move.ORBIT, free, match="the camera move orbit: the gold plan does")
    refused(allowed.check_shot, 5_001, Move.PUSH, free, match=r"shots of 5\.001 s: the gold plan does")
    with pytest.raises(PlanTooSmall, match=r"no plan includes shots of 11 s"):
        allowed.check_shot(11_000, Move.PUSH, free)


def test_a_reshoot_with_a_move_of_a_better_plan_is_refused(dora: Shop, crew: Crew) -> None:
    ad = production.draft(dora.organization, product=dora.product, lang="zh").ad
    production.order(ad)
    ready = finish(ad, crew)
    refused(lambda: production.reshoot(ready, 0, move="orbit"), match="the camera move orbit")
    assert production.reshoot(ready, 0, move="pull").state == "shooting"


def test_a_plan_without_reshoots_or_campaigns_says_who_has_them(dora: Shop, alice: Shop, crew: Crew) -> None:
    refused(
        lambda: campaigns.draft_campaign(dora.organization, name="x", products=[dora.product]),
        match="campaigns: the gold plan does",
    )
    campaign = campaigns.draft_campaign(alice.organization, name="x", products=[alice.product])
    lapsed(alice)
    refused(campaigns.order_campaign, campaign, match="campaigns: the gold plan does")
    assert not Hold.objects.exists()


def test_the_free_plan_makes_one_at_a_time(dora: Shop) -> None:
    first, second = (
        production.draft(dora.organization, product=dora.product, lang="zh", seed=seed, seconds=12).ad
        for seed in (1, 2)
    )
    start_period(dora.organization, "gold", key="credits")
    MembershipPeriod.objects.update(ended_at="2026-01-01T00:00:00Z")  # its rights are over, its credits are there
    production.order(first)
    before = balance(dora.organization)
    with pytest.raises(TooManyOpenHolds) as refusal:
        production.order(second)
    assert (refusal.value.limit, refusal.value.status, refusal.value.retry_after) == (1, 429, 30)
    second.refresh_from_db()
    assert (second.state, balance(dora.organization)) == ("draft", before)


@pytest.mark.parametrize(("plan", "priority"), [("free", 0), ("gold", 3), ("platinum", 6), ("diamond", 9)])
def test_a_better_plan_stands_further_ahead_in_the_queue(db: None, quick: None, plan: str, priority: int) -> None:
    shop = open_shop("eve", plan=plan)
    ad = production.draft(shop.organization, product=shop.product, lang="zh").ad
    assert filming.priority_of(ad) == priority
    production.order(ad)
    filming.submit_films(ad)
    assert {shot.job.priority for shot in ad.shots.select_related("job") if shot.job} == {priority}


def test_every_entitlement_of_the_catalogue_has_its_enforcer() -> None:
    """A new entitlement fails here until somebody says who enforces it, or that nothing can ask for it yet."""
    enforced = {
        "watermark": allowed.check_ad,
        "max_seconds": allowed.check_shot,
        "max_height": allowed.check_ad,
        "camera": allowed.check_shot,
        "campaigns": campaigns.draft_campaign,
        "reshoot": production.reshoot,
        "concurrency": production.order,
        "queue": filming.priority_of,
    }
    elsewhere = {"seats", "merchants", "api", "api_rate", "retention_days"}  # members, links, api_door, retention
    a_licence = {"commercial"}
    nothing_asks_for_it = {"modes", "extend"}  # no order names a mode, and no ad can be continued yet
    (first, *_) = catalogue_entitlements()
    assert set(first) == enforced.keys() | elsewhere | a_licence | nothing_asks_for_it


def catalogue_entitlements() -> list[dict[str, object]]:
    document = catalogue.DEFAULT.read_text(encoding="utf-8")
    import yaml

    return [plan["entitlements"] for plan in yaml.safe_load(document)["plans"].values()]
