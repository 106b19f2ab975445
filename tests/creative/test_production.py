"""From a draft to a finished ad: states, credits, failures, cancelling, and what is never paid twice."""

import pytest

from billing import ledger
from billing.errors import InsufficientCredits, TooManyOpenHolds
from billing.models import Hold, Lot
from creative import filming, payment, production
from creative.domain.product import parse_product
from creative.errors import (
    AdNotCancellable,
    AdNotOrderable,
    BriefRefused,
    NoPhotos,
    NoTemplateFits,
    NotFound,
    ProductIncomplete,
)
from creative.models import Ad, AdShot, Brief, PaidClip
from creative.products import create_product, remove_photo, update_product
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import validate
from generation.models import Clip, RenderJob
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import FACTS, Shop

pytestmark = pytest.mark.django_db


def draft(shop: Shop, **changes: object) -> Ad:
    wanted = {"product": shop.product, "lang": "zh", "aspects": ["9:16"], "seconds": 15} | changes
    return production.draft(shop.organization, **wanted).ad  # type: ignore[arg-type]


def credits(shop: Shop) -> tuple[int, int]:
    balance = ledger.balance(shop.organization)
    return balance.available, balance.held


def test_a_draft_decides_everything_and_spends_nothing(alice: Shop):
    made = production.draft(alice.organization, product=alice.product, lang="zh", aspects=["9:16", "1:1"], seconds=15)
    ad = made.ad
    assert ad.state == Ad.State.DRAFT
    assert made.credits == ad.credits_quoted == 10 * len(made.shots) == 10 * ad.shots.count()
    assert all(shot.credits == 10 and not shot.cached and 0 < shot.ms <= 5000 for shot in made.shots)
    timeline = timeline_from_dict(ad.timeline)
    validate(timeline)
    assert timeline.id == ad.public_id
    assert [shot.clip for shot in timeline.shots[:-1]] == list(ad.shots.values_list("clip_key", flat=True))
    assert list(ad.outputs.values_list("aspect", flat=True)) == ["9:16", "1:1"]
    assert {reason["code"] for reason in ad.choice} >= {"facts", "category"}
    assert 14_000 <= ad.script["beats"][-1]["end_ms"] <= 16_000
    assert credits(alice) == (660, 0)
    assert not RenderJob.objects.exists()


def test_the_same_wishes_give_the_same_shots(alice: Shop):
    one, two, other = draft(alice), draft(alice), draft(alice, seed=2)
    keys = [list(ad.shots.values_list("clip_key", flat=True)) for ad in (one, two, other)]
    assert keys[0] == keys[1]
    assert not set(keys[0]) & set(keys[2])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"lang": "fr"}, BriefRefused),
        ({"aspects": []}, BriefRefused),
        ({"aspects": ["9:16", "2:1"]}, BriefRefused),
        ({"seconds": 11}, BriefRefused),
        ({"seconds": 31}, BriefRefused),
        ({"theme": "purple"}, BriefRefused),
        ({"engine": "sora"}, BriefRefused),
        ({"engine": "wan2.2-ti2v-5b"}, BriefRefused),  # its weights are not there
        ({"seed": -1}, BriefRefused),
        ({"template_id": "tpl_nothing_zh_v1"}, NotFound),
    ],
)
def test_what_can_not_be_made_is_refused_and_nothing_kept(
    alice: Shop, changes: dict[str, object], error: type[Exception]
):
    with pytest.raises(error):
        draft(alice, **changes)
    assert not Ad.objects.exists()
    assert not Brief.objects.exists()


def test_a_template_of_another_language_is_refused(alice: Shop):
    zh = draft(alice).template_id
    with pytest.raises(BriefRefused, match="written in zh"):
        draft(alice, lang="en", template_id=zh)


def test_another_tenants_product_does_not_exist(alice: Shop, charlie: Shop):
    with pytest.raises(NotFound):
        production.draft(charlie.organization, product=alice.product, lang="zh")
    assert not Ad.objects.exists()


def test_missing_language_photos_or_facts_are_named(alice: Shop):
    only_zh = create_product(alice.organization, parse_product({k: v for k, v in FACTS.items() if k != "en"}))
    with pytest.raises(ProductIncomplete, match="no English facts: add them"):
        draft(alice, product=only_zh, lang="en")
    with pytest.raises(NoPhotos):
        draft(alice, product=only_zh)
    bare = update_product(alice.product, parse_product({"category": "x", "zh": {"title": "T", "name": "N"}}))
    with pytest.raises(NoTemplateFits) as caught:
        draft(alice, product=bare)
    assert caught.value.reasons
    assert not Ad.objects.exists()


def test_an_ad_goes_all_the_way(alice: Shop, crew: Crew):
    ad = production.order(draft(alice, aspects=["9:16", "1:1"]))
    quoted = ad.credits_quoted
    assert ad.state == Ad.State.HELD
    assert credits(alice) == (660 - quoted, quoted)
    ad = finish(ad, crew)
    assert ad.state == Ad.State.READY
    assert ad.finished_at is not None
    assert ad.credits_settled == quoted
    assert credits(alice) == (660 - quoted, 0)
    assert all(output.rendition is not None for output in ad.outputs.all())
    assert crew.cut == {"9:16": 1, "1:1": 1}
    assert set(crew.filmed.values()) == {1}
    assert PaidClip.objects.of(alice.organization).count() == ad.shots.count()
    assert ledger.audit() == []


def test_states_come_in_their_order(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    seen = [ad.state]
    for kinds in (("film",), ("cut",)):
        seen.append(production.advance(ad.public_id).state)
        crew.work(kinds)
    seen.append(production.advance(ad.public_id).state)
    assert seen == ["held", "shooting", "assembling", "ready"]


def test_the_second_ad_of_the_same_shots_costs_nothing_but_is_cut_anew(alice: Shop, crew: Crew):
    first = finish(production.order(draft(alice)), crew)
    made = production.draft(alice.organization, product=alice.product, lang="zh")
    assert made.credits == 0
    assert all(shot.cached for shot in made.shots)
    second = finish(production.order(made.ad), crew)
    assert (second.state, second.credits_settled) == (Ad.State.READY, 0)
    assert crew.cut == {"9:16": 2}
    assert set(crew.filmed.values()) == {1}
    assert credits(alice) == (660 - first.credits_quoted, 0)
    assert ledger.audit() == []


def test_two_ads_at_once_film_and_pay_their_common_shots_once(alice: Shop, crew: Crew):
    one, two = (production.order(draft(alice)) for _ in range(2))
    production.advance(one.public_id)
    production.advance(two.public_id)
    one, two = finish(one, crew), finish(two, crew)
    assert (one.state, two.state) == (Ad.State.READY, Ad.State.READY)
    assert (one.credits_settled, two.credits_settled) == (one.credits_quoted, 0)
    assert set(crew.filmed.values()) == {1}
    assert credits(alice) == (660 - one.credits_quoted, 0)


def test_ordering_twice_is_ordering_once(alice: Shop, crew: Crew):
    ad = draft(alice)
    production.order(ad)
    production.order(Ad.objects.get(pk=ad.pk))
    assert Hold.objects.of(alice.organization).count() == 1
    ad = finish(ad, crew)
    assert production.order(ad).state == Ad.State.READY
    assert Hold.objects.of(alice.organization).count() == 1


def test_too_little_credit_starts_nothing(alice: Shop):
    ad = draft(alice)
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    with pytest.raises(InsufficientCredits) as caught:
        production.order(ad)
    assert (caught.value.needed, caught.value.available) == (ad.credits_quoted, 5)
    ad.refresh_from_db()
    assert (ad.state, ad.hold, ad.ordered_at, ad.holds_taken) == (Ad.State.DRAFT, None, None, 0)
    assert not Hold.objects.exists()
    assert not RenderJob.objects.exists()


def test_the_plan_limits_how_many_run_at_once(alice: Shop):
    ads = [draft(alice, seed=seed) for seed in (1, 2, 3)]
    production.order(ads[0])
    production.order(ads[1])
    with pytest.raises(TooManyOpenHolds):
        production.order(ads[2])
    assert Ad.objects.get(pk=ads[2].pk).state == Ad.State.DRAFT


def test_a_shot_that_fails_ends_the_ad_and_every_credit_returns(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    crew.spoil_shots = {ad.shots.get(index=2).clip_key}
    ad = finish(ad, crew)
    assert (ad.state, ad.reason_code) == (Ad.State.FAILED, "spoiled")
    assert "第 3 个镜头" in ad.reason
    assert "the lamp broke" in ad.reason_en
    assert ad.credits_settled is None
    assert credits(alice) == (660, 0)
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert ledger.audit() == []
    with pytest.raises(AdNotOrderable):
        production.order(ad)


def test_what_was_filmed_for_a_failed_ad_is_paid_by_the_next_one(alice: Shop, crew: Crew):
    failed = production.order(draft(alice))
    crew.spoil_shots = {failed.shots.get(index=2).clip_key}
    finish(failed, crew)
    assert Clip.objects.count() == failed.shots.count() - 1
    crew.spoil_shots = set()
    made = production.draft(alice.organization, product=alice.product, lang="zh")
    assert made.credits == failed.credits_quoted
    ad = finish(production.order(made.ad), crew)
    assert (ad.state, ad.credits_settled) == (Ad.State.READY, failed.credits_quoted)
    assert set(crew.filmed.values()) == {1}
    assert credits(alice) == (660 - failed.credits_quoted, 0)


def test_a_file_that_does_not_pass_fails_the_ad(alice: Shop, crew: Crew):
    crew.spoil_cuts = {"1:1"}
    ad = finish(production.order(draft(alice, aspects=["9:16", "1:1"])), crew)
    assert (ad.state, ad.reason_code) == (Ad.State.FAILED, "spoiled")
    assert "1:1" in ad.reason
    assert credits(alice) == (660, 0)


def test_a_text_that_does_not_fit_is_found_before_anything_is_filmed(alice: Shop):
    update_product(
        alice.product, parse_product(FACTS | {"brand": "一个怎么也放不进画面角落的特别特别长的品牌名称" * 2})
    )
    ad = production.order(draft(alice))
    ad = production.advance(ad.public_id)
    assert (ad.state, ad.reason_code) == (Ad.State.FAILED, "cannot_cut")
    assert "change the texts" in ad.reason_en
    assert not RenderJob.objects.exists()
    assert credits(alice) == (660, 0)


def test_a_finished_file_that_is_gone_fails_the_ad(alice: Shop, crew: Crew, settings):
    ad = production.order(draft(alice))
    production.advance(ad.public_id)
    crew.work(("film",))
    production.advance(ad.public_id)
    crew.work(("cut",))
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "another"
    ad = production.advance(ad.public_id)
    assert (ad.state, ad.reason_code) == (Ad.State.FAILED, "file_gone")
    assert credits(alice) == (660, 0)


@pytest.mark.parametrize("after", ["order", "submit", "film", "cut"])
def test_cancelling_returns_every_credit_at_every_stage(alice: Shop, crew: Crew, after: str):
    ad = production.order(draft(alice))
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
    ad = production.cancel(ad)
    assert ad.cancel_requested
    ad = finish(ad, crew)
    assert (ad.state, ad.reason_code) == (Ad.State.CANCELLED, "cancelled")
    assert credits(alice) == (660, 0)
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert not PaidClip.objects.exists()
    assert ledger.audit() == []
    production.cancel(ad)


def test_a_draft_is_cancelled_at_once(alice: Shop):
    ad = production.cancel(draft(alice))
    assert ad.state == Ad.State.CANCELLED
    with pytest.raises(AdNotOrderable):
        production.order(ad)
    assert credits(alice) == (660, 0)


def test_what_has_ended_is_not_cancelled(alice: Shop, crew: Crew):
    ad = finish(production.order(draft(alice)), crew)
    with pytest.raises(AdNotCancellable):
        production.cancel(ad)
    assert Ad.objects.get(pk=ad.pk).state == Ad.State.READY


def test_cancelling_one_ad_leaves_the_shots_of_another_alone(alice: Shop, crew: Crew):
    one, two = (production.order(draft(alice)) for _ in range(2))
    production.advance(one.public_id)
    production.advance(two.public_id)
    production.cancel(one)
    production.advance(one.public_id)
    assert RenderJob.objects.filter(state=RenderJob.State.PENDING).count() == two.shots.count()
    assert finish(two, crew).state == Ad.State.READY


def test_shots_submitted_while_somebody_cancels_are_called_off(alice: Shop, crew: Crew, monkeypatch):
    ad = production.order(draft(alice))
    real = filming.submit_films

    def overtaken(mine: Ad) -> None:
        production.cancel(ad)
        monkeypatch.setattr(filming, "submit_films", real)
        production.advance(ad.public_id)
        real(mine)

    monkeypatch.setattr(filming, "submit_films", overtaken)
    assert production.advance(ad.public_id).state == Ad.State.CANCELLED
    assert set(RenderJob.objects.values_list("state", flat=True)) == {RenderJob.State.CANCELLED}
    assert credits(alice) == (660, 0)


def test_jobs_and_clips_that_vanish_are_made_again(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    production.advance(ad.public_id)
    RenderJob.objects.filter(state=RenderJob.State.PENDING).update(state=RenderJob.State.CANCELLED)
    production.advance(ad.public_id)
    crew.work(("film",))
    Clip.objects.filter(key=ad.shots.get(index=0).clip_key).delete()
    ad = finish(ad, crew)
    assert ad.state == Ad.State.READY
    assert Hold.objects.of(alice.organization).count() == 1


def test_a_hold_that_ran_out_is_taken_again(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    ledger.release(ad.hold_id)
    ad = finish(ad, crew)
    assert (ad.state, ad.credits_settled, ad.holds_taken) == (Ad.State.READY, ad.credits_quoted, 2)
    assert credits(alice) == (660 - ad.credits_quoted, 0)
    assert ledger.audit() == []


def test_a_hold_that_ran_out_with_no_credit_left_fails_the_ad(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    ledger.release(ad.hold_id)
    rest = ledger.hold(alice.organization, key="rival", amount=660)
    ad = finish(ad, crew)
    assert (ad.state, ad.reason_code) == (Ad.State.FAILED, "credits_gone")
    assert ledger.release(rest.pk)
    assert credits(alice) == (660, 0)


def test_a_hold_that_is_closed_while_the_ad_is_paid_changes_nothing(alice: Shop, crew: Crew, monkeypatch):
    ad = production.order(draft(alice))
    production.advance(ad.public_id)
    crew.work(("film",))
    production.advance(ad.public_id)
    crew.work(("cut",))
    real = ledger.settle

    def reaped_first(hold_id: int, **given: object) -> bool:
        ledger.release(hold_id)
        monkeypatch.setattr(ledger, "settle", real)
        return real(hold_id, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "settle", reaped_first)
    ad = production.advance(ad.public_id)
    assert ad.state == Ad.State.CHECKING
    assert not PaidClip.objects.exists()
    ad = production.advance(ad.public_id)
    assert (ad.state, ad.holds_taken) == (Ad.State.READY, 1)
    assert credits(alice) == (660 - ad.credits_quoted, 0)


def test_two_workers_that_finish_the_same_ad_pay_it_once(alice: Shop, crew: Crew, monkeypatch):
    ad = production.order(draft(alice))
    for kinds in (("film",), ("cut",)):
        production.advance(ad.public_id)
        crew.work(kinds)
    real = payment.pay

    def overtaken(mine: Ad) -> bool:
        monkeypatch.setattr(payment, "pay", real)
        assert production.advance(ad.public_id).state == Ad.State.READY
        return real(mine)

    monkeypatch.setattr(payment, "pay", overtaken)
    ad = production.advance(ad.public_id)
    assert (ad.state, ad.credits_settled) == (Ad.State.READY, ad.credits_quoted)
    assert credits(alice) == (660 - ad.credits_quoted, 0)
    assert ledger.audit() == []


def test_advance_of_what_is_over_or_unknown_does_nothing(alice: Shop, crew: Crew):
    ad = draft(alice)
    assert production.advance(ad.public_id).state == Ad.State.DRAFT
    ad = finish(production.order(ad), crew)
    before = ad.finished_at
    assert production.advance(ad.public_id).finished_at == before
    assert production.advance("ad_nothing") is None
    assert production.unfinished() == []


def test_a_photo_that_was_taken_off_the_product_still_serves_its_ads(alice: Shop, crew: Crew):
    ad = production.order(draft(alice))
    remove_photo(alice.product.assets.first())
    assert alice.product.assets.count() == 1
    assert finish(ad, crew).state == Ad.State.READY


def test_progress_tells_stage_percent_and_shots(alice: Shop, crew: Crew):
    ad = draft(alice)
    assert (production.progress(ad).percent, production.progress(ad).eta_seconds) == (0, None)
    production.order(ad)
    production.advance(ad.public_id)
    now = production.progress(ad)
    assert (now.state, now.stage_en, now.ended) == ("shooting", "filming the shots", False)
    assert {shot.state for shot in now.shots} == {"pending"}
    assert {shot.thumb for shot in now.shots} <= set(alice.product.assets.values_list("public_id", flat=True))
    crew.work(("film",))
    now = production.progress(ad)
    assert {(shot.state, shot.percent) for shot in now.shots} == {("done", 100)}
    assert now.percent == 80
    assert now.eta_seconds is not None
    finish(ad, crew)
    now = production.progress(ad)
    assert (now.percent, now.ended, now.credits_settled, now.eta_seconds) == (100, True, ad.credits_quoted, None)


def test_a_free_account_films_smaller_and_carries_our_mark(db):
    from tests.creative.shops import open_shop

    shop = open_shop("dora", plan="free")
    timeline = timeline_from_dict(draft(shop).timeline)
    assert (timeline.canvas.width, timeline.canvas.height) == (720, 1280)
    assert [overlay.text for overlay in timeline.overlays if overlay.id == "brand"] == ["Hitsmith"]


def test_a_price_counts_equal_shots_once(alice: Shop):
    shots = [payment.Filming("a" * 64, 4000), payment.Filming("b" * 64, 5001), payment.Filming("a" * 64, 4000)]
    assert payment.price(alice.organization, shots).credits == (10, 20, 0)
    assert AdShot.objects.count() == 0
