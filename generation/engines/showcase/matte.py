"""From a coarse matte to the product's outline in the photo's own resolution.

GrabCut (Rother, Kolmogorov and Blake, 2004) redraws the outline in a band around the coarse one, and is believed only
as far as the two agree; the guided filter (He, Sun and Tang, 2013), by colours, then follows hair, leaves and the
anti-aliased rim.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.engines.showcase.scene import SOLID, Image, Map
from generation.engines.showcase.strays import gathered

Mask = NDArray[Any]  # uint8, 0 or 1

SIDE = 512  # longer side of the working copy, pixels; lengths below are such pixels
BAND, CELLS = 4.0, 1.3  # the outline may move so far, and so many pixels of the coarse matte more
AGREE = 0.80  # GrabCut's piece and the coarse one overlap at least so much (of their union)
ROUNDS = 3
SPECK = 0.01  # a piece smaller than this share of the product is no part of it ...
PINHOLE = 0.0008  # ... and a hole smaller than this is none
RADIUS, SMOOTH = 3, 1.2e-4  # of the guided filter: pixels, and how much a colour must differ (square, of 0..1)
SOFT = 2.5  # half the width of the soft rim
STRETCH = 0.12  # what the guided filter leaves below this, and above one less this, is noise


def refine(photo: Image, coarse: Map) -> Map:
    """``coarse``: 0..1, any size -> 0..1, of the photo's size: the product's alpha."""
    height, width = photo.shape[:2]
    scale = min(SIDE / max(photo.shape[:2]), 1.0)
    size = (max(round(width * scale), 8), max(round(height * scale), 8))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    guess = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    core = (guess >= SOLID).astype(np.uint8)
    if not core.any() or core.all():
        return np.zeros((height, width), np.float32)
    band = BAND + CELLS * size[0] / coarse.shape[1]
    outline = gathered(small, _tidied(_cut(small, core, band)), guess)
    return _soft(photo, small, outline)


def fitted(photo: Image, drawn: Image) -> Map:
    """The user's own outline (grey, any size): taken as it is, only with a soft rim where it has a hard one."""
    alpha = cv2.resize(drawn, (photo.shape[1], photo.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255
    return cv2.GaussianBlur(alpha, (0, 0), 0.8)


def _cut(small: Image, core: Mask, band: float) -> Mask:
    """GrabCut's outline where it lies within ``band`` of the coarse one and they agree, else the coarse one."""
    inside = cv2.distanceTransform(core, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - core, cv2.DIST_L2, 3)
    seeds = np.where(core > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    seeds[inside > band] = cv2.GC_FGD
    seeds[outside > band] = cv2.GC_BGD
    if not (seeds == cv2.GC_BGD).any():
        return core
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, seeds, (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = ((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)).astype(np.uint8)
    both, either = (int(np.count_nonzero(area)) for area in (found & core, found | core))
    return found if both >= AGREE * either else core


def _tidied(outline: Mask) -> Mask:
    """Without specks and pinholes."""
    area = int(outline.sum())
    for value, least in ((1, SPECK), (0, PINHOLE)):
        count, labels, facts, _ = cv2.connectedComponentsWithStats((outline == value).astype(np.uint8), connectivity=4)
        small = [label for label in range(1, count) if facts[label, cv2.CC_STAT_AREA] < least * area]
        outline = np.where(np.isin(labels, small), 1 - value, outline).astype(np.uint8)
    return outline


def _soft(photo: Image, small: Image, outline: Mask) -> Map:
    """The guided filter's coefficients from the small copy, applied to the photo itself; hard away from the rim."""
    height, width = photo.shape[:2]
    rows, columns = _around(outline, 16)
    slopes = guide(small[rows, columns].astype(np.float32) / 255, outline[rows, columns].astype(np.float32))
    up, left = (height / small.shape[0], width / small.shape[1])
    y0, y1, x0, x1 = (
        round(rows.start * up),
        round(rows.stop * up),
        round(columns.start * left),
        round(columns.stop * left),
    )
    large = cv2.resize(slopes, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    colours = photo[y0:y1, x0:x1].astype(np.float32) / 255
    alpha = (large[:, :, :3] * colours).sum(2) + large[:, :, 3]
    alpha = np.clip((alpha - STRETCH) / (1 - 2 * STRETCH), 0, 1)
    out = np.zeros((height, width), np.float32)
    out[y0:y1, x0:x1] = _hard_inside(alpha, outline[rows, columns])
    return out


def _hard_inside(alpha: Map, outline: Mask) -> Map:
    inside, outside = (cv2.distanceTransform(side, cv2.DIST_L2, 3) for side in (outline, 1 - outline))
    depth = cv2.resize(inside - outside, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)
    low = np.clip((depth - SOFT) / SOFT, 0, 1)  # at least, well inside
    high = np.clip((depth + 2 * SOFT) / SOFT, 0, 1)  # at most, well outside
    return np.minimum(np.maximum(alpha, low), high)


def guide(colours: Map, target: Map) -> Map:
    """The guided filter's linear model: height x width x 4; its first three times a colour, plus the fourth, is the
    filtered ``target``. ``colours``: 0..1, height x width x 3."""
    mean, mean_t = _box(colours), _box(target)
    spread = _box((colours[:, :, :, None] * colours[:, :, None, :]).reshape(*target.shape, 9)).reshape(
        *target.shape, 3, 3
    )
    spread = spread - mean[:, :, :, None] * mean[:, :, None, :] + SMOOTH * np.eye(3, dtype=np.float32)
    common = _box(colours * target[:, :, None]) - mean * mean_t[:, :, None]
    slope = np.linalg.solve(spread, common[:, :, :, None])[:, :, :, 0]
    offset = mean_t - (slope * mean).sum(2)
    return _box(np.dstack([slope, offset]).astype(np.float32))


def _box(values: Map) -> Map:
    """Mean over the window; OpenCV takes at most four channels at once in some builds, so in groups."""
    side = 2 * RADIUS + 1
    if values.ndim == 2:
        return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)
    parts = [
        cv2.blur(np.ascontiguousarray(values[:, :, k : k + 4]), (side, side), borderType=cv2.BORDER_REFLECT)
        for k in range(0, values.shape[2], 4)
    ]
    return np.dstack(parts)


def _around(outline: Mask, room: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(outline.any(1)), np.flatnonzero(outline.any(0))
    height, width = outline.shape
    return (
        slice(max(int(rows[0]) - room, 0), min(int(rows[-1]) + 1 + room, height)),
        slice(max(int(columns[0]) - room, 0), min(int(columns[-1]) + 1 + room, width)),
    )
