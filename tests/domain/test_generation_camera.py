"""The virtual camera: from rest to rest, without a jolt, in a small dose, and the same way for the same seed."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.camera import FOCAL, View, apply, core, ease, inverse, path, reach
from generation.domain.engine_spec import Move

moves = st.sampled_from(list(Move))
strengths = st.floats(0, 1)
seeds = st.integers(0, 2**63 - 1)
lengths = st.integers(1, 300)
aspects = st.sampled_from([1920 / 1080, 1.0, 1080 / 1920, 4 / 3])
UPRIGHT = 1920 / 1080
EXAMPLE = {"strength": 1.0, "seed": 3, "frames": 91, "fps": 30, "aspect": UPRIGHT}


def test_easing_goes_from_rest_to_rest() -> None:
    assert (ease(0), ease(0.5), ease(1)) == (0.0, 0.5, pytest.approx(1.0))
    steps = [ease((n + 1) / 100) - ease(n / 100) for n in range(100)]
    assert min(steps) > 0
    assert steps[0] < 0.001
    assert max(steps) < 0.0155  # never faster than about one and a half times the mean
    changes = [later - earlier for earlier, later in pairwise(steps)]
    assert max(abs(change) for change in changes) < 0.0007  # no jolt anywhere


@given(st.floats(0, 1))
def test_easing_is_symmetric(t: float) -> None:
    assert ease(t) + ease(1 - t) == pytest.approx(1.0)


@given(moves, strengths, seeds, lengths)
def test_one_view_per_frame_and_the_same_ones_every_time(move: Move, strength: float, seed: int, frames: int) -> None:
    views = path(move, strength, seed, frames, 30, UPRIGHT)
    assert len(views) == frames
    assert views == path(move, strength, seed, frames, 30, UPRIGHT)


@given(moves, strengths, seeds, lengths)
def test_the_dose_is_small(move: Move, strength: float, seed: int, frames: int) -> None:
    for view in path(move, strength, seed, frames, 30, UPRIGHT):
        assert abs(view.x) <= 0.039
        assert abs(view.y) <= 0.045
        assert 1 / 1.133 <= view.zoom <= 1.0
        assert abs(math.degrees(view.yaw)) <= 1.5 + 1e-9
        assert abs(math.degrees(view.roll)) <= 0.28


@given(moves, seeds, st.integers(45, 300))
def test_no_frame_jumps(move: Move, seed: int, frames: int) -> None:
    for one, two in pairwise(path(move, 1.0, seed, frames, 30, UPRIGHT)):
        assert abs(two.x - one.x) < 0.004
        assert abs(two.y - one.y) < 0.004
        assert abs(two.zoom - one.zoom) < 0.005


@given(moves, seeds, lengths)
def test_no_strength_is_no_move(move: Move, seed: int, frames: int) -> None:
    for view in path(move, 0.0, seed, frames, 30, UPRIGHT):
        assert (view.x, view.y, view.zoom, view.roll, view.yaw) == pytest.approx((0, 0, 1, 0, 0))


@pytest.mark.parametrize(
    ("move", "first", "last"),
    [
        (Move.PUSH, (0, 0, 1), (0, 0, -1)),
        (Move.STATIC, (0, 0, 1), (0, 0, -1)),
        (Move.PULL, (0, 0, -1), (0, 0, 1)),
        (Move.TRUCK_LEFT, (1, 0, 0), (-1, 0, 0)),
        (Move.TRUCK_RIGHT, (-1, 0, 0), (1, 0, 0)),
        (Move.PEDESTAL_UP, (0, 1, 0), (0, -1, 0)),
        (Move.PEDESTAL_DOWN, (0, -1, 0), (0, 1, 0)),
    ],
)
def test_each_move_goes_its_way(move: Move, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    """Signs of (x, y, zoom against the middle of the way) at both ends."""

    def signs(view: View) -> tuple[int, int, int]:
        values = (view.x, view.y, view.zoom - views[45].zoom)
        return tuple(0 if abs(value) < 1e-9 else (1 if value > 0 else -1) for value in values)  # type: ignore[return-value]

    views = path(move, **EXAMPLE)
    assert (signs(views[0]), signs(views[-1])) == (first, last)


def test_a_push_at_full_strength_closes_in_by_about_an_eighth() -> None:
    growth = [1 / path(Move.PUSH, 1.0, seed, 60, 30, UPRIGHT)[-1].zoom for seed in range(200)]
    assert 1.108 <= min(growth) < 1.112
    assert 1.128 < max(growth) <= 1.132


def test_on_a_wide_canvas_the_camera_rises_less() -> None:
    upright, wide = (path(Move.PEDESTAL_UP, **(EXAMPLE | {"aspect": aspect}))[0].y for aspect in (UPRIGHT, 0.5))
    assert wide == pytest.approx(upright / 2)


def test_an_orbit_turns_and_travels_and_may_go_either_way() -> None:
    ends = [path(Move.ORBIT, 1.0, seed, 60, 30, UPRIGHT) for seed in range(20)]
    assert {math.copysign(1, views[0].x) for views in ends} == {-1.0, 1.0}
    for views in ends:
        assert views[0].yaw == pytest.approx(-views[-1].yaw)
        assert abs(views[0].yaw) > math.radians(1.3)
        assert views[0].x * views[0].yaw > 0


def test_a_hand_sways_differently_for_each_seed() -> None:
    assert path(Move.HANDHELD, **EXAMPLE) != path(Move.HANDHELD, **(EXAMPLE | {"seed": 4}))
    xs = [view.x for view in path(Move.HANDHELD, **(EXAMPLE | {"frames": 300}))]
    assert max(xs) - min(xs) > 0.005


def test_a_view_without_a_turn_only_moves_and_scales() -> None:
    view = View(x=0.1, y=-0.2, zoom=0.5)
    assert apply(view.matrix(), 0.4, 0.6) == pytest.approx((0.3, 0.1))


def test_a_roll_turns_about_the_middle() -> None:
    assert apply(View(roll=math.pi / 2).matrix(), 0.5, 0.0) == pytest.approx((0.0, 0.5))


def test_a_yaw_makes_the_keystone_of_a_pinhole_camera() -> None:
    yaw = math.radians(10)
    across, down = apply(View(yaw=yaw).matrix(), 0.5, 0.5)
    # The point (across, 0) of the turned plane lies at (across cos, across sin) in (x, depth).
    assert FOCAL * across * math.cos(yaw) / (FOCAL + across * math.sin(yaw)) == pytest.approx(0.5)
    assert FOCAL * down / (FOCAL + across * math.sin(yaw)) == pytest.approx(0.5)


@given(moves, seeds, st.floats(-0.5, 0.5), st.floats(-0.9, 0.9))
def test_the_inverse_leads_back(move: Move, seed: int, x: float, y: float) -> None:
    for view in path(move, 1.0, seed, 5, 30, UPRIGHT):
        assert apply(inverse(view.matrix()), *apply(view.matrix(), x, y)) == pytest.approx((x, y), abs=1e-9)


@given(moves, strengths, seeds, aspects, st.floats(0, 1), st.floats(0, 1))
def test_reach_holds_all_views_and_every_view_holds_the_core(
    move: Move, strength: float, seed: int, aspect: float, u: float, v: float
) -> None:
    views = path(move, strength, seed, 30, 30, aspect)
    around, kept = reach(views, aspect), core(views, aspect)
    point = (kept.x0 + u * kept.width, kept.y0 + v * kept.height)
    for view in views:
        x, y = apply(view.matrix(), u - 0.5, (v - 0.5) * aspect)
        assert around.x0 - 1e-9 <= x <= around.x1 + 1e-9
        assert around.y0 - 1e-9 <= y <= around.y1 + 1e-9
        a, b = apply(inverse(view.matrix()), *point)
        assert abs(a) <= 0.5 + 1e-9
        assert abs(b) <= aspect / 2 + 1e-9
