"""What ad-timeline/1 learnt later: transitions, ramps, second clips, text cards, overlays with evidence."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.cut_order import CutOrder, Quality
from generation.domain.geometry import Box
from generation.domain.layout import ASPECTS, LayoutImpossible, PixelBox, Zone, canvas_for, zone
from generation.domain.layout_places import LOW_FIRST, RIGHT_FIRST, inset, place_among, split
from generation.domain.timeline import (
    Canvas,
    Composition,
    Overlay,
    OverlayKind,
    SecondClip,
    Stretch,
    TextCard,
    Timeline,
    TimelineInvalid,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_json import timeline_from_dict, timeline_to_dict
from generation.domain.timeline_media import (
    clip_moments,
    handles,
    media_frames,
    planned_stills,
    second_media_frames,
)
from generation.domain.timeline_rules import validate
from tests.domain.test_generation_timeline import GOOD, caption, shot, timeline

TEXT = replace(shot("t"), clip="", text_card=TextCard("Wake up|slow?", "true"))
SPLIT = replace(shot("s", start=6), second=SecondClip("clip-two", 6, Composition.BEFORE_AFTER))
RAMP = (Stretch(20, 40), Stretch(10, 0), Stretch(30, 15))
RATING = Overlay("r", OverlayKind.RATING, 0, 60, "4.8", source="Tmall", count=12_345)
COUNTDOWN = Overlay("n", OverlayKind.COUNTDOWN, 0, 60, "Sale", ends_on="2026-12-31", counted_from="2026-12-28")
QR = Overlay("q", OverlayKind.QR_CODE, 0, 60, "https://a.cn/p/1", second_text="Scan")
STING = Overlay("l", OverlayKind.LOGO_STING, 0, 30, "Brand", image="logo.png", image_sha256="a" * 64)
FULL = timeline(
    replace(TEXT, transition=Transition.PUSH, transition_frames=12),
    replace(SPLIT, transition=Transition.WHIP, transition_frames=10),
    replace(shot("r"), ramp=RAMP, transition=Transition.MATCH_CUT, transition_frames=8),
    shot("e"),
    overlays=tuple(replace(one, start=one.start + 60, end=one.end + 60) for one in (RATING, COUNTDOWN, QR, STING)),
)


def test_all_of_it_together_passes_and_comes_back_from_json() -> None:
    validate(FULL)
    read = timeline_from_dict(json.loads(json.dumps(timeline_to_dict(FULL))))
    assert read == FULL
    assert read.key == FULL.key


def test_a_document_from_before_keeps_its_form_and_its_key() -> None:
    """The key was taken with the code that had none of the later fields."""
    assert GOOD.key == "9c6d4655a79079beafe05a140dc718bf6d93258bb7077a8a498f1fbef7a73c2c"
    document = timeline_to_dict(GOOD)
    shots, overlays = document["shots"], document["overlays"]
    assert isinstance(shots, tuple)
    assert isinstance(overlays, tuple)
    assert set(shots[0]) == {
        "id", "role", "clip", "source_start", "duration", "transition", "transition_frames", "card",
    }  # fmt: skip
    assert set(overlays[0]) == {"id", "kind", "start", "end", "text", "style", "second_text"}


@pytest.mark.parametrize(
    "other",
    [
        replace(FULL.shots[0], text_card=TextCard("Other")),
        replace(FULL.shots[1], second=SecondClip("clip-two", 7, Composition.BEFORE_AFTER)),
        replace(FULL.shots[2], ramp=(Stretch(20, 41), *RAMP[1:])),
    ],
)
def test_the_key_changes_with_later_fields_too(other: TimelineShot) -> None:
    shots = tuple(other if one.id == other.id else one for one in FULL.shots)
    assert replace(FULL, shots=shots).key != FULL.key


def test_an_order_names_second_clips_and_logos() -> None:
    order = CutOrder(FULL, "9:16", Quality.FINAL, "code", "ad_1")
    assert order.clip_keys == {"clip-s", "clip-two", "clip-r", "clip-e"}
    assert order.files == {"a" * 64: "logo.png"}


@pytest.mark.parametrize("kind", [kind for kind in Transition if kind is not Transition.CUT])
def test_only_transitions_that_show_both_pictures_need_handles(kind: Transition) -> None:
    shots = (replace(shot("a"), transition=kind, transition_frames=12), shot("b", start=6))
    half = 6 if kind in {Transition.DISSOLVE, Transition.PUSH, Transition.ZOOM, Transition.LIGHT_LEAK} else 0
    assert handles(shots) == ((0, half), (half, 0))
    assert media_frames(shots[0]) == 60 + half
    validate(timeline(*shots))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (timeline(replace(TEXT, clip="x")), "shot 't' needs either a clip or an end card or a text card"),
        (timeline(replace(TEXT, text_card=TextCard(" | "))), "shot 't': its text card has no text"),
        (timeline(replace(TEXT, second=SecondClip("x", 0, Composition.STACKED))), "shot 't': stacked needs two clips"),
        (timeline(replace(SPLIT, second=SecondClip("", 0, Composition.STACKED))), "shot 's': stacked needs two clips"),
        (timeline(replace(SPLIT, second=SecondClip("x", -1, Composition.STACKED))), "'s' starts at clip frame -1"),
        (timeline(replace(shot("a"), ramp=(Stretch(59, 59),))), "'a': its ramp lasts 59 frames, the shot 60"),
        (timeline(replace(shot("a"), ramp=(Stretch(60, 241),))), "'a': stretch 1 of its ramp plays 241 frames in 60"),
        (timeline(replace(shot("a"), ramp=(Stretch(60, 14),))), "a speed is between 1/4 and 4"),
        (timeline(replace(shot("a"), ramp=(Stretch(61, 61), Stretch(-1, 0)))), "'a': stretch 2 of its ramp"),
        (timeline(replace(TEXT, ramp=(Stretch(60, 60),))), "shot 't' is drawn: it has no speed"),
        (
            timeline(replace(TEXT, transition=Transition.MATCH_CUT, transition_frames=8), shot("b")),
            "shot 't': a match cut needs one clip on either side",
        ),
        (
            timeline(replace(shot("a"), transition=Transition.MATCH_CUT, transition_frames=8), SPLIT),
            "shot 'a': a match cut needs one clip on either side, and shot 's' has not one",
        ),
        (
            timeline(replace(shot("a"), transition=Transition.WHIP, transition_frames=7), shot("b")),
            "a whip takes an even",
        ),
        (
            timeline(replace(shot("a"), transition=Transition.LIGHT_LEAK, transition_frames=12), shot("b")),
            "shot 'b' starts at clip frame 0; the light leak into it needs 6",
        ),
        (timeline(replace(shot("a"), transition=Transition.WHIP, transition_frames=2)), "nothing to pass into"),
        (timeline(TEXT, overlays=(caption("c", 0, 30),)), "overlay 'c' covers the text card of shot 't'"),
    ],
)
def test_shots_that_break_a_rule_are_named(broken: Timeline, message: str) -> None:
    with pytest.raises(TimelineInvalid) as refusal:
        validate(broken)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (replace(COUNTDOWN, ends_on=""), "overlay 'n' is a countdown without an end"),
        (replace(COUNTDOWN, ends_on="2026-02-30"), "'n': '2026-02-30' is no day"),
        (replace(COUNTDOWN, ends_on="soon"), "'n': 'soon' is no day"),
        (replace(COUNTDOWN, ends_on="20261231"), "is no day"),
        (replace(COUNTDOWN, counted_from="2027-01-01"), "'n' counts -1 days"),
        (replace(COUNTDOWN, counted_from="2026-01-01"), "'n' counts 364 days"),
        (replace(RATING, text="5.1"), "'r': '5.1' is no rating"),
        (replace(RATING, text="0"), "'r': '0' is no rating"),
        (replace(RATING, text="best"), "'r': 'best' is no rating"),
        (replace(RATING, source=" "), "'r' is a rating without evidence"),
        (replace(RATING, count=0), "'r' is a rating without evidence"),
        (replace(QR, text="x" * 121), "'q': its address has 121 bytes"),
        (replace(QR, end=59), "'q' stands 59 frames; to be scanned it needs 60"),
        (replace(STING, image_sha256=""), "'l': its logo 'logo.png' needs the SHA-256"),
    ],
)
def test_claims_without_evidence_are_refused(overlay: Overlay, message: str) -> None:
    with pytest.raises(TimelineInvalid) as refusal:
        validate(timeline(shot("a", 90), overlays=(overlay,)))
    assert message in str(refusal.value)


def test_a_brand_mark_may_stand_over_a_text_card() -> None:
    mark = Overlay("m", OverlayKind.BRAND_MARK, 0, 60, "Brand")
    validate(timeline(TEXT, overlays=(mark,)))
    assert mark.end == TEXT.duration


def test_a_ramp_glides_and_its_freeze_holds_one_frame() -> None:
    made = replace(shot("r"), ramp=RAMP)
    moments = clip_moments(made, 0)
    assert len(moments) == 60
    assert moments[0] == 0
    assert moments[20:30] == (40.0,) * 10
    assert list(moments) == sorted(moments)
    assert made.source_frames == 55
    ways = [after - before for before, after in pairwise(moments)]
    assert max(abs(b - a) for a, b in pairwise(ways)) < 0.4  # no jerk: speeds change by less than half a frame


stretches = st.builds(
    lambda frames, quarter: Stretch(frames, -(-frames * quarter // 4)), st.integers(1, 40), st.integers(0, 16)
)


@given(st.lists(stretches, min_size=1, max_size=5), st.integers(0, 8), st.integers(0, 8))
def test_ramps_never_run_backwards_and_use_what_they_say(ramp: list[Stretch], head: int, half: int) -> None:
    made = replace(
        shot("r", sum(one.frames for one in ramp), start=head),
        ramp=tuple(ramp),
        transition=Transition.PUSH if half else Transition.CUT,
        transition_frames=2 * half,
        second=SecondClip("two", head, Composition.STACKED),
    )
    moments = clip_moments(made, head)
    assert len(moments) == head + made.duration + half
    assert all(after >= before - 1e-9 for before, after in pairwise(moments))
    assert moments[0] == -head
    assert max(moments) < made.source_frames + half + 1e-9 or made.source_frames == 0
    assert media_frames(made) == second_media_frames(made) == head + made.source_frames + half


def test_freezes_and_drawn_shots_may_stand_still() -> None:
    made = timeline(TEXT, replace(shot("r"), ramp=RAMP), shot("e"))
    assert planned_stills(made) == ((0, 60), (80, 90))


SAFE = Box(0.06, 0.08, 0.86, 0.9)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_what_shares_the_middle_never_touches(aspect: str) -> None:
    canvas = canvas_for(aspect, Canvas(1080, 1920))
    home = zone(Zone.PRICE_TAG, canvas, SAFE)
    taken: list[PixelBox] = []
    for places in (RIGHT_FIRST, LOW_FIRST, RIGHT_FIRST):
        box = place_among("badge", (290, 190), canvas, SAFE, places=places, taken=taken)
        assert home.contains(box)
        assert not any(box.overlaps(other) for other in taken)
        taken.append(box)
    with pytest.raises(LayoutImpossible, match="badge finds no free place"):
        place_among("badge", (290, 190), canvas, SAFE, places=LOW_FIRST, taken=[home])
    with pytest.raises(LayoutImpossible, match="badge of 3000x190 does not fit"):
        place_among("badge", (3000, 190), canvas, SAFE, places=LOW_FIRST)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@pytest.mark.parametrize("how", [Composition.SIDE_BY_SIDE, Composition.STACKED])
def test_a_split_fills_the_canvas_but_for_its_line(aspect: str, how: Composition) -> None:
    canvas = canvas_for(aspect, Canvas(1080, 1920))
    one, other = split(how, canvas)
    assert not one.overlaps(other)
    assert not any(value % 2 for box in (one, other) for value in (box.x, box.y, box.width, box.height))
    assert (other.right, other.bottom) == (canvas.width, canvas.height)
    gap = other.x - one.right if how is Composition.SIDE_BY_SIDE else other.y - one.bottom
    assert gap == 8


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_a_picture_in_the_picture_stands_away_from_the_product(aspect: str) -> None:
    canvas = canvas_for(aspect, Canvas(1080, 1920))
    right = PixelBox(canvas.width // 2, 0, canvas.width // 2, canvas.height)
    left = PixelBox(0, 0, canvas.width // 2, canvas.height)
    assert inset(canvas, SAFE, right).x < inset(canvas, SAFE, left).x


def test_what_is_optional_says_so_in_its_document_and_nothing_else_changes() -> None:
    optional = replace(FULL, overlays=tuple(replace(one, optional=True) for one in FULL.overlays))
    validate(optional)
    assert timeline_from_dict(json.loads(json.dumps(timeline_to_dict(optional)))) == optional
    assert optional.key != FULL.key
    assert '"optional"' not in json.dumps(timeline_to_dict(FULL))


def test_a_caption_is_never_optional_and_optional_is_true_or_false() -> None:
    with pytest.raises(TimelineInvalid, match="'c' is a caption, which no ad leaves out"):
        validate(timeline(shot("s"), overlays=(replace(caption("c", 0, 30), optional=True),)))
    document = timeline_to_dict(FULL)
    document["overlays"][0]["optional"] = 1  # type: ignore[index]
    with pytest.raises(TimelineInvalid, match="optional must be true or false, not 1"):
        timeline_from_dict(document)
