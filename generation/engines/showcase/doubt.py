"""Where the product's outline may be wrong. What might belong to the product moves with it: then a mistake of the
matte costs a little depth beside the product, and never tears a piece off it.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.engines.showcase.scene import SOLID, Image, Map, SceneMaps
from generation.subject import search_pieces

Mask = NDArray[Any]  # uint8, 0 or 1

SIDE = 256  # longer side of the working copy, pixels; lengths below are such pixels
BAYS = 0.10  # gaps and bays of the outline up to twice this wide (share of the product's size) may be parts left out
SPREAD = 3.0  # how far to both sides of the outline colours are compared ...
ALIKE, APART = 9.0, 24.0  # ... and how different (Lab) they are where there is surely no, and surely an edge
BELIEF = 0.17  # ... and a sure reader believes at least so much in each piece that it leaves out
SAME = 0.5  # another opinion of the product contains at least so much of this one ...
MOST_JOINED, MOST_HELD = 1.6, 2.5  # ... and both together are at most so many times as large
BESIDE = 4  # so far around a doubtful piece of outline everything is held
GROUND, FEET = 0.84, 5  # what is nearer and so close to the product carries it: there it must not slide
MAYBE, LIKELY = 0.15, 0.45  # the reader's own matte: from where on a pixel may be, and is to be treated as, product


@dataclass(frozen=True)
class Doubt:
    """``held``: 0..1 over the photo, what has to move with the product; ``share``: how much of the outline is unsure."""

    held: Map
    share: float


def doubt(photo: Image, alpha: Map, maps: SceneMaps, *, drawn: bool = False) -> Doubt:
    """``alpha``: the outline that is going to be used, of the photo's size; ``drawn``: by the user, who knows."""
    scale = SIDE / max(alpha.shape)
    size = (max(round(alpha.shape[1] * scale), 8), max(round(alpha.shape[0] * scale), 8))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    core = (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) >= SOLID).astype(np.uint8)
    unsure, share = (np.zeros(core.shape, np.float32), 0.0) if drawn else _faint_outline(small, core)
    maybe = np.clip((cv2.resize(maps.matte, size, interpolation=cv2.INTER_LINEAR) - MAYBE) / (LIKELY - MAYBE), 0, 1)
    likely = np.maximum(np.maximum(_bays(core), maybe), unsure)
    if maps.confidence < 1:  # a sure reader is not asked twice, see ``asked_twice``
        guess = cv2.resize(maps.matte, size, interpolation=cv2.INTER_LINEAR)
        second = _second_opinion(small, core, MOST_HELD, guess, maps.confidence)
        likely = np.maximum(likely, cv2.dilate(second, _disc(BESIDE)))
    held = likely * (1 - core) * (0 if drawn else 1)
    ground = cv2.resize(maps.nearness, size, interpolation=cv2.INTER_LINEAR) > GROUND
    feet = ground & (cv2.dilate(core, _disc(FEET)) > 0)
    return Doubt(np.where(feet, 1, held).astype(np.float32), share)


def joined(photo: Image, matte: Map, confidence: float = 0.0) -> Map:
    """The reader's matte with what it left out of the product, as far as colour alone tells that it did.

    A piece that is left out is seen at its seam: there the picture behind the product shows through.
    """
    scale = SIDE / max(photo.shape[:2])
    size = (max(round(photo.shape[1] * scale), 8), max(round(photo.shape[0] * scale), 8))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    guess = cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR)
    core = (guess >= SOLID).astype(np.uint8)
    return np.maximum(guess, _second_opinion(small, core, MOST_JOINED, guess, confidence))


def asked_twice(photo: Image, maps: SceneMaps) -> Map:
    """The matte to refine: the reader's own where it is sure, else with what colour finds beside it.

    Asked always, colour takes away more than it gives: in invented clutter 0.929 instead of 0.935 of the outline is right.
    """
    return maps.matte if maps.confidence >= 1 else joined(photo, maps.matte, maps.confidence)


def _second_opinion(small: Image, core: Mask, most: float, guess: Map, confidence: float) -> Map:
    """What colour alone takes for the product (see ``generation.subject``), where that is about the same thing.

    The surer the reader is of itself, the more it must believe in a piece (``guess``, its matte): the books behind an
    armchair have a colour that is as loud as the chair's.
    """
    found = search_pieces(small)
    nothing = np.zeros(core.shape, np.float32)
    if found is None:
        return nothing
    pieces = cv2.resize(found[0].astype(np.uint8), core.shape[::-1], interpolation=cv2.INTER_NEAREST)
    own = np.count_nonzero(core)
    if np.count_nonzero(pieces & core) < SAME * own or np.count_nonzero(pieces | core) > most * own:
        return nothing
    return (pieces & core | _believed(pieces & (1 - core), guess, BELIEF * confidence)).astype(np.float32)


def _believed(pieces: Mask, guess: Map, least: float) -> Mask:
    """Those connected pieces over which the mean of ``guess`` is at least so much."""
    count, numbers = cv2.connectedComponents(pieces)
    flat = numbers.ravel()
    mean = np.bincount(flat, guess.ravel(), count) / np.maximum(np.bincount(flat, minlength=count), 1)
    mean[0] = -1.0  # number 0 is what belongs to no piece
    return (mean >= least)[numbers].astype(np.uint8)


def _disc(radius: int) -> Mask:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)).astype(np.uint8)


def _bays(core: Mask) -> Map:
    """Holes, and what lies between two parts of the product."""
    rows, columns = np.flatnonzero(core.any(1)), np.flatnonzero(core.any(0))
    if not len(rows):
        return core.astype(np.float32)
    radius = round(BAYS * max(rows[-1] - rows[0], columns[-1] - columns[0])) + 1
    room = cv2.copyMakeBorder(core, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, _disc(radius))[radius:-radius, radius:-radius]
    return closed.astype(np.float32)


def _faint_outline(small: Image, core: Mask) -> tuple[Map, float]:
    """Around those pieces of the outline where the product looks like what is beside it; and their share."""
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    sides = []
    for side in (core, 1 - core):
        weight = cv2.GaussianBlur(side.astype(np.float32), (0, 0), SPREAD)
        mean = cv2.GaussianBlur(lab * side[:, :, None], (0, 0), SPREAD) / np.maximum(weight, 1e-3)[:, :, None]
        sides.append(mean)
    apart = np.sqrt(((sides[0] - sides[1]) ** 2).sum(2))
    faint = np.clip((APART - apart) / (APART - ALIKE), 0, 1).astype(np.float32)
    outline = cv2.morphologyEx(core, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(bool)
    outline[[0, -1]], outline[:, [0, -1]] = False, False
    if not outline.any():
        return np.zeros(core.shape, np.float32), 0.0
    around = cv2.dilate(np.where(outline, faint, 0), _disc(BESIDE))
    return around, float(faint[outline].mean())
