"""How an invented scene really moves under a pose: three-dimensional projection of every point, product and background."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import FOCAL
from generation.domain.rig import Pose

Map = NDArray[Any]
Points = NDArray[Any]  # ... x 2, canvas widths from the middle


def matrix(cells: Sequence[float]) -> Map:
    return np.array(cells, np.float64).reshape(3, 3)


def projected(homography: Map, x: Map, y: Map) -> tuple[Map, Map]:
    """Each point through a 3 x 3 matrix."""
    h = homography
    depth = h[2, 0] * x + h[2, 1] * y + h[2, 2]
    return (h[0, 0] * x + h[0, 1] * y + h[0, 2]) / depth, (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / depth


def background(pose: Pose, nearness: Map, x: Map, y: Map) -> tuple[Map, Map]:
    """Where points of the background go: ``Pose.layer`` with a nearness of its own for every point."""
    lens = matrix(Pose(yaw=pose.yaw, pitch=pose.pitch, roll=pose.roll, zoom=pose.zoom).layer(1.0))
    depth = 1 - nearness * pose.z
    return projected(lens, (x - nearness * pose.x) / depth, (y - nearness * pose.y) / depth)


def product(pose: Pose, centre: tuple[float, float], relief: Map, x: Map, y: Map) -> tuple[Map, Map]:
    """Where points of the product go; ``relief``: nearness over 1. It turns about its centre as a solid body."""
    near = 1 + relief
    solid = np.stack(((x / near) - centre[0], (y / near) - centre[1], FOCAL / near - FOCAL), -1)
    moved = solid @ _axes(pose).T
    ahead = (moved[..., 2] + FOCAL * (1 - pose.z)) / FOCAL
    at_x = moved[..., 0] + centre[0] + pose.lift_x - pose.x
    at_y = moved[..., 1] + centre[1] + pose.lift_y - pose.y
    lens = matrix(Pose(yaw=pose.yaw, pitch=pose.pitch, roll=pose.roll, zoom=pose.zoom).layer(1.0))
    return projected(lens, at_x / ahead, at_y / ahead)


def _axes(pose: Pose) -> Map:
    """The product's own turn as a rotation matrix, in the order of ``Pose.product``: spin, tilt, turn."""
    cos_t, sin_t, cos_p, sin_p = np.cos(pose.turn), np.sin(pose.turn), np.cos(pose.tilt), np.sin(pose.tilt)
    cos_s, sin_s = np.cos(pose.spin), np.sin(pose.spin)
    a = np.array([cos_s * cos_t + sin_s * sin_p * sin_t, sin_s * cos_p, -cos_s * sin_t + sin_s * sin_p * cos_t])
    b = np.array([-sin_s * cos_t + cos_s * sin_p * sin_t, cos_s * cos_p, sin_s * sin_t + cos_s * sin_p * cos_t])
    return np.stack((a, b, np.cross(a, b)), 1)


def residual(pose: Pose, centre: tuple[float, float], unit: float, relief: Map, x: Map, y: Map) -> Map:
    """The small affine change (2 x 3, minus identity) of the product, before ``Pose.product``, that comes nearest to
    how its points (1-d arrays) really move. In product units: its centre is 0, ``unit`` canvas widths are 1.
    """
    to_x, to_y = product(pose, centre, relief, x, y)
    want_x, want_y = projected(np.linalg.inv(matrix(pose.product(*centre))), to_x, to_y)
    points = np.stack(((x - centre[0]) / unit, (y - centre[1]) / unit, np.ones_like(x)), 1)
    change = np.stack(((want_x - x) / unit, (want_y - y) / unit), 1)
    return np.linalg.lstsq(points, change, rcond=None)[0].T


def affine_fit(x: Map, y: Map, to_x: Map, to_y: Map) -> tuple[Map, Map]:
    """The best affine move of the whole picture (1-d arrays): what a camera over a flat photo could do at most."""
    points = np.stack((x, y, np.ones_like(x)), 1)
    fit = np.linalg.lstsq(points, np.stack((to_x, to_y), 1), rcond=None)[0]
    near = points @ fit
    return near[:, 0], near[:, 1]
