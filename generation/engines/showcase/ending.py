"""A shot that begins with one photo and ends exactly on another of the same product.

Both are filmed along the same way. While one takes over from the other, the cameras pan and zoom so that the product
stands at the same place in the same size, and a soft edge with a little light on it wipes across, so that no two
pictures of the product lie over each other for longer than a blink.
"""

import math
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import FOCAL, apply, ease
from generation.domain.geometry import Box
from generation.domain.rig import Pose
from generation.engines.showcase.nearness import Lattice
from generation.engines.showcase.warp import Frame

Plane = NDArray[Any]  # uint8
Poses = tuple[Pose, ...]

MIDDLE = 0.52  # of the time: when the change is half done
CHANGE = 0.8  # seconds that the change takes, ...
SHORTEST = 0.35  # ... or this share of a short shot
MEETING = 2.4  # times as long as the change the cameras take to bring the two products together
PAN, GROW = 0.14, 1.35  # at most: canvas widths, and factor
SOFT = 0.32  # width of the wiping edge, canvas diagonals
LEAN = 0.35  # of the edge
GLINT = 0.5


def change(frames: int, fps: int) -> tuple[float, float]:
    """The middle of the change and its length, in frames."""
    return MIDDLE * (frames - 1), max(min(CHANGE * fps, SHORTEST * frames), 1.0)


def share(index: int, frames: int, fps: int, times: float = 1.0) -> float:
    """How much of the change is done, 0..1; of one that takes so many ``times`` as long."""
    middle, length = change(frames, fps)
    return ease(min(max((index - middle) / (length * times) + 0.5, 0.0), 1.0))


def matched(first: Poses, last: Poses, boxes: tuple[Box | None, Box | None], fps: int) -> tuple[Poses, Poses]:
    """The two ways, bent so that the products meet. ``boxes``: canvas widths from each aim; ``None``: unknown."""
    if boxes[0] is None or boxes[1] is None:
        return first, last
    met: tuple[list[Pose], list[Pose]] = ([], [])
    for index, pair in enumerate(zip(first, last, strict=True)):
        way = share(index, len(first), fps, MEETING)
        one, two = _place(pair[0], boxes[0]), _place(pair[1], boxes[1])
        goal = tuple(a + (b - a) * way for a, b in zip(one, two, strict=True))
        for side, pose, place, far in ((0, pair[0], one, way), (1, pair[1], two, 1 - way)):
            met[side].append(_brought(pose, place, goal) if far > 0 else pose)
    return tuple(met[0]), tuple(met[1])


def _place(pose: Pose, box: Box) -> tuple[float, float, float]:
    """Where the middle of the product is on the canvas, and the logarithm of its size."""
    x, y = apply(pose.layer(1.0), *box.centre)
    return x, y, math.log(math.sqrt(box.width * box.height) * pose.zoom / (1 - pose.z))


def _brought(pose: Pose, place: tuple[float, ...], goal: tuple[float, ...]) -> Pose:
    """A pan and a zoom take the product from ``place`` to ``goal``, as far as they may."""
    grow = math.exp(min(max(goal[2] - place[2], -math.log(GROW)), math.log(GROW)))
    across, down = (min(max(goal[axis] - place[axis] * grow, -PAN), PAN) for axis in (0, 1))
    return replace(
        pose,
        zoom=pose.zoom * grow,
        yaw=pose.yaw - math.atan(across / grow / FOCAL),
        pitch=pose.pitch - math.atan(down / grow / FOCAL),
    )


def glinting(made: Poses, fps: int) -> Poses:
    """With a light that runs along with the edge."""
    out = []
    for index, pose in enumerate(made):
        done = share(index, len(made), fps)
        bump = 4 * done * (1 - done)
        light = 2.4 * (done - 0.5)
        out.append(replace(pose, light=light, glow=max(pose.glow, GLINT * bump)) if bump > 0 else pose)
    return tuple(out)


def wipe(first: Frame, last: Frame, done: float, lattice: Lattice) -> None:
    """Into ``first``: as much of ``last`` as is ``done``, behind a soft leaning edge."""
    along = lattice.x + LEAN * lattice.y
    along = (along - along.min()) / (along.max() - along.min())
    front = done * (1 + SOFT) - along
    cover = np.clip(front / SOFT, 0, 1)
    cover = (cover * cover * (3 - 2 * cover)).astype(np.float32)
    _mix(first.luma, last.luma, cv2.convertScaleAbs(lattice.fine(cover), alpha=255.0))
    half = cv2.convertScaleAbs(lattice.fine(cover, half=True), alpha=255.0)
    for below, above in zip(first.chroma, last.chroma, strict=True):
        _mix(below, above, half)


def _mix(below: Plane, above: Plane, cover: Plane) -> None:
    apart = cv2.subtract(above, below, dtype=cv2.CV_16S)
    cv2.add(below, cv2.multiply(apart, cover, scale=1 / 255, dtype=cv2.CV_16S), dst=below, dtype=cv2.CV_8U)
