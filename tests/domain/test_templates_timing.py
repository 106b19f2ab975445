"""Sharing out time."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from templates_engine.domain.beats import Camera, Framing
from templates_engine.domain.script import ScriptShot
from templates_engine.domain.template import Beat, Spread
from templates_engine.domain.timing import share_out, shots_of
from templates_engine.seeding import seeds

BEAT = seeds()[0].beats[0]


@pytest.mark.parametrize(
    ("needs", "shares", "total", "lengths"),
    [
        ([1_000, 1_000], [0.5, 0.5], 4_000, [2_000, 2_000]),
        ([1_000, 1_000], [0.25, 0.75], 8_000, [2_000, 6_000]),
        ([3_000, 1_000, 1_000], [0.2, 0.4, 0.4], 6_000, [3_000, 1_500, 1_500]),
        ([3_000, 2_000, 1_000], [0.2, 0.3, 0.5], 7_000, [3_000, 2_000, 2_000]),
        ([1_000, 2_000], [0.9, 0.1], 3_000, [1_000, 2_000]),
        ([1, 1, 1], [1, 1, 1], 100, [33, 34, 33]),
    ],
)
def test_each_gets_its_share_but_never_less_than_its_need(
    needs: list[int], shares: list[float], total: int, lengths: list[int]
) -> None:
    assert share_out(needs, shares, total) == lengths


def beat(shots: float, shot_len: float) -> Beat:
    return replace(BEAT, shots=Spread(1, 1, shots), shot_len=Spread(1, shot_len, 9_000))


@pytest.mark.parametrize(
    ("length", "shots", "shot_len", "cuts"),
    [
        (1_200, 3, 1_200, [1_200]),
        (2_399, 3, 1_200, [2_399]),
        (2_400, 3, 1_200, [1_200, 2_400]),
        (4_000, 1, 2_000, [4_000]),
        (4_000, 2, 2_000, [2_000, 4_000]),
        (5_000, 1, 2_000, [5_000]),
        (5_001, 1, 2_000, [2_500, 5_001]),
        (12_000, 1, 2_000, [4_000, 8_000, 12_000]),
        (1_600, 2, 9_000, [1_600]),
    ],
)
def test_shots_tile_a_beat(length: int, shots: int, shot_len: int, cuts: list[int]) -> None:
    found = shots_of(beat(shots, shot_len), 0, length, Random(1), None)
    assert [shot.end_ms for shot in found] == cuts
    assert [shot.start_ms for shot in found] == [0, *cuts[:-1]]


def test_no_camera_move_twice_in_a_row_where_there_is_another() -> None:
    two = replace(BEAT, camera=((Camera.PUSH, 0.9), (Camera.STATIC, 0.1)), shots=Spread(1, 4, 9))
    before = ScriptShot(0, 1_200, Camera.PUSH, Framing.CLOSE)
    for seed in range(10):
        moves = [shot.camera for shot in shots_of(two, 1_200, 9_600, Random(seed), before)]
        assert moves[:2] == [Camera.STATIC, Camera.PUSH]
        assert all(one is not other for one, other in pairwise(moves))
    one = replace(BEAT, camera=((Camera.PUSH, 1.0),))
    assert shots_of(one, 1_200, 2_400, Random(0), before)[0].camera is Camera.PUSH
