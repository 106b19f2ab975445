"""A soft band of light that passes over the scene, and the product's shadow that goes along with it."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.rig import Pose
from generation.engines.showcase.nearness import Points
from generation.engines.showcase.scene import Map

Plane = NDArray[Any]  # uint8

LEAN = math.radians(24)  # of the band
WAY = 0.62  # canvas widths from the middle to where the band stands at light = 1
WIDE, NARROW = 0.30, 0.13  # half the width of the band on the background, of the sheen on the product, canvas widths
ROLL = 0.22  # how far the sheen runs ahead on a surface that faces sideways
LIFT, SHEEN = 0.24, 0.72  # their strength, of what ``BRIGHTER`` allows
DIM = 0.05  # the scene steps back a little, so that the light is seen
BLACK, WHITE = 16, 235
DEEPEST = 0.8  # a shadow takes away at most so much
REACH = 0.08  # so far away from a shadow, share of the picture, it is as light as it would be without


def _brighter() -> Plane:
    """By how much a luma can be lifted: most in the middle tones, and never past a lighter one."""
    luma = np.arange(256, dtype=np.float64)
    up, down = np.clip(WHITE - luma, 0, None), np.clip(luma - BLACK, 0, None)
    return np.round(0.25 * up + 0.75 * up * down / (WHITE - BLACK)).clip(0, 255).astype(np.uint8)


BRIGHTER = _brighter()
ABOVE_BLACK = np.clip(np.arange(256) - BLACK, 0, None).astype(np.uint8)
FROM_BLACK = np.clip(np.arange(256) + BLACK, 0, WHITE + 19).astype(np.uint8)


def band(pose: Pose, points: Points) -> Map:
    """0..1: the light on the background at these points of the canvas."""
    return (LIFT * pose.glow * _bell(_along(points) - WAY * pose.light, WIDE)).astype(np.float32)


def sheen(pose: Pose, points: Points, normal: Map) -> Map:
    """0..1: the light on the product; ``normal``: at the same points, height x width x 2."""
    ahead = ROLL * (math.cos(LEAN) * normal[:, :, 0] + math.sin(LEAN) * normal[:, :, 1])
    return (SHEEN * pose.glow * _bell(_along(points) + ahead - WAY * pose.light, NARROW)).astype(np.float32)


def _along(points: Points) -> Map:
    return math.cos(LEAN) * points[0] + math.sin(LEAN) * points[1]


def _bell(distance: Map, width: float) -> Map:
    return np.exp(-((distance / width) ** 2))


def lighten(luma: Plane, amount: Plane) -> None:
    """In place; ``amount``: 0..255 of what ``BRIGHTER`` allows."""
    cv2.add(luma, cv2.multiply(cv2.LUT(luma, BRIGHTER), amount, scale=1 / 255), dst=luma)


def darken(luma: Plane, rest: Plane) -> None:
    """In place; ``rest``: what is left of the light, 128 = all of it, more = it gets lighter."""
    above = cv2.LUT(luma, ABOVE_BLACK)
    cv2.LUT(cv2.multiply(above, rest, scale=1 / 128), FROM_BLACK, dst=luma)


def evident(shadow: Map, background: Plane) -> Map:
    """What of a shadow the photo shows: no more than it is darker there than nearby. ``background``: BGR, any size.

    Where the reader sees a shadow that is none, taking it away would leave a glow.
    """
    height, width = shadow.shape
    luma = cv2.cvtColor(cv2.resize(background, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    calm = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1)
    reach = max(round(REACH * max(height, width)), 1)
    lit = cv2.dilate(calm, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    lit = cv2.GaussianBlur(lit, (0, 0), reach / 2)
    return np.clip(np.minimum(shadow, 1 - calm / np.maximum(lit, 1)), 0, 1).astype(np.float32)


def moved_shadow(here: Map, moved: Map, softness: float) -> Map:
    """What is left of the light, as a factor, where the photo has a shadow ``here`` and there should be ``moved``."""
    if softness > 0:
        moved = cv2.GaussianBlur(moved, (0, 0), 0.3 + 4 * softness) * (1 - 0.5 * softness)
    return (1 - np.minimum(moved, DEEPEST)) / (1 - np.minimum(here, DEEPEST))
