"""The camera in three dimensions: depth moves as depth does, the product stays where it stands, and nothing jolts."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.camera import FOCAL, apply, inverse
from generation.domain.engine_spec import Easing, Move
from generation.domain.rig import AROUND, REST, SIDEWAYS, UPWARD, Pose, landing, paced, poses, seen, times

moves = st.sampled_from(list(Move))
strengths = st.floats(0, 1)
seeds = st.integers(0, 2**63 - 1)
lengths = st.integers(1, 60)
places = st.tuples(st.floats(-0.4, 0.4), st.floats(-0.7, 0.7))
nearnesses = st.floats(0, 1.4)
UPRIGHT = 1920 / 1080
STILL_PRODUCT = sorted(set(Move) - {Move.TURN, Move.FLOAT})


def shot(move: Move, strength: float = 1.0, seed: int = 3, frames: int = 61) -> tuple[Pose, ...]:
    return poses(move, strength, seed, frames, 30, UPRIGHT)


@given(moves, strengths, seeds, lengths)
def test_one_pose_per_frame_and_the_same_ones_every_time(move: Move, strength: float, seed: int, frames: int) -> None:
    made = shot(move, strength, seed, frames)
    assert len(made) == frames
    assert made == shot(move, strength, seed, frames)


@given(nearnesses, places)
def test_at_rest_everything_is_where_the_photo_has_it(nearness: float, place: tuple[float, float]) -> None:
    assert seen(REST, nearness, *place) == pytest.approx(place)
    assert apply(REST.product(*place), *place) == pytest.approx(place)
    assert REST.numbers() == (0.0,) * len(REST.numbers())


@given(st.sampled_from(STILL_PRODUCT), seeds, places, places)
def test_a_product_that_stands_moves_like_what_is_as_near(
    move: Move, seed: int, middle: tuple[float, float], point: tuple[float, float]
) -> None:
    for pose in shot(move, seed=seed, frames=5):
        assert apply(pose.product(*middle), *point) == pytest.approx(seen(pose, 1.0, *point), abs=1e-9)


@given(moves, seeds, places)
def test_a_product_turns_about_its_own_middle(move: Move, seed: int, middle: tuple[float, float]) -> None:
    """Only what lifts it takes its middle elsewhere than the camera does."""
    for pose in shot(move, seed=seed, frames=5):
        lifted = middle[0] + pose.lift_x, middle[1] + pose.lift_y
        assert apply(pose.product(*middle), *middle) == pytest.approx(seen(pose, 1.0, *lifted), abs=1e-9)


@given(seeds, strengths, nearnesses, places)
def test_a_truck_moves_each_thing_by_its_nearness(
    seed: int, strength: float, nearness: float, place: tuple[float, float]
) -> None:
    for pose in shot(Move.TRUCK_LEFT, strength, seed, 5):
        x, y = seen(pose, nearness, *place)
        assert (x - place[0], y - place[1]) == pytest.approx((-nearness * pose.x, -nearness * pose.y), abs=1e-9)


@given(seeds, strengths)
def test_an_orbit_keeps_the_middle_in_place_and_passes_the_photo_half_way(seed: int, strength: float) -> None:
    for move in (Move.ORBIT, Move.ORBIT_LEFT, Move.ORBIT_RIGHT):
        made = shot(move, strength, seed, 21)
        for pose in made:
            assert seen(pose, 1.0, 0.0, 0.0) == pytest.approx((0.0, 0.0), abs=1e-9)
        assert made[10].yaw == pytest.approx(0.0, abs=1e-9)
        if strength > 0.1:  # what is behind goes one way, what is in front of the product the other
            assert seen(made[-1], 0.3, 0.0, 0.0)[0] * seen(made[-1], 1.3, 0.0, 0.0)[0] < 0


def test_a_crane_keeps_its_eye_on_the_product() -> None:
    for pose in shot(Move.CRANE):
        assert seen(pose, 1.0, 0.0, 0.0) == pytest.approx((0.0, 0.0), abs=1e-9)
    first, last = shot(Move.CRANE)[0], shot(Move.CRANE)[-1]
    assert first.y > 0 > last.y, "it rises"


@pytest.mark.parametrize(("move", "way"), [*SIDEWAYS.items(), *AROUND.items()])
def test_sideways_moves_go_to_their_side(move: Move, way: int) -> None:
    made = shot(move)
    assert made[0].x * way < 0 < made[-1].x * way
    assert made[0].x == pytest.approx(-made[-1].x, rel=0.05)


@pytest.mark.parametrize(("move", "way"), list(UPWARD.items()))
def test_upward_moves_go_up_and_down(move: Move, way: int) -> None:
    made = shot(move)
    assert made[0].y * way < 0 < made[-1].y * way


def test_a_push_grows_the_product_more_than_what_is_behind_it() -> None:
    last = shot(Move.PUSH)[-1]
    product, wall = (seen(last, nearness, 0.3, 0.0)[0] / 0.3 for nearness in (1.0, 0.3))
    assert 1.14 < product < 1.18
    assert 1.03 < wall < 1.06
    assert shot(Move.PULL)[0].z == pytest.approx(last.z)


def test_a_rack_zoom_grows_everything_alike_and_lets_the_background_go() -> None:
    first, last = shot(Move.RACK_ZOOM)[0], shot(Move.RACK_ZOOM)[-1]
    assert seen(last, 1.0, 0.3, 0.1) == pytest.approx(seen(last, 0.2, 0.3, 0.1))
    assert (first.zoom, first.defocus) == (1.0, 0.0)
    assert last.zoom > 1.15
    assert 0.4 < last.defocus <= 0.5


def test_the_light_passes_from_one_side_beyond_to_the_other() -> None:
    lights = [pose.light for pose in shot(Move.LIGHT_SWEEP)]
    assert min(abs(lights[0]), abs(lights[-1])) > 1
    assert lights[0] * lights[-1] < 0
    assert all(pose.glow > 0 for pose in shot(Move.LIGHT_SWEEP))
    assert all(pose.glow == 0 for move in set(Move) - {Move.LIGHT_SWEEP} for pose in shot(move))


@given(st.sampled_from([move for move in Move if move not in (Move.HANDHELD, Move.FLOAT, Move.STATIC)]), seeds)
def test_a_move_starts_and_ends_softly(move: Move, seed: int) -> None:
    made = shot(move, seed=seed, frames=121)
    ways = [math.dist(one.numbers(), two.numbers()) for one, two in pairwise(made)]
    assert max(ways[0], ways[-1]) < 0.05 * max(ways)


@given(moves, seeds, st.integers(60, 120), st.sampled_from(list(Easing)))
@settings(max_examples=40, deadline=None)
def test_no_frame_jumps(move: Move, seed: int, frames: int, easing: Easing) -> None:
    """Nothing goes farther in one frame than a fiftieth of the canvas, wherever and however near it is."""
    made = poses(move, 1.0, seed, frames, 30, UPRIGHT, easing)
    for one, two in pairwise(made):
        for nearness, x, y in ((1.0, 0.0, 0.0), (1.0, 0.4, 0.7), (0.2, -0.4, -0.7)):
            assert math.dist(seen(one, nearness, x, y), seen(two, nearness, x, y)) < 0.02


@given(moves, strengths, seeds, nearnesses, places)
def test_every_pose_can_be_undone(
    move: Move, strength: float, seed: int, nearness: float, place: tuple[float, float]
) -> None:
    for pose in shot(move, strength, seed, 3):
        for matrix in (pose.layer(nearness), pose.product(*place)):
            assert apply(inverse(matrix), *apply(matrix, *place)) == pytest.approx(place, abs=1e-9)


@given(moves, seeds, lengths)
def test_no_strength_is_no_move(move: Move, seed: int, frames: int) -> None:
    for pose in shot(move, 0.0, seed, frames):
        still = [value for value in pose.numbers() if value != pose.light]
        assert still == pytest.approx([0.0] * len(still), abs=1e-12)


@given(st.floats(0, 1), st.sampled_from(list(Easing)))
def test_every_curve_leads_from_start_to_end(way: float, easing: Easing) -> None:
    assert (paced(0.0, easing), paced(1.0, easing)) == (pytest.approx(0.0), pytest.approx(1.0))
    assert -1e-12 <= paced(way, easing) <= 1 + 1e-12
    assert paced(min(way + 0.05, 1.0), easing) >= paced(way, easing) - 1e-12


def test_a_punch_is_early_and_a_swell_late() -> None:
    assert paced(0.4, Easing.PUNCH) > paced(0.4, Easing.SMOOTH) + 0.15
    assert paced(0.4, Easing.SWELL) < paced(0.4, Easing.SMOOTH) - 0.1


def test_a_turn_is_as_deep_as_it_is_wide() -> None:
    """The near edge grows, the far one shrinks, as a pinhole camera with this focal length sees it."""
    pose = Pose(turn=math.radians(20))
    for x in (-0.2, 0.2):
        depth = 1 - x * math.sin(pose.turn) / FOCAL
        across, down = apply(pose.product(0.0, 0.0), x, 0.1)
        assert (across, down) == pytest.approx((x * math.cos(pose.turn) / depth, 0.1 / depth))


@given(moves, seeds, lengths)
def test_a_landing_ends_at_rest_and_keeps_the_way(move: Move, seed: int, frames: int) -> None:
    made = shot(move, seed=seed, frames=frames)
    landed = landing(made)
    assert len(landed) == frames
    last = landed[-1]
    assert last.numbers() == pytest.approx([*REST.numbers()[:-3], last.light, 0.0, 0.0], abs=1e-9)
    for before, after in zip(made, landed, strict=True):
        assert after.x - before.x == pytest.approx(-made[-1].x)
        assert after.zoom / before.zoom == pytest.approx(1 / made[-1].zoom)
        assert after.defocus >= 0


def test_matrices_multiply_as_matrices_do() -> None:
    shift, grow = (1, 0, 2, 0, 1, 3, 0, 0, 1), (2, 0, 0, 0, 2, 0, 0, 0, 1)
    assert apply(times(shift, grow), 1, 1) == pytest.approx((4, 5))
    assert apply(times(grow, shift), 1, 1) == pytest.approx((6, 8))
