"""One frame: the background by its nearness, the product by one homography, both straight into the encoder's planes."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.rig import Pose
from generation.engines.plate import DENSITY, Plate, warp_plane
from generation.engines.showcase.layers import Front, Layers, Matrix3
from generation.engines.showcase.light import band, darken, lighten, moved_shadow, sheen
from generation.engines.showcase.nearness import Lattice, Points, through
from generation.engines.showcase.scene import Map
from generation.engines.showcase.sight import Sight

Plane = NDArray[Any]  # uint8
# H.264's chroma samples sit on the left luma pixel and half-way between two rows.
SITED = np.array([0.5 * DENSITY, 0.0], np.float32)
SHADOW_SEEN = 0.02  # a shadow weaker than that is none
AIRY = 0.03  # lifted so far, canvas widths, the product has no hard shadow any more


@dataclass(frozen=True)
class Frame:
    """The planes of a frame: views of one I420 buffer (height * 3/2 x width)."""

    whole: Plane
    luma: Plane
    chroma: tuple[Plane, Plane]

    @classmethod
    def of(cls, width: int, height: int) -> "Frame":
        whole = np.empty((height * 3 // 2, width), np.uint8)
        flat, size = whole.reshape(-1), width * height
        blue, red = (
            flat[size + k * size // 4 : size + (k + 1) * size // 4].reshape(height // 2, width // 2) for k in (0, 1)
        )
        return cls(whole, flat[:size].reshape(height, width), (blue, red))


@dataclass(frozen=True)
class _Part:
    """A rectangle of the canvas, even pixels."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def luma(self) -> tuple[slice, slice]:
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def chroma(self) -> tuple[slice, slice]:
        return slice(self.y0 // 2, self.y1 // 2), slice(self.x0 // 2, self.x1 // 2)


def expose(layers: Layers, index: int, pose: Pose, frame: Frame) -> None:
    """Fill ``frame`` with what the camera sees in the ``index``-th pose."""
    front = layers.front
    if front is None:
        _flat(layers, pose, frame)
        return
    points = layers.near.back(pose, layers.lattice)
    _background(layers, pose, points, frame)
    place = front.place(index, pose)
    back = np.linalg.inv(place)
    if pose.lift_x or pose.lift_y or pose.turn:
        _move_shadow(layers, front, index, pose, points, frame)
    if pose.glow:
        lighten(frame.luma, _bytes(layers.lattice, band(pose, (layers.lattice.x, layers.lattice.y))))
    part = _part(front, layers, place)
    if part is not None:
        _product(layers, front, pose, back, part, frame)


def _flat(layers: Layers, pose: Pose, frame: Frame) -> None:
    """Nobody knows what the product is: the whole photo is one rigid plane."""
    height, width = frame.luma.shape
    layers.back.sample(layers.aim, Sight.through(pose.product(0.0, 0.0)), frame.whole, width, height)
    if pose.glow:
        lighten(frame.luma, _bytes(layers.lattice, band(pose, (layers.lattice.x, layers.lattice.y))))


def _background(layers: Layers, pose: Pose, points: Points, frame: Frame) -> None:
    level = pose.defocus * len(layers.blurred)
    first = min(int(level), max(len(layers.blurred) - 1, 0))
    share = level - first
    if first == 0:
        _sharp(layers, points, frame)
    else:
        _soft(layers, layers.blurred[first - 1], points, frame, 1.0)
    if share > 0.004 and layers.blurred:
        _soft(layers, layers.blurred[first], points, frame, share)


def _plate_points(layers: Layers, plate: Plate, points: Points) -> Map:
    """From canvas widths to points of the sharp plate, pixels from its corner; height x width x 2."""
    (left, top), (across, down), aim = plate.origin, plate.scale, layers.aim
    return np.dstack(
        [(aim.x + points[0] * aim.width - left) * across, (aim.y + points[1] * aim.width - top) * down]
    ).astype(np.float32)


def _sharp(layers: Layers, points: Points, frame: Frame) -> None:
    at = _plate_points(layers, layers.back, points)
    _remap(layers.back.luma, layers.lattice.fine(at - 0.5), frame.luma)
    at = at - SITED
    chroma = layers.lattice.fine(at / 2 - 0.5, half=True)
    for source, out in zip(layers.back.chroma, frame.chroma, strict=True):
        _remap(source, chroma, out)


def _soft(layers: Layers, plate: Plate, points: Points, frame: Frame, share: float) -> None:
    """A blurred plate of half the resolution, mixed in."""
    at = _plate_points(layers, plate, points)
    half = np.empty(frame.chroma[0].shape, np.uint8)
    _remap(plate.luma, layers.lattice.fine(at / 2 - 0.5, half=True), half)
    large = cv2.resize(half, (frame.luma.shape[1], frame.luma.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.addWeighted(frame.luma, 1 - share, large, share, 0, dst=frame.luma)
    chroma = layers.lattice.fine((at - SITED) / 4 - 0.5, half=True)
    for source, out in zip(plate.chroma, frame.chroma, strict=True):
        _remap(source, chroma, half)
        cv2.addWeighted(out, 1 - share, half, share, 0, dst=out)


def _remap(source: Plane, at: Map, out: Plane) -> None:
    cv2.remap(source, at, None, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def _bytes(lattice: Lattice, values: Map) -> Plane:
    return cv2.convertScaleAbs(lattice.fine(values), alpha=255.0)


def _move_shadow(layers: Layers, front: Front, index: int, pose: Pose, points: Points, frame: Frame) -> None:
    """The contact shadow goes along on the ground, and gets soft and pale under a product in the air."""
    if float(layers.shadow.max()) < SHADOW_SEEN:
        return
    ground = np.linalg.inv(front.place(index, replace(pose, lift_y=0.0)))
    lattice = layers.lattice
    here = layers.near.sample(layers.shadow, points)
    moved = layers.near.sample(layers.shadow, through(ground, lattice.x, lattice.y))
    left = moved_shadow(here, moved, min(abs(pose.lift_y) / AIRY, 1.0))
    darken(frame.luma, cv2.convertScaleAbs(lattice.fine(left.astype(np.float32)), alpha=128.0))


def _part(front: Front, layers: Layers, place: Matrix3) -> _Part | None:
    """Where on the canvas the product's plate comes to lie; ``None``: nowhere."""
    (left, top), (across, down), aim = front.plate.origin, front.plate.scale, layers.aim
    height, width = front.plate.luma.shape
    x = (np.array([left, left + width / across] * 2) - aim.x) / aim.width
    y = (np.array([top, top, top + height / down, top + height / down]) - aim.y) / aim.width
    u, v = through(place, x, y)
    wide, high = layers.lattice.width, layers.lattice.height
    u, v = u * wide + wide / 2, v * wide + high / 2
    x0, y0 = (max(int(low) // 2 * 2, 0) for low in (u.min(), v.min()))
    x1, y1 = (min(int(end) // 2 * 2 + 2, most) for end, most in ((u.max(), wide), (v.max(), high)))
    return _Part(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _product(layers: Layers, front: Front, pose: Pose, back: Matrix3, part: _Part, frame: Frame) -> None:
    to_plate = _to_plate(layers, front.plate, back)
    luma, alpha = (np.empty((part.y1 - part.y0, part.x1 - part.x0), np.uint8) for _ in range(2))
    for source, out in ((front.plate.luma, luma), (front.alpha[0], alpha)):
        warp_plane(source, to_plate, 1.0, (0.5 + part.x0, 0.5 + part.y0), out)
    if pose.glow:
        lattice = layers.lattice
        normal = layers.near.sample(layers.normal, through(back, lattice.x, lattice.y))
        lighten(luma, _bytes(lattice, sheen(pose, (lattice.x, lattice.y), normal))[part.luma])
    _lay(luma, alpha, frame.luma[part.luma])
    half = (part.y1 - part.y0) // 2, (part.x1 - part.x0) // 2
    colour, cover = np.empty(half, np.uint8), np.empty(half, np.uint8)
    warp_plane(front.alpha[1], to_plate, 2.0, (0.5 + part.x0, 1.0 + part.y0), cover)
    for source, target in zip(front.plate.chroma, frame.chroma, strict=True):
        warp_plane(source, to_plate, 2.0, (0.5 + part.x0, 1.0 + part.y0), colour)
        _lay(colour, cover, target[part.chroma])


def _lay(top: Plane, alpha: Plane, below: Plane) -> None:
    """``top`` over ``below``, in place."""
    apart = cv2.subtract(top, below, dtype=cv2.CV_16S)
    cv2.add(below, cv2.multiply(apart, alpha, scale=1 / 255, dtype=cv2.CV_16S), dst=below, dtype=cv2.CV_8U)


def _to_plate(layers: Layers, plate: Plate, back: Matrix3) -> Matrix3:
    """From points of the canvas to points of a plate, both in pixels counted from the corner."""
    width, height, aim = layers.lattice.width, layers.lattice.height, layers.aim
    (left, top), (across, down) = plate.origin, plate.scale
    from_pixels = np.array([[1 / width, 0, -0.5], [0, 1 / width, -0.5 * height / width], [0, 0, 1]])
    to_pixels = np.array(
        [[across * aim.width, 0, (aim.x - left) * across], [0, down * aim.width, (aim.y - top) * down], [0, 0, 1]]
    )
    return to_pixels @ back @ from_pixels
