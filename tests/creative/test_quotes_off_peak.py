"""Half price by night: on the quote, in the hold, and never a dearer price than the one that was seen."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.models import Hold
from creative import campaigns, production, quotes
from creative.errors import AdNotOrderable
from creative.models import Ad, Campaign, PaidClip
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop
from tests.creative.test_production import draft

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 4:30 in Shanghai
DAY = datetime(2026, 11, 24, 1, tzinfo=UTC)  # 9:00


class Hour:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def is_(self, moment: datetime) -> None:
        self.monkeypatch.setattr("billing.pricing.now", lambda: moment)


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Hour:
    return Hour(monkeypatch)


def test_a_night_quote_is_half_and_is_what_is_held_and_paid(alice: Shop, crew: Crew, hour: Hour) -> None:
    by_day = draft(alice).credits_quoted
    hour.is_(NIGHT)
    ad = draft(alice)
    assert (ad.credits_quoted * 2, ad.price_percent) == (by_day, 50)
    assert quotes.off_peak_price(ad) == quotes.OffPeakPrice(by_day, 50, "08:00")
    ready = finish(production.order(ad), crew)
    assert ready.credits_settled == ad.credits_quoted == sum(PaidClip.objects.values_list("credits", flat=True))
    assert ledger.balance(alice.organization).available == 660 - ad.credits_quoted
    assert ledger.audit() == []


def test_a_night_quote_that_is_ordered_by_day_is_shown_again_first(alice: Shop, crew: Crew, hour: Hour) -> None:
    hour.is_(NIGHT)
    ad = draft(alice)
    cheap = ad.credits_quoted
    hour.is_(DAY)
    assert quotes.off_peak_price(ad) == quotes.OffPeakPrice(2 * cheap, 50, "")
    with pytest.raises(AdNotOrderable, match=f"from {cheap} to {2 * cheap} credits"):
        production.order(ad)
    kept = Ad.objects.get(pk=ad.pk)
    assert (kept.state, kept.credits_quoted, kept.price_percent) == (Ad.State.DRAFT, 2 * cheap, 100)
    assert not Hold.objects.exists()
    assert production.order(kept).state == Ad.State.HELD
    assert Hold.objects.get().amount == 2 * cheap


def test_a_day_quote_that_is_ordered_by_night_becomes_cheaper_at_once(alice: Shop, hour: Hour) -> None:
    ad = draft(alice)
    dear = ad.credits_quoted
    hour.is_(NIGHT)
    ordered = production.order(ad)
    assert (ordered.state, ordered.credits_quoted) == (Ad.State.HELD, dear // 2)
    assert Hold.objects.get().amount == dear // 2


def test_an_ad_under_way_keeps_its_price(alice: Shop, crew: Crew, hour: Hour) -> None:
    hour.is_(NIGHT)
    ad = production.order(draft(alice))
    hour.is_(DAY)
    assert production.order(ad).credits_quoted == ad.credits_quoted
    assert finish(ad, crew).credits_settled == ad.credits_quoted


def test_a_campaign_is_priced_anew_as_one(alice: Shop, hour: Hour) -> None:
    hour.is_(NIGHT)
    campaign = campaigns.draft_campaign(alice.organization, name="Spring", products=[alice.product], langs=["zh", "en"])
    cheap = campaign.credits_quoted
    hour.is_(DAY)
    with pytest.raises(AdNotOrderable, match="Order once more"):
        campaigns.order_campaign(campaign)
    kept = Campaign.objects.get(pk=campaign.pk)
    assert (kept.state, kept.credits_quoted) == (Campaign.State.DRAFT, 2 * cheap)
    assert not Hold.objects.exists()
    assert campaigns.order_campaign(kept).state == Campaign.State.RUNNING
    assert Hold.objects.get().amount == 2 * cheap


def test_a_reshoot_is_not_dearer_than_its_button(alice: Shop, crew: Crew, hour: Hour) -> None:
    ad = finish(production.order(draft(alice)), crew)
    hour.is_(NIGHT)
    quote = production.quote_reshoot(ad, 0)
    assert (quote.credits, quote.listed) == (5, 10)
    hour.is_(DAY)
    with pytest.raises(AdNotOrderable, match="from 5 to 10"):
        production.reshoot(ad, 0, agreed=5)
    assert Ad.objects.get(pk=ad.pk).state == Ad.State.READY
    assert Hold.objects.count() == 1
    assert production.reshoot(ad, 0, agreed=10).state == Ad.State.SHOOTING


def test_the_api_keeps_the_new_price_when_it_refuses_the_order(alice: Shop, hour: Hour) -> None:
    program = Program(alice)
    hour.is_(NIGHT)
    ad = draft(alice)
    hour.is_(DAY)
    refused = program.post(f"ads/{ad.public_id}/order")
    assert (refused.status_code, refused.json()["code"]) == (409, "ad_not_orderable")
    assert program.get(f"ads/{ad.public_id}").json()["credits_quoted"] == 2 * ad.credits_quoted
    assert program.post(f"ads/{ad.public_id}/order").status_code == 202


def test_the_page_says_the_list_price_and_until_when(client: Client, alice: Shop, hour: Hour) -> None:
    client.force_login(alice.owner)
    hour.is_(NIGHT)
    ad = draft(alice)
    url = reverse("ad", args=[ad.public_id])
    assert f"错峰价：原价 {2 * ad.credits_quoted} 点的 50%，08:00 前下单有效" in client.get(url).content.decode()
    hour.is_(DAY)
    assert "错峰时段已过" in client.get(url).content.decode()
    page = client.post(reverse("ad-order", args=[ad.public_id]))
    assert page.status_code == 409
    assert f"报价从 {ad.credits_quoted} 点变为 {2 * ad.credits_quoted} 点" in page.content.decode()
    assert "错峰价" not in client.get(url).content.decode()
