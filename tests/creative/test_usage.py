"""Metering through the real production code: what was paid is here to the credit, and what failed is not."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import ledger
from billing.errors import TooManyOpenHolds
from billing.models import Hold, Lot
from billing.spreadsheet import MARK
from creative import campaigns, production, usage
from creative.models import Ad, PaidClip
from creative.usage_csv import as_csv
from generation.models import Clip
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop, open_shop
from tests.creative.test_production import draft

pytestmark = pytest.mark.django_db


def lines(shop: Shop) -> tuple[usage.UsageLine, ...]:
    first, last = usage.span(None, None)
    return usage.usage(shop.organization, first, last)


def spent(shop: Shop) -> int:
    return sum(Lot.objects.of(shop.organization).values_list("spent", flat=True))


def test_each_paid_shot_is_a_line(alice: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice), by=alice.owner), crew)
    found = lines(alice)
    shots = list(ad.shots.order_by("index"))
    assert [(line.ad_id, line.shot, line.credits) for line in found] == [(ad.public_id, s.index, 10) for s in shots]
    one = found[0]
    clip = Clip.objects.get(key=shots[0].clip_key)
    assert (one.product_id, one.product, one.campaign_id) == (alice.product.public_id, str(alice.product), "")
    assert (one.member, one.reference, one.engine) == ("alice", ad.public_id, clip.engine)
    assert (one.ms, one.engine_ms) == (clip.frames * 1000 // clip.fps, clip.film_ms)
    assert one.day == usage.today()
    assert sum(line.credits for line in found) == ad.credits_settled == spent(alice)


def test_the_same_shots_again_are_free_and_no_line(alice: Shop, crew: Crew) -> None:
    finish(production.order(draft(alice)), crew)
    before = lines(alice)
    again = finish(production.order(draft(alice)), crew)
    assert (again.state, again.credits_settled) == (Ad.State.READY, 0)
    assert lines(alice) == before


def test_a_reshoot_pays_one_shot_in_the_name_of_who_ordered_it(alice: Shop, bob: User, crew: Crew) -> None:
    ad = finish(production.order(draft(alice), by=alice.owner), crew)
    before = len(lines(alice))
    finish(production.reshoot(ad, 1, by=bob), crew)
    added = [line for line in lines(alice) if line.member == "bob"]
    assert [(line.ad_id, line.shot, line.credits) for line in added] == [(ad.public_id, 1, 10)]
    assert len(lines(alice)) == before + 1
    assert usage.total_of(lines(alice)).credits == spent(alice)


def test_a_shot_that_cannot_be_filmed_costs_nothing(alice: Shop, crew: Crew) -> None:
    ad = production.order(draft(alice))
    crew.spoil_shots.add(ad.shots.last().clip_key)
    failed = finish(ad, crew)
    assert failed.state == Ad.State.FAILED
    assert (lines(alice), spent(alice), PaidClip.objects.count()) == ((), 0, 0)
    assert ledger.balance(alice.organization).available == 660
    assert Hold.objects.get().state == Hold.State.RELEASED


def test_a_file_that_the_checks_reject_costs_nothing(alice: Shop, crew: Crew) -> None:
    crew.spoil_cuts.add("9:16")
    failed = finish(production.order(draft(alice)), crew)
    assert failed.state == Ad.State.FAILED
    assert (lines(alice), spent(alice)) == ((), 0)
    assert ledger.balance(alice.organization).available == 660


def test_cancelled_before_the_first_shot_costs_nothing(alice: Shop, crew: Crew) -> None:
    ad = production.order(draft(alice))
    production.cancel(ad)
    assert finish(ad, crew).state == Ad.State.CANCELLED
    assert not crew.filmed
    assert (lines(alice), spent(alice)) == ((), 0)
    assert ledger.balance(alice.organization).available == 660


def test_a_failed_reshoot_costs_nothing_and_the_ad_keeps_its_lines(alice: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice)), crew)
    before, paid = lines(alice), spent(alice)
    again = production.reshoot(ad, 0)
    crew.spoil_shots.add(again.shots.get(index=0).clip_key)
    assert finish(again, crew).state == Ad.State.READY
    assert (lines(alice), spent(alice)) == (before, paid)


def test_a_campaign_is_metered_when_it_is_settled(alice: Shop, crew: Crew) -> None:
    campaign = campaigns.draft_campaign(alice.organization, name="Spring", products=[alice.product], langs=["zh", "en"])
    campaigns.order_campaign(campaign, by=alice.owner)
    for _ in range(4):
        campaigns.advance_campaign(campaign.public_id)
        crew.work()
        # One ad may be ready before the other: until all have ended nothing of the hold is spent.
        assert (lines(alice) == ()) == (spent(alice) == 0)
    found = lines(alice)
    assert {(line.campaign_id, line.campaign, line.member) for line in found} == {
        (campaign.public_id, "Spring", "alice")
    }
    campaign.refresh_from_db()
    assert sum(line.credits for line in found) == campaign.credits_settled == spent(alice) > 0
    (total,) = usage.totals(found, "campaign")
    assert (total.key, total.shots) == (campaign.public_id, PaidClip.objects.count())


def test_a_refund_is_shared_by_the_shots_of_its_ad(alice: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice)), crew)
    ledger.refund(ad.hold_id, amount=15, key="sorry", reason="blurred")
    found = lines(alice)
    assert sum(line.credits for line in found) == ad.credits_settled - 15 == spent(alice)
    assert max(line.credits for line in found) - min(line.credits for line in found) <= 1


def test_credits_settled_for_other_things_are_there_too(alice: Shop) -> None:
    hold = ledger.hold(alice.organization, key="x", amount=7, reference="something")
    ledger.settle(hold.pk, used=5)
    (line,) = lines(alice)
    assert (line.reference, line.ad_id, line.credits) == ("something", "", 5)


def test_days_are_those_of_the_zone(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # half past midnight of the 24th in Shanghai
    monkeypatch.setattr(timezone, "now", lambda: late)
    ledger.grant(alice.organization, key="gift", amount=7, kind="bonus", expires_at=None)
    hold = ledger.hold(alice.organization, key="x", amount=7)
    ledger.settle(hold.pk, used=7)
    (line,) = lines(alice)
    assert line.day.isoformat() == "2026-11-24" == usage.today().isoformat()
    assert usage.usage(alice.organization, line.day - timedelta(days=3), line.day - timedelta(days=1)) == ()
    assert usage.usage(alice.organization, line.day, line.day) == (line,)


def test_nobody_meters_others(alice: Shop, charlie: Shop, crew: Crew) -> None:
    finish(production.order(draft(alice)), crew)
    assert lines(charlie) == ()


def test_as_many_holds_as_the_plan_allows_are_open_at_once(db: None, crew: Crew) -> None:
    dave = open_shop("dave")  # gold: two at a time
    first, second = (production.order(draft(dave, seed=seed)) for seed in (1, 2))
    third = draft(dave, seed=3)
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 2
    before = list(Hold.objects.values_list())
    with pytest.raises(TooManyOpenHolds, match="2 at a time"):
        production.order(third)
    assert list(Hold.objects.values_list()) == before
    assert Ad.objects.get(pk=third.pk).state == Ad.State.DRAFT
    finish(first, crew)
    assert production.order(third).state == Ad.State.HELD
    assert second.hold_id is not None


def test_the_span_of_days() -> None:
    day = datetime(2026, 11, 30, tzinfo=UTC).date()
    assert usage.span(None, day) == (day - timedelta(days=29), day)
    assert usage.span(day + timedelta(days=3), day) == (day, day)
    assert usage.span(day - timedelta(days=5_000), day) == (day - timedelta(days=365), day)


# --- as files, pages and answers --------------------------------------------------------------------------------------
def test_the_table_is_harmless_to_spreadsheets(alice: Shop, crew: Crew) -> None:
    text = alice.product.texts.get(lang="zh")
    text.name, text.title = "=HYPERLINK(1)", "=HYPERLINK(1)"
    text.save()
    ad = finish(production.order(draft(alice), by=alice.owner), crew)
    body = as_csv(lines(alice))
    rows = list(csv.DictReader(io.StringIO(body.removeprefix(MARK))))
    assert body.startswith(MARK)
    assert len(rows) == len(lines(alice))
    assert all(not cell.startswith("=") for row in rows for cell in row.values())
    assert (rows[0]["ad_id"], rows[0]["shot"], rows[0]["credits"], rows[0]["member"]) == (
        ad.public_id,
        "1",
        "10",
        "alice",
    )


def test_pages_and_api_give_the_same_sums(client: Client, alice: Shop, crew: Crew) -> None:
    ad = finish(production.order(draft(alice), by=alice.owner), crew)
    client.force_login(alice.owner)
    page = client.get(reverse("usage"))
    assert page.context["total"].credits == ad.credits_settled
    assert '<rect class="column"' in page.content.decode()
    table = client.get(reverse("usage-csv"))
    assert (table["Content-Type"], "attachment" in table["Content-Disposition"]) == ("text/csv; charset=utf-8", True)
    program = Program(alice)
    assert program.get("usage/lines").content == table.content
    answer = program.get("usage", by="product").json()
    assert answer["total"]["credits"] == ad.credits_settled
    assert [(row["key"], row["credits"]) for row in answer["results"]] == [
        (alice.product.public_id, ad.credits_settled)
    ]
    for wrong in ({"by": "moon"}, {"first": "yesterday"}):
        assert program.get("usage", **wrong).status_code == 400
    assert client.get(reverse("usage"), {"first": "yesterday"}).status_code == 200
