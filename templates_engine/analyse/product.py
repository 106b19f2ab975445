"""Is the product on screen? Only where its photos are given: the same points in the photo and in the frame.

SIFT points (Lowe, 2004) that match better than the second best, and that agree on one place, size and turn (RANSAC). A
product that is seen from quite another side than in its photos is not recognised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from templates_engine.analyse.footage import Frame, Picture

EVERY_MS = 500
SIDE = 480  # pixels, longer side of photo and frame
MOST_POINTS = 600
BETTER = 0.75  # distance to the best over that to the second best
AGREE, SHARE = 12, 0.35  # points that agree, at least so many, and of all that match: fewer happen by chance
NEAR = 6.0  # pixels: how closely they agree
SIZES = (0.15, 4.0)  # of the product in the frame against the photo


@dataclass(frozen=True)
class _Points:
    places: Any  # float32, points x 2
    marks: Any  # float32, points x 128


class ProductWatch:
    """Sees every frame; ``share`` then tells a span's part with the product in it."""

    def __init__(self, photos: Sequence[Picture]) -> None:
        self._finder = cv2.SIFT.create(MOST_POINTS)
        self._photos = [points for photo in photos if (points := self._points(photo)) is not None]
        self._seen: list[tuple[int, bool]] = []

    def see(self, frame: Frame) -> None:
        if self._seen and frame.at_ms - self._seen[-1][0] < EVERY_MS:
            return
        points = self._points(frame.full()) if self._photos else None
        found = points is not None and any(_matches(photo, points) for photo in self._photos)
        self._seen.append((frame.at_ms, found))

    def share(self, start_ms: int, end_ms: int) -> float | None:
        """None without photos; a span between two looks takes the nearest one's."""
        if not self._photos or not self._seen:
            return None
        within = [found for at_ms, found in self._seen if start_ms <= at_ms < end_ms]
        if not within:
            middle = (start_ms + end_ms) / 2
            within = [min(self._seen, key=lambda look: abs(look[0] - middle))[1]]
        return round(sum(within) / len(within), 3)

    def _points(self, picture: Picture) -> _Points | None:
        scale = SIDE / max(picture.shape[:2])
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found, marks = self._finder.detectAndCompute(grey, None)
        if marks is None or len(found) < AGREE:
            return None
        return _Points(np.array([point.pt for point in found], np.float32), marks)


def _matches(photo: _Points, frame: _Points) -> bool:
    pairs = cv2.BFMatcher().knnMatch(photo.marks, frame.marks, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < BETTER * pair[1].distance]
    if len(good) < AGREE:
        return False
    here = photo.places[[match.queryIdx for match in good]]
    there = frame.places[[match.trainIdx for match in good]]
    fit, kept = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=NEAR)
    if fit is None:
        return False
    places = {(round(float(x)), round(float(y))) for x, y in there[kept.ravel() == 1]}
    size = float(np.hypot(fit[0, 0], fit[1, 0]))
    return len(places) >= max(AGREE, SHARE * len(good)) and SIZES[0] <= size <= SIZES[1]
