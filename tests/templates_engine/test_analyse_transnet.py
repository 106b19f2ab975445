"""TransNetV2: what its answers mean, and that it leaves the process as it was."""

import random

import numpy as np
import pytest
import torch

from templates_engine.analyse.shots import Border
from templates_engine.analyse.transnet import TransNetCuts, borders
from templates_engine.domain.analysis import Transition
from tests.templates_engine.footage_maker import PaintedFilm, Plan, Scene

TIMES = [40 * index for index in range(60)]


def answers(**likely: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    single, many = np.zeros(60), np.zeros(60)
    for curve, values in ((single, likely["single"]), (many, likely["many"])):
        for at, value in values.items():
            curve[at] = value
    return single, many


def test_the_likeliest_frame_is_the_last_before_a_cut() -> None:
    single, many = answers(single={29: 0.98, 30: 0.3}, many={29: 0.9, 30: 0.6})
    assert borders(single, many, TIMES) == (Border(1200, Transition.CUT),)


def test_of_a_fade_the_middle_counts_even_where_no_frame_is_sure() -> None:
    single, many = answers(single={22: 0.45}, many=dict.fromkeys(range(20, 31), 0.9))
    assert borders(single, many, TIMES) == (Border(1000, Transition.FADE),)


def test_both_halves_of_a_fade_through_black_are_one() -> None:
    single, many = answers(single={22: 0.6, 29: 0.5}, many=dict.fromkeys((*range(20, 24), *range(27, 31)), 0.9))
    assert borders(single, many, TIMES) == (Border(1000, Transition.FADE),)


def test_two_hard_cuts_close_together_stay_two() -> None:
    single, many = answers(single={20: 0.97, 25: 0.97}, many={20: 0.97, 25: 0.97})
    assert [border.at_ms for border in borders(single, many, TIMES)] == [840, 1040]


def test_a_doubt_is_no_cut() -> None:
    assert borders(*answers(single={20: 0.4}, many={20: 0.6}), TIMES) == ()


@pytest.mark.slow
def test_the_network_finds_a_cut_and_a_dissolve_and_leaves_no_trace() -> None:
    plan = Plan((Scene(1.2, 3), Scene(1.2, 8), Scene(1.2, 21, transition="dissolve")), width=96, height=54)
    cutter = TransNetCuts()
    for frame in PaintedFilm(plan).frames(96):
        cutter.see(frame)
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    wanted = random.random(), np.random.random(), torch.rand(1).item()
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    found = cutter.borders()
    assert (random.random(), np.random.random(), torch.rand(1).item()) == wanted
    assert not torch.are_deterministic_algorithms_enabled()
    assert [border.at_ms for border in found] == pytest.approx([1200, 2400], abs=100)
    assert [border.transition for border in found] == [Transition.CUT, Transition.FADE]
    assert cutter.name == "transnetv2 1.0.5"
