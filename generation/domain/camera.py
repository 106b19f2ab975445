"""The path of a virtual camera over a flat photo, frame by frame, as a film crew would move it: slow, eased, small.

A ``View`` is measured in canvas widths from where the camera is pointed (``framing`` decides that and how wide the
canvas is in photo pixels): x to the right, y down. The picture plane may turn about its vertical axis, which gives
the keystone of an orbit; the projection is that of a pinhole camera whose focal length is ``FOCAL`` canvas widths.
"""

import math
import random
from dataclasses import dataclass, replace

from generation.domain.engine_spec import Move
from generation.domain.geometry import Box

FOCAL = 1.4
RAMP = 0.35  # share of the time in which the camera gathers speed, and again in which it slows down
# The tasteful maximum of each move: growth of the picture, share of the canvas width, angle.
PUSH, BREATH = 0.12, 0.015
TRUCK, PEDESTAL = 0.07, 0.08
ORBIT_TRUCK, ORBIT_YAW, ORBIT_PUSH = 0.05, math.radians(1.5), 0.03
HAND_SWAY, HAND_ROLL, HAND_PUSH = 0.007, math.radians(0.25), 0.03
DIRECTION = {
    Move.TRUCK_LEFT: (-TRUCK, 0.0),
    Move.TRUCK_RIGHT: (TRUCK, 0.0),
    Move.PEDESTAL_UP: (0.0, -PEDESTAL),
    Move.PEDESTAL_DOWN: (0.0, PEDESTAL),
}
SIDE = {Move.ORBIT_LEFT: -1, Move.ORBIT_RIGHT: 1}
CAMERA_MOVES = (*DIRECTION, *SIDE, Move.STATIC, Move.PUSH, Move.PULL, Move.ORBIT, Move.HANDHELD)
Matrix = tuple[float, float, float, float, float, float, float, float, float]  # 3 x 3, row by row


@dataclass(frozen=True)
class View:
    """What the canvas shows in one frame: ``zoom`` 0.9 means nine tenths of the width, so a closer picture; radians."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0
    yaw: float = 0.0

    def matrix(self) -> Matrix:
        """Takes a canvas point (in canvas widths from its middle) to the picture (in canvas widths from the aim)."""
        cos_yaw, sin_yaw = math.cos(self.yaw), math.sin(self.yaw)
        cos_roll, sin_roll = math.cos(self.roll), math.sin(self.roll)
        a, b = self.zoom * cos_roll, self.zoom * sin_roll
        depth_x, depth_1 = -sin_yaw / FOCAL, cos_yaw
        return (
            a + self.x * depth_x, -b * cos_yaw, self.x * depth_1,
            b + self.y * depth_x, a * cos_yaw, self.y * depth_1,
            depth_x, 0.0, depth_1,
        )  # fmt: skip

    def sees(self, aspect: float) -> tuple[tuple[float, float], ...]:
        """Where the corners of a canvas (``aspect`` = height / width) lie: top left, top right, bottom right, left."""
        half = aspect / 2
        corners = ((-0.5, -half), (0.5, -half), (0.5, half), (-0.5, half))
        return tuple(apply(self.matrix(), x, y) for x, y in corners)


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f, g, h, i = matrix
    w = g * x + h * y + i
    return (a * x + b * y + c) / w, (d * x + e * y + f) / w


def inverse(matrix: Matrix) -> Matrix:
    """Takes picture points back to the canvas; up to a factor, which a projection does not notice."""
    a, b, c, d, e, f, g, h, i = matrix
    return (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip


def ease(t: float) -> float:
    """0..1 -> 0..1 like a dolly on rails: speed rises smoothly, holds, and falls smoothly; no jolt (C2) anywhere."""
    if t > 0.5:
        return 1.0 - ease(1.0 - t)
    u = min(t / RAMP, 1.0)
    gathered = RAMP * (u**3 - u**4 / 2)  # the integral of the smoothstep 3u^2 - 2u^3
    return (gathered + max(t - RAMP, 0.0)) / (1.0 - RAMP)


def path(move: Move, strength: float, seed: int, frames: int, fps: int, aspect: float) -> tuple[View, ...]:
    """One view per frame. ``strength`` 0..1 of the tasteful maximum; the seed varies it by a tenth either way.

    ``aspect``: height / width of the canvas; on a wide one everything goes up and down the less.
    """
    chance = random.Random(seed)  # noqa: S311  (variety, not secrecy)
    dose = strength * chance.uniform(0.9, 1.1)
    times = [index / max(frames - 1, 1) for index in range(frames)]
    if move is Move.HANDHELD:
        views = _handheld(dose, chance, times, frames / fps)
    else:
        side = SIDE.get(move) or chance.choice((-1, 1))
        views = [_view(move, dose, side, ease(t)) for t in times]
    return tuple(replace(view, y=view.y * min(aspect, 1.0)) for view in views)


def _view(move: Move, dose: float, side: int, way: float) -> View:
    """``way``: 0 at the first frame, 1 at the last."""
    sway = way - 0.5
    if move in DIRECTION:
        across, down = DIRECTION[move]
        return View(x=across * dose * sway, y=down * dose * sway)
    if move is Move.ORBIT or move in SIDE:
        return View(
            x=side * ORBIT_TRUCK * dose * sway,
            zoom=_closer(ORBIT_PUSH * dose, way),
            yaw=side * 2 * ORBIT_YAW * min(dose, 1.0) * sway,
        )
    if move is Move.PULL:
        return View(zoom=_closer(PUSH * dose, 1.0 - way))
    return View(zoom=_closer((PUSH if move is Move.PUSH else BREATH) * dose, way))


def _closer(amount: float, way: float) -> float:
    """Each frame closes in by the same factor, so that the picture grows at an even pace."""
    return float((1.0 + amount) ** -way)


def drifts(chance: random.Random, times: list[float], seconds: float) -> list[float]:
    """-1..1 per moment (``times`` 0..1 of ``seconds``): a few slow sines, none in step with another."""
    waves = [(rate * chance.uniform(0.85, 1.15), chance.uniform(0, math.tau)) for rate in (0.23, 0.41, 0.73)]
    sway = [[math.sin(math.tau * rate * t * seconds + phase) for rate, phase in waves] for t in times]
    return [(first + second / 2 + third / 3) * 6 / 11 for first, second, third in sway]


def _handheld(dose: float, chance: random.Random, times: list[float], seconds: float) -> list[View]:
    """A steady hand, and a slight push."""
    x, y, roll = (drifts(chance, times, seconds) for _ in range(3))
    return [
        View(
            x=HAND_SWAY * dose * x[i],
            y=HAND_SWAY * dose * y[i],
            zoom=_closer(HAND_PUSH * dose, ease(t)),
            roll=HAND_ROLL * dose * roll[i],
        )
        for i, t in enumerate(times)
    ]


def reach(views: tuple[View, ...], aspect: float) -> Box:
    """The box, in canvas widths from the aim, around everything that any of the views sees."""
    points = [point for view in views for point in view.sees(aspect)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def core(views: tuple[View, ...], aspect: float) -> Box:
    """A box, in canvas widths from the aim, that every view sees whole."""
    seen = [view.sees(aspect) for view in views]
    return Box(
        max(max(corners[0][0], corners[3][0]) for corners in seen),
        max(max(corners[0][1], corners[1][1]) for corners in seen),
        min(min(corners[1][0], corners[2][0]) for corners in seen),
        min(min(corners[2][1], corners[3][1]) for corners in seen),
    )
