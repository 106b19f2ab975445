"""Going on from a clip's last picture: its place and its speed first, and back at rest in the end."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.drift import FAR, SETTLE_S, Speed, TooFast, onward
from generation.domain.rig import Pose, seen

SPEEDS = st.builds(
    Speed,
    x=st.floats(-0.0015, 0.0015),
    y=st.floats(-0.0015, 0.0015),
    growth=st.floats(-0.003, 0.003),
    roll=st.floats(-0.0005, 0.0005),
)


def places(poses: tuple[Pose, ...], x: float, y: float) -> list[tuple[float, float]]:
    """Where one point of the last picture is seen, from that picture on."""
    return [(x, y), *(seen(pose, 1.0, x, y) for pose in poses)]


@settings(max_examples=12, deadline=None)
@given(SPEEDS, st.integers(60, 400), st.floats(0.5, 1.8), st.integers(0, 99))
def test_the_first_step_is_the_clips_and_every_further_one_nearly_the_one_before(
    speed: Speed, frames: int, aspect: float, seed: int
) -> None:
    poses = onward(speed, frames, 30, aspect, seed)
    assert len(poses) == frames
    for x, y in ((0.0, 0.0), (0.4, -0.3 * aspect)):
        path = places(poses, x, y)
        first = (path[1][0] - path[0][0], path[1][1] - path[0][1])
        grown = math.exp(speed.growth)
        wanted = (
            grown * (x * math.cos(speed.roll) - y * math.sin(speed.roll)) + speed.x - x,
            grown * (x * math.sin(speed.roll) + y * math.cos(speed.roll)) + speed.y - y,
        )
        assert first == pytest.approx(wanted, abs=1e-4)
        steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(path)]
        jolts = [math.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(steps)]
        assert max(jolts) < 4e-4  # of the canvas width: half a pixel per picture, and picture, of 1080


@settings(max_examples=12, deadline=None)
@given(SPEEDS, st.integers(300, 900), st.integers(0, 99))
def test_it_ends_at_rest_where_it_began(speed: Speed, frames: int, seed: int) -> None:
    poses = onward(speed, frames, 30, 16 / 9, seed)
    assert places(poses[-1:], 0.3, 0.3)[1] == pytest.approx((0.3, 0.3), abs=1e-6)
    (before, last) = places(poses, 0.3, 0.3)[-2:]
    assert math.dist(before, last) < 2e-4


@given(st.integers(30, 600), st.floats(0.5, 1.8), st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_from_rest_nothing_beyond_the_picture_is_ever_seen(frames: int, aspect: float, seed: int) -> None:
    for pose in onward(Speed(), frames, 30, aspect, seed):
        for x in (-0.5, 0.5):
            for y in (-aspect / 2, aspect / 2):
                across, down = seen(pose, 1.0, x, y)
                assert abs(across) >= 0.5 - 1e-9
                assert abs(down) >= aspect / 2 - 1e-9


def test_settling_never_carries_far() -> None:
    slow, fast = Speed(x=0.0005), Speed(x=0.004)
    assert max(abs(pose.x) for pose in onward(slow, 45, 30, 1.0, 1)) > 0.0005 * 30 * SETTLE_S * 0.4
    for speed in (slow, fast):
        assert max(abs(pose.x) for pose in onward(speed, 30, 30, 1.0, 1)) <= FAR * 1.2


def test_the_seed_varies_the_way_and_the_same_seed_does_not() -> None:
    one, two, other = (onward(Speed(), 90, 30, 1.0, seed) for seed in (1, 1, 2))
    assert one == two
    assert one != other


@pytest.mark.parametrize(
    "speed", [Speed(x=0.02), Speed(y=-0.02), Speed(growth=0.03), Speed(growth=-0.03), Speed(roll=0.02)]
)
def test_a_whip_pan_cannot_be_continued(speed: Speed) -> None:
    with pytest.raises(TooFast, match="end it earlier"):
        onward(speed, 90, 30, 1.0, 1)
