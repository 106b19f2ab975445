"""Campaigns: one quote, one hold, all or nothing; and one bad item never stops the rest."""

import pytest

from billing import ledger
from billing.errors import InsufficientCredits
from billing.models import Hold, Lot
from creative import campaigns, production
from creative.domain.product import parse_product
from creative.errors import AdNotCancellable, AdNotOrderable, BriefRefused, PlanTooSmall
from creative.models import Ad, Campaign, PaidClip
from creative.products import create_product
from generation.models import RenderJob
from tests.creative.film_crew import Crew
from tests.creative.shops import FACTS, Shop, open_shop

pytestmark = pytest.mark.django_db


def campaign_of(shop: Shop, **changes: object) -> Campaign:
    wanted = {"name": "autumn", "products": [shop.product], "langs": ["zh", "en"]} | changes
    return campaigns.draft_campaign(shop.organization, **wanted)  # type: ignore[arg-type]


def finish(campaign: Campaign, crew: Crew) -> Campaign:
    for _ in range(4):
        campaigns.advance_campaign(campaign.public_id)
        crew.work()
    found = campaigns.advance_campaign(campaign.public_id)
    assert found is not None
    return found


def credits(shop: Shop) -> tuple[int, int]:
    balance = ledger.balance(shop.organization)
    return balance.available, balance.held


def states(campaign: Campaign) -> list[str]:
    return list(campaign.ads.order_by("id").values_list("state", flat=True))


def test_products_languages_and_templates_are_combined(alice: Shop):
    visible = {template.id: template for template in campaigns.library.visible(alice.organization)}
    chosen = [name for name, template in visible.items() if template.lang == "zh"]
    campaign = campaign_of(alice, template_ids=chosen)
    made = list(campaign.ads.order_by("id").values_list("brief__lang", "template_id"))
    assert [(lang, name) for lang, name in made if lang == "zh"] == [("zh", name) for name in sorted(chosen)]
    assert [lang for lang, _ in made].count("en") == 1
    assert (campaign.state, campaign.left_out) == ("draft", [])


def test_the_quote_counts_a_common_shot_once_and_nothing_is_spent(alice: Shop):
    campaign = campaign_of(alice, langs=["zh"], template_ids=[])
    twice = campaign_of(alice, products=[alice.product, alice.product], langs=["zh"])
    assert twice.ads.count() == 2
    assert twice.credits_quoted == campaign.credits_quoted
    assert credits(alice) == (660, 0)
    assert not RenderJob.objects.exists()


def test_what_can_not_be_made_is_left_out_with_its_reason(alice: Shop):
    only_zh = create_product(alice.organization, parse_product({k: v for k, v in FACTS.items() if k != "en"}))
    campaign = campaign_of(alice, products=[alice.product, only_zh])
    assert campaign.ads.count() == 2
    assert [(item["product"], item["lang"]) for item in campaign.left_out] == [
        (only_zh.public_id, "zh"),
        (only_zh.public_id, "en"),
    ]
    assert campaign.left_out[0]["reason"] == "This product has no photo: upload at least one first."
    assert campaign.left_out[1]["reason"] == "This product has no English facts: add them first."
    assert campaign.left_out[1]["reason_zh"]


def test_a_campaign_of_which_nothing_can_be_made_is_refused(alice: Shop):
    for changes in ({"langs": ["fr"]}, {"products": []}, {"seconds": 5}):
        with pytest.raises(BriefRefused):
            campaign_of(alice, **changes)
    assert not Campaign.objects.exists()
    assert not Ad.objects.exists()


def test_a_campaign_needs_its_entitlement(db: None):
    dora = open_shop("dora", plan="free")
    with pytest.raises(PlanTooSmall):
        campaign_of(dora)
    assert not Campaign.objects.exists()


def test_one_hold_pays_for_all_ads(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    quoted = campaign.credits_quoted
    assert states(campaign) == ["held", "held"]
    assert Hold.objects.of(alice.organization).count() == 1
    assert credits(alice) == (660 - quoted, quoted)
    campaign = finish(campaign, crew)
    assert (campaign.state, campaign.credits_settled) == ("finished", quoted)
    assert states(campaign) == ["ready", "ready"]
    assert credits(alice) == (660 - quoted, 0)
    assert campaigns.unfinished() == []
    assert ledger.audit() == []


def test_too_little_credit_starts_no_ad_at_all(alice: Shop):
    campaign = campaign_of(alice)
    left = campaign.credits_quoted - 1
    Lot.objects.of(alice.organization).update(free=left, spent=660 - left)
    with pytest.raises(InsufficientCredits):
        campaigns.order_campaign(campaign)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.hold, states(campaign)) == ("draft", None, ["draft", "draft"])
    assert not Hold.objects.exists()
    assert not RenderJob.objects.exists()


def test_ordering_twice_holds_once(alice: Shop):
    campaign = campaign_of(alice)
    campaigns.order_campaign(campaign)
    campaigns.order_campaign(Campaign.objects.get(pk=campaign.pk))
    assert Hold.objects.of(alice.organization).count() == 1


def test_an_ad_of_a_campaign_is_not_ordered_alone(alice: Shop):
    campaign = campaign_of(alice)
    ad = campaign.ads.first()
    with pytest.raises(AdNotOrderable):
        production.order(ad)
    assert credits(alice) == (660, 0)


def test_one_bad_item_does_not_stop_the_rest_and_costs_nothing(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    bad, good = campaign.ads.order_by("id")
    only_bad = set(bad.shots.values_list("clip_key", flat=True)) - set(good.shots.values_list("clip_key", flat=True))
    crew.spoil_shots = {min(only_bad)}
    campaign = finish(campaign, crew)
    good.refresh_from_db()
    assert states(campaign) == ["failed", "ready"]
    assert campaign.credits_settled == good.credits_settled
    assert credits(alice) == (660 - good.credits_settled, 0)
    assert set(PaidClip.objects.values_list("ad", flat=True)) == {good.pk}
    assert ledger.audit() == []


def test_an_ad_that_breaks_the_code_does_not_stop_the_rest(alice: Shop, crew: Crew, monkeypatch):
    campaign = campaigns.order_campaign(campaign_of(alice))
    first = campaign.ads.order_by("id").first()
    real = production.advance

    def broken(ad_id: str) -> Ad | None:
        if ad_id == first.public_id:
            raise RuntimeError("a bug")
        return real(ad_id)

    with monkeypatch.context() as patch:
        patch.setattr(production, "advance", broken)
        campaign = finish(campaign, crew)
        assert states(campaign) == ["held", "ready"]
        assert campaign.state == "running"
    campaign = finish(campaign, crew)
    assert (campaign.state, states(campaign)) == ("finished", ["ready", "ready"])


def test_cancelling_keeps_what_is_ready(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    first, _ = campaign.ads.order_by("id")
    production.advance(first.public_id)
    crew.work()
    production.advance(first.public_id)
    crew.work()
    assert production.advance(first.public_id).state == "ready"
    campaigns.cancel_campaign(campaign)
    campaign = finish(campaign, crew)
    first.refresh_from_db()
    assert states(campaign) == ["ready", "cancelled"]
    assert campaign.credits_settled == first.credits_settled > 0
    assert credits(alice) == (660 - first.credits_settled, 0)
    campaigns.cancel_campaign(campaign)


def test_a_draft_campaign_is_cancelled_at_once(alice: Shop):
    campaign = campaigns.cancel_campaign(campaign_of(alice))
    assert (campaign.state, states(campaign)) == ("finished", ["cancelled", "cancelled"])
    with pytest.raises(AdNotOrderable):
        campaigns.order_campaign(campaign)
    assert credits(alice) == (660, 0)


def test_a_finished_campaign_is_not_cancelled(alice: Shop, crew: Crew):
    campaign = finish(campaigns.order_campaign(campaign_of(alice)), crew)
    with pytest.raises(AdNotCancellable):
        campaigns.cancel_campaign(campaign)


def test_a_hold_that_ran_out_is_taken_again(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    ledger.release(campaign.hold_id)
    campaign = finish(campaign, crew)
    assert (campaign.state, campaign.credits_settled) == ("finished", campaign.credits_quoted)
    assert credits(alice) == (660 - campaign.credits_quoted, 0)


def test_with_no_credit_left_nothing_more_is_made(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    ledger.release(campaign.hold_id)
    rest = ledger.hold(alice.organization, key="rival", amount=660)
    campaign = finish(campaign, crew)
    assert (campaign.state, campaign.credits_settled) == ("finished", 0)
    assert states(campaign) == ["cancelled", "cancelled"]
    assert ledger.release(rest.pk)
    assert credits(alice) == (660, 0)


def test_ready_ads_are_paid_from_what_is_left_when_the_hold_ran_out(alice: Shop, crew: Crew):
    campaign = campaigns.order_campaign(campaign_of(alice))
    first = campaign.ads.order_by("id").first()
    for _ in range(3):
        production.advance(first.public_id)
        crew.work()
    first.refresh_from_db()
    assert first.state == "ready"
    ledger.release(campaign.hold_id)
    rest = ledger.hold(alice.organization, key="rival", amount=650)
    campaign = finish(campaign, crew)
    assert states(campaign) == ["ready", "cancelled"]
    assert (campaign.state, campaign.credits_settled) == ("finished", 10)
    assert ledger.release(rest.pk)
    assert credits(alice) == (650, 0)
    assert ledger.audit() == []


def test_advance_of_an_unknown_campaign_does_nothing(db: None):
    assert campaigns.advance_campaign("cmp_nothing") is None
