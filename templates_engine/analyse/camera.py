"""How the camera moves in each shot, from points that are followed (Lucas and Kanade 1981, sparse, in pyramids).

Between two frames the points' motion is fitted by a shift and a growth (RANSAC, so that a moving product counts little).
A shot's mean speed tells push, pull, truck and pedestal, its shaking tells handheld, and a backdrop that slides behind
a subject that stays in place tells an orbit. Speeds are in frame widths a second: a truck to the left moves the picture
to the right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from templates_engine.analyse.footage import Frame
from templates_engine.analyse.ocr import Place
from templates_engine.domain.beats import Camera

Plane = NDArray[Any]  # uint8, height x width
Points = NDArray[Any]  # float32, points x 2, pixels

EVERY_MS = 80  # at most twelve looks a second
MOST_POINTS, LEAST_POINTS = 160, 12
SLOW = 0.012  # widths a second, or growth a second: slower is a camera that stands
SHAKY = 0.010  # widths a second around the drift of the shot; a tripod's shot shows a tenth of that
SETTLED = 0.3  # an orbit's subject moves at most so much of what the backdrop does
CENTRE = 0.22  # half the side of the middle in which a subject stands, share of the frame
EDGE_MS = 120  # at a shot's ends, where fades mix two pictures


@dataclass(frozen=True)
class Step:
    """Motion of the picture between two looks, per second: right and down in frame widths, growth as a logarithm.

    ``across_edge`` and ``across_middle``: the same to the right, of points near the edges and in the middle.
    """

    at_ms: int
    right: float
    down: float
    growth: float
    across_edge: float | None
    across_middle: float | None
    speed: float


class CameraWatch:
    """Sees every frame; then tells the move of any span of time.

    ``covered`` tells where text is laid over the picture now: its corners do not move with the camera.
    """

    def __init__(self, covered: Callable[[], Sequence[Place]] | None = None) -> None:
        self._covered = covered or (lambda: ())
        self._before: tuple[int, Plane] | None = None
        self._steps: list[Step] = []

    def see(self, frame: Frame) -> None:
        if self._before is not None and frame.at_ms - self._before[0] < EVERY_MS:
            return
        plane = cv2.cvtColor(frame.small, cv2.COLOR_BGR2GRAY)
        if self._before is not None:
            step = _step(self._before, (frame.at_ms, plane), self._covered())
            self._steps += [] if step is None else [step]
        self._before = frame.at_ms, plane

    def move(self, start_ms: int, end_ms: int) -> Camera:
        """The move of one shot; static where it is too short to tell."""
        steps = [
            step
            for step in self._steps
            if start_ms + EDGE_MS <= step.at_ms - EVERY_MS and step.at_ms <= end_ms - EDGE_MS
        ]
        return _named(steps) if len(steps) >= 3 else Camera.STATIC

    def motion(self, end_ms: int) -> float:
        """Mean speed of the picture until then, frame widths a second, cuts left out."""
        speeds = [step.speed for step in self._steps if step.at_ms <= end_ms]
        return round(float(np.mean(speeds)), 4) if speeds else 0.0


def _named(steps: list[Step]) -> Camera:
    right, down, growth = (np.array([getattr(step, name) for step in steps]) for name in ("right", "down", "growth"))
    across, along, closer = (float(np.median(values)) for values in (right, down, growth))
    shake = float(np.hypot(_unsteady(right), _unsteady(down)))
    if shake > max(SHAKY, 0.8 * max(abs(across), abs(along), abs(closer))):
        return Camera.HANDHELD
    if _is_orbit(steps):
        return Camera.ORBIT
    strongest = max(abs(across), abs(along), abs(closer))
    if strongest < SLOW:
        return Camera.STATIC
    if strongest == abs(closer):
        return Camera.PUSH if closer > 0 else Camera.PULL
    if strongest == abs(across):
        return Camera.TRUCK_LEFT if across > 0 else Camera.TRUCK_RIGHT
    return Camera.PEDESTAL_UP if along > 0 else Camera.PEDESTAL_DOWN


def _unsteady(values: NDArray[Any]) -> float:
    """Spread around a straight drift: an eased move speeds up and slows down, but does not swing."""
    places = np.arange(len(values))
    drift = np.polyval(np.polyfit(places, values, min(2, len(values) - 2)), places)
    return float(np.std(values - drift))


def _is_orbit(steps: list[Step]) -> bool:
    edges = [step.across_edge for step in steps if step.across_edge is not None]
    middles = [step.across_middle for step in steps if step.across_middle is not None]
    if len(edges) < 3 or len(middles) < 3:
        return False
    edge, middle = float(np.median(edges)), float(np.median(middles))
    return abs(edge) >= SLOW and abs(middle) <= SETTLED * abs(edge)


def _step(first: tuple[int, Plane], second: tuple[int, Plane], covered: Sequence[Place]) -> Step | None:
    """None where too little can be followed: a cut, or a picture without detail."""
    (before_ms, before), (at_ms, plane) = first, second
    here, there = _followed(before, plane, covered)
    if len(here) < LEAST_POINTS:
        return None
    height, width = plane.shape
    middle = np.array((width / 2, height / 2), np.float32)
    fit, kept = cv2.estimateAffinePartial2D(here - middle, there - middle, ransacReprojThreshold=1.0)
    if fit is None or kept.sum() < LEAST_POINTS / 2:
        return None
    seconds = (at_ms - before_ms) / 1000
    way = (there - here) / width / seconds
    inner: NDArray[Any] = np.all(np.abs(here / (width, height) - 0.5) < CENTRE, axis=1)
    return Step(
        at_ms=at_ms,
        right=float(fit[0, 2]) / width / seconds,
        down=float(fit[1, 2]) / width / seconds,
        growth=float(np.log(max(np.hypot(fit[0, 0], fit[1, 0]), 1e-6))) / seconds,
        across_edge=_across(way, here, width, inner),
        across_middle=float(np.median(way[inner, 0])) if inner.sum() >= 5 else None,
        speed=float(np.mean(np.linalg.norm(way, axis=1))),
    )


def _across(way: Points, here: Points, width: int, inner: NDArray[Any]) -> float | None:
    """Of both sides, the slower one's motion; 0 where they part, as they do when the camera comes closer."""
    sides = [way[~inner & side, 0] for side in (here[:, 0] < width / 2, here[:, 0] >= width / 2)]
    if any(len(side) < 4 for side in sides):
        return None
    left, right = (float(np.median(side)) for side in sides)
    return 0.0 if left * right <= 0 else min(left, right, key=abs)


def _followed(before: Plane, plane: Plane, covered: Sequence[Place]) -> tuple[Points, Points]:
    """Corners of the first picture and where they are in the second; both ways, to leave out what has been lost."""
    free = _free(before.shape, covered)
    found = cv2.goodFeaturesToTrack(before, maxCorners=MOST_POINTS, qualityLevel=0.005, minDistance=7, mask=free)
    if found is None:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    corners = found.astype(np.float32)
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, plane, corners, None, winSize=(15, 15), maxLevel=3)  # type: ignore[call-overload]
    back, again, _ = cv2.calcOpticalFlowPyrLK(plane, before, there, None, winSize=(15, 15), maxLevel=3)  # type: ignore[call-overload]
    near = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < 0.5
    good = (seen.ravel() == 1) & (again.ravel() == 1) & near
    return corners.reshape(-1, 2)[good], there.reshape(-1, 2)[good]


def _free(shape: tuple[int, ...], covered: Sequence[Place]) -> Plane:
    """255 where no text lies, with a little room around it."""
    height, width = shape[:2]
    free = np.full((height, width), 255, np.uint8)
    for place in covered:
        top, bottom = max(int(place.top * height) - 3, 0), int(place.bottom * height) + 4
        left, right = max(int(place.left * width) - 3, 0), int(place.right * width) + 4
        free[top:bottom, left:right] = 0
    return free
