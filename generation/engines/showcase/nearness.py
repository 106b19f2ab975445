"""How the background moves: each of its points by its own nearness, without a fold or a tear."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import apply
from generation.domain.framing import Aim
from generation.domain.rig import Pose
from generation.engines.showcase.scene import Map

Points = tuple[NDArray[Any], NDArray[Any]]  # x and y, float32

STEP = 16  # canvas pixels between two nodes of the lattice
ROUNDS = 6  # of looking for the point of the photo that comes to lie at a point of the canvas
STRETCH = 0.3  # the background is stretched or squeezed by no more than that
SMOOTH = 1.2  # map pixels
MAP_SIDE = 128
NEAREST = 1.4  # of a floor, in front of the product
DEPTH, DEEPER = 0.16, 2.0  # what lies farthest is so far away (1 - nearness) at least, made up to so many times deeper
FARTHEST = 10  # percent of the picture


@dataclass(frozen=True)
class Lattice:
    """Nodes over a canvas and ``STEP`` beyond it, in canvas widths from its middle."""

    x: Map
    y: Map
    width: int
    height: int

    @classmethod
    def over(cls, width: int, height: int) -> "Lattice":
        across = (np.arange(-1, -(-width // STEP) + 1) + 0.5) * STEP / width - 0.5
        down = ((np.arange(-1, -(-height // STEP) + 1) + 0.5) * STEP - height / 2) / width
        x, y = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
        return cls(x, y, width, height)

    def fine(self, values: Map, *, half: bool = False) -> Map:
        """Values at the nodes -> at each pixel of the canvas (or of a canvas of half the size)."""
        step = STEP // 2 if half else STEP
        width, height = (self.width // 2, self.height // 2) if half else (self.width, self.height)
        large = cv2.resize(values, (values.shape[1] * step, values.shape[0] * step), interpolation=cv2.INTER_LINEAR)
        return large[step : step + height, step : step + width]


@dataclass(frozen=True)
class Near:
    """``values``: nearness over the photo, height x width; ``photo``: the photo's width and height in pixels."""

    values: Map
    photo: tuple[int, int]
    aim: Aim

    def sample(self, values: Map, points: Points) -> Map:
        """Any map over the photo at ``points`` (canvas widths from the aim)."""
        height, width = values.shape[:2]
        across, down = width / self.photo[0], height / self.photo[1]
        u = (self.aim.x + points[0] * self.aim.width) * across - 0.5
        v = (self.aim.y + points[1] * self.aim.width) * down - 0.5
        return cv2.remap(
            values, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )

    def back(self, pose: Pose, lattice: Lattice) -> Points:
        """For each node, the point of the photo's background that lies there."""
        a, b = through(np.linalg.inv(np.array(pose.layer(0.0)).reshape(3, 3)), lattice.x, lattice.y)
        nearness = self.sample(self.values, (a, b))
        for _ in range(ROUNDS):
            points = self._at(pose, a, b, nearness)
            nearness = self.sample(self.values, points)
        return self._at(pose, a, b, nearness)

    @staticmethod
    def _at(pose: Pose, a: Map, b: Map, nearness: Map) -> Points:
        """The point at this nearness that the camera, were it not turned, would see at ``a``, ``b``."""
        away = 1 - nearness * pose.z
        return a * away + nearness * pose.x, b * away + nearness * pose.y


def through(matrix: NDArray[Any], x: Map, y: Map) -> Points:
    """Points through a 3 x 3 matrix."""
    m = matrix.astype(np.float32)
    w = m[2, 0] * x + m[2, 1] * y + m[2, 2]
    return (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / w, (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / w


def near_map(
    nearness: Map, held: Map, trust: float, photo: tuple[int, int], aim: Aim, poses: tuple[Pose, ...], aspect: float
) -> Near:
    """A nearness that these poses can film. ``held``: 0..1, what must move with the product; ``trust`` 0: all of it."""
    scale = MAP_SIDE / max(photo)
    size = (max(round(photo[0] * scale), 8), max(round(photo[1] * scale), 8))
    small = np.clip(cv2.resize(nearness, size, interpolation=cv2.INTER_AREA), 0, NEAREST)
    small = 1 - _deepened(1 - small) * trust * (1 - cv2.resize(held, size, interpolation=cv2.INTER_AREA))
    cell = photo[0] / size[0] / aim.width
    steepest = STRETCH / max(widest(poses, aspect), 1e-6) * cell
    gentle = gentled(np.minimum(small, 1), steepest) - gentled(np.minimum(1 - small, 0), steepest)
    return Near(cv2.GaussianBlur(gentle, (0, 0), SMOOTH, borderType=cv2.BORDER_REPLICATE), photo, aim)


def _deepened(depth: Map) -> Map:
    """A product that hangs before a wall or lies on a table would move along with it, and the camera be for nothing."""
    farthest = float(np.percentile(depth, 100 - FARTHEST))
    more = np.clip(DEPTH / max(farthest, 1e-3), 1, DEEPER)
    return np.where(depth > 0, depth * more, depth).astype(np.float32)


def widest(poses: tuple[Pose, ...], aspect: float) -> float:
    """The farthest, in canvas widths, that what is as near as the product ever moves against what is far away."""
    corners = [(x, y * aspect) for x in (-0.5, 0.0, 0.5) for y in (-0.5, 0.0, 0.5)]
    return max(
        np.hypot(*np.subtract(apply(pose.layer(1.0), x, y), apply(pose.layer(0.0), x, y)))
        for pose in poses
        for x, y in corners
    )


def gentled(values: Map, steepest: float) -> Map:
    """The least map above ``values`` that rises by no more than ``steepest`` per pixel: what is near stays near."""
    out = values.astype(np.float32)
    height, width = out.shape
    for step in (64, 32, 16, 8, 4, 2, 1):
        for down, across, far in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 2**0.5), (1, -1, 2**0.5)):
            padded = cv2.copyMakeBorder(out, step, step, step, step, cv2.BORDER_REPLICATE)
            for sign in (-1, 1):
                y, x = step + sign * down * step, step + sign * across * step
                out = np.maximum(out, padded[y : y + height, x : x + width] - steepest * step * far)
    return out
