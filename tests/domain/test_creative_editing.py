"""How the shots of an ad pass into each other: one accent with taste, hard cuts kept, handles that can be filmed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.editing import CUT, UNKNOWN, Energy, Feel, Join, Take, accent, energy, joins
from generation.domain.timeline import TimelineShot, Transition
from generation.domain.timeline_rules import handles
from generation.domain.timeline_shots import check_shots

FPS, LONGEST = 30, 150
DISSOLVE, INTO_CARD = Join(Transition.DISSOLVE, 10), Join(Transition.DISSOLVE, 12)


def takes(*told: tuple[str, int], photos: int = 3) -> list[Take]:
    """A beat for each (role, frames), photos in turn."""
    return [Take(role, beat, beat % photos, frames) for beat, (role, frames) in enumerate(told)]


STORY = takes(
    ("hook", 60),
    ("pain", 80),
    ("reveal", 70),
    ("selling_point", 90),
    ("selling_point", 90),
    ("demo", 90),
    ("offer", 90),
)


def cut(told: list[Take], feel: Feel, seed: int = 0) -> list[Join]:
    return list(joins(told, 81, feel, seed=seed, fps=FPS, longest=LONGEST))


def test_a_driving_ad_whips_between_its_points_or_zooms_into_its_reveal():
    whip, zoom = Join(Transition.WHIP, 12), Join(Transition.ZOOM, 14)
    fast = Feel("driving", 116)
    assert cut(STORY, fast, seed=0) == [CUT, CUT, DISSOLVE, whip, whip, DISSOLVE, INTO_CARD]
    assert cut(STORY, fast, seed=1) == [CUT, zoom, DISSOLVE, DISSOLVE, DISSOLVE, DISSOLVE, INTO_CARD]


def test_a_lively_ad_pushes_and_a_slower_one_of_its_mood_zooms():
    push, zoom = Join(Transition.PUSH, 14), Join(Transition.ZOOM, 14)
    assert cut(STORY, Feel("upbeat", 124)) == [CUT, CUT, DISSOLVE, push, push, DISSOLVE, INTO_CARD]
    assert cut(STORY, Feel("upbeat", 90)) == [CUT, zoom, DISSOLVE, DISSOLVE, DISSOLVE, DISSOLVE, INTO_CARD]


def test_a_warm_ad_gets_one_light_leak_and_an_elegant_one_none():
    leak = Join(Transition.LIGHT_LEAK, 20)
    assert cut(STORY, Feel("warm", 100)) == [CUT, leak, DISSOLVE, DISSOLVE, DISSOLVE, DISSOLVE, INTO_CARD]
    assert {join.kind for join in cut(STORY, Feel("elegant", 92))} == {Transition.CUT, Transition.DISSOLVE}


def test_nobody_said_what_it_feels_like():
    assert energy(STORY, UNKNOWN, FPS) is Energy.PLAIN
    assert accent(STORY, UNKNOWN, seed=3, fps=FPS) == (Transition.CUT, frozenset())


def test_slow_pictures_calm_fast_music_down():
    slow = takes(("hook", 140), ("reveal", 140), ("selling_point", 140), ("selling_point", 140))
    assert energy(slow, Feel("bold", 130), FPS) is Energy.EVEN
    assert energy(STORY, Feel("bold", 130), FPS) is Energy.BRISK


def test_one_photo_only_cuts_and_melts_into_the_card():
    alone = takes(("hook", 60), ("reveal", 90), ("selling_point", 90), ("selling_point", 90), photos=1)
    assert cut(alone, Feel("driving", 120)) == [CUT, CUT, CUT, INTO_CARD]


@pytest.mark.parametrize("short", [35, 41])
def test_a_shot_that_is_too_short_is_not_torn(short: int):
    hurried = takes(("hook", 60), ("selling_point", short), ("selling_point", short), ("offer", 90))
    assert Transition.PUSH not in {join.kind for join in cut(hurried, Feel("upbeat", 124))}


def test_no_more_than_three_in_a_list():
    long = takes(("hook", 60), *([("selling_point", 90)] * 6))
    assert [join.kind for join in cut(long, Feel("bold", 120))].count(Transition.WHIP) == 3


def test_what_can_not_be_filmed_with_its_handle_is_cut():
    told = takes(("hook", 60), ("selling_point", 123), ("selling_point", 120), ("offer", 90))
    kept = joins(told, 81, Feel("upbeat", 124), seed=0, fps=FPS, longest=123)
    assert [join.kind for join in kept] == [Transition.CUT, Transition.CUT, Transition.CUT, Transition.DISSOLVE]


roles = st.sampled_from(
    ["hook", "pain", "reveal", "selling_point", "demo", "social_proof", "offer", "urgency", "cta", "other"]
)
scenes = st.lists(
    st.builds(Take, roles, st.integers(0, 6), st.integers(0, 2), st.integers(18, 150)), min_size=1, max_size=12
)
feels = st.builds(
    Feel,
    st.sampled_from(["", "warm", "upbeat", "bright", "calm", "driving", "bold", "playful", "elegant"]),
    st.integers(60, 180),
)


@given(scenes, feels, st.integers(0, 2**31 - 1), st.integers(20, 150), st.sampled_from([24, 25, 30, 60]))
def test_every_ad_is_cut_by_the_rules(told: list[Take], feel: Feel, seed: int, card: int, fps: int):
    longest = 5 * fps
    told = [take for take in told if take.frames <= longest]
    if not told:
        assert joins(told, card, feel, seed=seed, fps=fps, longest=longest) == ()
        return
    found = joins(told, card, feel, seed=seed, fps=fps, longest=longest)
    assert found == joins(told, card, feel, seed=seed, fps=fps, longest=longest)
    kinds = {join.kind for join in found} - {Transition.CUT}
    assert len(kinds) <= 2
    assert Transition.MATCH_CUT not in kinds
    assert sum(join.kind is Transition.LIGHT_LEAK for join in found) <= 1
    for (here, after), join in zip(pairwise(told), found, strict=False):
        hard = {here.role, after.role} & {"hook", "pain", "urgency"}
        assert join == CUT or not hard or after.role == "reveal"
        assert join == CUT or here.photo != after.photo
        if join.kind not in (Transition.CUT, Transition.DISSOLVE):
            assert 3 * join.frames <= min(here.frames, after.frames)
    shots = [
        TimelineShot(f"s{number}", take.role, "clip", 0, take.frames, join.kind, join.frames)
        for number, (take, join) in enumerate(zip(told, found, strict=True))
    ]
    shots.append(TimelineShot("last", "cta", "clip", 0, card))
    margins = handles(shots)
    check_shots(
        [
            TimelineShot(one.id, one.role, one.clip, head, one.duration, one.transition, one.transition_frames)
            for one, (head, _) in zip(shots, margins, strict=True)
        ]
    )
    assert all(head + one.duration + tail <= longest for one, (head, tail) in zip(shots[:-1], margins, strict=False))
