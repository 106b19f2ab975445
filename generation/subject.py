"""Where the product is in a photo, without any learned weights.

At a small size, each pixel gets a score: how far its colour is from the colours of the picture's border (a product
rarely touches the border), how sharp its surroundings are (the product is in focus) and how near the middle it lies.
The score seeds GrabCut (Rother, Kolmogorov and Blake, 2004; OpenCV's), whose largest pieces give the box. Whoever is
unsure says so: the caller then treats the whole picture as the product, which costs air but never cuts a product off.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.geometry import Box
from generation.errors import MediaBroken

Image = NDArray[Any]  # uint8, height x width x 3, BGR
Map = NDArray[Any]  # float32, height x width

Mask = NDArray[Any]  # bool, height x width

SIDE = 256  # longer side of the working copy, pixels
BORDER_COLOURS = 5
GROWTH = 1.6  # how much larger a box may grow by what lies around its pieces
SURE = 0.5


@dataclass(frozen=True)
class Found:
    """``box`` in fractions of the photo; ``confidence`` 0..1."""

    box: Box
    confidence: float


def find_subject(photo: Path | Image) -> Box | None:
    """The product's box, or ``None`` when unsure. ``photo``: a file or BGR pixels. Raises ``MediaBroken``."""
    found = search_subject(photo)
    return found.box if found is not None and found.confidence >= SURE else None


def search_subject(photo: Path | Image) -> Found | None:
    """The best guess with its confidence; ``None`` where nothing stands out at all."""
    image = read_photo(photo) if isinstance(photo, Path) else photo
    seen = _look(image)
    return None if seen is None else Found(_box(seen.pieces, seen.score, seen.threshold), seen.confidence)


def search_pieces(image: Image) -> tuple[Mask, float] | None:
    """The product's pixels in a small copy (``SIDE``) of the picture, and the confidence; ``None`` as above."""
    seen = _look(image)
    return None if seen is None else (seen.pieces, seen.confidence)


@dataclass(frozen=True)
class _Seen:
    pieces: Mask
    score: Map
    threshold: float
    confidence: float


def _look(image: Image) -> _Seen | None:
    scale = SIDE / max(image.shape[:2])
    width, height = (max(round(side * scale), 8) for side in (image.shape[1], image.shape[0]))
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    cv2.setRNGSeed(1)  # k-means and GrabCut start from random guesses: the same photo must give the same box
    raw = _score(small)
    peak = max(float(np.percentile(raw, 99)), 1e-6)
    score = np.clip(raw / peak, 0, 1)
    threshold = float(cv2.threshold((score * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0]) / 255
    pieces = _pieces(small, score, threshold)
    if not pieces.any() or pieces.all():
        return None
    stands_out = float(raw[pieces].mean() - raw[~pieces].mean())
    return _Seen(pieces, score, threshold, confidence=min(max(2 * stands_out, 0.0), 1.0))


def read_photo(path: Path) -> Image:
    """BGR pixels of a cleaned photo. Raises ``MediaBroken``."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise MediaBroken(f"{path.name} is not a photo that can be read: upload it again as JPEG or PNG")
    return image


def _score(small: Image) -> Map:
    """0..1 per pixel: how much it looks like the product."""
    height, width = small.shape[:2]
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    sharpness = cv2.GaussianBlur(edges, (0, 0), SIDE * 0.03)
    sharpness = np.clip(sharpness / (np.percentile(sharpness, 98) + 1e-6), 0, 1)
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    middle = np.exp(-(across**2 + down**2))
    return (_strangeness(small) * (0.35 + 0.65 * sharpness) * (0.45 + 0.55 * middle)).astype(np.float32)


def _strangeness(small: Image) -> Map:
    """0..1 per pixel: distance of its colour (Lab) from the few colours that the border is made of."""
    lab = cv2.GaussianBlur(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), (0, 0), 1.0)
    border = lab[_frame(small, 0.03)]
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, labels, centres = cv2.kmeans(  # type: ignore[call-overload]  # its stub forgets that None is allowed
        border, BORDER_COLOURS, None, stop, 6, cv2.KMEANS_PP_CENTERS
    )
    # Lightness tells less than colour, because of shadows. A picture of little contrast is measured more finely.
    contrast = np.clip(lab.reshape(-1, 3).std(0).max() / 25, 0.25, 1.0)
    least = np.array([36.0, 12.0, 12.0], np.float32) * contrast
    distance = np.full(lab.shape[:2], np.inf, np.float32)
    for index, centre in enumerate(centres):
        members = border[labels.ravel() == index]
        if len(members) >= 0.04 * len(border):  # a smaller group is a piece of the product that touches the border
            distance = np.minimum(distance, ((lab - centre) ** 2 / (members.var(0) + least)).sum(2))
    return 1 - np.exp(-distance / 9)


def _frame(small: Image, share: float) -> Mask:
    """The outermost pixels of a picture."""
    wide = max(1, round(share * min(small.shape[:2])))
    frame = np.ones(small.shape[:2], bool)
    frame[wide:-wide, wide:-wide] = False
    return frame


def _pieces(small: Image, score: Map, threshold: float) -> Mask:
    """GrabCut's large pieces."""
    seeds = np.where(score > threshold, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    seeds[_frame(small, 0.01) & (score < threshold)] = cv2.GC_BGD
    if not (seeds == cv2.GC_PR_FGD).any():
        return np.zeros(score.shape, bool)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, seeds, (0, 0, 1, 1), *models, 4, cv2.GC_INIT_WITH_MASK)  # the rectangle is not used in this mode
    _, labels = cv2.connectedComponents(_opened((seeds == cv2.GC_PR_FGD) | (seeds == cv2.GC_FGD), 3))
    weights = np.bincount(labels.ravel(), score.ravel())
    weights[0] = 0.0
    return np.isin(labels, np.flatnonzero(weights >= max(0.15 * weights.max(), 1e-6)))


def _box(pieces: Mask, score: Map, threshold: float) -> Box:
    """Around the pieces, with what clings to them (legs, leaves, a strap) and what else scores high nearby."""
    _, labels = cv2.connectedComponents(np.maximum(_opened(score > 0.6 * threshold, 2), pieces.astype(np.uint8)))
    clinging = np.isin(labels, np.unique(labels[pieces]))
    high = np.where(score > threshold, score, 0.0)
    box = _extent(pieces, 0.003)
    for more in (_extent(clinging, 0.003), _extent(high, 0.01)):
        wider = box.union(more)
        if wider.width * wider.height <= GROWTH * box.width * box.height:
            box = wider
    return box


def _opened(mask: Mask, size: int) -> Image:
    """Without specks smaller than ``size`` pixels."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))


def _extent(weights: Map | Mask, outliers: float) -> Box:
    """The box that leaves out ``outliers`` (a share of the weight) on each of its four sides."""
    ends = []
    for axis in (0, 1):
        sums = weights.sum(axis, dtype=np.float64).cumsum() / weights.sum(dtype=np.float64)
        first, last = np.searchsorted(sums, outliers), np.searchsorted(sums, 1 - outliers) + 1
        ends.append((float(first / len(sums)), float(min(last / len(sums), 1.0))))
    (x0, x1), (y0, y1) = ends
    return Box(x0, y0, x1, y1)
