"""Going on from where a clip ended: the same place at the same speed, then slowly to and fro about its last picture.

Everything after the clip is filmed from that one picture, so nothing is ever filmed twice over; the camera comes back
to it again and again. Lengths are canvas widths, as in ``rig``; the picture's own motion is that of its content.
"""

import math
import random
from dataclasses import dataclass

from generation.domain.camera import ease
from generation.domain.rig import Pose

SETTLE_S, SETTLE_LEAST_S = 1.2, 0.2  # in which the speed of the clip dies down
BACK_S = 6.0  # in which the way made meanwhile is taken back
# The farthest that settling may carry: beyond the picture's edge there is nothing but its mirror image.
FAR, FAR_GROWTH, FAR_ROLL = 0.02, 0.035, math.radians(0.8)
CYCLE_S = 14.0  # about: there and back
DEEPEST, DEPTH_PER_S = 0.085, 0.014  # share of the picture's width that a push takes away
SIDEWAYS = 0.42  # of what a push takes away at each side; 0.5 would touch the edge


@dataclass(frozen=True)
class Speed:
    """How the picture's content moves over the canvas, per picture: to the right and down, growth, clockwise turn.

    ``growth`` is the logarithm of how many times larger, ``roll`` in radians.
    """

    x: float = 0.0
    y: float = 0.0
    growth: float = 0.0
    roll: float = 0.0


class TooFast(ValueError):
    """The clip ends in a movement that cannot come to rest within its last picture."""


def onward(start: Speed, frames: int, fps: float, aspect: float, seed: int) -> tuple[Pose, ...]:
    """The camera for ``frames`` pictures after the last one (which is ``Pose()``). Raises ``TooFast``.

    Its first step is ``start``'s, and at the end it is back at rest where it began. ``aspect``: height / width.
    """
    settle = _settling(start, fps)
    chance = random.Random(seed)  # noqa: S311  (variety, not secrecy)
    cycles = max(round(frames / fps / CYCLE_S), 1)
    period = frames / cycles
    depth = min(DEEPEST, DEPTH_PER_S * period / fps) * chance.uniform(0.9, 1.1)
    phases = [chance.uniform(0, math.tau) for _ in range(2)]
    made = []
    for number in range(1, frames + 1):
        left = _carried(number, settle, BACK_S * fps)
        push = depth * (1 - math.cos(math.tau * number / period)) / 2
        turn = math.tau * number / period / 1.618
        across, down = (push * SIDEWAYS * math.sin(turn * rate + phases[axis]) for axis, rate in enumerate((1.0, 0.7)))
        made.append(
            Pose(
                x=across - start.x * left,
                y=down * aspect - start.y * left,
                z=1.0 - (1.0 - push) * math.exp(-start.growth * left),
                roll=-start.roll * left,
            )
        )
    return tuple(made)


def _settling(start: Speed, fps: float) -> float:
    """In how many pictures the clip's speed dies down. Half of that times the speed is how far it carries."""
    wanted = SETTLE_S * fps
    for speed, far in ((math.hypot(start.x, start.y), FAR), (start.growth, FAR_GROWTH), (start.roll, FAR_ROLL)):
        if speed:
            wanted = min(wanted, 2 * far / abs(speed))
    if wanted < SETTLE_LEAST_S * fps:
        raise TooFast("the clip ends in the middle of a fast movement: end it earlier or where the camera is calmer")
    return wanted


def _carried(number: float, settle: float, back: float) -> float:
    """How many steps of the first speed lie between this picture and the last of the clip."""
    way = min(number / settle, 1.0)
    gone = settle * (way - way**3 + way**4 / 2)  # the integral of 1 - (3 w^2 - 2 w^3)
    return gone * (1.0 - ease(min(max(number - settle, 0.0) / back, 1.0)))
