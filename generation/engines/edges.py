"""Continuing a photo beyond its edges, so that a landscape photo of a product can fill an upright canvas.

The picture is mirrored at its edge, without the product, so that no ghost of it appears, and gets the more blurred the
further out, as a lens shows what lies out of focus. Where an edge is plain (a studio wall, a white sweep), only a thin
strip is mirrored, back and forth: that continues tone and gradient without a visible seam. At a textured edge the blur
begins inside the photo already, off the product, and it gets darker outwards, which keeps the eye on the product.

All that is blurred is worked out at a low resolution; the photo itself and the ramp at the seam are drawn at full size.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.geometry import Box

Photo = NDArray[Any]  # uint8, height x width x 3, BGR
Picture = NDArray[Any]  # float32, height x width x 3, BGR, 0..255
Line = NDArray[Any]  # float32

LOW_WIDTH = 540  # pixels of the low resolution across the canvas; all lengths below are such pixels
THIN = 6.0  # the mirrored strip of a plain edge
KEPT = 8  # the strip along each edge of the photo from which the product is not taken out
FIRST_BLUR = 2.5  # the finest of the blur levels, of which each next one is about twice as wide
SPREAD_PLAIN, SPREAD_TEXTURED = 0.5, 0.25  # blur radius per pixel of distance ...
ONSET, ONSET_WITHIN = 7.0, 40.0  # ... and at first more: texture must be gone soon, or its mirror image is seen as one
SEAM = 14.0  # length of the ramp from sharp to blurred
SOFT = 42.0  # so far inside a textured edge the blur begins, or less, where there is less to be continued
FADED_AT = 1.2  # the product is kept sharp, fading out up to so many times its size
AIR = 0.06  # around the product's box when it is taken out, share of its size
DARKEST, DARK_AFTER = 0.22, 150.0

PLAIN_ROUGHNESS = 8.0  # of 255: how much the strip along an edge differs from its own smooth version
STRIP = 0.03  # the strip that is judged, share of the photo's side


@dataclass(frozen=True)
class Edges:
    """What lies along the four edges of a photo: is it plain?"""

    left: bool
    top: bool
    right: bool
    bottom: bool


@dataclass(frozen=True)
class Pads:
    """How far to go beyond each edge, pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def __bool__(self) -> bool:
        return max(self.left, self.top, self.right, self.bottom) > 0


def judge(photo: Photo) -> Edges:
    """Which edges are so plain that nobody sees where they were continued."""
    down, across = (max(2, round(STRIP * side)) for side in photo.shape[:2])
    strips = {
        "left": photo[:, :across].swapaxes(0, 1),
        "top": photo[:down],
        "right": photo[:, -across:].swapaxes(0, 1),
        "bottom": photo[-down:],
    }
    return Edges(**{name: _roughness(strip) <= PLAIN_ROUGHNESS for name, strip in strips.items()})


def _roughness(strip: Photo) -> float:
    """``strip``: lying, its long side across."""
    line = cv2.resize(np.ascontiguousarray(strip), (256, 8), interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(line, (0, 0), sigmaX=24, sigmaY=4, borderType=cv2.BORDER_REPLICATE)
    return float(np.abs(line - smooth).max(axis=2).mean())


def continued(photo: Picture, pads: Pads, product: Box, edges: Edges, unit: float) -> Picture:
    """``photo`` with ``pads`` pixels more at each side. ``product``: fractions of ``photo``, may stick out of it.

    ``unit``: pixels of ``photo`` per pixel of the low resolution.
    """
    height, width = photo.shape[:2]
    size = (pads.left + width + pads.right, pads.top + height + pads.bottom)
    low = cv2.resize(photo, (max(round(width / unit), 2), max(round(height / unit), 2)), interpolation=cv2.INTER_AREA)
    across = _axis(low.shape[1], (pads.left / unit, pads.right / unit), (edges.left, edges.right))
    down = _axis(low.shape[0], (pads.top / unit, pads.bottom / unit), (edges.top, edges.bottom))
    sharp = np.maximum(
        _product(down.sharp, across.sharp), _product(down.edge, across.edge) * _shape(product, across, down)
    )
    out = cv2.resize(_low(low, product, across, down, sharp), size, interpolation=cv2.INTER_CUBIC)
    _add_grain(out, photo)
    _join(out, photo, pads, cv2.resize(sharp, size, interpolation=cv2.INTER_LINEAR), rim=int(SEAM * unit) + 2)
    return out


@dataclass(frozen=True)
class _Axis:
    """Per low-resolution pixel along one axis. ``place``: 0..1 within the photo; ``source``: where to read.

    ``sharp``: share of the sharp photo, off the product; ``edge``: the same on it, where the blur begins at the edge.
    """

    place: Line
    source: Line
    darkness: Line
    blur: Line
    sharp: Line
    edge: Line


def _axis(size: int, pads: tuple[float, float], plain: tuple[bool, bool]) -> _Axis:
    position = np.arange(-round(pads[0]), size + round(pads[1]), dtype=np.float32)
    source, sharp, edge = position.copy(), np.ones_like(position), np.ones_like(position)
    darkness, blur = np.zeros_like(position), np.zeros_like(position)
    for first, pad, is_plain in zip((True, False), pads, plain, strict=True):
        if not pad:
            continue
        out = -position if first else position - (size - 1)  # how far beyond the edge
        beyond, soft = out > 0, 0.0 if is_plain else min(SOFT, pad)
        strip = min(THIN, size - 1) if is_plain else size - 1
        depth = strip - np.abs(np.mod(out, 2 * strip) - strip)  # there and back again
        source[beyond] = (depth if first else (size - 1) - depth)[beyond]
        sharp = np.minimum(sharp, np.clip(1 - (out + soft) / SEAM, 0, 1))
        edge = np.minimum(edge, np.clip((SEAM - out) / (2 * SEAM), 0, 1))
        blurred = out + soft > 0
        blur[blurred] = _radius((out + soft)[blurred], is_plain)
        darkness[beyond] = 0.0 if is_plain else out[beyond]
    return _Axis((position + 0.5) / size, source, darkness, blur, sharp, edge)


def _radius(out: Line, plain: bool) -> Line:  # noqa: FBT001
    """Blur radius so far behind the place where the blur begins."""
    if plain:
        return SPREAD_PLAIN * out
    return ONSET * (1 - np.exp(-out / ONSET_WITHIN)) + SPREAD_TEXTURED * out


def _product(down: Line, across: Line) -> Line:
    return down[:, None] * across[None, :]


def _shape(product: Box, across: _Axis, down: _Axis) -> Line:
    """1 on the product, 0 off it: a rounded shape, since the corners of its box rarely belong to it."""
    x, y = product.centre
    right = np.abs(across.place - x) / (product.width / 2)
    low = np.abs(down.place - y) / (product.height / 2)
    radius = np.cbrt(low[:, None] ** 3 + right[None, :] ** 3)
    return np.clip((FADED_AT - radius) / (FADED_AT - 1), 0, 1).astype(np.float32)


def _low(low: Picture, product: Box, across: _Axis, down: _Axis, sharp: Line) -> Picture:
    mirrored = cv2.remap(_without(product, low), *np.meshgrid(across.source, down.source), cv2.INTER_LINEAR)
    out = _blurred(mirrored, np.hypot(*np.meshgrid(across.blur, down.blur)) * (1 - sharp))
    distance = np.hypot(*np.meshgrid(across.darkness, down.darkness))
    return out * (1 - DARKEST * (1 - np.exp(-distance / DARK_AFTER)))[:, :, None]


def _without(product: Box, low: Picture) -> Picture:
    """The picture with the product filled in from around it; what lies right at the edges of the picture stays."""
    height, width = low.shape[:2]
    known = np.ones((height, width), np.float32)
    air_x, air_y = AIR * product.width, AIR * product.height
    x0, x1 = (min(max(round(x * width), KEPT), width - KEPT) for x in (product.x0 - air_x, product.x1 + air_x))
    y0, y1 = (min(max(round(y * height), KEPT), height - KEPT) for y in (product.y0 - air_y, product.y1 + air_y))
    known[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 0
    return _filled(low, known)


def _filled(picture: Picture, known: Line) -> Picture:
    """Unknown pixels (0 in ``known``) from a half-size copy that is filled in the same way (pull, then push)."""
    height, width = known.shape
    if known.all() or min(height, width) < 4:
        return picture
    size = (width // 2, height // 2)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    half = cv2.resize(picture * known[:, :, None], size, interpolation=cv2.INTER_AREA)
    coarse = _filled(half / np.maximum(weight, 1e-3)[:, :, None], (weight > 0).astype(np.float32))
    guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return guess + (picture - guess) * known[:, :, None]


def _blurred(picture: Picture, radius: Line) -> Picture:
    """Each pixel blurred by its own radius: mixed from a stack of pictures, each about twice as blurred as the last."""
    height, width = picture.shape[:2]
    level = np.log2(radius / FIRST_BLUR + 1)
    out = picture
    for index in range(1, int(np.ceil(level.max())) + 1):
        blur = FIRST_BLUR * (2**index - 1)
        shrink = max(1, int(blur / 3))
        small = cv2.resize(picture, (max(2, width // shrink), max(2, height // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), blur / shrink, borderType=cv2.BORDER_REPLICATE)
        soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        out = out + (soft - out) * np.clip(level - (index - 1), 0, 1)[:, :, None]
    return out.astype(np.float32)


def _add_grain(out: Picture, photo: Picture) -> None:
    """As much noise as the photo has: a perfectly smooth continuation looks like plastic, and bands when encoded."""
    fine = photo - cv2.GaussianBlur(photo, (0, 0), 1.5)
    amount = float(np.clip(1.48 * np.median(np.abs(fine[::2, ::2, 1])), 0.5, 2.5))
    noise = np.random.default_rng(0).standard_normal(out.shape[:2], np.float32)
    out += (amount * noise)[:, :, None]


def _join(out: Picture, photo: Picture, pads: Pads, sharp: Line, rim: int) -> None:
    """Put the photo, with a mirrored rim for the ramp at the seam, over the soft picture where it is to be sharp."""
    left, top, right, bottom = (min(rim, pad) for pad in (pads.left, pads.top, pads.right, pads.bottom))
    mirrored = cv2.copyMakeBorder(photo, top, bottom, left, right, cv2.BORDER_REFLECT)
    rows = slice(pads.top - top, pads.top - top + mirrored.shape[0])
    columns = slice(pads.left - left, pads.left - left + mirrored.shape[1])
    out[rows, columns] += (mirrored - out[rows, columns]) * sharp[rows, columns, None]
