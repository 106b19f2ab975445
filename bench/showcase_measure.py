"""How much a filmed product bends, how far it moves against its background, and whether its text still reads.

Points are followed twice: a tracker that looks for equal patches errs where the product grows by a third, and among the
equal holes of a mesh. So each frame is laid over the first by one homography, and what still moves then is measured. What
bends is still seen to bend.

Nothing here knows the engine's matte: the product is where ``showcase_outlines.json`` or ``generation/subject.py`` say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from generation.domain.geometry import Box
    from generation.gate.text import Line

Picture = Any  # uint8, height x width x 3, BGR
Grey = Any  # uint8, height x width
Matrix = Any  # float64, 3 x 3

DRAWN: dict[str, Any] = json.loads((Path(__file__).parent / "showcase_outlines.json").read_text())
OUTLINES: dict[str, list[list[list[float]]]] = DRAWN["outlines"]
WHOLES: dict[str, list[float]] = DRAWN["wholes"]
POINTS = 400
TRACKED = {"winSize": (21, 21), "maxLevel": 4, "criteria": (3, 40, 0.01)}
BACK = 0.5  # pixels: a point that is tracked forth and back ends so near to where it began, or was lost
NEAR = 1  # levels of the pyramid when a point is followed again: it is found up to some twenty pixels away
LEAST = 12  # points; with fewer, nothing is measured
OUTLIER = 3.0  # pixels: farther points do not shape the homography, but count in the residual
BLOCK = 16


@dataclass
class Found:
    """Of one clip; pixels at the size of the frames."""

    points: int = 0
    residuals: list[float] = field(default_factory=list)  # of every point in every sampled frame
    product_way: float | None = None  # how far the product moves from the first sample to the last, ...
    background_way: float | None = None  # ... and what is around it
    apart: float | None = None  # the difference of the two, as vectors
    far_apart: float | None = None  # the same of that quarter of the background that differs most: a table goes along
    text: list[float] = field(default_factory=list)  # agreement per sampled frame
    holes: float = 0.0  # share of blocks of one single value, more than the photo has

    @property
    def median(self) -> float | None:
        return float(np.median(self.residuals)) if self.residuals else None

    @property
    def p95(self) -> float | None:
        return float(np.percentile(self.residuals, 95)) if self.residuals else None


@dataclass
class Shown:
    """One clip: what was measured, and its sampled frames, small. ``still``: the same moments by that engine."""

    photo: str
    move: str
    found: Found
    frames: list[Picture]
    still: list[Picture]
    flat: bool
    seconds: float


def product_mask(name: str, size: tuple[int, int], box: Box | None) -> Grey:
    """255 well inside the product; ``size``: width and height of the photo."""
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    for polygon in OUTLINES.get(name, []):
        cv2.fillPoly(mask, [np.round(np.array(polygon) * (width, height)).astype(np.int32)], 255)
    if name not in OUTLINES and box is not None:
        middle = round(box.centre[0] * width), round(box.centre[1] * height)
        cv2.ellipse(mask, (middle, (round(0.7 * box.width * width), round(0.8 * box.height * height)), 0), 255, -1)
    return mask


def whole_of(name: str, box: Box | None) -> Box | None:
    """Around all of the product: drawn by hand where ``box`` of ``generation/subject.py`` misses a part."""
    from generation.domain.geometry import Box

    return Box(*WHOLES[name]) if name in WHOLES else box


def measure(
    photo: Picture, mask: Grey, box: Box | None, frames: list[Picture], lines: tuple[Line, ...], to_canvas: Matrix
) -> Found:
    """``frames``: samples of a clip; ``to_canvas``: from the photo to the first of them, along the product."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames]
    height, width = greys[0].shape
    found = Found(holes=_holes(greys, photo))
    home = to_canvas
    on = cv2.warpPerspective(mask, home, (width, height), flags=cv2.INTER_NEAREST)
    ways = _again(greys, _tracked(greys, cv2.erode(on, np.ones((9, 9), np.uint8))))
    homographies = [home]
    if ways is not None:
        found.points = ways.shape[1]
        for moved in ways[1:]:
            fit, _ = cv2.findHomography(ways[0], moved, cv2.RANSAC, OUTLIER, maxIters=5000, confidence=0.9999)
            if fit is None:
                return found
            away = cv2.perspectiveTransform(ways[0][:, None], fit)[:, 0] - moved
            found.residuals += np.hypot(*away.T).tolist()
            homographies.append(fit @ home)
        _against_background(found, ways, greys, photo, box, home)
    found.text = _text(lines, frames, homographies)
    return found


def _tracked(greys: list[Grey], on: Grey) -> Any:
    """Frames x points x 2: the points of the first frame that were found in all others; ``None``: too few."""
    start = cv2.goodFeaturesToTrack(greys[0], POINTS, 0.005, 7, mask=on)
    if start is None or len(start) < LEAST:
        return None
    start = start.astype(np.float32)
    ways, alive = [start[:, 0]], np.ones(len(start), bool)
    guess = start.copy()
    for grey in greys[1:]:
        moved, ok, _ = cv2.calcOpticalFlowPyrLK(
            greys[0], grey, start, guess.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **TRACKED
        )
        back, returned, _ = cv2.calcOpticalFlowPyrLK(
            grey, greys[0], moved, start.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **TRACKED
        )
        alive &= (ok[:, 0] > 0) & (returned[:, 0] > 0) & (np.hypot(*(back - start)[:, 0].T) < BACK)
        ways.append(moved[:, 0])
        guess = moved
    kept = np.array(ways)[:, alive]
    return kept if kept.shape[1] >= LEAST else None


def _again(greys: list[Grey], ways: Any) -> Any:
    """The same points, followed once more after the frame has been laid over the first one; lost ones are left out."""
    if ways is None:
        return None
    height, width = greys[0].shape
    start, alive, found = ways[0][:, None], np.ones(ways.shape[1], bool), [ways[0]]
    how = TRACKED | {"maxLevel": NEAR, "flags": cv2.OPTFLOW_USE_INITIAL_FLOW}
    for grey, before in zip(greys[1:], ways[1:], strict=True):
        fit, _ = cv2.findHomography(ways[0], before, cv2.RANSAC, OUTLIER, maxIters=5000, confidence=0.9999)
        if fit is None:
            return ways
        over = cv2.warpPerspective(grey, fit, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
        moved, ok, _ = cv2.calcOpticalFlowPyrLK(greys[0], over, start, start.copy(), **how)
        back, returned, _ = cv2.calcOpticalFlowPyrLK(over, greys[0], moved, start.copy(), **how)
        alive &= (ok[:, 0] > 0) & (returned[:, 0] > 0) & (np.hypot(*(back - start)[:, 0].T) < BACK)
        found.append(cv2.perspectiveTransform(moved, fit)[:, 0])
    kept = np.array(found)[:, alive]
    return kept if kept.shape[1] >= LEAST else None


def _against_background(
    found: Found, ways: Any, greys: list[Grey], photo: Picture, box: Box | None, home: Matrix
) -> None:
    height, width = greys[0].shape
    outside = np.full(photo.shape[:2], 255, np.uint8)
    if box is not None:
        tall, wide = photo.shape[:2]
        x0, y0, x1 = box.x0 * wide, box.y0 * tall, box.x1 * wide
        cv2.rectangle(
            outside, (round(x0 - 0.03 * wide), round(y0 - 0.03 * tall)), (round(x1 + 0.03 * wide), tall), 0, -1
        )
    around = cv2.warpPerspective(outside, home, (width, height), flags=cv2.INTER_NEAREST)
    others = _tracked(greys, around)
    product = np.median(ways[-1] - ways[0], axis=0)
    found.product_way = float(np.hypot(*product))
    if others is not None:
        moved = others[-1] - others[0]
        back = np.median(moved, axis=0)
        found.background_way, found.apart = float(np.hypot(*back)), float(np.hypot(*(back - product)))
        found.far_apart = float(np.percentile(np.hypot(*(moved - product).T), 75))


def _text(lines: tuple[Line, ...], frames: list[Picture], homes: list[Matrix]) -> list[float]:
    from generation.gate.text import read, total

    if not lines or len(homes) != len(frames):
        return []
    totals = [total(read(lines, frame, home)) for frame, home in zip(frames, homes, strict=True)]
    return [value for value in totals if value is not None]


def _holes(greys: list[Grey], photo: Picture) -> float:
    def dead(grey: Grey) -> float:
        rows, columns = grey.shape[0] // BLOCK * BLOCK, grey.shape[1] // BLOCK * BLOCK
        blocks = grey[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
        return float((blocks.max((1, 3)) == blocks.min((1, 3))).mean())

    return max(max(map(dead, greys)) - dead(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)), 0.0)
