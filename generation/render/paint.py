"""Drawing with masks: every shape is a coverage mask 0..1, laid in one colour over premultiplied RGBA."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generation.domain.contrast import RGB
from generation.render.yuv import RGBA

Mask = NDArray[Any]  # float32, height x width, 0..1
_FINE = 4  # Pillow draws shapes without smoothing: draw larger, then average


def blank(width: int, height: int) -> RGBA:
    return np.zeros((height, width, 4), np.float32)


def lay(below: RGBA, mask: Mask, colour: RGB, opacity: float = 1.0) -> None:
    """Paint ``colour`` through a mask of the same size, in place."""
    alpha = (mask * opacity)[:, :, None]
    below *= 1 - alpha
    below += alpha * np.array([*colour, 255], np.float32) / 255


def put(below: RGBA, above: RGBA, x: int, y: int) -> None:
    """Lay premultiplied RGBA over another, in place; what sticks out is cut off."""
    top, left = max(-y, 0), max(-x, 0)
    part = below[y + top : y + above.shape[0], x + left : x + above.shape[1]]
    inside = above[top : top + part.shape[0], left : left + part.shape[1]]
    part *= 1 - inside[:, :, 3:]
    part += inside


def rounded(width: int, height: int, radius: float, margin: int = 0) -> Mask:
    """A rounded rectangle that fills the mask up to ``margin`` pixels on every side."""
    big = Image.new("L", (width * _FINE, height * _FINE))
    edge = margin * _FINE
    box = (edge, edge, width * _FINE - edge - 1, height * _FINE - edge - 1)
    ImageDraw.Draw(big).rounded_rectangle(box, radius * _FINE, fill=255)
    return _averaged(big, width, height)


def polygon(width: int, height: int, points: list[tuple[float, float]]) -> Mask:
    big = Image.new("L", (width * _FINE, height * _FINE))
    ImageDraw.Draw(big).polygon([(x * _FINE, y * _FINE) for x, y in points], fill=255)
    return _averaged(big, width, height)


def disc(width: int, height: int, x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    mask: Mask = np.clip(radius - np.hypot(columns + 0.5 - x, rows + 0.5 - y) + 0.5, 0, 1)
    return mask


def grained(sheet: RGBA, seed: int) -> None:
    """Less than one step of noise, in place: it keeps an 8-bit gradient from showing bands."""
    height, width = sheet.shape[:2]
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (height, width, 1)).astype(np.float32) / 255
    sheet[:, :, :3] = np.clip(sheet[:, :, :3] + noise, 0, 1)


def soft(mask: Mask, sigma: float, dx: float = 0, dy: float = 0) -> Mask:
    """A blurred, shifted copy: the shadow of a shape."""
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(mask, shift, (mask.shape[1], mask.shape[0]))
    return cv2.GaussianBlur(moved, (0, 0), sigma) if sigma > 0 else moved


def turned(rgba: RGBA, degrees: float) -> RGBA:
    """Rotated about its middle on a sheet just large enough, with even sides."""
    height, width = rgba.shape[:2]
    turn = np.radians(abs(degrees))
    wide = 2 * int(np.ceil((width * np.cos(turn) + height * np.sin(turn)) / 2))
    high = 2 * int(np.ceil((height * np.cos(turn) + width * np.sin(turn)) / 2))
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 1)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return cv2.warpAffine(rgba, matrix, (wide, high), flags=cv2.INTER_LINEAR)


def _averaged(big: Image.Image, width: int, height: int) -> Mask:
    fine = np.asarray(big, np.float32) / 255
    return cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
