"""Filling what is not known with the smoothest surface over it, as a soap film spans a wire (Laplace's equation)."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]  # float32, height x width x channels
Line = NDArray[Any]  # float32, height x width

ROUNDS = 12  # of smoothing per level
LARGEST = 256  # the film is smooth: worked out at this size and enlarged


def membrane(picture: Picture, known: Line) -> Picture:
    """``known``: 0..1. Known pixels stay; the others continue them from all around. Nothing known: grey stays."""
    height, width = known.shape
    shrink = LARGEST / max(height, width)
    if shrink >= 1:
        return _span(picture, known)
    size = (max(round(width * shrink), 2), max(round(height * shrink), 2))
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(picture * known[:, :, None], size, interpolation=cv2.INTER_AREA)
    sure = np.clip(weight * 4 - 2.8, 0, 1)  # a pixel that is mostly unknown is spanned too
    low = _span(small / np.maximum(weight, 1e-3)[:, :, None], sure)
    film = cv2.resize(low, (width, height), interpolation=cv2.INTER_CUBIC)
    return film + (picture - film) * known[:, :, None]


def _span(picture: Picture, known: Line) -> Picture:
    height, width = known.shape
    if known.min() >= 1 or min(height, width) < 4:
        return picture
    size = (width // 2, height // 2)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    half = cv2.resize(picture * known[:, :, None], size, interpolation=cv2.INTER_AREA)
    coarse = _span(half / np.maximum(weight, 1e-3)[:, :, None], np.minimum(weight * 2, 1.0))
    film = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    free = (1 - known)[:, :, None]
    film += (picture - film) * (1 - free)
    kernel = np.array([[0.5, 1, 0.5], [1, 0, 1], [0.5, 1, 0.5]], np.float32) / 6
    for _ in range(ROUNDS):
        film += (cv2.filter2D(film, -1, kernel, borderType=cv2.BORDER_REPLICATE) - film) * free
    return film
