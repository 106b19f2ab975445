"""How large the subject is in a shot: close, medium or wide. An estimate, by colour alone.

What differs from the colours along the picture's border (after Wei et al., "Geodesic saliency", ECCV 2012: borders are
mostly background) and lies near the middle is taken for the subject; its height in the frame decides. A picture without
any background at its borders is close.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from templates_engine.analyse.footage import Picture
from templates_engine.domain.beats import Framing

SIDE = 128  # pixels, longer side of the working copy
BORDER = 0.06  # share of the shorter side
COLOURS = 4  # of the border
CLOSE, WIDE = 0.58, 0.30  # share of the frame's height
APART = 14.0  # Lab distance: less is background


def framing(picture: Picture) -> Framing:
    """Of one frame, BGR."""
    height = subject_height(picture)
    if height >= CLOSE:
        return Framing.CLOSE
    return Framing.WIDE if height < WIDE else Framing.MEDIUM


def subject_height(picture: Picture) -> float:
    """Share of the frame's height, 0..1; 1 for a subject that leaves no background, 0.5 where nothing stands out."""
    scale = SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    colours = _border_colours(lab)
    away = np.min([np.linalg.norm(lab - colour, axis=2) for colour in colours], axis=0)
    mask = (away > max(APART, _otsu(away))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    piece = _nearest_piece(mask)
    return 0.5 if piece is None else piece


def _border_colours(lab: NDArray[Any]) -> NDArray[Any]:
    """The main colours along the border; those of less than a tenth of it may be the subject's."""
    thick = max(2, round(BORDER * min(lab.shape[:2])))
    ring = np.ones(lab.shape[:2], bool)
    ring[thick:-thick, thick:-thick] = False
    pixels = np.ascontiguousarray(lab[ring])
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    cv2.setRNGSeed(1)
    _, labels, centres = cv2.kmeans(pixels, COLOURS, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    shares = np.bincount(labels.ravel(), minlength=COLOURS) / len(labels)
    return centres[shares >= 0.1]


def _otsu(away: NDArray[Any]) -> float:
    levels = np.clip(away * 2, 0, 255).astype(np.uint8)
    return float(cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]) / 2


def _nearest_piece(mask: NDArray[Any]) -> float | None:
    """Height of the piece that is large and near the middle; None where nothing stands out."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    height, width = mask.shape
    best, found = 0.0, None
    for index in range(1, count):
        area = float(stats[index, cv2.CC_STAT_AREA]) / mask.size
        off = np.hypot(centres[index][0] / width - 0.5, centres[index][1] / height - 0.5)
        weight = area * float(np.exp(-((off / 0.25) ** 2)))
        if area > 0.002 and weight > best:
            best, found = weight, float(stats[index, cv2.CC_STAT_HEIGHT]) / height
    return found
