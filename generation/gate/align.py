"""Where a frame shows the product: the homography from the photo to the frame, found anew in each frame."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.frames import Picture, Plane, Sample
from generation.gate.product import WORK, Points, Product, sift
from generation.subject import find_subject

Matrix3 = NDArray[Any]  # float64, 3 x 3

MOST = 1200  # keypoints of a frame
RATIO = 0.8  # Lowe's test: a match must be so much nearer than the next best one
CLOSE = 3.0  # pixels of the working size within which a match agrees with the homography
FEWEST = 10  # agreeing matches that make a homography
AROUND = 0.18  # how far around its last place the product is looked for, share of its size
SMALLEST, LARGEST = 0.2, 6.0  # how much smaller or larger than in the working photo a product may be


ZOOMS = (1.0, 2.2, 0.5)  # the sizes of the photo that are tried, until the product is found in the first frame
SIMILAR = (0.75, 1.35)  # how much larger the frame may show the product, before the photo is prepared anew


@dataclass(frozen=True)
class View:
    """One frame at the working size, and where the product is in it. ``scale``: working pixels per frame pixel."""

    index: int
    picture: Picture
    grey: Plane
    scale: float
    home: Matrix3 | None  # from the product's working photo to this picture
    inliers: Points  # keypoints found again, in pixels of this picture
    identity: float | None  # share of the keypoints that ought to be seen that were found again; None: not looked for


def at_work_size(picture: Picture) -> tuple[Picture, float]:
    step = max(1, round(min(picture.shape[:2]) / WORK))
    if step == 1:
        return picture, 1.0
    height, width = picture.shape[0] // step * step, picture.shape[1] // step * step
    size = (width // step, height // step)
    return cv2.resize(picture[:height, :width], size, interpolation=cv2.INTER_AREA), 1.0 / step


NO_POINTS: Points = np.empty((0, 2), np.float32)


def carried(sample: Sample, near: Matrix3) -> View:
    """A frame in which the product is where it was a moment ago, or near it; its keypoints are not looked for."""
    picture, scale = at_work_size(sample.picture)
    return View(sample.index, picture, cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), scale, near, NO_POINTS, None)


@dataclass(frozen=True)
class _Features:
    """What SIFT saw in (a part of) a frame: places in pixels of the working frame."""

    places: Points
    descriptors: NDArray[Any]


def find(product: Product, sample: Sample, near: Matrix3 | None) -> View:
    """``near``: where it was in a frame before this one, if known."""
    picture, scale = at_work_size(sample.picture)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    home, inliers = None, NO_POINTS
    window = _window(product, near, grey.shape)
    if len(product.points) >= FEWEST:
        home, inliers = _matched(product, _features(grey, window))
        if home is None and window is not None:  # it may have gone farther than expected
            home, inliers = _matched(product, _features(grey, None))
    if home is None:
        home = _placed(product, picture) if near is None else near
    return _view(product, sample.index, picture, grey, scale, home, inliers)


def find_first(prepare: Callable[[float], Product], sample: Sample) -> tuple[Product, View]:
    """The product, prepared at about the size in which the first frame shows it, and found there.

    ``prepare``: the product at a given zoom.
    """
    picture, scale = at_work_size(sample.picture)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    features = _features(grey, None)
    for zoom in ZOOMS:
        product = prepare(zoom)
        home, inliers = _matched(product, features)
        if home is None:
            continue
        grown = growth(home, product)
        if not SIMILAR[0] < grown < SIMILAR[1]:
            again = prepare(round(zoom * grown, 2))
            better = _matched(again, features)
            if better[0] is not None:
                product, (home, inliers) = again, better
        return product, _view(product, sample.index, picture, grey, scale, home, inliers)
    product = prepare(ZOOMS[0])
    return product, _view(product, sample.index, picture, grey, scale, _placed(product, picture), NO_POINTS)


def _view(
    product: Product, index: int, picture: Picture, grey: Plane, scale: float, home: Matrix3 | None, inliers: Points
) -> View:
    seen = _in_sight(product, home, grey.shape) if home is not None else len(product.points)
    identity = len(inliers) / max(seen, 1) if len(product.points) >= FEWEST else None
    return View(index, picture, grey, scale, home, inliers, identity)


def _window(product: Product, near: Matrix3 | None, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """The part of the frame to search: left, top, right, bottom."""
    if near is None:
        return None
    corners = through(near, box_corners(product))
    (left, top), (right, bottom) = corners.min(0), corners.max(0)
    more_x, more_y = AROUND * (right - left) + 8, AROUND * (bottom - top) + 8
    window = (
        max(int(left - more_x), 0),
        max(int(top - more_y), 0),
        min(int(right + more_x), shape[1]),
        min(int(bottom + more_y), shape[0]),
    )
    return window if window[2] - window[0] > 32 and window[3] - window[1] > 32 else None


def _features(grey: Plane, window: tuple[int, int, int, int] | None) -> _Features:
    left, top, right, bottom = window or (0, 0, grey.shape[1], grey.shape[0])
    keypoints, descriptors = sift(MOST).detectAndCompute(grey[top:bottom, left:right], None)
    if descriptors is None:
        return _Features(NO_POINTS, np.empty((0, 128), np.float32))
    places = np.array([point.pt for point in keypoints], np.float32) + np.array((left, top), np.float32)
    return _Features(places, descriptors)


def _matched(product: Product, features: _Features) -> tuple[Matrix3 | None, Points]:
    """Where the product is, and the keypoints that agree on that."""
    if len(features.places) < FEWEST or len(product.points) < FEWEST:
        return None, NO_POINTS
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(product.descriptors, features.descriptors, k=2)
    good = [best for best, second in pairs if best.distance < RATIO * second.distance]
    if len(good) < FEWEST:
        return None, NO_POINTS
    source = product.points[[match.queryIdx for match in good]]
    target = features.places[[match.trainIdx for match in good]]
    home = homography(source, target, CLOSE)
    if home is None or not sane(home, product):
        return None, NO_POINTS
    near = np.linalg.norm(through(home, source) - target, axis=1) < CLOSE
    return (home, target[near]) if near.sum() >= FEWEST else (None, NO_POINTS)


def homography(source: Points, target: Points, within: float) -> Matrix3 | None:
    """By MAGSAC++ (Barath and others, 2020; OpenCV's), which needs no exact idea of the noise."""
    if len(source) < 4:
        return None
    found, _ = cv2.findHomography(source, target, cv2.USAC_MAGSAC, within, maxIters=2000, confidence=0.999)
    return None if found is None else np.asarray(found, np.float64)


def sane(home: Matrix3, product: Product) -> bool:
    """Whether the product's box keeps its orientation, convexity and more or less its size."""
    corners = through(home, box_corners(product))
    if not np.isfinite(corners).all():
        return False
    edges = np.roll(corners, -1, 0) - corners
    turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
    if not (turns > 0).all():
        return False
    return bool(SMALLEST < growth(home, product) < LARGEST)


def growth(home: Matrix3, product: Product) -> float:
    """How much larger the product's box is in the frame than in the working photo."""
    left, top, right, bottom = product.box
    area = cv2.contourArea(through(home, box_corners(product)).astype(np.float32))
    return float(np.sqrt(area / max((right - left) * (bottom - top), 1)))


def _placed(product: Product, picture: Picture) -> Matrix3 | None:
    """For a product too plain for keypoints: its box upon the box that stands out in the frame."""
    box = find_subject(picture)
    if box is None:
        return None
    height, width = picture.shape[:2]
    left, top, right, bottom = product.box
    grown = np.sqrt(box.width * width * box.height * height / max((right - left) * (bottom - top), 1))
    x, y = box.centre
    return np.array(
        [
            [grown, 0, x * width - grown * (left + right) / 2],
            [0, grown, y * height - grown * (top + bottom) / 2],
            [0, 0, 1],
        ]
    )


def _in_sight(product: Product, home: Matrix3, shape: tuple[int, ...]) -> int:
    if not len(product.points):
        return 0
    places = through(home, product.points)
    margin = 6
    inside = (places > margin).all(1) & (places[:, 0] < shape[1] - margin) & (places[:, 1] < shape[0] - margin)
    return int(inside.sum())


def box_corners(product: Product) -> Points:
    left, top, right, bottom = product.box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def through(home: Matrix3, points: Points) -> Points:
    """Points taken through a homography, points x 2."""
    if not len(points):
        return points
    return cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), home).reshape(-1, 2)
