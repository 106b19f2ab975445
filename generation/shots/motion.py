"""How fast the picture moves at the end of a clip.

Points of the last picture are followed backwards (Lucas-Kanade); a shift, a turn and a growth are fitted to them in
each of the pictures before it (RANSAC), and a parabola through those gives the speed at the very end.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.drift import Speed
from generation.shots.survey import Planes

Points = NDArray[Any]  # float32, n x 1 x 2
BACK = 8  # pictures
SIDE = 640  # longer side of the pictures that are tracked
FEWEST = 12  # points
INSIDE = 0.5  # share of the points that must agree
STILL = 0.02  # pixels of the tracked pictures: less is the tracker's own noise
FAITHFUL = 0.5  # pixels: a point followed there and back must come home


def speed_at_end(last_pictures: Sequence[Planes]) -> Speed:
    """``last_pictures``: the clip's end in its order, ``BACK`` + 1 are enough. Rest where nothing can be followed."""
    lumas = [_small(planes) for planes in last_pictures[-BACK - 1 :]][::-1]
    width, height = lumas[0].shape[1], lumas[0].shape[0]
    points = cv2.goodFeaturesToTrack(lumas[0], 500, 0.01, 7)
    found: list[tuple[float, float, float, float]] = []
    guess = points
    for before in lumas[1:]:
        if points is None or len(points) < FEWEST:
            break
        place, points, guess = _followed(lumas[0], before, points, guess)
        if place is None:
            break
        found.append(_place(place, width, height))
    if len(found) < 2:
        return Speed()
    speeds = [_slope([place[axis] for place in found]) for axis in range(4)]
    if max(abs(speeds[0]), abs(speeds[1]), abs(speeds[2]) / 2, abs(speeds[3]) / 2) * width < STILL:
        return Speed()
    return Speed(*speeds)


def _small(planes: Planes) -> NDArray[Any]:
    height = planes.shape[0] * 2 // 3
    scale = min(1.0, SIDE / max(height, planes.shape[1]))
    size = round(planes.shape[1] * scale), round(height * scale)
    return cv2.resize(planes[:height], size, interpolation=cv2.INTER_AREA)


def _followed(
    last: NDArray[Any], before: NDArray[Any], points: Points, guess: Points
) -> tuple[NDArray[Any] | None, Points, Points]:
    """The 2 x 3 matrix from ``last`` to ``before`` with the points that it is made of; ``None`` where too few agree."""
    there, seen, _ = cv2.calcOpticalFlowPyrLK(last, before, points, guess.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
    back, seen_back, _ = cv2.calcOpticalFlowPyrLK(
        before, last, there, points.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    good = (seen.ravel() > 0) & (seen_back.ravel() > 0) & (np.abs(back - points).max(axis=(1, 2)) < FAITHFUL)
    points, there = points[good], there[good]
    if len(points) < FEWEST:
        return None, points, there
    cv2.setRNGSeed(1)  # RANSAC guesses: the same clip must give the same speed
    matrix, agree = cv2.estimateAffinePartial2D(points, there, method=cv2.RANSAC, ransacReprojThreshold=0.5)
    if matrix is None or agree.mean() < INSIDE:
        return None, points, there
    return matrix, points, there


def _place(matrix: NDArray[Any], width: int, height: int) -> tuple[float, float, float, float]:
    """Shift of the picture's middle in canvas widths, growth and turn, seen from the last picture."""
    middle = np.array([(width - 1) / 2, (height - 1) / 2, 1.0])
    x, y = (matrix @ middle - middle[:2]) / width
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return float(x), float(y), float(np.log(scale)), float(np.arctan2(matrix[1, 0], matrix[0, 0]))


def _slope(values: list[float]) -> float:
    """Change per picture at the end, of ``values`` one, two, three ... pictures before it (where it is 0)."""
    back = -np.arange(1, len(values) + 1, dtype=np.float64)
    powers = [back, back**2] if len(values) > 3 else [back]
    return float(np.linalg.lstsq(np.stack(powers, axis=1), np.array(values), rcond=None)[0][0])
