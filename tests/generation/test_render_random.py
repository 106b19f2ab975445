"""Random timelines: pictures, exactly as many as planned and the same every time, or an error that says what to do."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.deliver.safe_zones import safe_zone
from generation.domain.captions import CaptionTooLong
from generation.domain.cut_order import ClipFile
from generation.domain.layout import LayoutImpossible, canvas_for
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
from generation.domain.timeline_rules import validate
from generation.errors import CutRefused
from generation.render.picture import check_clips, pictures
from generation.render.staging import Staging, stage_ad
from tests.generation.small_ads import TINY, ad

SAYS = {
    OverlayKind.CAPTION: "好喝|不贵", OverlayKind.PRICE_TAG: "¥66", OverlayKind.BRAND_MARK: "山野",
    OverlayKind.DISCOUNT_BADGE: "5折", OverlayKind.COUNTDOWN: "优惠", OverlayKind.RATING: "4.8",
    OverlayKind.LOGO_STING: "山野", OverlayKind.QR_CODE: "https://a.cn/1",
}  # fmt: skip


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Anything that the format can say on a tiny canvas; one in four without care for its rules."""
    careful = draw(st.integers(0, 3)) > 0
    shots = [draw(filmed_or_drawn(f"s{number}", careful)) for number in range(draw(st.integers(1, 4)))]
    for index in range(len(shots) - 1):
        shots[index] = draw(passing(shots[index], shots[index + 1], careful))
    total = sum(shot.duration for shot in shots)
    overlays = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(OverlayKind), max_size=2, unique=careful))):
        text = SAYS[kind] if careful else draw(st.sampled_from(["¥66", "4.8", "好喝|不贵", "", "很" * 60]))
        start = 0 if kind is OverlayKind.QR_CODE else draw(st.integers(0, max(total - 1, 0)))
        end = total if kind is OverlayKind.QR_CODE else draw(st.integers(start + 1, total + (not careful)))
        day = "2026-12-31" if careful else draw(st.sampled_from(["", "31.12."]))
        overlays.append(Overlay(f"o{number}", kind, start, end, text, ends_on=day, source="天猫", count=9))
    canvas = draw(st.sampled_from([TINY, Canvas(112, 64), Canvas(216, 384)]))
    return ad(*shots, canvas=canvas, overlays=tuple(overlays))


@st.composite
def filmed_or_drawn(draw: st.DrawFn, name: str, careful: bool) -> TimelineShot:
    duration = draw(st.integers(8 if careful else 1, 30))
    shot = TimelineShot(name, "demo", draw(st.sampled_from(["dark", "light"])), 0, duration)
    what = draw(st.sampled_from(["clip", "two", "ramp", "text"]))
    if what == "text":
        words = ["好", "99%的人|不知道"] if careful else ["", "一二三四五" * 9]
        return replace(shot, clip="", text_card=TextCard(draw(st.sampled_from(words))))
    if what == "two":
        return replace(shot, second=SecondClip("light", 0, draw(st.sampled_from(Composition))))
    if what == "ramp":
        first = draw(st.integers(1, duration - 1)) if duration > 1 else 1
        rest = duration - first
        source = draw(st.sampled_from([0, first, 2 * first])) if careful else draw(st.integers(0, 5 * first))
        return replace(shot, ramp=(Stretch(first, source), *([Stretch(rest, rest)] if rest else [])))
    return shot


@st.composite
def passing(draw: st.DrawFn, shot: TimelineShot, after: TimelineShot, careful: bool) -> TimelineShot:
    """The shot with a transition into the next."""
    kind = draw(st.sampled_from(Transition))
    longest = min(shot.duration, after.duration) // 4 if careful else 9
    both = all(one.clip and one.second is None for one in (shot, after))
    if kind is Transition.CUT or (careful and (longest < 1 or (kind is Transition.MATCH_CUT and not both))):
        return shot
    return replace(shot, transition=kind, transition_frames=2 * draw(st.integers(1 if careful else 0, longest)))


REFUSALS = (TimelineInvalid, CutRefused, LayoutImpossible, CaptionTooLong)


def staged(made: Timeline, clips: Mapping[str, ClipFile]) -> Staging | str:
    """The staging, or why there is none."""
    try:
        validate(made)
        check_clips(made, clips)
        return stage_ad(made, "9:16", safe_zone("9:16").box, {}, clips)
    except REFUSALS as refusal:
        return str(refusal)


def renders_or_says_why(made: Timeline, clips: Mapping[str, ClipFile]) -> None:
    """The exact number of pictures of the right size, and the same ones again; or an error that says what to do."""
    staging = staged(made, clips)
    if isinstance(staging, str):
        assert len(staging) > 20
        return
    canvas = canvas_for("9:16", made.canvas)
    first = [frame.flat.tobytes() for frame in pictures(made, staging, clips)]
    assert len(first) == made.duration
    assert {len(flat) for flat in first} == {canvas.width * canvas.height * 3 // 2}
    assert first == [frame.flat.tobytes() for frame in pictures(made, staging, clips)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=timelines())
def test_random_timelines_render_or_say_why(made: Timeline, dark_and_light: Mapping[str, ClipFile]) -> None:
    renders_or_says_why(made, dark_and_light)
    assert made.duration == sum(shot.duration for shot in made.shots)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=timelines())
def test_five_hundred_random_timelines(made: Timeline, dark_and_light: Mapping[str, ClipFile]) -> None:
    renders_or_says_why(made, dark_and_light)
    assert made.duration == sum(shot.duration for shot in made.shots)
