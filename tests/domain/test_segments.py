"""Where a batch of ads parts, what forbids a cut there, and that segments hold every frame once."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.brand import Brand, Watermark
from generation.domain.segments import joins_of, plan_segments
from generation.domain.timeline import (
    Canvas,
    EndCard,
    Overlay,
    OverlayKind,
    Timeline,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_rules import validate
from generation.domain.voice import Word

LABEL = 30
CARD = EndCard("现在下单", "山野咖啡", "", "", "", "")


def shot(name: str, frames: int = 40, transition: Transition = Transition.CUT, over: int = 0) -> TimelineShot:
    return TimelineShot(name, "demo", name * 8, 10, frames, transition, over)


def caption(name: str, start: int, end: int, words: tuple[Word, ...] = ()) -> Overlay:
    return Overlay(name, OverlayKind.CAPTION, start, end, name, words=words)


def ad(*shots: TimelineShot, overlays: tuple[Overlay, ...] = ()) -> Timeline:
    return Timeline("t", "zh", "ember", Canvas(64, 112), shots, overlays, None)


def test_ads_are_cut_only_where_their_ways_part():
    a, b, c, d, x = (shot(name) for name in "abcdx")
    assert joins_of([ad(a, b, c, d), ad(x, b, c, d)]) == ((1,), (1,))
    assert joins_of([ad(a, b, c, d), ad(a, b, c, x)]) == ((3,), (3,))
    assert joins_of([ad(a, b, c), ad(d, x)]) == ((), ())
    assert joins_of([ad(a, b, c)]) == ((),)


def test_shots_with_other_words_over_them_are_not_the_same():
    a, b = shot("a"), shot("b")
    one, other = ad(a, b, overlays=(caption("x", 40, 80),)), ad(a, b, overlays=(caption("y", 40, 80),))
    assert joins_of([one, other]) == ((1,), (1,))
    assert joins_of([one, replace(one, id="again")]) == ((), ())


def test_a_segment_holds_whole_shots_and_what_stands_over_them():
    words = (Word("z", 90, 95),)
    timeline = ad(
        shot("a"),
        shot("b"),
        shot("c"),
        overlays=(caption("x", 0, 40), caption("y", 50, 80), caption("z", 85, 99, words)),
    )
    plan = plan_segments(timeline, [2], LABEL)
    first, second = plan.segments
    assert plan.joinable
    assert plan.joins == (2,)
    assert plan.refused == ()
    assert (first.start, first.end, first.window, first.labelled) == (0, 80, (0, 80), True)
    assert (second.start, second.end, second.window, second.labelled) == (80, 120, (LABEL, LABEL + 40), False)
    assert [overlay.id for overlay in first.timeline.overlays] == ["x", "y"]
    assert second.timeline.overlays == (caption("z", 35, 49, (Word("z", 40, 45),)),)


def test_what_begins_on_a_join_enters_after_the_label_as_in_the_whole_ad():
    timeline = ad(shot("a"), shot("b"), overlays=(caption("x", 40, 60),))
    second = plan_segments(timeline, [1], LABEL).segments[1]
    assert (second.timeline.duration, second.window) == (LABEL + 40, (LABEL, LABEL + 40))
    assert second.timeline.overlays[0].start == LABEL


def test_a_dissolve_over_a_join_becomes_a_bridge():
    timeline = ad(shot("a", 40, Transition.DISSOLVE, 8), shot("b"), overlays=(caption("x", 44, 60),))
    before, bridge, after = plan_segments(timeline, [1], LABEL).segments
    assert [(part.start, part.end, part.bridge) for part in (before, bridge, after)] == [
        (0, 36, False),
        (36, 44, True),
        (44, 80, False),
    ]
    assert before.timeline.shots[-1].transition is Transition.CUT
    assert bridge.timeline.shots[0].transition is Transition.DISSOLVE
    assert after.window == (LABEL + 4, LABEL + 40)


def test_a_bridge_takes_along_all_that_decides_where_its_overlays_stand():
    shots = (shot("a"), shot("b", 40, Transition.DISSOLVE, 8), shot("c"), shot("d"))
    price = Overlay("p", OverlayKind.PRICE_TAG, 82, 140, "¥66")
    timeline = ad(*shots, overlays=(caption("x", 70, 80), price, caption("y", 120, 155)))
    bridge = plan_segments(timeline, [2], LABEL).segments[1]
    assert [one.id for one in bridge.timeline.shots] == ["lead", "b", "c", "d"]
    assert [one.id for one in bridge.timeline.overlays] == ["x", "p", "y"]
    assert bridge.window == (LABEL + 36, LABEL + 44)


@pytest.mark.parametrize(
    ("overlays", "label", "why"),
    [
        ((caption("x", 30, 50),), LABEL, "caption 'x' stands over the cut, from frame 30 to 50"),
        ((Overlay("n", OverlayKind.COUNTDOWN, 0, 80, "还剩", ends_on="2026-12-31"),), LABEL, "countdown 'n'"),
        ((), 60, "the AI label stands until frame 60, and the cut is at frame 40"),
    ],
    ids=["caption", "counter", "label"],
)
def test_what_stands_over_a_cut_forbids_it_and_the_ad_is_rendered_whole(
    overlays: tuple[Overlay, ...], label: int, why: str
):
    timeline = ad(shot("a"), shot("b"), overlays=overlays)
    plan = plan_segments(timeline, [1], label)
    assert not plan.joinable
    assert plan.joins == ()
    assert plan.segments[0].window == (0, 80)
    assert len(plan.refused) == 1
    assert why in plan.refused[0]
    assert "before shot 'b'" in plan.refused[0]


def test_a_watermark_lets_only_the_end_card_be_joined():
    brand = Brand("b", logo="logo.png", logo_sha256="0" * 64, watermark=Watermark())
    timeline = replace(ad(shot("a"), shot("b"), TimelineShot("end", "cta", "", 0, 30, card=CARD)), brand=brand)
    plan = plan_segments(timeline, [1, 2], LABEL)
    assert plan.joins == (2,)
    assert plan.refused == ("the ad is not cut before shot 'b': the watermark stands over the cut",)


@pytest.mark.parametrize("joins", [[0], [2], [-1, 1]])
def test_a_join_lies_between_two_shots(joins: list[int]):
    with pytest.raises(ValueError, match="of an ad of 2 shots"):
        plan_segments(ad(shot("a"), shot("b")), joins, LABEL)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, list[int]]:
    count = draw(st.integers(1, 6))
    shots = [shot(chr(97 + number), draw(st.integers(8, 50))) for number in range(count)]
    for index in range(count - 1):
        most = min(shots[index].duration, shots[index + 1].duration) // 4
        over = 2 * draw(st.integers(0, most))
        kind = draw(st.sampled_from([kind for kind in Transition if kind is not Transition.CUT]))
        if over:
            shots[index] = replace(shots[index], transition=kind, transition_frames=over)
    total = sum(one.duration for one in shots)
    edges = sorted(draw(st.sets(st.integers(0, total), max_size=6)))
    overlays = tuple(caption(f"c{start}", start, end) for start, end in pairwise(edges))
    placed = [replace(one, source_start=50) for one in shots]
    return ad(*placed, overlays=overlays), draw(
        st.lists(st.integers(1, count - 1), max_size=5) if count > 1 else st.just([])
    )


@given(timelines(), st.integers(1, 90))
def test_segments_hold_every_frame_once_and_are_timelines_themselves(given_: tuple[Timeline, list[int]], label: int):
    timeline, joins = given_
    plan = plan_segments(timeline, joins, label)
    assert set(plan.joins) <= set(joins)
    assert len(plan.refused) == len(set(joins)) - len(plan.joins)
    assert [(0, timeline.duration)] == [(plan.segments[0].start, plan.segments[-1].end)]
    assert all(one.end == other.start for one, other in pairwise(plan.segments))
    for part in plan.segments:
        validate(part.timeline)
        assert part.frames > 0
        assert part.window[1] - part.window[0] == part.frames
        assert part.window[0] >= 0
        assert part.window[1] <= part.timeline.duration
        shown = {one.id for one in timeline.overlays if one.start < part.end and part.start < one.end}
        assert shown <= {one.id for one in part.timeline.overlays}
