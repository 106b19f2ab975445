"""How a clip moves: does it stand still, jump, or shake. Fed one small frame after the other."""

from collections import deque
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.frames import Plane, Small

Points = NDArray[Any]  # float32, points x 1 x 2

STILL_SPAN = 0.5  # seconds: what has not moved in such a time stands still
STILL = 0.025  # pixels of a small frame within that time; what an encoder's noise pretends lies below
LOOKS = 4  # times in each such span that is looked
AROUND = 6  # pairs on either side with which a pair's change is compared
USUAL_AT_LEAST = 0.6  # levels: an encoder refreshes its picture every second or two, which is no jump
SLOW = 0.1  # pixels of a small frame per frame: motion slower than that is hardly seen, and cannot be called jerky
REFRESH, FEWEST = 15, 20  # new points are looked for after so many pairs, or when so few are left
LUCAS_KANADE = {"winSize": (15, 15), "maxLevel": 3}
NO_POINTS: Points = np.empty((0, 1, 2), np.float32)


class Motion:
    """``fps``: frames per second of the clip."""

    def __init__(self, fps: float) -> None:
        span = max(2, round(STILL_SPAN * fps))
        self._every = max(1, span // LOOKS)
        self._recent: deque[Plane] = deque(maxlen=span)
        self._changes: list[float] = []
        self._drifts: list[float] = []
        self._steps: list[float] = []  # how far the points went from one frame to the next, pixels
        self._turns: list[float] = []  # how much that changed from the pair before, pixels
        self._points: Points = NO_POINTS
        self._way: Points = NO_POINTS  # where each point has just come from, as a vector

    def add(self, frame: Small) -> None:
        luma = frame.luma
        if self._recent:
            self._changes.append(_difference(self._recent[-1], luma))
            self._follow(self._recent[-1], luma)
        if len(self._recent) == self._recent.maxlen and frame.index % self._every == 0:
            self._drifts.append(_drift(self._recent[0], luma))
        self._recent.append(luma)

    def _follow(self, before: Plane, luma: Plane) -> None:
        """Track points for ``REFRESH`` pairs, then look for new ones."""
        if len(self._changes) % REFRESH == 1 or len(self._points) < FEWEST:
            self._points, self._way = _corners(before), NO_POINTS
        if not len(self._points):
            return
        after, found, _ = cv2.calcOpticalFlowPyrLK(before, luma, self._points, None, **LUCAS_KANADE)  # type: ignore[call-overload]
        kept = found.ravel() == 1
        way = (after - self._points)[kept]
        if len(way):
            self._steps.append(float(np.median(np.linalg.norm(way, axis=-1))))
        if len(way) and len(self._way):
            self._turns.append(float(np.median(np.linalg.norm(way - self._way[kept], axis=-1))))
        self._points, self._way = after[kept], way

    @property
    def frozen(self) -> float | None:
        """Share of the half seconds in which nothing moves."""
        return float(np.mean(np.array(self._drifts) < STILL)) if self._drifts else None

    @property
    def jump(self) -> float | None:
        """The largest change between neighbours, in multiples of the median change around it."""
        changes = np.array(self._changes)
        if len(changes) < 3:
            return None
        ratios = []
        for at, change in enumerate(changes):
            around = np.delete(changes[max(at - AROUND, 0) : at + AROUND + 1], min(at, AROUND))
            ratios.append(change / max(float(np.median(around)), USUAL_AT_LEAST))
        return float(max(ratios))

    @property
    def jerk(self) -> float | None:
        """Mean change of the points' motion from one pair of frames to the next, over their mean motion."""
        return float(np.mean(self._turns) / (np.mean(self._steps) + SLOW)) if self._turns else None


def _difference(one: Plane, other: Plane) -> float:
    """Mean absolute difference, levels."""
    return float(cv2.norm(one, other, cv2.NORM_L1)) / one.size


def _drift(before: Plane, luma: Plane) -> float:
    """How far corners have moved, the median in pixels; in a picture without any, how much its pixels have changed."""
    corners = _corners(before)
    if len(corners) < FEWEST:
        return _difference(before, luma)
    after, found, _ = cv2.calcOpticalFlowPyrLK(before, luma, corners, None, **LUCAS_KANADE)  # type: ignore[call-overload]
    way = np.linalg.norm((after - corners)[found.ravel() == 1], axis=-1)
    return float(np.median(way)) if len(way) else _difference(before, luma)


def _corners(luma: Plane) -> Points:
    """Corners that can be followed, points x 1 x 2; none in a picture without detail."""
    found = cv2.goodFeaturesToTrack(luma, maxCorners=150, qualityLevel=0.02, minDistance=9)
    return NO_POINTS if found is None else found.astype(np.float32)
