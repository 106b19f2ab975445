"""The product as the photo shows it: its outline, and what is to be found again in every frame."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.geometry import WHOLE, Box
from generation.gate.frames import Picture, Plane
from generation.subject import find_subject, read_photo

Points = NDArray[Any]  # float32, points x 2, pixels
Descriptors = NDArray[Any]  # float32, points x 128

WORK = 540  # the shorter side of a frame, pixels, at which products are compared
FILLS = 0.72  # the photo is scaled until its product fills about so much of that
AIR = 0.04  # around the product's box, share of its size
MOST_POINTS, CONTRAST = 250, 0.025
OUTLINE_SIDE = 200  # longer side of the copy in which the outline is looked for
LEAST_OUTLINE, MOST_OUTLINE = 0.15, 0.95  # shares of the box: an outline beyond is a mistake, and the box is taken
INSIDE = 3  # pixels off the outline, so that no background is taken for the product


@dataclass(frozen=True)
class Product:
    """``photo`` at the working size; ``outline``: 255 on the product, same size; ``points`` are SIFT's, on the product.

    ``box``: where it is, in pixels of ``photo``. ``scale``: working pixels per pixel of the photo's file.
    """

    photo: Picture
    outline: Plane
    box: tuple[int, int, int, int]
    points: Points
    descriptors: Descriptors
    scale: float
    sized: tuple[int, int]  # width and height of the photo's file

    @property
    def grey(self) -> Plane:
        return cv2.cvtColor(self.photo, cv2.COLOR_BGR2GRAY)


def sift(most: int) -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=most, contrastThreshold=CONTRAST)


def product_of(photo: Path, subject: Box | None, matte: Path | None, zoom: float = 1.0) -> Product:
    """Prepare a photo for judging; several takes of one shot share it. ``zoom``: how much larger than usual.

    Raises ``MediaBroken``.
    """
    changed = tuple(path.stat().st_mtime_ns for path in (photo, matte) if path is not None and path.is_file())
    return _product(photo, subject, matte, zoom, changed)


@lru_cache(maxsize=8)
def _product(photo: Path, subject: Box | None, matte: Path | None, zoom: float, changed: tuple[int, ...]) -> Product:
    picture = read_photo(photo)
    height, width = picture.shape[:2]
    box = subject or find_subject(picture) or WHOLE
    usual = min(FILLS * WORK / (box.width * width), 1.4 * FILLS * WORK / (box.height * height))
    scale = min(usual * zoom, 1.0)
    size = (max(round(width * scale), 16), max(round(height * scale), 16))
    work = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    outline = _drawn(matte, size) if matte is not None else _found(work, box)
    left, top, right, bottom = pixels(box, size)
    air_x, air_y = round(AIR * (right - left)), round(AIR * (bottom - top))
    corner = (max(left - air_x, 0), max(top - air_y, 0))
    part = np.s_[corner[1] : bottom + air_y, corner[0] : right + air_x]
    keypoints, descriptors = sift(MOST_POINTS).detectAndCompute(work[part], outline[part])
    points = np.array([point.pt for point in keypoints], np.float32).reshape(-1, 2) + np.array(corner, np.float32)
    if descriptors is None:
        descriptors = np.empty((0, 128), np.float32)
    return Product(work, outline, (left, top, right, bottom), points, descriptors, scale, (width, height))


def pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of ``box`` in a picture of ``size`` (width, height); at least two pixels each way."""
    width, height = size
    left, top = min(int(box.x0 * width), width - 2), min(int(box.y0 * height), height - 2)
    return max(left, 0), max(top, 0), max(round(box.x1 * width), left + 2), max(round(box.y1 * height), top + 2)


def _drawn(matte: Path, size: tuple[int, int]) -> Plane:
    """What the user drew, as the outline."""
    grey = cv2.resize(cv2.cvtColor(read_photo(matte), cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
    return _inside(((grey > 127) * 255).astype(np.uint8))


def _found(work: Picture, box: Box) -> Plane:
    """The outline inside ``box``, by GrabCut on a small copy; the whole box where that gives nothing sensible."""
    height, width = work.shape[:2]
    left, top, right, bottom = pixels(box, (width, height))
    whole = np.zeros((height, width), np.uint8)
    whole[top:bottom, left:right] = 255
    shrink = min(OUTLINE_SIDE / max(height, width), 1.0)
    small = cv2.resize(work, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    x, y, far_x, far_y = pixels(box, (small.shape[1], small.shape[0]))
    if far_x - x >= 0.97 * small.shape[1] and far_y - y >= 0.97 * small.shape[0]:
        return whole
    mask = np.zeros(small.shape[:2], np.uint8)
    cv2.setRNGSeed(1)  # GrabCut starts from random guesses: the same photo must give the same outline
    rectangle = (x, y, min(far_x, small.shape[1] - 1) - x, min(far_y, small.shape[0] - 1) - y)
    try:
        cv2.grabCut(small, mask, rectangle, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # a box of one colour: there is no outline to be found
        return whole
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8) * 255
    share = cv2.countNonZero(found) / max((far_x - x) * (far_y - y), 1)
    if not LEAST_OUTLINE <= share <= MOST_OUTLINE:
        return whole
    return _inside(cv2.threshold(cv2.resize(found, (width, height)), 127, 255, cv2.THRESH_BINARY)[1])


def _inside(outline: Plane) -> Plane:
    eroded = cv2.erode(outline, np.ones((2 * INSIDE + 1, 2 * INSIDE + 1), np.uint8))
    return eroded if eroded.any() else outline
