"""Pictures as 8-bit 4:2:0 planes (BT.709, limited range) and layers that are laid over them, region by region.

Working in the encoder's own format avoids a colour conversion of every frame, which would cost more than all the rest.
Matrix: ITU-R BT.709-6, quantisation 16..235 and 16..240.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# OpenCV's annotations do not tell types of elements apart, so ours only name them.
Bytes = NDArray[Any]  # uint8
RGBA = NDArray[Any]  # float32, height x width x 4, 0..1, colour already multiplied by alpha

_KR, _KB = 0.2126, 0.0722
_LUMA = np.array([_KR, 1 - _KR - _KB, _KB])
_BLUE = (np.array([0.0, 0.0, 1.0]) - _LUMA) / (2 * (1 - _KB))
_RED = (np.array([1.0, 0.0, 0.0]) - _LUMA) / (2 * (1 - _KR))
# One row per plane: R, G, B, A -> value 0..255; the offset rides on alpha because the input is premultiplied.
_TO_LUMA = np.array([[*(219 * _LUMA), 16]], np.float32)
_TO_CHROMA = np.array([[*(224 * _BLUE), 128], [*(224 * _RED), 128]], np.float32)
_TO_RGB = np.linalg.inv(np.array([219 * _LUMA, 224 * _BLUE, 224 * _RED]))


class Frame:
    """One picture. ``flat`` holds luma, then both chroma planes; the planes are views into it. Sides are even."""

    def __init__(self, width: int, height: int, flat: Bytes | None = None) -> None:
        self.width, self.height = width, height
        self.flat = np.empty(width * height * 3 // 2, np.uint8) if flat is None else flat

    @cached_property
    def luma(self) -> Bytes:
        return self.flat[: self.width * self.height].reshape(self.height, self.width)

    @cached_property
    def chroma(self) -> Bytes:
        """2 x height/2 x width/2: blue, red difference."""
        return self.flat[self.width * self.height :].reshape(2, self.height // 2, self.width // 2)

    @property
    def planar(self) -> Bytes:
        """height*3/2 x width, as PyAV takes it."""
        return self.flat.reshape(self.height * 3 // 2, self.width)

    def copy(self) -> "Frame":
        return Frame(self.width, self.height, self.flat.copy())


@dataclass(frozen=True)
class Layer:
    """A premultiplied picture with even sides. ``keep`` is 255 - alpha: how much stays of what lies below."""

    luma: Bytes
    chroma: Bytes
    keep: Bytes
    keep_chroma: Bytes

    @property
    def height(self) -> int:
        return int(self.luma.shape[0])

    @property
    def width(self) -> int:
        return int(self.luma.shape[1])


def layer(rgba: RGBA) -> Layer:
    """Turn premultiplied RGBA with even sides into planes."""
    half = cv2.resize(rgba, (rgba.shape[1] // 2, rgba.shape[0] // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, _TO_CHROMA)
    return Layer(
        luma=_bytes(cv2.transform(rgba, _TO_LUMA)).reshape(rgba.shape[:2]),
        chroma=np.ascontiguousarray(np.moveaxis(_bytes(chroma), 2, 0)),
        keep=_bytes(255 - 255 * rgba[:, :, 3]),
        keep_chroma=_bytes(255 - 255 * half[:, :, 3]),
    )


def solid(rgba: RGBA) -> Frame:
    """A whole picture from opaque RGBA."""
    planes = layer(rgba)
    return Frame(planes.width, planes.height, np.concatenate([planes.luma.ravel(), planes.chroma.ravel()]))


def blit(frame: Frame, over: Layer, x: int, y: int, opacity: float = 1.0) -> None:
    """Lay a layer over a frame, its top left corner at even x, y; what sticks out is cut off."""
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + over.width, frame.width), min(y + over.height, frame.height)
    if opacity <= 0 or left >= right or top >= bottom:
        return
    rows, columns = slice(top - y, bottom - y), slice(left - x, right - x)
    _lay(frame.luma[top:bottom, left:right], over.luma[rows, columns], over.keep[rows, columns], opacity)
    rows, columns = _halved(rows), _halved(columns)
    for plane, colour in zip(frame.chroma, over.chroma, strict=True):
        below = plane[top // 2 : bottom // 2, left // 2 : right // 2]
        _lay(below, colour[rows, columns], over.keep_chroma[rows, columns], opacity)


def mix(out: Frame, other: Frame, share: float) -> None:
    """Cross-fade in place: ``share`` 0..1 of the other picture."""
    cv2.addWeighted(out.flat, 1 - share, other.flat, share, 0, dst=out.flat)


def resized(frame: Frame, width: int, height: int) -> Frame:
    out = Frame(width, height)
    shrinks = width * height < frame.width * frame.height
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    cv2.resize(frame.luma, (width, height), dst=out.luma, interpolation=how)
    for plane, target in zip(frame.chroma, out.chroma, strict=True):
        cv2.resize(plane, (width // 2, height // 2), dst=target, interpolation=how)
    return out


def cropped(frame: Frame, x: int, y: int, width: int, height: int) -> Frame:
    out = Frame(width, height)
    out.luma[:] = frame.luma[y : y + height, x : x + width]
    out.chroma[:] = frame.chroma[:, y // 2 : (y + height) // 2, x // 2 : (x + width) // 2]
    return out


def paste(frame: Frame, other: Frame, x: int, y: int) -> None:
    frame.luma[y : y + other.height, x : x + other.width] = other.luma
    frame.chroma[:, y // 2 : (y + other.height) // 2, x // 2 : (x + other.width) // 2] = other.chroma


def to_rgb(frame: Frame) -> Bytes:
    """height x width x 3, for posters and for looking."""
    size = (frame.width, frame.height)
    planes = [frame.luma, *(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in frame.chroma)]
    shifted = np.stack(planes, axis=2).astype(np.float32) - np.array([16, 128, 128], np.float32)
    return _bytes(255 * cv2.transform(shifted, _TO_RGB.astype(np.float32)))


def _lay(below: Bytes, colour: Bytes, keep: Bytes, opacity: float) -> None:
    if opacity < 1:
        colour = cv2.convertScaleAbs(colour, alpha=opacity)
        keep = cv2.convertScaleAbs(keep, alpha=opacity, beta=255 * (1 - opacity))
    kept = cv2.multiply(below, keep, scale=1 / 255)
    cv2.add(kept, np.ascontiguousarray(colour), dst=kept)
    below[:] = kept


def _halved(part: slice) -> slice:
    return slice(part.start // 2, part.stop // 2)


def _bytes(values: NDArray[Any]) -> Bytes:
    rounded: Bytes = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded
