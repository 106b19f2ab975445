"""Sprites that enter, stay and leave: where, how large and how visible each is at each frame."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from generation.domain.layout import even_down, even_up
from generation.errors import CutRefused
from generation.render.yuv import RGBA, Frame, Layer, blit, layer

ENTER_S = 0.27
LEAVE_S = 0.17


@dataclass(frozen=True)
class Pose:
    """``dx``, ``dy`` in shares of the sprite's height; ``scale`` about its middle."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    opacity: float = 1.0


Motion = Callable[[float], Pose]  # progress 0..1 -> pose; 1 is at rest


def ease_out(at: float) -> float:
    return 1 - (1 - at) ** 3


def back_out(at: float) -> float:
    """Overshoots by about 4 % and settles (Penner's "back" with a small constant)."""
    swing = 1.05
    return 1 + (swing + 1) * (at - 1) ** 3 + swing * (at - 1) ** 2


def _pop(at: float) -> Pose:
    return Pose(scale=0.78 + 0.22 * back_out(at), opacity=min(1.0, at * 2.5))


def _rise(at: float) -> Pose:
    return Pose(dy=0.28 * (1 - ease_out(at)), opacity=min(1.0, at * 1.6))


def _slide(at: float) -> Pose:
    return Pose(dx=-0.9 * (1 - ease_out(at)), opacity=min(1.0, at * 2))


def _fade(at: float) -> Pose:
    return Pose(opacity=at)


def _grow(at: float) -> Pose:
    return Pose(scale=0.94 + 0.06 * ease_out(at), opacity=min(1.0, at * 1.5))


def _stamp(at: float) -> Pose:
    """From above onto the picture; backwards, a ring that spreads."""
    return Pose(scale=1 + 0.55 * (1 - ease_out(at)), opacity=min(1.0, at * 1.8))


def _bounce(at: float) -> Pose:
    """Falls from above and springs twice, as in Penner's "bounce" with half its height."""
    return Pose(dy=-0.55 * (1 - _springs(at)), opacity=min(1.0, at * 3))


def _springs(at: float) -> float:
    for middle, width, lift in ((0.0, 0.40, 1.0), (0.60, 0.20, 0.30), (0.90, 0.10, 0.08)):
        if at < middle + width:
            return min(1.0, 1 - lift * (1 - ((at - middle) / width) ** 2))
    return 1.0


def _swell(at: float) -> Pose:
    """From large and faint to its size: a word that is shouted; backwards, one that dissolves."""
    return Pose(scale=1 + 0.22 * (1 - ease_out(at)), opacity=at)


def _still(_: float) -> Pose:
    return Pose()


MOTIONS: dict[str, Motion] = {
    "pop": _pop, "rise": _rise, "slide": _slide, "fade": _fade, "grow": _grow, "stamp": _stamp, "bounce": _bounce,
    "swell": _swell, "none": _still,
}  # fmt: skip


def motion(name: str) -> Motion:
    if name not in MOTIONS:
        raise CutRefused(f"there is no motion {name!r}: choose one of {', '.join(MOTIONS)}")
    return MOTIONS[name]


@dataclass(frozen=True)
class Cue:
    """A sprite with its top left corner at even ``x``, ``y``, shown from frame ``start`` up to ``end``."""

    picture: RGBA
    x: int
    y: int
    start: int
    end: int
    fps: int
    enter: str = "pop"
    leave: str = "fade"
    enter_s: float = ENTER_S
    leave_s: float = LEAVE_S
    pulse: float = 0.0  # a slow swell of this share while it stays

    @cached_property
    def _at_rest(self) -> Layer:
        return layer(self.picture)

    def draw(self, frame: Frame, at: int) -> None:
        if not self.start <= at < self.end:
            return
        pose = self.pose(at)
        if pose.opacity <= 0:
            return
        if (pose.dx, pose.dy, pose.scale) == (0.0, 0.0, 1.0):
            blit(frame, self._at_rest, self.x, self.y, pose.opacity)
        else:
            moved, x, y = _posed(self.picture, pose)
            blit(frame, layer(moved), self.x + x, self.y + y, pose.opacity)

    def pose(self, at: int) -> Pose:
        """The first frame is already partly visible: text must not come later than its word.

        What starts with the picture is there at once: platforms take the first frame as the cover.
        """
        entered = (at - self.start + 1) / max(self.enter_s * self.fps, 1)
        left = (self.end - at) / max(self.leave_s * self.fps, 1)
        if entered < 1 and self.start > 0 and self.enter != "none":
            return motion(self.enter)(entered)
        if left < 1 and self.leave != "none":
            return motion(self.leave)(left)
        if self.pulse:
            beat = (at - self.start) / self.fps - self.enter_s
            return Pose(scale=1 + self.pulse * math.sin(math.pi * beat / 0.6) ** 2)
        return Pose()


def draw_all(frame: Frame, cues: Iterable[Cue], at: int) -> None:
    for cue in cues:
        cue.draw(frame, at)


def _posed(picture: RGBA, pose: Pose) -> tuple[RGBA, int, int]:
    """Move and scale with sub-pixel precision onto a sheet with room for it; (sheet, even offset x, y)."""
    height, width = picture.shape[:2]
    grow_x = max(pose.scale - 1, 0) * width / 2 + abs(pose.dx) * height
    grow_y = max(pose.scale - 1, 0) * height / 2 + abs(pose.dy) * height
    left, top = even_up(grow_x), even_up(grow_y)
    matrix = np.array(
        [
            [pose.scale, 0, left + pose.dx * height + (1 - pose.scale) * (width - 1) / 2],
            [0, pose.scale, top + pose.dy * height + (1 - pose.scale) * (height - 1) / 2],
        ]
    )
    size = (even_down(width) + 2 * left, even_down(height) + 2 * top)
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR), -left, -top
