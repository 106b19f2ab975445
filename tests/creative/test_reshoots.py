"""One shot of a ready ad is filmed anew: paid as one shot, and never at the cost of the film that is there."""

import pytest

from billing import ledger
from billing.errors import InsufficientCredits, TooManyOpenHolds
from billing.models import Hold, Lot
from creative import campaigns, filming, production
from creative.errors import AdNotCancellable, AdNotReady, BriefRefused, NotFound, PlanTooSmall
from creative.models import Ad, AdShot, Campaign, PaidClip, Reshoot
from generation.domain.engine_spec import Move
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import validate
from generation.models import RenderJob
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop
from tests.creative.test_production import credits, draft

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # films whole ads
Rows = list[object]


@pytest.fixture
def ad(alice: Shop, crew: Crew) -> Ad:
    ready = finish(production.order(draft(alice, aspects=["9:16", "1:1"])), crew)
    assert ready.state == Ad.State.READY
    return ready


def film_of(ad: Ad) -> Rows:
    """Everything that makes the film what it is, but for the number of its round."""
    shots = ad.shots.values_list("index", "asset_id", "plan", "clip_key", "credits", "job_id")
    columns = ("state", "timeline", "credits_quoted", "credits_settled", "finished_at", "reason", "hold_id")
    row = Ad.objects.filter(pk=ad.pk).values_list(*columns)
    return [list(row), list(shots), list(ad.outputs.values_list("aspect", "rendition_id", "job_id"))]


def plan_of(ad: Ad, index: int):
    return plan_from_dict(AdShot.objects.get(ad=ad, index=index).plan)


def test_a_reshoot_films_one_shot_and_cuts_every_shape_anew(alice: Shop, ad: Ad, crew: Crew):
    before = {shot.index: shot.clip_key for shot in ad.shots.all()}
    old_plan, old_files = plan_of(ad, 1), set(ad.outputs.values_list("rendition_id", flat=True))
    available, quoted = credits(alice)[0], ad.credits_quoted
    shooting = production.reshoot(ad, 1)
    assert (shooting.state, shooting.round) == (Ad.State.SHOOTING, 1)
    assert credits(alice) == (available - 10, 10)
    ready = finish(ad, crew)
    assert (ready.state, ready.credits_quoted, ready.credits_settled) == (Ad.State.READY, quoted + 10, quoted + 10)
    assert credits(alice) == (available - 10, 0)
    after = {shot.index: shot.clip_key for shot in ready.shots.all()}
    assert {index for index in after if after[index] != before[index]} == {1}
    assert plan_of(ready, 1).seed == old_plan.seed + 1
    assert crew.filmed[after[1]] == 1
    assert set(crew.filmed.values()) == {1}
    assert crew.cut == {"9:16": 2, "1:1": 2}
    assert not set(ready.outputs.values_list("rendition_id", flat=True)) & old_files
    timeline = timeline_from_dict(ready.timeline)
    validate(timeline)
    assert [shot.clip for shot in timeline.shots[:-1]] == [after[index] for index in sorted(after)]
    row = Reshoot.objects.get(ad=ad)
    assert (row.state, row.credits_quoted, row.credits_settled, row.index) == (Reshoot.State.DONE, 10, 10, 1)
    assert PaidClip.objects.of(alice.organization).get(clip_key=after[1]).credits == 10
    assert ledger.audit() == []


def test_states_come_in_their_order(ad: Ad, crew: Crew):
    seen = [production.reshoot(ad, 0).state]
    seen.append(production.advance(ad.public_id).state)
    for kinds in (("film",), ("cut",)):
        crew.work(kinds)
        seen.append(production.advance(ad.public_id).state)
    assert seen == ["shooting", "shooting", "assembling", "ready"]


def test_photo_move_and_strength_can_be_others(alice: Shop, ad: Ad, crew: Crew):
    shot = ad.shots.get(index=2)
    other = alice.product.assets.exclude(pk=shot.asset_id).first()
    old = plan_of(ad, 2)
    move = Move.STATIC if old.move is not Move.STATIC else Move.PUSH
    quote = production.quote_reshoot(ad, 2, photo=other.public_id, move=move.value, strength=0.4, seed=77)
    production.reshoot(ad, 2, photo=other.public_id, move=move.value, strength=0.4, seed=77)
    ready = finish(ad, crew)
    new = plan_of(ready, 2)
    assert new == quote.plan
    assert (new.photo.sha256, new.move, new.strength, new.seed) == (other.sha256, move, 0.4, 77)
    assert (new.frames, new.fps, new.width, new.height, new.framing) == (
        old.frames, old.fps, old.width, old.height, old.framing
    )  # fmt: skip
    assert ready.shots.get(index=2).asset == other
    assert ready.state == Ad.State.READY


def test_one_reshoot_after_another_takes_ever_new_seeds(alice: Shop, ad: Ad, crew: Crew):
    seeds = [plan_of(ad, 0).seed]
    for _ in range(2):
        production.reshoot(ad, 0)
        ad = finish(ad, crew)
        seeds.append(plan_of(ad, 0).seed)
    assert seeds == [seeds[0], seeds[0] + 1, seeds[0] + 2]
    assert list(Reshoot.objects.values_list("number", "state")) == [(2, "done"), (1, "done")]
    assert ad.credits_settled == 10 * ad.shots.count() + 20
    assert ledger.audit() == []


def test_going_back_to_a_paid_take_costs_nothing(alice: Shop, ad: Ad, crew: Crew):
    first, before = plan_of(ad, 0), credits(alice)
    production.reshoot(ad, 0)
    ad = finish(ad, crew)
    assert production.quote_reshoot(ad, 0, seed=first.seed).credits == 0
    production.reshoot(ad, 0, seed=first.seed)
    ad = finish(ad, crew)
    assert plan_of(ad, 0) == first
    assert set(crew.filmed.values()) == {1}
    assert credits(alice) == (before[0] - 10, 0)
    assert ledger.audit() == []


def test_a_shot_that_fails_leaves_the_old_film_and_returns_the_credits(alice: Shop, ad: Ad, crew: Crew):
    before, money = film_of(ad), credits(alice)
    crew.spoil_shots = {production.quote_reshoot(ad, 1).plan.key}
    production.reshoot(ad, 1)
    finish(ad, crew)
    assert film_of(ad) == before
    assert credits(alice) == money
    row = Reshoot.objects.get(ad=ad)
    assert (row.state, row.reason_code, row.credits_settled) == (Reshoot.State.FAILED, "spoiled", None)
    assert "第 2 个镜头" in row.reason
    assert "the lamp broke" in row.reason_en
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert ledger.audit() == []
    crew.spoil_shots = set()
    production.reshoot(Ad.objects.get(pk=ad.pk), 0)
    assert finish(ad, crew).state == Ad.State.READY


def test_a_file_that_does_not_pass_leaves_the_old_film(alice: Shop, ad: Ad, crew: Crew):
    before, money = film_of(ad), credits(alice)
    crew.spoil_cuts = {"1:1"}
    production.reshoot(ad, 1)
    finish(ad, crew)
    assert film_of(ad) == before
    assert credits(alice) == money
    assert Reshoot.objects.get(ad=ad).state == Reshoot.State.FAILED
    assert PaidClip.objects.count() == ad.shots.count(), "the new clip is in the cache, unpaid"


@pytest.mark.parametrize("after", ["order", "submit", "film", "cut"])
def test_a_cancel_at_every_stage_leaves_the_old_film(alice: Shop, ad: Ad, crew: Crew, after: str):
    before, money = film_of(ad), credits(alice)
    production.reshoot(ad, 1)
    for stage in ("submit", "film", "cut"):
        if after == "order":
            break
        if stage != "submit":
            crew.work((stage,))
        if stage == "cut":
            break
        production.advance(ad.public_id)
        if stage == after:
            break
    assert production.cancel(ad).cancel_requested
    finish(ad, crew)
    assert film_of(ad) == before
    assert credits(alice) == money
    row = Reshoot.objects.get(ad=ad)
    assert (row.state, row.reason_code) == (Reshoot.State.CANCELLED, "cancelled")
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert ledger.audit() == []
    with pytest.raises(AdNotCancellable):
        production.cancel(ad)


def test_a_hold_that_ran_out_is_taken_again_and_if_it_cannot_the_old_film_stays(alice: Shop, ad: Ad, crew: Crew):
    production.reshoot(ad, 1)
    ledger.release(Reshoot.objects.get().hold_id)
    ad = finish(ad, crew)
    assert (ad.state, Reshoot.objects.get().holds_taken) == (Ad.State.READY, 2)
    before, money = film_of(ad), credits(alice)
    production.reshoot(ad, 1)
    ledger.release(Reshoot.objects.first().hold_id)
    rival = ledger.hold(alice.organization, key="rival", amount=money[0])
    finish(ad, crew)
    assert film_of(ad) == before
    assert Reshoot.objects.first().reason_code == "credits_gone"
    assert ledger.release(rival.pk)
    assert credits(alice) == money
    assert ledger.audit() == []


def unchanged(
    alice: Shop, ad: Ad, error: type[Exception], message: str | None, index: int = 0, **wishes: object
) -> None:
    before, money, holds = film_of(ad), credits(alice), Hold.objects.count()
    with pytest.raises(error, match=message):
        production.reshoot(ad, index, **wishes)  # type: ignore[arg-type]
    assert film_of(ad) == before
    assert (credits(alice), Hold.objects.count()) == (money, holds)
    assert not Reshoot.objects.exists()


def test_what_cannot_be_filmed_is_refused_with_nothing_changed(alice: Shop, charlie: Shop, ad: Ad):
    unchanged(alice, ad, NotFound, "No such shot", index=99)
    unchanged(alice, ad, NotFound, "No such photo", photo=charlie.product.assets.first().public_id)
    unchanged(alice, ad, NotFound, "No such photo", photo="ast_none")
    unchanged(alice, ad, BriefRefused, "no move 'somersault'", move="somersault")
    unchanged(alice, ad, BriefRefused, "strength", strength=1.5)
    unchanged(alice, ad, BriefRefused, "seed is a whole number", seed=-1)
    unchanged(alice, ad, BriefRefused, "the very shot that is there", seed=plan_of(ad, 0).seed)
    assert production.quote_reshoot(ad, 0).credits == 10


def test_without_credits_or_a_free_place_nothing_changes(alice: Shop, ad: Ad):
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    unchanged(alice, ad, InsufficientCredits, None)
    Lot.objects.of(alice.organization).update(free=600, spent=60)
    for number in (1, 2):
        ledger.hold(alice.organization, key=f"other {number}", amount=1, concurrency=2)
    unchanged(alice, ad, TooManyOpenHolds, None)
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 2


def test_only_a_ready_ad_is_reshot_and_one_shot_at_a_time(alice: Shop, ad: Ad, crew: Crew):
    unchanged(alice, draft(alice, seed=5), AdNotReady, "ready ad")
    production.reshoot(ad, 0)
    with pytest.raises(AdNotReady):
        production.reshoot(Ad.objects.get(pk=ad.pk), 1)
    assert Reshoot.objects.count() == 1
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 1


def test_a_membership_without_reshoots_is_refused(alice: Shop, ad: Ad, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from billing.memberships import entitlements_for
    from creative import reshoots

    less = replace(entitlements_for(alice.organization), reshoot=False)
    monkeypatch.setattr(reshoots, "entitlements_for", lambda _: less)
    unchanged(alice, ad, PlanTooSmall, "does not include")
    assert production.quote_reshoot(ad, 0).credits == 10, "the price may be asked for all the same"


def test_an_ad_of_a_campaign_is_reshot_when_the_campaign_is_finished(alice: Shop, crew: Crew):
    campaign = campaigns.draft_campaign(alice.organization, name="spring", products=[alice.product])
    campaigns.order_campaign(campaign)
    for _ in range(3):
        campaigns.advance_campaign(campaign.public_id)
        crew.work()
    campaigns.advance_campaign(campaign.public_id)
    mine = Ad.objects.select_related("campaign").get(campaign=campaign)
    assert (mine.state, mine.campaign.state) == (Ad.State.READY, Campaign.State.FINISHED)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.RUNNING)
    unchanged(alice, Ad.objects.select_related("campaign").get(pk=mine.pk), AdNotReady, "ready ad")
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.FINISHED)
    production.reshoot(mine, 0)
    again = finish(mine, crew)
    campaign.refresh_from_db()
    assert (again.state, campaign.state) == (Ad.State.READY, Campaign.State.FINISHED)
    assert again.credits_settled == campaign.credits_settled + 10
    assert ledger.audit() == []


def test_a_worker_that_is_late_by_a_round_changes_nothing(alice: Shop, ad: Ad, crew: Crew):
    production.reshoot(ad, 0)
    late = Ad.objects.select_related("organization", "hold", "campaign").get(pk=ad.pk)
    production.advance(ad.public_id)
    production.cancel(ad)
    production.advance(ad.public_id)
    production.reshoot(Ad.objects.get(pk=ad.pk), 0, seed=500)
    before = list(ad.outputs.values()), list(ad.shots.values())
    filming.submit_cuts(late)
    filming.missing_files(late)
    assert not production._move(late, Ad.State.ASSEMBLING)
    assert (list(ad.outputs.values()), list(ad.shots.values())) == before
    assert not RenderJob.objects.filter(kind="cut", state__in=RenderJob.OPEN).exists()
    ready = finish(ad, crew)
    assert (ready.state, plan_of(ready, 0).seed) == (Ad.State.READY, 500)


def test_progress_tells_of_the_reshoot(alice: Shop, ad: Ad, crew: Crew):
    production.reshoot(ad, 1)
    production.advance(ad.public_id)
    now = production.progress(ad)
    assert (now.state, now.credits_quoted, now.ended) == ("shooting", 10, False)
    assert [shot.state for shot in now.shots].count("pending") == 1
    assert now.percent > 30
    finish(ad, crew)
    assert production.progress(ad).credits_quoted == 10 * ad.shots.count() + 10
