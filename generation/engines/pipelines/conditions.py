"""The pictures that a model starts from and ends on, made to exactly its own size by us, because pipelines stretch.

They are composed as ``still`` composes: the product whole and well placed, the background continued where the photo
ends; but for a camera at rest, because a model moves by itself and invents what comes into the picture.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.engine_spec import Framing, Move
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, ShotPlan
from generation.engines.canvas import photo_of, staged
from generation.subject import find_subject

RGB = NDArray[Any]  # uint8, height x width x 3
FINER = 2  # sampled at twice the size: the planes' chroma has half the resolution, and a model sees colour in full
SAME_SHAPE = 0.01
MOVES_BY = 0.1  # of its own size, as a guess


@dataclass(frozen=True)
class Still:
    """One picture at the size of the plan, and about everywhere the product will be once the model moves."""

    pixels: RGB
    subject: Box | None


def first_of(plan: ShotPlan, file: Path) -> Still:
    return _prepared(plan, plan.photo, file)


def last_of(plan: ShotPlan, file: Path) -> Still:
    if plan.last_image is None:
        raise ValueError("a shot without a last image has no last picture to prepare")
    return _prepared(plan, plan.last_image, file)


def _prepared(plan: ShotPlan, image: ImageRef, file: Path) -> Still:
    photo = photo_of(image, file)
    if plan.framing is Framing.EXACT and abs(image.height * plan.width / image.width / plan.height - 1) < SAME_SHAPE:
        return Still(_resized(photo, plan.width, plan.height), image.subject or find_subject(photo))
    stage = staged(replace(plan, move=Move.STATIC, strength=0.0), image, photo)
    width, height = FINER * plan.width, FINER * plan.height
    planes = np.empty((height * 3 // 2, width), np.uint8)
    stage.plate.sample(stage.aim, stage.views[0], planes, width, height)
    return Still(_resized(_colours(planes), plan.width, plan.height), _with_room(stage.shown))


def _with_room(box: Box | None) -> Box | None:
    if box is None:
        return None
    across, down = MOVES_BY * box.width, MOVES_BY * box.height
    return Box(max(box.x0 - across, 0.0), max(box.y0 - down, 0.0), min(box.x1 + across, 1.0), min(box.y1 + down, 1.0))


def _resized(picture: RGB, width: int, height: int) -> RGB:
    """BGR of any size -> RGB of the given one; untouched where it fits."""
    if picture.shape[:2] != (height, width):
        how = cv2.INTER_AREA if picture.shape[1] > width else cv2.INTER_CUBIC
        picture = cv2.resize(picture, (width, height), interpolation=how)
    return np.ascontiguousarray(picture[:, :, ::-1])


_TO_BGR = np.array([[1.0, 1.8556, 0.0], [1.0, -0.187324, -0.468124], [1.0, 0.0, 1.5748]], np.float32)  # from Y, Cb, Cr


def _colours(planes: RGB) -> RGB:
    """I420 (BT.709, limited range) -> BGR."""
    width, height = planes.shape[1], planes.shape[0] * 2 // 3
    flat = planes.reshape(-1)
    chroma = flat[width * height :].reshape(2, height // 2, width // 2)
    wide = [cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in chroma]
    luma = (flat[: width * height].reshape(height, width).astype(np.float32) - 16) * (255 / 219)
    blue, red = ((plane.astype(np.float32) - 128) * (255 / 224) for plane in wide)
    bgr = cv2.transform(np.dstack([luma, blue, red]), _TO_BGR)
    return np.clip(np.rint(bgr), 0, 255).astype(np.uint8)
