"""The photo's own product put back over the one that an engine has made of it, along the motion that was tracked.

The last step before the whole take is given up: background, light and camera stay the engine's, the product's pixels
become the photo's. It is a plane that moves by a homography, so it can neither bend nor change its letters.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.ffmpeg import ClipWriter
from generation.gate import frames
from generation.gate.align import Matrix3, box_corners, carried, find, through
from generation.gate.frames import Picture, Plane
from generation.gate.identity import look
from generation.gate.judge import Compared, Seen
from generation.gate.product import WORK, Product
from generation.render.yuv import Frame, blit, layer
from generation.subject import read_photo

EVERY = 4  # frames between two places that are tracked
SMOOTH = 3.0  # frames: standard deviation of the smoothing of the track
TRUSTED = 0.25  # share of its details that must have been followed for a place to count
SHAPELY = 0.8  # share of the details along the product's edge that must be right in every frame looked at
FEATHER = 0.004  # blur of the product's edge, share of the frame's width
LIGHT = 0.05  # what varies more slowly over the picture is light, share of its width ...
DIMMEST, BRIGHTEST = 0.6, 1.5  # ... and is taken over from the frame, within these
Track = NDArray[Any]  # float, frames x 4 corners x 2, pixels of the working size


def composite(photo: Path, clip: Path, compared: Compared, out: Path, seen: Seen = lambda _: None) -> bool:
    """Write ``clip`` with the photo's product into ``out``. ``False``, and nothing is there, where that cannot do: the
    product could not be tracked, or its shape has changed, so that what is wrong would stick out behind what is right.

    Raises ``MediaBroken``.
    """
    if any(look.rim is None or look.rim < SHAPELY for look in compared.looks):
        return False
    facts = frames.facts_of(clip)
    track = tracked(clip, compared.product, facts.frames, lambda done: seen(0.4 * done))
    if track is None:
        return False
    cutout = _Cutout(read_photo(photo), compared.product, _growth(compared.product, track))
    with ClipWriter(out, facts.width, facts.height, round(facts.fps)) as writer:
        for frame, sample in frames.pictures(clip):
            cutout.over(frame, track[sample.index])
            writer.write(frame.planar)
            seen(0.4 + 0.6 * (sample.index + 1) / facts.frames)
    return True


def tracked(clip: Path, product: Product, count: int, seen: Seen) -> Track | None:
    """Where the corners of the product's box are in each frame, smoothed; ``None`` where it was found too seldom."""
    places: dict[int, NDArray[Any]] = {}
    near: Matrix3 | None = None
    for _, sample in frames.pictures(clip):
        if sample.index % EVERY and sample.index != count - 1:
            continue
        found = look(product, find(product, sample, None) if near is None else carried(sample, near))
        if near is not None and (found.kept or 0.0) < TRUSTED:
            found = look(product, find(product, sample, near))
        if found.home is not None and len(found.details) and (found.kept or 0.0) >= TRUSTED:
            near = found.home
            places[sample.index] = through(near, box_corners(product))
        seen((sample.index + 1) / count)
    if len(places) * 2 < -(-count // EVERY):
        return None
    return _smoothed(list(places), np.array(list(places.values())), count)


def _smoothed(known: Sequence[int], corners: NDArray[Any], count: int) -> Track:
    """A place for each frame: between the known ones in a straight line, then smoothed over time."""
    flat = corners.reshape(len(known), -1)
    lines = np.stack([np.interp(np.arange(count), known, flat[:, column]) for column in range(flat.shape[1])], axis=1)
    reach = int(3 * SMOOTH)
    before = 2 * lines[0] - lines[1 : reach + 1][::-1]  # continued as it went, so that the ends keep their motion
    after = 2 * lines[-1] - lines[-reach - 1 : -1][::-1]
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTH) ** 2)
    padded = (
        np.vstack((before, lines, after)) if count > reach else np.pad(lines, ((reach, reach), (0, 0)), mode="edge")
    )
    smooth = [np.convolve(padded[:, column], kernel / kernel.sum(), mode="valid") for column in range(flat.shape[1])]
    return np.stack(smooth, axis=1).reshape(count, 4, 2)


def _growth(product: Product, track: Track) -> float:
    """How much larger than in the working photo the product gets."""
    left, top, right, bottom = product.box
    areas = [cv2.contourArea(corners.astype(np.float32)) for corners in track]
    return float(np.sqrt(max(areas) / max((right - left) * (bottom - top), 1)))


class _Cutout:
    """The product cut out of the photo, at about the size in which it is needed."""

    def __init__(self, photo: Picture, product: Product, growth: float) -> None:
        self._photo, self._product, self._growth = photo, product, growth
        self._ready: tuple[Picture, NDArray[Any], NDArray[Any]] | None = None

    def over(self, frame: Frame, corners: NDArray[Any]) -> None:
        """Lay the product over ``frame`` where ``corners`` (of the working size) say, in the frame's own light."""
        step = max(1, round(min(frame.height, frame.width) / WORK))
        shown, outline, place = self._ready = self._ready or self._prepared(step)
        there = (corners + 0.5) * step - 0.5
        left, top, right, bottom = _around(there, frame)
        if right - left < 8 or bottom - top < 8:
            return
        home = cv2.getPerspectiveTransform(place, (there - np.array((left, top))).astype(np.float32))
        size = (right - left, bottom - top)
        laid = cv2.warpPerspective(shown, home, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        sharp = cv2.warpPerspective(outline, home, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        cover = cv2.GaussianBlur(sharp, (0, 0), FEATHER * frame.width)[:, :, None]
        rgb = cv2.cvtColor(laid, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        below = (frame.luma[top:bottom, left:right].astype(np.float32) - 16) / 219
        lit = np.clip(rgb * _gain(rgb, below, LIGHT * frame.width), 0, 1)
        blit(frame, layer(np.dstack((lit * cover, cover))), left, top)

    def _prepared(self, step: int) -> tuple[Picture, NDArray[Any], NDArray[Any]]:
        """The photo and the outline as large as the frame needs them, and the corners of the box in them."""
        product = self._product
        scale = min(product.scale * self._growth * step, 1.0)
        size = (max(round(self._photo.shape[1] * scale), 8), max(round(self._photo.shape[0] * scale), 8))
        shown = cv2.resize(self._photo, size, interpolation=cv2.INTER_AREA) if scale < 1 else self._photo
        outline = cv2.resize(product.outline, size, interpolation=cv2.INTER_LINEAR)
        more = np.array(size) / np.array(product.outline.shape[1::-1])
        return shown, outline, ((box_corners(product) + 0.5) * more - 0.5).astype(np.float32)


def _around(corners: NDArray[Any], frame: Frame) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what lies around the corners, within the frame, all even."""
    (left, top), (right, bottom) = corners.min(0) - 4, corners.max(0) + 4
    low = [max(int(side) // 2 * 2, 0) for side in (left, top)]
    high = [min(int(side) // 2 * 2 + 2, most) for side, most in ((right, frame.width), (bottom, frame.height))]
    return low[0], low[1], high[0], high[1]


def _gain(rgb: NDArray[Any], below: Plane, sigma: float) -> NDArray[Any]:
    """How much brighter than the photo, in large parts, is what the product covers."""
    shrink = 1 / 8
    soft = []
    for luma in (cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), below):
        small = cv2.resize(luma, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        soft.append(cv2.GaussianBlur(small, (0, 0), sigma * shrink, borderType=cv2.BORDER_REPLICATE) + 0.02)
    gain = np.clip(soft[1] / soft[0], DIMMEST, BRIGHTEST)
    return cv2.resize(gain, (below.shape[1], below.shape[0]), interpolation=cv2.INTER_LINEAR)[:, :, None]
