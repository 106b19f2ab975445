"""The camera in three dimensions: where it, the product and the light stand in each frame of a move.

The photo was taken from the middle of the rig, with everything at a *nearness*: the product's distance divided by a
thing's own distance, 1 at the product and 0 infinitely far away. Lengths are canvas widths at the product's distance,
which is ``FOCAL`` of them; so a shift of the camera by ``x`` moves the product by ``-x`` on the canvas and what lies
behind it by less. ``View`` (``camera``) is the same for a flat photo, where everything has nearness 1.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from generation.domain.camera import FOCAL, Matrix, apply, drifts, ease
from generation.domain.engine_spec import Easing, Move

# The tasteful maximum of each move: growth of the product, its way over the canvas, angles.
PUSH, TRUCK, PEDESTAL = 0.16, 0.085, 0.09
ORBIT, CRANE_TILT, TURN = math.radians(4.0), math.radians(2.5), math.radians(9.0)
CRANE_PUSH, ORBIT_PUSH, LIGHT_PUSH, LIFE = 0.05, 0.03, 0.025, 0.015
RACK = 0.20
FLOAT_RISE, FLOAT_TURN = 0.02, math.radians(1.2)
HAND, HAND_TILT, HAND_PUSH = 0.012, math.radians(0.35), 0.03
SIDEWAYS = {Move.TRUCK_LEFT: -1, Move.TRUCK_RIGHT: 1}
UPWARD = {Move.PEDESTAL_UP: -1, Move.PEDESTAL_DOWN: 1}
AROUND = {Move.ORBIT_LEFT: -1, Move.ORBIT_RIGHT: 1}


@dataclass(frozen=True)
class Pose:
    """One moment. Camera: ``x`` right, ``y`` down, ``z`` towards the product as a share of its distance; radians.

    ``zoom``: focal length against the photo's. ``lift_x``, ``lift_y``, ``turn``, ``tilt``, ``spin``: the product's own
    motion, the angles about its upright, lying and forward axis. ``light``: where a passing light stands, -1 (left of
    the picture) to 1; ``glow`` its strength. ``defocus``: of the background, 0..1.
    """

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0
    lift_x: float = 0.0
    lift_y: float = 0.0
    turn: float = 0.0
    tilt: float = 0.0
    spin: float = 0.0
    light: float = 0.0
    glow: float = 0.0
    defocus: float = 0.0

    def numbers(self) -> tuple[float, ...]:
        """All fields in their order, ``zoom`` as its logarithm so that rest is all zeros."""
        values = [getattr(self, field.name) for field in fields(self)]
        values[ZOOM] = math.log(values[ZOOM])
        return tuple(values)

    def mirrored(self) -> "Pose":
        """The same moment in a mirror that swaps left and right."""
        return replace(
            self, x=-self.x, yaw=-self.yaw, roll=-self.roll, lift_x=-self.lift_x, turn=-self.turn, spin=-self.spin,
            light=-self.light,
        )  # fmt: skip

    def layer(self, nearness: float) -> Matrix:
        """Takes a point of the photo at this nearness to the canvas; both in canvas widths from the middle."""
        return times(self._lens(), (1, 0, -nearness * self.x, 0, 1, -nearness * self.y, 0, 0, 1 - nearness * self.z))

    def product(self, x: float, y: float) -> Matrix:
        """Takes a point of the product, a flat thing that turns about its centre (``x``, ``y``), to the canvas."""
        cos_t, sin_t, cos_p, sin_p = math.cos(self.turn), math.sin(self.turn), math.cos(self.tilt), math.sin(self.tilt)
        cos_s, sin_s = math.cos(self.spin), math.sin(self.spin)
        # Columns: where the product's own x and y axes point after spin, tilt and turn; depth in canvas widths.
        ax, ay, az = cos_s * cos_t + sin_s * sin_p * sin_t, sin_s * cos_p, -cos_s * sin_t + sin_s * sin_p * cos_t
        bx, by, bz = -sin_s * cos_t + cos_s * sin_p * sin_t, cos_s * cos_p, sin_s * sin_t + cos_s * sin_p * cos_t
        ox, oy = x + self.lift_x - self.x, y + self.lift_y - self.y
        place = (
            ax, bx, ox - ax * x - bx * y,
            ay, by, oy - ay * x - by * y,
            az / FOCAL, bz / FOCAL, 1 - self.z - (az * x + bz * y) / FOCAL,
        )  # fmt: skip
        return times(self._lens(), place)

    def _lens(self) -> Matrix:
        """Turns the camera about itself, and zooms."""
        cy, sy, cp, sp = math.cos(self.yaw), math.sin(self.yaw), math.cos(self.pitch), math.sin(self.pitch)
        cr, sr = math.cos(self.roll), math.sin(self.roll)
        yaw = (cy, 0, -sy * FOCAL, 0, 1, 0, sy / FOCAL, 0, cy)
        pitch = (1, 0, 0, 0, cp, -sp * FOCAL, 0, sp / FOCAL, cp)
        roll = (self.zoom * cr, self.zoom * sr, 0, -self.zoom * sr, self.zoom * cr, 0, 0, 0, 1)
        return times(roll, times(pitch, yaw))


ZOOM = [field.name for field in fields(Pose)].index("zoom")
REST = Pose()


def times(a: Sequence[float], b: Sequence[float]) -> Matrix:
    """The product of two 3 x 3 matrices, row by row."""
    cells = [sum(a[3 * row + k] * b[3 * k + column] for k in range(3)) for row in range(3) for column in range(3)]
    return (cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8])


def paced(way: float, easing: Easing) -> float:
    """0..1 of the time -> 0..1 of the way; each curve starts and ends without a jolt but ``LINEAR``."""
    if easing is Easing.LINEAR:
        return way
    if easing is Easing.PUNCH:
        return ease(1.0 - (1.0 - way) ** 2.2)
    if easing is Easing.SWELL:
        return ease(way**1.7)
    return ease(way)


def poses(
    move: Move, strength: float, seed: int, frames: int, fps: int, aspect: float, easing: Easing = Easing.SMOOTH
) -> tuple[Pose, ...]:
    """One pose per frame. ``strength`` 0..1 of the tasteful maximum; the seed varies it, and adds a breath of life.

    ``aspect``: height / width of the canvas; on a wide one everything goes up and down the less.
    """
    chance = random.Random(seed)  # noqa: S311  (variety, not secrecy)
    dose = strength * chance.uniform(0.92, 1.08)
    side = chance.choice((-1, 1))
    lean = chance.uniform(-0.12, 0.12)  # no operator moves along a ruler
    upright = min(aspect, 1.0)
    ways = [paced(index / max(frames - 1, 1), easing) for index in range(frames)]
    made = [_pose(move, dose, side, lean, way) for way in ways]
    if move in (Move.HANDHELD, Move.FLOAT, Move.STATIC):
        made = _alive(move, made, dose, chance, frames / fps)
    return tuple(
        replace(pose, y=pose.y * upright, pitch=pose.pitch * upright, lift_y=pose.lift_y * upright) for pose in made
    )


def _pose(move: Move, dose: float, side: int, lean: float, way: float) -> Pose:
    """``way``: 0 at the first frame, 1 at the last. Sideways moves pass the photo's own point of view half-way."""
    sway = way - 0.5
    if move in SIDEWAYS:
        across = SIDEWAYS[move] * TRUCK * dose
        return Pose(x=across * sway, y=lean * across * sway)
    if move in UPWARD:
        down = UPWARD[move] * PEDESTAL * dose
        return Pose(x=lean * down * sway, y=down * sway)
    if move in AROUND or move is Move.ORBIT:
        return _orbit(AROUND.get(move, side) * ORBIT * dose * sway * 2, closer(ORBIT_PUSH * dose * way))
    if move is Move.CRANE:
        angle = CRANE_TILT * dose * sway * 2
        y, z = _around(angle, closer(CRANE_PUSH * dose * way))
        return Pose(y=-y, z=z, pitch=angle)
    amount = {Move.PUSH: PUSH * way, Move.PULL: PUSH * (1 - way), Move.HANDHELD: HAND_PUSH * way}.get(move, LIFE * way)
    return _before_the_lens(move, dose, side, way) or Pose(z=closer(amount * dose))


def _before_the_lens(move: Move, dose: float, side: int, way: float) -> Pose | None:
    """The moves of the lens, the product and the light."""
    sway = way - 0.5
    if move is Move.RACK_ZOOM:
        return Pose(zoom=1.0 + RACK * dose * way, defocus=0.5 * min(dose, 1.0) * way)
    if move is Move.TURN:
        return Pose(turn=side * TURN * dose * sway * 2, z=closer(LIGHT_PUSH * dose * way))
    if move is Move.LIGHT_SWEEP:
        return Pose(light=side * 2.6 * sway, glow=min(dose, 1.0), z=closer(LIGHT_PUSH * dose * way))
    return None


def _orbit(angle: float, nearer: float) -> Pose:
    """About the point of the product in the middle of the canvas, looking at it."""
    x, z = _around(angle, nearer)
    return Pose(x=x, z=z, yaw=-angle)


def _around(angle: float, nearer: float) -> tuple[float, float]:
    """How far aside and how far forward: at ``angle`` on a circle that is ``nearer`` than the photo was taken from."""
    return FOCAL * math.sin(angle) * (1.0 - nearer), 1.0 - math.cos(angle) * (1.0 - nearer)


def closer(growth: float) -> float:
    """How far to go towards the product (a share of its distance) for it to grow by ``growth`` (0.1: by a tenth)."""
    return growth / (1.0 + growth)


def _alive(move: Move, made: list[Pose], dose: float, chance: random.Random, seconds: float) -> list[Pose]:
    """A hand that holds the camera, or the air that carries the product: slow sines, none in step with another."""
    times_ = [index / max(len(made) - 1, 1) for index in range(len(made))]
    x, y, roll = (drifts(chance, times_, seconds) for _ in range(3))
    if move is Move.FLOAT:
        return [
            replace(
                pose,
                lift_y=-FLOAT_RISE * dose * (1 + y[i]) * ease(min(2.5 * times_[i], 1.0)),
                lift_x=0.2 * FLOAT_RISE * dose * x[i] * ease(min(2.5 * times_[i], 1.0)),
                spin=FLOAT_TURN * dose * roll[i] * ease(min(2.5 * times_[i], 1.0)),
            )
            for i, pose in enumerate(made)
        ]
    hand = dose if move is Move.HANDHELD else 0.2 * dose
    return [
        replace(pose, x=HAND * hand * x[i], y=HAND * hand * y[i], roll=HAND_TILT * hand * roll[i])
        for i, pose in enumerate(made)
    ]


def landing(made: Sequence[Pose]) -> tuple[Pose, ...]:
    """The same way for a camera that comes to rest exactly where the photo was taken, in the light it was taken in."""
    end = made[-1]
    return tuple(
        replace(
            Pose(*(a - b for a, b in zip(pose.numbers(), end.numbers(), strict=True))),
            zoom=pose.zoom / end.zoom,
            light=pose.light,
            glow=pose.glow * (1.0 - ease((index + 1) / len(made))),
            defocus=max(pose.defocus - end.defocus, 0.0),
        )
        for index, pose in enumerate(made)
    )


def seen(pose: Pose, nearness: float, x: float, y: float) -> tuple[float, float]:
    """Where a point of the photo at this nearness is on the canvas."""
    return apply(pose.layer(nearness), x, y)
