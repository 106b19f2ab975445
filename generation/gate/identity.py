"""Is it still the photo's product? The photo, laid over each frame by the product's homography, is compared closely."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.gate.align import Matrix3, View, homography, sane, through
from generation.gate.frames import Plane
from generation.gate.product import Points, Product

PLAIN = 30  # with fewer keypoints a product is too plain for them: then its colours count
MOST_DETAILS, APART = 300, 6  # corners that are followed from the photo into the frame
PATCH = 13  # pixels: side of the patch around a detail that must look alike
GRAIN = 1.0  # blur, working pixels: finer texture does not survive an encoder, and says nothing about a product
CLEAR = 6.0  # levels: standard deviation of a patch that is more than noise
EVEN = 25  # working pixels: side of the square in which contrast is evened
ALIKE = 0.7  # normalised correlation of two patches
ASTRAY = 2.5  # working pixels: how far from its place on the rigid product a detail may be
STEADY = 1.5  # working pixels within which details agree on where the product is
RIM = 0.35  # of the way from the outline to the innermost point of the product
SOFT = 0.03  # blur, in shares of the width, before the first frame is compared: what lies behind may be a little off
FEWEST = 12


@dataclass(frozen=True)
class Look:
    """What one frame says about the product. ``kept`` and ``bend`` are ``None`` where the product has too few details.

    ``home`` is the view's, refined by them; ``rim``: as ``kept``, but only of details near the product's edge.

    ``details``: where they are in the frame at the working size; ``alike``: which of them look as in the photo.
    """

    view: View
    home: Matrix3 | None
    kept: float | None
    bend: float | None
    hue: float | None
    rim: float | None
    details: Points
    alike: NDArray[Any]


def look(product: Product, view: View) -> Look:
    if view.home is None:
        return Look(view, None, 0.0, None, None, None, np.empty((0, 2)), np.zeros(0, bool))
    pair = _laid_over(product, view, view.home)
    lost = _followed(pair.photo, pair.frame, pair.outline)
    home, details = _settled(product, view.home, lost)
    hue = _hue(product, view, home)
    if len(lost.start) < FEWEST:
        return Look(view, home, None, None, hue, None, lost.end, np.ones(len(lost.end), bool))
    told = details[lost.likeness >= 0.4]
    bend = float(np.percentile(told, 75)) if len(told) >= FEWEST else None
    wide = 1080 / min(view.grey.shape)
    alike = (lost.likeness >= ALIKE) & (details <= ASTRAY)
    new = _followed(pair.frame, pair.photo, pair.outline)
    known = (new.likeness >= ALIKE) & (np.linalg.norm(new.end - new.start, axis=1) <= ASTRAY + 1)
    kept = min(float(alike.mean()), float(known.mean()) if len(known) >= FEWEST else 1.0)
    places, good = np.vstack((lost.end, new.start)), np.concatenate((alike, known))
    rim = _rim(pair.outline, np.vstack((lost.start, new.start)), good)
    return Look(view, home, kept, None if bend is None else bend * wide, hue, rim, places, good)


def _rim(outline: Plane, places: Points, good: NDArray[Any]) -> float | None:
    """Share of the details near the outline that look alike: whether the shape is right, whatever is printed on it."""
    depth = cv2.distanceTransform(outline, cv2.DIST_L2, 3)
    at = depth[places[:, 1].astype(int), places[:, 0].astype(int)]
    near = at < RIM * depth.max()
    return float(good[near].mean()) if near.sum() >= FEWEST else None


@dataclass(frozen=True)
class _Sight:
    """A picture without its grain; and again, evened: with the same contrast everywhere, whatever light falls on it."""

    plane: Plane
    even: Plane


@dataclass(frozen=True)
class _Pair:
    """The photo as the frame should show it, the frame, and where the product is in them."""

    photo: _Sight
    frame: _Sight
    outline: Plane


@dataclass(frozen=True)
class _Followed:
    """Details of one picture followed into the other; ``likeness``: correlation of their surroundings, -1 if lost."""

    start: Points
    end: Points
    likeness: NDArray[Any]


def _laid_over(product: Product, view: View, home: Matrix3) -> _Pair:
    size = (view.grey.shape[1], view.grey.shape[0])
    laid = cv2.warpPerspective(product.grey, home, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outline = cv2.warpPerspective(product.outline, home, size, flags=cv2.INTER_NEAREST)
    rim = PATCH // 2 + 1
    outline[:rim], outline[-rim:], outline[:, :rim], outline[:, -rim:] = 0, 0, 0, 0
    return _Pair(_sight(laid), _sight(view.grey), outline)


def _sight(plane: Plane) -> _Sight:
    smooth = cv2.GaussianBlur(plane, (0, 0), GRAIN)
    fine = smooth.astype(np.float32)
    fine -= cv2.blur(fine, (EVEN, EVEN))
    spread = np.sqrt(np.maximum(cv2.blur(fine * fine, (EVEN, EVEN)), 0))  # sliding sums leave a little below 0
    return _Sight(smooth, np.clip(128 + 40 * fine / (spread + 3), 0, 255).astype(np.uint8))


def _followed(one: _Sight, other: _Sight, outline: Plane) -> _Followed:
    corners = _details(one.plane, outline)
    if len(corners) < FEWEST:
        return _Followed(np.empty((0, 2), np.float32), np.empty((0, 2), np.float32), np.empty(0))
    after, found, _ = cv2.calcOpticalFlowPyrLK(one.even, other.even, corners, None, winSize=(21, 21), maxLevel=3)  # type: ignore[call-overload]
    start, end = corners.reshape(-1, 2), after.reshape(-1, 2)
    return _Followed(start, end, np.where(found.ravel() == 1, correlation(one.even, start, other.even, end), -1.0))


def _settled(product: Product, home: Matrix3, details: _Followed) -> tuple[Matrix3, NDArray[Any]]:
    """The homography fitted to the details that look alike, and how far each detail is from where it puts it."""
    if len(details.start) < FEWEST:
        return home, np.empty(0)
    steady = details.likeness >= ALIKE
    more = homography(details.start[steady], details.end[steady], STEADY) if steady.sum() >= FEWEST else None
    if more is None or not sane(more @ home, product):
        more = np.eye(3)
    return more @ home, np.linalg.norm(through(more, details.start) - details.end, axis=1)


def _details(picture: Plane, outline: Plane) -> Points:
    """Corners on the product that stand out of the noise, points x 1 x 2."""
    corners = cv2.goodFeaturesToTrack(picture, MOST_DETAILS, 0.015, APART, mask=outline)
    if corners is None:
        return np.empty((0, 1, 2), np.float32)
    clear = _patches(picture, corners.reshape(-1, 2)).std(1) >= CLEAR
    return corners[clear].astype(np.float32)


def correlation(one: Plane, here: Points, other: Plane, there: Points) -> NDArray[Any]:
    """Normalised correlation of the patches around each pair of points, -1..1."""
    a, b = _patches(one, here), _patches(other, there)
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    energy = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return np.where(energy > 1e-3, (a * b).sum(1) / np.maximum(energy, 1e-3), 0.0)


def _patches(plane: Plane, places: Points) -> NDArray[Any]:
    """Points x pixels of a patch, float32, sampled between pixels."""
    reach = np.arange(PATCH, dtype=np.float32) - PATCH // 2
    x = places[:, 0, None, None] + reach[None, None, :] + 0 * reach[None, :, None]
    y = places[:, 1, None, None] + reach[None, :, None] + 0 * reach[None, None, :]
    flat = (len(places), PATCH * PATCH)
    got = cv2.remap(
        plane,
        x.reshape(flat).astype(np.float32),
        y.reshape(flat).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return got.astype(np.float32)


def _hue(product: Product, view: View, home: Matrix3) -> float | None:
    """Bhattacharyya distance of the product's colours (hue and saturation) in the photo and in the frame."""
    size = (view.grey.shape[1] // 2, view.grey.shape[0] // 2)
    half = np.diag((0.5, 0.5, 1.0)) @ home
    laid = cv2.warpPerspective(product.photo, half, size, flags=cv2.INTER_LINEAR)
    outline = cv2.warpPerspective(product.outline, half, size, flags=cv2.INTER_NEAREST)
    if cv2.countNonZero(outline) < 64:
        return None
    frame = cv2.resize(view.picture, size, interpolation=cv2.INTER_AREA)
    one, other = (_colours(picture, outline) for picture in (laid, frame))
    return float(cv2.compareHist(one, other, cv2.HISTCMP_BHATTACHARYYA))


def _colours(picture: NDArray[Any], outline: Plane) -> NDArray[Any]:
    """Histogram of a and b of Lab: as hue and saturation, but at ease with grey. Blurred, so that bins do not jump."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2Lab)
    counts = cv2.calcHist([lab], [1, 2], outline, [64, 64], [0, 256, 0, 256])
    return cv2.GaussianBlur(counts / max(counts.sum(), 1.0), (0, 0), 1.5).astype(np.float32)


def distance_from_photo(product: Product, view: View) -> float | None:
    """Mean difference in lightness of the frame and the photo laid over it, levels; ``None`` where it cannot be laid."""
    if view.home is None:
        return None
    size = (view.grey.shape[1], view.grey.shape[0])
    laid = cv2.warpPerspective(product.grey, view.home, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    covered = cv2.warpPerspective(np.full(product.grey.shape, 255, np.uint8), view.home, size, flags=cv2.INTER_NEAREST)
    known = cv2.erode(covered, np.ones((5, 5), np.uint8)) > 0
    if known.mean() < 0.05:
        return None
    sigma = SOFT * size[0]
    difference = cv2.absdiff(cv2.GaussianBlur(laid, (0, 0), sigma), cv2.GaussianBlur(view.grey, (0, 0), sigma))
    return float(difference[known].mean())
