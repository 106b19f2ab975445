"""How a clip moves: does it stand still, jump, or shake. Fed one small frame after the other."""

from collections import deque
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.frames import Plane, Small

Points = NDArray[Any]  # float32, points x 1 x 2

STILL_SPAN = 0.25  # seconds: what has not changed in such a time stands still
STILL = 0.02  # pixels of a small frame within that time; the noise of the encoder lies below
AROUND = 6  # pairs on either side with which a pair's change is compared
USUAL_AT_LEAST = 0.6  # levels: an encoder refreshes its picture every second or two, which is no jump
SLOW = 0.1  # pixels of a small frame per frame: motion slower than that is hardly seen, and cannot be called jerky
REFRESH, FEWEST = 15, 20  # new points are looked for after so many pairs, or when so few are left
LUCAS_KANADE = {"winSize": (15, 15), "maxLevel": 3}
NO_POINTS: Points = np.empty((0, 1, 2), np.float32)


class Motion:
    """``fps``: frames per second of the clip."""

    def __init__(self, fps: float) -> None:
        self._span = max(1, round(STILL_SPAN * fps))
        self._recent: deque[Plane] = deque(maxlen=self._span)
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
        if len(self._recent) == self._span:
            self._drifts.append(_difference(self._recent[0], luma) / max(_slope(luma), 0.5))
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
        """Share of the quarter seconds in which nothing moves, as far as can be told from how much pixels change."""
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


def _slope(luma: Plane) -> float:
    """Mean steepness of a picture, levels per pixel: what a shift by one pixel changes."""
    across = cv2.norm(luma[:, 1:], luma[:, :-1], cv2.NORM_L1) / luma.size
    down = cv2.norm(luma[1:], luma[:-1], cv2.NORM_L1) / luma.size
    return float(np.hypot(across, down))


def _corners(luma: Plane) -> Points:
    """Corners that can be followed, points x 1 x 2; none in a picture without detail."""
    found = cv2.goodFeaturesToTrack(luma, maxCorners=150, qualityLevel=0.02, minDistance=9)
    return NO_POINTS if found is None else found.astype(np.float32)
