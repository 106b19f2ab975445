"""The clean plate: the background as if the product were not there, of which the camera sees a strip beside it.

Everywhere a smooth film spans the hole, with the photo's grain. Where the surroundings have texture or edges, the
strip that can be seen is continued with pieces of them: their course at a low resolution, their fine detail from the
photo itself.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.engines.showcase.membrane import membrane
from generation.engines.showcase.patches import fill
from generation.engines.showcase.scene import Image, Map

Picture = NDArray[Any]  # float32, height x width x 3, 0..255
Mask = NDArray[Any]  # bool

SIDE = 300  # longer side of the low resolution, pixels
RIM = 0.0035  # around the product, where its colour has bled into the background; share of the longer side
RING = 0.06  # what is judged, and taken from, around the hole
PLAIN = 3.0  # of 255: below, a film is the better continuation
MISSED = 45.0  # beside the product, before a plain wall: a part of it that the matte lacks, and stays
GRAIN_BLUR = 1.5


def clean_plate(photo: Image, alpha: Map, strip: float, tick: Callable[[], None]) -> Image:
    """``alpha``: the product, 0..1; ``strip``: how far behind the product the camera can see, pixels of the photo.

    ``tick`` is called every now and then.
    """
    longer = max(photo.shape[:2])
    hole = _wider(alpha > 0.02, RIM * longer)
    picture = photo.astype(np.float32)
    film = membrane(picture, 1 - hole.astype(np.float32))
    if not hole.any() or hole.all():
        return photo
    if _roughness(picture, film, hole, RING * longer) > PLAIN:
        film = _textured(picture, film, hole, strip + RIM * longer, tick)
    else:
        missed = (np.abs(picture - film).max(2) > MISSED) & (alpha < 0.02)
        hole &= ~cv2.dilate(missed.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) | (alpha >= 0.02)
        film = film + _grain(picture, hole)[:, :, None]
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(RIM * longer / 3, 0.6))
    mix = np.clip(soft * 2 - 1e-3, 0, 1)[:, :, None]  # the whole hole, and a soft step into what is known
    mix = np.maximum(mix, hole[:, :, None])
    return np.clip(picture + (film - picture) * mix + 0.5, 0, 255).astype(np.uint8)


def _wider(mask: Mask, pixels: float) -> Mask:
    size = 2 * round(pixels) + 1
    return cv2.dilate(mask.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))).astype(bool)


def _roughness(picture: Picture, film: Picture, hole: Mask, ring: float) -> float:
    """How far the surroundings of the hole are from a smooth film over themselves, 0..255."""
    scale = 192 / max(hole.shape)
    size = (round(hole.shape[1] * scale), round(hole.shape[0] * scale))
    small = cv2.resize(film, size, interpolation=cv2.INTER_AREA)
    apart = np.abs(small - cv2.GaussianBlur(small, (0, 0), 4)).max(2)
    gap = cv2.resize(hole.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    around = _wider(gap, ring * scale) & ~_wider(gap, 1)
    return float(np.percentile(apart[around], 75)) if around.any() else 0.0


def _grain(picture: Picture, hole: Mask) -> Map:
    """Noise as strong as the photo's own, from 0 outside."""
    fine = picture[::2, ::2, 1] - cv2.GaussianBlur(picture[:, :, 1], (0, 0), GRAIN_BLUR)[::2, ::2]
    known = fine[~hole[::2, ::2]]
    amount = float(np.clip(1.48 * np.median(np.abs(known)), 0.4, 3.0)) if known.size else 1.0
    noise = np.random.default_rng(0).standard_normal(hole.shape, np.float32)
    return amount * noise * hole


def _textured(picture: Picture, film: Picture, hole: Mask, strip: float, tick: Callable[[], None]) -> Picture:
    """``film`` with its outer ``strip`` pixels continued from around the hole."""
    height, width = hole.shape
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    scale = min(SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 8), max(round(height * scale), 8))
    gap = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    deep = cv2.resize(depth, size, interpolation=cv2.INTER_AREA) > strip + 6 / scale
    low = cv2.resize(film, size, interpolation=cv2.INTER_AREA)
    filled = fill(low, gap & ~deep, ~gap, tick)
    out = cv2.resize(np.where(deep[:, :, None], low, filled.picture), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = picture - cv2.resize(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (width, height), interpolation=cv2.INTER_CUBIC
    )
    steps = (filled.source - np.moveaxis(np.mgrid[: size[1], : size[0]], 0, 2)).astype(np.float32) / scale
    steps = cv2.resize(steps, (width, height), interpolation=cv2.INTER_NEAREST)
    x = np.arange(width, dtype=np.float32)[None] + steps[:, :, 1]
    y = np.arange(height, dtype=np.float32)[:, None] + steps[:, :, 0]
    detail = cv2.remap(fine, x.round(), y.round(), cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    shown = np.clip((strip + 6 / scale - depth) / (6 / scale), 0, 1)[:, :, None]
    return out + detail * shown * (steps != 0).any(2)[:, :, None]
