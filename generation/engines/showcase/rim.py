"""The rim of a product that is out of focus: as wide as the lens has blurred it, not as the matte has cut it.

In front of a plain background each pixel beside the outline is taken as a mixture of the product's colour next to it
and of the background's, and its alpha is the share of the product that explains it.
"""

import cv2
import numpy as np

from generation.engines.showcase.membrane import membrane
from generation.engines.showcase.scene import Image, Map

OUT, IN = 0.012, 0.004  # so far from the outline the rim may reach, share of the photo's longer side
LOCAL = 0.015  # from so far the product's colour is taken
APART = 30.0  # the two colours differ by at least so much, of 255
EXPLAINED = 22.0  # a pixel farther from any mixture is something else
ROUGH = 5.0  # background with more texture than that hides what is rim
NOISE = 0.06  # a share of the product below this is none


def widened(photo: Image, alpha: Map) -> Map:
    """``alpha`` with the rim as wide as it is in the photo, where that can be told."""
    longer = max(alpha.shape)
    solid = (alpha > 0.02).astype(np.uint8)
    hole = cv2.dilate(solid, _disc(OUT * longer))
    sure = cv2.erode((alpha > 0.98).astype(np.uint8), _disc(IN * longer))
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    if not len(rows) or not sure.any() or hole.all():
        return alpha
    room = round(0.06 * longer)
    part = (
        slice(max(int(rows[0]) - room, 0), int(rows[-1]) + room),
        slice(max(int(columns[0]) - room, 0), int(columns[-1]) + room),
    )
    out = alpha.copy()
    out[part] = _explained(photo[part].astype(np.float32), alpha[part], hole[part], sure[part], longer)
    return out


def _explained(picture: Map, alpha: Map, hole: Map, sure: Map, longer: int) -> Map:
    known = 1 - hole.astype(np.float32)
    behind = membrane(picture, known)
    product = _mean(picture, sure.astype(np.float32), LOCAL * longer)
    apart = product - behind
    contrast = np.sqrt((apart**2).sum(2)) + 1e-3
    share = np.clip(((picture - behind) * apart).sum(2) / contrast**2, 0, 1)
    left = np.abs(picture - behind - share[:, :, None] * apart).max(2)
    fine = np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 2)).max(2)
    rough = _mean(fine[:, :, None], known, 2 * LOCAL * longer)[:, :, 0]
    trust = (
        np.clip(contrast / APART - 1, 0, 1)
        * np.clip(2 - 2 * left / EXPLAINED, 0, 1)
        * np.clip(2 - 2 * rough / ROUGH, 0, 1)
    )
    depth = cv2.distanceTransform((alpha < 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    fade = np.clip(3 - 3 * depth / (OUT * longer), 0, 1)
    share = np.clip((share - NOISE) / (1 - 2 * NOISE), 0, 1) * fade
    return np.maximum(alpha, share * trust).astype(np.float32)  # never less: a pale petal is no hole


def _mean(values: Map, weight: Map, radius: float) -> Map:
    side = 2 * max(round(radius), 2) + 1
    around = cv2.blur(weight, (side, side)) + 1e-6
    mean = cv2.blur(values * weight[:, :, None], (side, side))
    return mean.reshape(*weight.shape, -1) / around[:, :, None]


def _disc(radius: float) -> Image:
    side = 2 * max(round(radius), 1) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
