"""The light of a clip: black frames, flicker, and the change of all colours at a cut. Fed one small frame at a time."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.frames import Small

Histogram = NDArray[Any]  # float32, 8 x 8 x 8, sums to 1

BLACK, FLAT = 16.0, 8.0  # levels: mean below, and standard deviation below
PARTS = 4  # flicker is also looked for in each of 4 x 4 parts of the picture


class Light:
    def __init__(self) -> None:
        self._means: list[float] = []
        self._parts: list[NDArray[Any]] = []
        self._black: list[bool] = []
        self._distances: list[float] = []
        self._histogram: Histogram | None = None

    def add(self, frame: Small) -> None:
        mean, spread = cv2.meanStdDev(frame.luma)
        self._means.append(float(mean[0, 0]))
        self._black.append(float(mean[0, 0]) < BLACK and float(spread[0, 0]) < FLAT)
        self._parts.append(cv2.resize(frame.luma.astype(np.float32), (PARTS, PARTS), interpolation=cv2.INTER_AREA))
        colours = _histogram(frame)
        if self._histogram is not None:
            self._distances.append(float(cv2.compareHist(self._histogram, colours, cv2.HISTCMP_BHATTACHARYYA)))
        self._histogram = colours

    @property
    def black(self) -> float | None:
        return float(np.mean(self._black)) if self._black else None

    @property
    def flicker(self) -> float | None:
        """Mean size of the second difference of the lightness, levels: a fade, however quick, has none."""
        return float(np.abs(np.diff(self._means, 2)).mean()) if len(self._means) > 2 else None

    @property
    def cut(self) -> float | None:
        return max(self._distances) if self._distances else None


def _histogram(frame: Small) -> Histogram:
    blue, red = frame.chroma
    height, width = blue.shape
    luma = cv2.resize(frame.luma, (width, height), interpolation=cv2.INTER_AREA)
    counts = cv2.calcHist([luma, blue, red], [0, 1, 2], None, [8, 16, 16], [0, 256, 0, 256, 0, 256])
    return (counts / max(luma.size, 1)).astype(np.float32)
