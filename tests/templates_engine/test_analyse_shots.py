"""Cuts, fades and camera moves against footage of which everything is known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.analyse.camera import CameraWatch
from templates_engine.analyse.fades import fades
from templates_engine.analyse.framing import framing
from templates_engine.analyse.shots import AdaptiveCuts, Border, spaced
from templates_engine.domain.analysis import Transition
from templates_engine.domain.beats import Camera, Framing
from tests.templates_engine.footage_maker import PaintedFilm, Plan, Scene, frame_at

STEP_MS = 40


def scenes(*how: str) -> Plan:
    moves = (Camera.STATIC, Camera.PUSH, Camera.TRUCK_LEFT, Camera.HANDHELD, Camera.PEDESTAL_UP)
    return Plan(
        tuple(
            Scene(1.6, 11 + number, moves[number % 5], Framing.MEDIUM, way) for number, way in enumerate(("cut", *how))
        ),
        width=90,
        height=160,
    )


def borders(plan: Plan) -> tuple[Border, ...]:
    cutter = AdaptiveCuts()
    for frame in PaintedFilm(plan).frames(160):
        cutter.see(frame)
    return cutter.borders()


@pytest.mark.parametrize("way", ["cut", "dissolve", "black"])
def test_a_border_is_found_at_its_time_and_named(way: str) -> None:
    (found,) = borders(scenes(way))
    assert abs(found.at_ms - 1600) <= 80
    assert found.transition is (Transition.CUT if way == "cut" else Transition.FADE)


def test_a_shot_that_moves_has_no_border() -> None:
    for move in (Camera.PUSH, Camera.TRUCK_RIGHT, Camera.HANDHELD):
        assert borders(Plan((Scene(2.4, 5, move, Framing.CLOSE),), width=90, height=160)) == ()


def test_a_flash_is_no_border() -> None:
    cutter = AdaptiveCuts()
    for frame in PaintedFilm(Plan((Scene(2.0, 5),), width=90, height=160)).frames(160):
        if frame.at_ms in (1000, 1040):
            frame.small[:] = 255
        cutter.see(frame)
    assert cutter.borders() == ()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(6, 20))
def test_any_dissolve_between_unlike_pictures_has_its_middle_found(seed: int, frames: int) -> None:
    before, after = np.random.default_rng(seed).integers(0, 256, (2, 27, 48, 3)).astype(np.float32)
    shares = np.concatenate([np.zeros(25), (np.arange(frames) + 1) / (frames + 1), np.ones(25)])
    stack = np.stack([(1 - share) * before + share * after for share in shares]).astype(np.uint8)
    times = [STEP_MS * index for index in range(len(stack))]
    (found,) = fades(stack, times)
    assert abs(found.middle_ms - STEP_MS * (24 + (frames + 1) / 2)) <= 60


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(10, 40))
def test_a_hard_cut_is_no_fade(seed: int, frames: int) -> None:
    before, after = np.random.default_rng(seed).integers(0, 256, (2, 27, 48, 3), np.uint8)
    stack = np.stack([before] * frames + [after] * frames)
    assert fades(stack, [STEP_MS * index for index in range(len(stack))]) == ()


def test_too_little_to_fade() -> None:
    assert fades(np.zeros((2, 27, 48, 3), np.uint8), [0, 40]) == ()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 5_000), max_size=30))
def test_borders_keep_their_distance(times: list[int]) -> None:
    found = spaced(Border(at_ms, Transition.CUT) for at_ms in times)
    assert all(after.at_ms - before.at_ms >= 120 for before, after in pairwise([Border(0, Transition.CUT), *found]))
    assert {border.at_ms for border in found} <= set(times)


@pytest.mark.parametrize("move", list(Camera))
def test_a_camera_move_is_told(move: Camera) -> None:
    watch = CameraWatch()
    for frame in PaintedFilm(Plan((Scene(1.6, 7, move),), width=180, height=320)).frames(320):
        watch.see(frame)
    assert watch.move(0, 1600) is move
    assert (watch.motion(1600) > 0.004) is (move is not Camera.STATIC)


@pytest.mark.parametrize("size", list(Framing))
def test_framing_is_told_from_the_subject(size: Framing) -> None:
    for seed in (3, 8, 21):
        assert framing(frame_at(Plan((Scene(1.0, seed, Camera.STATIC, size),)), 0.5)) is size
