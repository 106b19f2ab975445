"""Sharpness along a clip: the variance of the Laplacian of small frames, later against first."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.frames import Small

FLOOR = 4.0  # levels squared: in a picture without any detail the ratio would be one of noise


class Sharpness:
    def __init__(self) -> None:
        self._values: list[float] = []

    def add(self, frame: Small) -> None:
        self._values.append(laplacian_variance(frame.luma))

    @property
    def kept(self) -> tuple[float, float] | None:
        """Least and most sharpness of any eighth of the clip, in multiples of the first eighth's."""
        if len(self._values) < 8:
            return None
        eighths = [float(np.mean(part)) + FLOOR for part in np.array_split(np.array(self._values), 8)]
        later = [value / eighths[0] for value in eighths[1:]]
        return min(later), max(later)


def laplacian_variance(luma: NDArray[Any]) -> float:
    return float(cv2.Laplacian(luma, cv2.CV_32F).var())
