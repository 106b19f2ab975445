"""The rules of ad-timeline/1: what is refused and by which name, handles, and the way to JSON and back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.cut_order import CutOrder, Quality
from generation.domain.timeline import (
    Canvas,
    EndCard,
    MusicBed,
    Overlay,
    OverlayKind,
    Timeline,
    TimelineInvalid,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_json import order_from_dict, order_to_dict, timeline_from_dict, timeline_to_dict
from generation.domain.timeline_rules import handles, media_frames, starts, validate

CARD = EndCard("A headline", "A brand", "¥66", "¥99", "An offer", "Buy", "card.png", "c" * 64, "logo.png", "1" * 64)


def shot(name: str, duration: int = 60, dissolve: int = 0, start: int = 0) -> TimelineShot:
    transition = Transition.DISSOLVE if dissolve else Transition.CUT
    return TimelineShot(name, "demo", f"clip-{name}", start, duration, transition, dissolve)


def caption(name: str, start: int, end: int, text: str = "hello") -> Overlay:
    return Overlay(name, OverlayKind.CAPTION, start, end, text)


def timeline(*shots: TimelineShot, overlays: tuple[Overlay, ...] = ()) -> Timeline:
    return Timeline("t1", "zh", "ember", Canvas(216, 384), shots, overlays, MusicBed("warm", 100, 7))


GOOD = timeline(
    shot("a", dissolve=12),
    shot("b", start=6),
    replace(shot("end", 75), clip="", card=CARD),
    overlays=(caption("c1", 0, 60), caption("c2", 60, 120), Overlay("p", OverlayKind.PRICE_TAG, 30, 120, "¥66")),
)


def test_a_good_timeline_passes() -> None:
    validate(GOOD)
    assert GOOD.duration == 195
    assert starts(GOOD.shots) == (0, 60, 120)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (timeline(), "at least one shot"),
        (replace(GOOD, canvas=Canvas(215, 384)), "canvas 215x384"),
        (replace(GOOD, canvas=Canvas(216, 384, 120)), "120 frames a second"),
        (timeline(shot("a"), shot("a")), "shot id 'a' is empty or used twice"),
        (timeline(shot("a", 0)), "shot 'a' lasts 0 frames"),
        (timeline(replace(shot("a"), clip="")), "shot 'a' needs either a clip or an end card"),
        (timeline(replace(shot("a"), card=CARD)), "shot 'a' needs either a clip or an end card"),
        (timeline(replace(shot("a"), clip="", card=CARD), shot("b")), "shot 'a': an end card can only be the last"),
        (timeline(shot("a", dissolve=2)), "shot 'a' is the last"),
        (timeline(replace(shot("a"), transition_frames=4), shot("b")), "shot 'a': a cut has no frames"),
        (timeline(shot("a", dissolve=7), shot("b", start=6)), "shot 'a': a dissolve takes an even number"),
        (timeline(shot("a", 60, 30), shot("b", 58, start=15)), "longer than half of shot 'b'"),
        (timeline(shot("a", 58, 30), shot("b", 60, start=15)), "longer than half of shot 'a'"),
        (timeline(shot("a", dissolve=12), shot("b", start=5)), "shot 'b' starts at clip frame 5"),
        (timeline(shot("a"), overlays=(caption("c", 0, 30), caption("c", 30, 60))), "overlay id 'c'"),
        (timeline(shot("a"), overlays=(caption("c", 30, 30),)), "overlay 'c' runs from frame 30 to 30"),
        (timeline(shot("a"), overlays=(caption("c", 0, 61),)), "overlay 'c' runs from frame 0 to 61"),
        (timeline(shot("a"), overlays=(caption("c", 0, 9, " | "),)), "overlay 'c' has no text"),
        (timeline(shot("a"), overlays=(caption("c", 0, 31), caption("d", 30, 60))), "overlay 'd' starts before 'c'"),
        (replace(GOOD, overlays=(caption("c", 100, 121),)), "overlay 'c' covers the end card"),
        (replace(GOOD, music=MusicBed("warm", 59, 1)), "59 beats a minute"),
        (replace(GOOD, label_text="AI"), "label 'AI' must say"),
        (replace(GOOD, label_text="生成"), "label '生成' must say"),
    ],
)
def test_what_breaks_a_rule_is_named(broken: Timeline, message: str) -> None:
    with pytest.raises(TimelineInvalid) as refusal:
        validate(broken)
    assert message in str(refusal.value)


def test_overlays_of_different_kinds_may_share_time() -> None:
    both = (caption("c", 0, 60), Overlay("b", OverlayKind.BRAND_MARK, 0, 60, "brand"))
    made = timeline(shot("a"), overlays=both)
    validate(made)
    with pytest.raises(TimelineInvalid, match="'b' starts before 'c'"):
        validate(replace(made, overlays=(both[0], replace(both[1], kind=OverlayKind.CAPTION, start=1))))


@given(st.lists(st.tuples(st.integers(8, 200), st.integers(0, 20)), min_size=1, max_size=8))
def test_dissolves_borrow_equally_and_move_no_cut(made: list[tuple[int, int]]) -> None:
    shots = [
        shot(str(index), duration, 0 if index == len(made) - 1 else 2 * half)
        for index, (duration, half) in enumerate(made)
    ]
    found = handles(shots)
    assert [tail for _, tail in found[:-1]] == [head for head, _ in found[1:]]
    assert [tail for _, tail in found] == [one.transition_frames // 2 for one in shots]
    assert found[0][0] == 0
    assert starts(shots) == tuple(sum(duration for duration, _ in made[:index]) for index in range(len(made)))
    for one, (head, tail) in zip(shots, found, strict=True):
        assert media_frames(replace(one, source_start=head)) == head + one.duration + tail


@given(st.data())
def test_a_timeline_built_by_the_rules_is_valid(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 5))
    durations = [data.draw(st.integers(4, 150)) for _ in range(count)]
    dissolves = [
        2 * data.draw(st.integers(0, min(durations[index], durations[index + 1]) // 4)) for index in range(count - 1)
    ]
    bare = [shot(str(index), durations[index], frames) for index, frames in enumerate([*dissolves, 0])]
    shots = [replace(one, source_start=head) for one, (head, _) in zip(bare, handles(bare), strict=True)]
    made = timeline(*shots)
    validate(made)
    assert made.duration == sum(durations)


def test_json_and_back_is_the_same_order() -> None:
    order = CutOrder(GOOD, "9:16", Quality.FINAL, "code", "ad_1")
    read = order_from_dict(json.loads(json.dumps(order_to_dict(order))))
    assert read == order
    assert read.key == order.key
    assert timeline_from_dict(timeline_to_dict(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema",), "ad-timeline/2", "reads 'ad-timeline/1' only"),
        (("shots",), "none", "shots must be a list"),
        (("shots", 0), 7, "each of shots must be an object"),
        (("shots", 0, "duration"), "60", "shot 'a': duration must be a whole number"),
        (("shots", 0, "duration"), True, "shot 'a': duration must be a whole number"),
        (("shots", 0, "transition"), "wipe", "transition is one of cut, dissolve, whip"),
        (("shots", 2, "card", "brand"), None, "shot 'end': brand must be text"),
        (("overlays", 0, "kind"), "sticker", "overlay 'c1': kind is one of"),
        (("overlays", 0, "text"), 5, "overlay 'c1': text must be text"),
        (("canvas", "width"), 1.5, "canvas: width must be a whole number"),
        (("music", "bpm"), "fast", "music: bpm must be a whole number"),
        (("lang",), None, "timeline: lang must be text"),
    ],
)
def test_a_document_of_another_shape_is_refused(path: tuple[str | int, ...], value: object, message: str) -> None:
    document = json.loads(json.dumps(timeline_to_dict(GOOD)))
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(TimelineInvalid) as refusal:
        timeline_from_dict(document)
    assert message in str(refusal.value)


def test_an_order_of_another_quality_is_refused() -> None:
    document = order_to_dict(CutOrder(GOOD, "9:16", Quality.FINAL, "code", "ad_1")) | {"quality": "best"}
    with pytest.raises(TimelineInvalid, match="'preview' or 'final', not 'best'"):
        order_from_dict(document)


@pytest.mark.parametrize("joins", ["1", [1.0], [True]])
def test_joins_are_whole_numbers(joins: object) -> None:
    document = order_to_dict(CutOrder(GOOD, "9:16", Quality.FINAL, "code", "ad_1")) | {"joins": joins}
    with pytest.raises(TimelineInvalid, match="joins must be a list of whole numbers"):
        order_from_dict(document)


def test_an_order_names_what_it_needs() -> None:
    order = CutOrder(GOOD, "9:16", Quality.FINAL, "code", "ad_1")
    assert order.clip_keys == {"clip-a", "clip-b"}
    assert order.files == {"c" * 64: "card.png", "1" * 64: "logo.png"}
    with_track = replace(GOOD, music=MusicBed("", 100, 1, "song.mp3", "5" * 64))
    assert replace(order, timeline=with_track).files["5" * 64] == "song.mp3"
    assert replace(order, timeline=timeline(shot("a"))).files == {}
    assert replace(order, timeline=replace(timeline(shot("a")), music=None)).files == {}


@pytest.mark.parametrize(
    "other",
    [
        {"aspect": "1:1"},
        {"quality": Quality.PREVIEW},
        {"provider_code": "other"},
        {"produce_id": "ad_2"},
        {"timeline": replace(GOOD, theme="jade")},
    ],
)
def test_the_key_changes_with_everything_that_shows(other: dict[str, object]) -> None:
    order = CutOrder(GOOD, "9:16", Quality.FINAL, "code", "ad_1")
    assert replace(order, **other).key != order.key  # type: ignore[arg-type]
    assert replace(order, timeline=replace(GOOD, id="another id")).key == order.key
