"""The lines of a draft: judged while they are typed, planned anew when they are saved, never half-saved, never overwritten."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creative import campaigns, production
from creative.errors import AdNotOrderable, NotFound, ScriptConflict, ScriptLocked, ScriptRefused
from creative.models import Ad, AdShot, ScriptEdit
from creative.products import facts_of
from creative.script_checks import BeatCheck, ScriptCheck, check, editing, words_from
from creative.script_edits import check_script, history, other_wordings, restore, save_script, script_at
from generation.domain.timeline_json import timeline_from_dict
from templates_engine import library
from templates_engine.domain.ad_rules import Category, Verdict
from templates_engine.domain.retelling import BeatWords, Fit, words_of
from templates_engine.domain.script_json import script_from_dict
from templates_engine.domain.template import Member
from templates_engine.models import AnalysedVideo
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db
Lines = list[tuple[str, str]]


def draft(shop: Shop, lang: str = "zh", **more: Any) -> Ad:
    return production.draft(shop.organization, product=shop.product, lang=lang, **more).ad


def lines_of(ad: Ad) -> Lines:
    return [(beat.voice, beat.caption) for beat in script_from_dict(ad.script).beats]


def with_line(ad: Ad, place: int, voice: str, caption: str = "") -> Lines:
    lines = lines_of(ad)
    lines[place] = (voice, caption)
    return lines


def looked_at(ad: Ad, place: int, voice: str, caption: str = "") -> BeatCheck:
    return check_script(ad, with_line(ad, place, voice, caption)).beats[place]


def rows(ad: Ad) -> list[object]:
    """Everything that an edit could change."""
    shots = AdShot.objects.filter(ad=ad).order_by("index")
    return [
        Ad.objects.filter(pk=ad.pk).values().get(),
        list(shots.values("index", "role", "asset", "plan", "clip_key", "credits")),
        list(ScriptEdit.objects.filter(ad=ad).values()),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_drafted_passes_as_it_stands(alice: Shop, lang: str) -> None:
    for seed in range(1, 6):
        ad = draft(alice, lang, seed=seed)
        found = check_script(ad, lines_of(ad))
        assert found.ok, found.problems()
        assert [beat.edited for beat in found.beats] == [False] * len(found.beats)
        told = script_from_dict(ad.script)
        assert [beat.time.beat_ms for beat in found.beats] == [beat.end_ms - beat.start_ms for beat in told.beats]
        assert found.total_ms == told.duration_ms


def test_a_line_that_is_not_given_stays(alice: Shop) -> None:
    ad = draft(alice)
    assert words_from([], script_from_dict(ad.script)) == words_of(script_from_dict(ad.script))


def test_a_longer_line_takes_time_from_the_others(alice: Shop) -> None:
    ad = draft(alice)
    before = check_script(ad, lines_of(ad))
    after = check_script(ad, with_line(ad, 1, "早上装的热水，到公司就凉了，你说气不气人"))
    assert after.ok
    assert after.beats[1].time.need_ms > before.beats[1].time.need_ms
    assert sum(beat.time.beat_ms for beat in after.beats) == after.total_ms
    assert after.total_ms <= after.target_ms * 1.05


def test_what_is_too_long_for_the_ad_is_named(alice: Shop) -> None:
    ad = draft(alice)
    found = check_script(ad, with_line(ad, 1, "早上装的热水到公司就凉了" * 8))
    assert not found.ok
    assert found.over_ms > 0
    assert found.beats[1].time.fit is Fit.TOO_LONG
    assert [beat.place for beat in found.beats if beat.time.fit is Fit.TOO_LONG] == [1]
    assert any("全片长了" in zh for _, zh, _ in found.problems())


def test_a_line_that_leaves_the_viewer_waiting_is_called_short(alice: Shop) -> None:
    ad = draft(alice, seconds=30)
    lengths = [beat.time.beat_ms for beat in check_script(ad, lines_of(ad)).beats]
    place = lengths.index(max(lengths[:-1]))
    found = check_script(ad, with_line(ad, place, "好用")).beats[place]
    assert found.time.fit is Fit.SHORT
    assert found.ok  # short is a hint, no refusal


@pytest.mark.parametrize(
    ("voice", "category", "verdict", "marked"),
    [
        ("这是最好的保温杯", Category.SUPERLATIVE, Verdict.BLOCK, "最"),
        ("保温36小时，从早到晚", Category.NUMBER, Verdict.BLOCK, "36小时"),
        ("保温三十六小时，从早到晚", Category.NUMBER, Verdict.BLOCK, "三十六小时"),
        ("国家专利的保温杯", Category.AUTHORITY, Verdict.NEEDS_EVIDENCE, "国家专利"),
    ],
)
def test_the_words_that_may_not_be_said_are_marked(
    alice: Shop, voice: str, category: Category, verdict: Verdict, marked: str
) -> None:
    found = looked_at(draft(alice), 2, voice)
    assert not found.ok
    assert category in {finding.category for finding in found.findings}
    assert found.verdict is verdict
    assert "".join(piece.text for piece in found.voice.marked) == voice
    assert marked in [piece.text for piece in found.voice.marked if piece.marked]
    assert all(finding.reason.zh and finding.suggestion.zh for finding in found.findings)
    assert all(finding.law for finding in found.findings if finding.category is not Category.NUMBER)


def test_a_wrong_number_is_mended_with_the_only_true_one(alice: Shop) -> None:
    found = looked_at(draft(alice), 2, "保温36小时，单手就能喝")
    assert found.voice.mended == "保温12小时，单手就能喝"
    assert looked_at(draft(alice), 2, found.voice.mended).ok


def test_a_forbidden_clause_is_mended_away(alice: Shop) -> None:
    assert looked_at(draft(alice), 2, "全网最好的杯子，单手就能喝").voice.mended == "单手就能喝"


def test_each_number_shows_the_fact_that_states_it(alice: Shop) -> None:
    found = looked_at(draft(alice, seconds=30), 2, "480ml大容量，保温12小时，只要129元")
    assert [(trace.number, trace.path) for trace in found.numbers] == [
        ("480ml", "attributes.0"),
        ("12小时", "selling_points.0"),
        ("129元", "price"),
    ]
    assert found.ok, (found.findings, found.time, found.hidden)
    assert [fact.path for fact in found.facts] == ["price", "attributes.0", "selling_points.0"]


def test_a_sentence_of_a_source_video_is_a_copy(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "姐妹们谁懂啊这个盖子咔哒一声我人都酥了"
    ad = draft(alice)
    template = replace(library.get(ad.template_id, alice.organization), members=(Member("v1", 1.0),))
    monkeypatch.setattr(library, "get", lambda *_: template)
    monkeypatch.setattr(library, "sources_of_template", lambda _: library.Sources.of([line]))
    found = looked_at(ad, 2, line)
    assert Category.COPY in {finding.category for finding in found.findings}
    assert not AnalysedVideo.objects.exists()


def test_an_empty_caption_follows_the_spoken_line(alice: Shop) -> None:
    found = looked_at(draft(alice), 2, "一键开合，单手能喝")
    assert found.words == BeatWords("一键开合，单手能喝", "一键开合|单手能喝")


def test_an_empty_line_is_refused(alice: Shop) -> None:
    ad = draft(alice)
    before = rows(ad)
    with pytest.raises(ScriptRefused, match="line 3: it says nothing"):
        save_script(ad, with_line(ad, 2, " \n ", "字幕"), version=0)
    assert rows(ad) == before


def test_a_caption_that_no_screen_holds_is_refused(alice: Shop) -> None:
    ad = draft(alice, aspects=("9:16", "16:9"))
    found = looked_at(ad, 2, "单手能喝", "一键开合单手能喝不锈钢内胆真空双层" * 5)
    assert found.hidden or found.time.fit is Fit.TOO_LONG
    assert not found.ok


def test_a_saved_script_is_planned_anew(alice: Shop) -> None:
    ad = draft(alice)
    before = script_from_dict(ad.script)
    saved = save_script(ad, with_line(ad, 1, "早上装的热水，到公司就凉了，你说气不气人"), version=0, by="alice")
    script, timeline = script_from_dict(saved.script), timeline_from_dict(saved.timeline)
    assert script.beats[1].voice == "早上装的热水，到公司就凉了，你说气不气人"
    assert script.beats[1].facts == ("pains.0",)
    assert [beat.role for beat in script.beats] == [beat.role for beat in before.beats]
    assert [a.end_ms for a in script.beats[:-1]] == [b.start_ms for b in script.beats[1:]]
    assert any("你说气不气人" in overlay.text for overlay in timeline.overlays)
    shots = list(saved.shots.all())
    assert [shot.clip_key for shot in shots] == [shot.clip for shot in timeline.shots[:-1]]
    assert saved.credits_quoted == sum(shot.credits for shot in shots)
    assert (saved.script_version, saved.state) == (1, Ad.State.DRAFT)
    assert timeline.duration == round(script.duration_ms * timeline.canvas.fps / 1000)


def test_an_edit_taken_back_gives_the_same_film(alice: Shop) -> None:
    ad = draft(alice)
    before = rows(ad)[:2]
    save_script(ad, with_line(ad, 2, "一键开合，单手就能喝"), version=0)
    restore(ad, 0, version=1, by="bob")
    after = rows(ad)[:2]
    assert after[1] == before[1]
    assert {**after[0], "script_version": 0} == before[0]  # type: ignore[dict-item]


def test_the_history_says_who_changed_what(alice: Shop) -> None:
    ad = draft(alice)
    old = lines_of(ad)[2]
    save_script(ad, with_line(ad, 2, "一键开合，单手就能喝"), version=0, by="alice")
    save_script(ad, with_line(ad, 2, "单手一按就能喝"), version=1, by="bob")
    restore(ad, 1, version=2, by="alice")
    entries = history(ad)
    assert [(entry.number, entry.actor, entry.restored) for entry in entries] == [
        (3, "alice", 1), (2, "bob", None), (1, "alice", None),
    ]  # fmt: skip
    first = entries[-1].changes
    assert [(one.place, one.before, one.after.voice) for one in first] == [(2, BeatWords(*old), "一键开合，单手就能喝")]
    assert lines_of(ad)[2][0] == "一键开合，单手就能喝"
    assert words_of(script_at(ad, 0))[2] == BeatWords(*old)
    with pytest.raises(NotFound):
        script_at(ad, 9)


def test_a_second_tab_gets_a_conflict_and_overwrites_nothing(alice: Shop) -> None:
    ad = draft(alice)
    mine, other = Ad.objects.get(pk=ad.pk), Ad.objects.get(pk=ad.pk)
    save_script(other, with_line(ad, 2, "单手一按就能喝"), version=0)
    before = rows(ad)
    with pytest.raises(ScriptConflict) as caught:  # its row is as old as its page
        save_script(mine, with_line(ad, 2, "一键开合，单手就能喝"), version=0)
    assert caught.value.version == 1
    with pytest.raises(ScriptConflict):
        save_script(other, with_line(ad, 2, "一键开合，单手就能喝"), version=0)
    assert rows(ad) == before


def test_lines_that_are_there_already_make_no_edit(alice: Shop) -> None:
    ad = draft(alice)
    before = rows(ad)
    save_script(ad, lines_of(ad), version=0)
    assert rows(ad) == before
    with pytest.raises(ScriptConflict):
        save_script(ad, lines_of(ad), version=7)


def test_an_ordered_ad_keeps_its_script(alice: Shop) -> None:
    ad = draft(alice)
    stale = Ad.objects.get(pk=ad.pk)
    production.order(ad)
    before = rows(ad)
    for row in (ad, stale):
        with pytest.raises(ScriptLocked):
            save_script(row, with_line(ad, 2, "单手一按就能喝"), version=0)
    with pytest.raises(ScriptLocked):
        check_script(ad, lines_of(ad))
    assert rows(ad) == before


def test_an_order_at_a_price_that_was_edited_away_starts_nothing(alice: Shop) -> None:
    ad = draft(alice)
    stale = Ad.objects.get(pk=ad.pk)
    save_script(ad, with_line(ad, 2, "单手一按就能喝"), version=0)
    with pytest.raises(AdNotOrderable, match="edited a moment ago"):
        production.order(stale)
    assert Ad.objects.get(pk=ad.pk).state == Ad.State.DRAFT
    assert production.order(Ad.objects.get(pk=ad.pk)).state == Ad.State.HELD


def test_the_quote_of_a_campaign_follows_its_ads(alice: Shop) -> None:
    campaign = campaigns.draft_campaign(alice.organization, name="Spring", products=[alice.product])
    ad = campaign.ads.get()
    stale_quote = campaign.credits_quoted
    save_script(ad, with_line(ad, 1, "早上装的热水，到公司就凉了，你说气不气人"), version=0)
    fresh = type(campaign).objects.get(pk=campaign.pk)
    assert fresh.credits_quoted == ad.credits_quoted
    if fresh.credits_quoted != stale_quote:
        with pytest.raises(AdNotOrderable):
            campaigns.order_campaign(campaign)
    campaigns.order_campaign(fresh)
    with pytest.raises(ScriptLocked):
        save_script(ad, with_line(ad, 1, "单手一按就能喝"), version=1)


def test_a_campaign_is_not_ordered_at_an_old_quote(alice: Shop) -> None:
    campaign = campaigns.draft_campaign(alice.organization, name="Spring", products=[alice.product])
    type(campaign).objects.filter(pk=campaign.pk).update(credits_quoted=campaign.credits_quoted + 10)
    with pytest.raises(AdNotOrderable, match="the quote has changed"):
        campaigns.order_campaign(campaign)
    assert campaign.state == campaign.State.DRAFT
    assert not Ad.objects.exclude(state=Ad.State.DRAFT).exists()


def test_facts_that_changed_since_the_draft_are_seen(alice: Shop) -> None:
    drafts = [draft(alice, seed=seed, seconds=30) for seed in range(1, 5)]
    ad, price = next((ad, at) for ad in drafts for at, (voice, _) in enumerate(lines_of(ad)) if "129" in voice)
    alice.product.price = 9_900
    alice.product.save()
    found = check_script(Ad.objects.get(pk=ad.pk), lines_of(ad))
    assert Category.NUMBER in {finding.category for finding in found.beats[price].findings}
    assert [text for text, _ in found.card] == ["¥129"]
    before = rows(ad)
    with pytest.raises(ScriptRefused, match="end card"):
        save_script(Ad.objects.get(pk=ad.pk), with_line(ad, price, "现在只要99元"), version=0)
    assert rows(ad) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_other_wordings_are_true_and_fit_their_guards(alice: Shop, lang: str) -> None:
    ad = draft(alice, lang)
    script = script_from_dict(ad.script)
    offered = 0
    for place, beat in enumerate(script.beats):
        found = other_wordings(ad, place, lines_of(ad))
        assert len({one.voice for one in found}) == len(found) <= 5
        assert beat.voice not in {one.voice for one in found}
        for one in found:
            seen = looked_at(ad, place, one.voice, one.caption)
            assert not seen.findings, seen.findings
            assert not seen.hidden
        offered += bool(found)
    assert offered >= len(script.beats) - 2
    with pytest.raises(NotFound):
        other_wordings(ad, len(script.beats), [])


def test_a_template_that_is_gone_locks_the_script(alice: Shop) -> None:
    ad = draft(alice)
    Ad.objects.filter(pk=ad.pk).update(template_id="tpl_gone_v1")
    with pytest.raises(ScriptLocked, match="make a new ad"):
        check_script(Ad.objects.get(pk=ad.pk), lines_of(ad))


TYPED = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="最好第一保温12小时 |\n\r\t\x00\ud800🎉{}[]，。！?9.9元%折", max_size=120),
    st.sampled_from(
        ["", "单手一按就能喝", "这是最好的杯子", "保温99小时", "半价", "a" * 5_000, "保温12小时" * 40, "||||", "…"]
    ),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_typed_is_saved_whole_or_not_at_all(alice: Shop, data: st.DataObject) -> None:
    ad = Ad.objects.filter(organization=alice.organization).first() or draft(alice)
    place = data.draw(st.integers(0, len(lines_of(ad)) - 1))
    lines = with_line(ad, place, data.draw(TYPED), data.draw(TYPED))
    found = check_script(ad, lines)
    for beat in found.beats:
        for said in (beat.voice, beat.caption):
            assert "".join(piece.text for piece in said.marked) == said.text
            assert not said.mended or editing(ad).judged(said.mended).ok
    before, version = rows(ad), ad.script_version
    if found.ok:
        _is_sound(save_script(ad, lines, version=version))
        return
    with pytest.raises(ScriptRefused) as refused:
        save_script(ad, lines, version=version)
    assert refused.value.problems
    assert rows(ad) == before


def _is_sound(ad: Ad) -> None:
    script = script_from_dict(ad.script)
    judged = library.guard(library.get(ad.template_id, ad.organization), facts_of(ad.product, "zh"))
    for beat in script.beats:
        assert judged(beat.voice).ok
        assert judged(beat.caption).ok
    desk = editing(ad)
    found: ScriptCheck = check(desk, words_of(script))
    assert found.ok
    assert script.duration_ms <= max(script.target_ms * 1.05, desk.drafted.duration_ms)
    assert timeline_from_dict(ad.timeline).duration > 0
