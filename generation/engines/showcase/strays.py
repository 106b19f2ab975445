"""Stems, straps, handles and leaf tips that a coarse matte has left out: what sticks out of a plain background and
hangs on the product belongs to it. Soft shadows do not: they dim the background and keep its colour.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.engines.showcase.membrane import membrane
from generation.engines.showcase.scene import Image, Map

Mask = NDArray[Any]  # uint8, 0 or 1
Picture = NDArray[Any]  # float32, height x width x 3

SMOOTHING = 31  # pixels: thinner things do not count as background
COLOURFUL, DARK, LIGHT = (
    13.0,
    40.0,
    22.0,
)  # Lab: differs so much from the background in colour, or is darker, or lighter
CLUTTERED = 0.12  # of what surrounds the product: if more sticks out there, the background is not plain ...
UNEVEN = 5.0  # ... nor if the rest of it differs from a smooth surface by so much, of 255
SIDE_OF = 0.25  # surroundings: so wide, share of the product's size
THICK = 0.07  # half the thickness of a thing that is something of its own, share of the product's size
LARGE = 0.25  # or its area, share of the product's
TOUCHES = 2  # pixels
BESIDE = 9  # pixels around a piece: whether other things stand there ...
OTHERS, LIKELY = 0.05, 0.5  # ... more than so much of them, which a reader who thinks it likely overrules ...
CROWD, HARDLY = 0.1, 0.2  # ... or a crowd of pieces, in which the reader hardly believes: things on a shelf
EDGE = 0.06  # of a side of the picture: longer pieces of it are tables and walls


def gathered(small: Image, outline: Mask, guess: Map) -> Mask:
    """``outline`` with the thin things that hang on it; as it is where the background is not plain.

    ``guess``: the reader's own matte, 0..1, of the same size.
    """
    rows, columns = np.flatnonzero(outline.any(1)), np.flatnonzero(outline.any(0))
    if not len(rows):
        return outline
    size = max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0])) + 1
    around = cv2.dilate(outline, _disc(round(SIDE_OF * size))) - cv2.dilate(outline, _disc(3))
    film = _film(small, outline)
    sticking = _sticks_out(small, film)
    if not around.any() or float(sticking[around > 0].mean()) > CLUTTERED:
        return outline
    rest = np.abs(small - film).max(2)[(around > 0) & (sticking == 0)]
    if not rest.size or float(np.median(rest)) > UNEVEN:
        return outline
    return _with_strays(outline, sticking, guess, size)


def _with_strays(outline: Mask, sticking: Mask, guess: Map, size: int) -> Mask:
    candidates = sticking & (1 - outline)
    near = cv2.dilate(outline, _disc(TOUCHES))
    _, labels, facts, _ = cv2.connectedComponentsWithStats(candidates, connectivity=8)
    depth = cv2.distanceTransform(candidates, cv2.DIST_L2, 3)
    thin = [
        label
        for label in np.unique(labels[(near > 0) & (candidates > 0)])
        if facts[label, cv2.CC_STAT_AREA] <= LARGE * outline.sum() and depth[labels == label].max() <= THICK * size
    ]
    out = outline.copy()
    strange = sticking & (1 - np.isin(labels, thin)) & (1 - outline)
    for label in thin:
        piece = (labels == label).astype(np.uint8)
        if not _along_an_edge(piece > 0) and not _of_others(piece, outline, sticking, strange, guess):
            out[piece > 0] = 1
    return out


def _of_others(piece: Mask, outline: Mask, sticking: Mask, strange: Mask, guess: Map) -> bool:
    """Does it stand among other things, and the reader not think it the product's? ``strange``: what surely is not."""
    belief = float(guess[piece > 0].mean())
    if belief >= LIKELY:
        return False
    own = np.maximum(cv2.dilate(piece, _disc(1)), cv2.dilate(outline, _disc(4)))
    ring = (cv2.dilate(piece, _disc(BESIDE)) > 0) & (own == 0)
    if not ring.any():
        return False
    others, crowd = float(strange[ring].mean()), float(sticking[ring].mean())
    return others > OTHERS or (belief < HARDLY and crowd > CROWD)


def _film(small: Image, outline: Mask) -> Picture:
    """The background alone, smooth."""
    smooth = cv2.medianBlur(small, SMOOTHING)
    known = 1 - cv2.dilate(outline, _disc(6)).astype(np.float32)
    return membrane(smooth.astype(np.float32), known)


def _sticks_out(small: Image, film: Picture) -> Mask:
    lab, wall = (cv2.cvtColor((picture / 255).astype(np.float32), cv2.COLOR_BGR2Lab) for picture in (small, film))
    colour = np.hypot(*np.moveaxis(lab[:, :, 1:] - wall[:, :, 1:], 2, 0))
    lighter = lab[:, :, 0] - wall[:, :, 0]
    return ((colour > COLOURFUL) | (lighter < -DARK) | (lighter > LIGHT)).astype(np.uint8)


def _along_an_edge(piece: Mask) -> bool:
    sides = (piece[0], piece[-1], piece[:, 0], piece[:, -1])
    return any(float(side.mean()) > EDGE for side in sides)


def _disc(radius: int) -> Mask:
    side = 2 * max(radius, 1) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
