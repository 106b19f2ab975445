"""What a reader finds in a photo: the border between reading a scene (the DiT, or the baseline) and filming it.

A reader gives low-resolution maps and never a pixel of the picture; the renderer moves the photo's own pixels.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.engine_spec import Move
from generation.domain.framing import Aim
from generation.domain.geometry import Box
from generation.domain.rig import Pose
from generation.watch import Watch

Image = NDArray[Any]  # uint8, height x width x 3, BGR
Map = NDArray[Any]  # float32, height x width (x 2)
Homographies = NDArray[Any]  # float64, frames x 3 x 3

SOLID = 0.5  # from here on a matte counts as the product
LEAST = 0.002  # share of the picture that a product covers at least


@dataclass(frozen=True)
class SceneMaps:
    """What is in a photo, at a low resolution (h x w, any, same shape of the photo), float32.

    ``matte``: 0..1, the product (one or several objects). ``nearness``: 0..1 of the background at each pixel, also
    guessed behind the product: the product's distance / its distance (1: as near as the product where it stands, 0:
    infinitely far). ``normal``: h x w x 2, the x (right) and y (down) part of the unit surface normal towards the
    camera; 0, 0 faces the camera. ``shadow``: 0..1, how much of the light the product's contact shadow takes away.
    ``confidence``: 0..1 in the matte.
    """

    matte: Map
    nearness: Map
    normal: Map
    shadow: Map
    confidence: float

    def with_matte(self, matte: Map, confidence: float = 1.0) -> "SceneMaps":
        """The same scene with another outline of the product, such as the user's own; ``matte``: any size, 0..1."""
        height, width = self.matte.shape
        small = cv2.resize(matte.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        return replace(self, matte=small, confidence=confidence)


@dataclass(frozen=True)
class Scene:
    """``product``: one homography per frame, float64, the product's small own motion beside the rig's, in product
    units (see ``product_box``: its centre is 0, 0 and its width 1); it comes before ``Pose.product``. All identities
    where there is none.
    """

    maps: SceneMaps
    product: Homographies


class SceneReader(Protocol):
    def read(
        self, photo: Image, poses: tuple[Pose, ...], move: Move, strength: float, aim: Aim, seed: int, watch: Watch
    ) -> Scene:
        """What is in ``photo``. ``aim``: where the camera that takes ``poses`` looks, photo pixels.

        Equal arguments give equal scenes. Lets pass what ``watch.step`` raises.
        """


def product_box(matte: Map) -> Box | None:
    """The box around the product, fractions of the photo; ``None`` where there is none, or next to none."""
    solid = matte >= SOLID
    if solid.mean() < LEAST:
        return None
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    height, width = matte.shape
    return Box(
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def no_motion(frames: int) -> Homographies:
    """The ``Scene.product`` of a product that has no motion of its own."""
    return np.tile(np.eye(3), (frames, 1, 1))
