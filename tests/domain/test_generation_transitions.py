"""Transitions as numbers: nothing jumps, nothing leaves the picture bare, products meet."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.layout import PixelBox
from generation.domain.timeline import Canvas, Transition
from generation.domain.transitions import LARGEST_MEETING, Aim, glide, meet, shows_both, step, uncovered

MOVING = [kind for kind in Transition if kind is not Transition.CUT]
CANVAS = Canvas(1080, 1920)


@pytest.mark.parametrize("kind", MOVING)
@pytest.mark.parametrize("frames", [2, 8, 12, 30])
def test_the_next_picture_takes_over_and_never_goes_back(kind: Transition, frames: int) -> None:
    shares = [step(kind, index, frames).share for index in range(frames)]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.5 < shares[-1] <= 1
    if not shows_both(kind):
        assert shares == [0.0] * (frames // 2) + [1.0] * (frames // 2)


@pytest.mark.parametrize("kind", MOVING)
def test_it_starts_and_ends_at_rest(kind: Transition) -> None:
    first, last = step(kind, 0, 60), step(kind, 59, 60)
    for still in (first, last):
        assert still.blur < 0.01
        assert still.light < 0.01
        assert still.meeting < 0.01
        assert still.smear == pytest.approx(1, abs=0.01)
    assert first.shift == pytest.approx(0, abs=0.01)
    assert (first.scale_before, last.scale_after) == (pytest.approx(1, abs=0.01), pytest.approx(1, abs=0.01))


def test_a_push_ends_with_the_next_picture_in_place() -> None:
    assert step(Transition.PUSH, 59, 60).shift == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("kind", [Transition.PUSH, Transition.ZOOM])
def test_no_frame_jumps(kind: Transition) -> None:
    """The largest change between frames is the one in the middle, and not much more than twice the mean."""
    shifts = [step(kind, index, 60) for index in range(60)]
    ways = [abs(b.shift - a.shift) + abs(b.scale_before - a.scale_before) for a, b in pairwise(shifts)]
    assert max(ways) <= 2.5 * sum(ways) / len(ways)
    assert 20 <= ways.index(max(ways)) <= 45


def test_a_whip_is_fastest_on_the_cut_and_keeps_its_speed_across_it() -> None:
    steps = [step(Transition.WHIP, index, 12) for index in range(12)]
    assert [s.blur for s in steps[:6]] == sorted(s.blur for s in steps[:6])
    assert steps[5].blur == pytest.approx(steps[6].blur)
    assert [s.shift >= 0 for s in steps] == [True] * 6 + [False] * 6
    assert max(abs(s.shift) for s in steps) < 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_gliding_never_turns_back(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= glide(low) <= glide(high) + 1e-12 <= 1 + 1e-9


def boxes() -> st.SearchStrategy[PixelBox]:
    sides = st.integers(30, 250).map(lambda half: 2 * half)
    corners = st.integers(0, 250).map(lambda half: 2 * half)
    return st.builds(PixelBox, corners, corners, sides, sides)


def shown(aim: Aim, box: PixelBox, meeting: float) -> tuple[float, float, float]:
    """(middle x, middle y, size) of a product on the canvas."""
    scale, x, y = aim.at(meeting)
    return (
        scale * (box.x + box.width / 2) + x,
        scale * (box.y + box.height / 2) + y,
        scale * (box.width * box.height) ** 0.5,
    )


@given(boxes(), boxes())
def test_products_meet_on_the_cut(one: PixelBox, other: PixelBox) -> None:
    first, second = meet(one, other, CANVAS)
    here, there = shown(first, one, 1.0), shown(second, other, 1.0)
    assert here[:2] == (pytest.approx(there[0], abs=0.01), pytest.approx(there[1], abs=0.01))
    assert 1 <= first.scale <= LARGEST_MEETING
    if max(first.scale, second.scale) < LARGEST_MEETING:
        assert here[2] == pytest.approx(there[2], rel=1e-6)
    for aim in (first, second):
        assert aim.at(0.0) == (1.0, pytest.approx(0), pytest.approx(0))


def test_a_picture_that_is_moved_is_enlarged_until_it_covers_the_canvas() -> None:
    one, other = PixelBox(300, 700, 300, 300), PixelBox(480, 800, 300, 300)
    for aim in meet(one, other, CANVAS):
        scale, x, y = aim.at(1.0)
        assert max(x, y) <= 1e-6
        assert scale * CANVAS.width + x >= CANVAS.width - 1e-6
        assert scale * CANVAS.height + y >= CANVAS.height - 1e-6


def test_a_wipe_shows_both_pictures_alone_first() -> None:
    shares = [uncovered(at, 60) for at in range(-5, 65)]
    assert shares == sorted(shares)
    assert shares[:17] == [0.0] * 17
    assert shares[-17:] == [1.0] * 17
