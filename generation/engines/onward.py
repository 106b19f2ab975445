"""Filming on from a finished picture: its own pixels, moved by less than a hair at first, as sharp as they were.

Sampled straight from the picture's planes by Lanczos' kernel, not from a ``Plate``: at rest the picture comes out as it
went in, bit for bit, so that nobody sees where the clip ended.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import inverse
from generation.domain.rig import Pose

Planes = NDArray[Any]  # uint8, height * 3/2 x width: one I420 picture
# Luma pixels per sample and where the first one lies: H.264's chroma sits left, half-way between two rows.
GRIDS = ((1.0, (0.5, 0.5)), (2.0, (0.5, 1.0)), (2.0, (0.5, 1.0)))


@runtime_checkable
class MovesOn(Protocol):
    """What an engine also is that can continue a clip by moving its last picture."""

    def load(self) -> None: ...

    def move_on(self, picture: Planes, poses: Sequence[Pose]) -> Iterator[Planes]:
        """One picture for each pose, all of them of ``picture``, the last of the clip.

        At ``Pose()`` it must come out just as it went in: there the join would be seen.
        """


def moved(picture: Planes, poses: Sequence[Pose]) -> Iterator[Planes]:
    """One picture for each pose, seen as a flat thing; beyond its edge its mirror image."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    planes = _split(picture, width, height)
    centred = np.array([[1 / width, 0, -0.5], [0, 1 / width, -0.5 * height / width], [0, 0, 1]])
    pixels = np.linalg.inv(centred)
    for pose in poses:
        to_picture = pixels @ np.array(inverse(pose.layer(1.0))).reshape(3, 3) @ centred
        out = np.empty_like(picture)
        for plane, made, (step, at) in zip(planes, _split(out, width, height), GRIDS, strict=True):
            _warp(plane, to_picture, step, at, made)
        yield out


def _split(picture: Planes, width: int, height: int) -> tuple[Planes, Planes, Planes]:
    """Luma and both chroma planes, as views."""
    flat, size = picture.reshape(-1), width * height
    blue, red = (
        flat[size + part * size // 4 : size + (part + 1) * size // 4].reshape(height // 2, width // 2)
        for part in (0, 1)
    )
    return flat[:size].reshape(height, width), blue, red


def _warp(plane: Planes, to_picture: NDArray[Any], step: float, at: tuple[float, float], out: Planes) -> None:
    to_point = np.array([[step, 0, at[0]], [0, step, at[1]], [0, 0, 1]])
    matrix = np.linalg.inv(to_point) @ to_picture @ to_point
    cv2.warpAffine(
        plane,
        matrix[:2] / matrix[2, 2],
        (plane.shape[1], plane.shape[0]),
        dst=out,
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
