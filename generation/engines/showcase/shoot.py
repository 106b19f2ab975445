"""From a photo and the camera's poses to what can be exposed frame by frame."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from generation.domain.camera import FOCAL
from generation.domain.framing import Aim, Photo, compose
from generation.domain.geometry import Box
from generation.domain.rig import Pose
from generation.domain.shot_plan import ImageRef, ShotPlan
from generation.engines.edges import judge
from generation.engines.plate import DENSITY
from generation.engines.showcase.doubt import asked_twice, doubt
from generation.engines.showcase.layers import Layers, Take, prepare, trusted
from generation.engines.showcase.matte import fitted, refine
from generation.engines.showcase.nearness import through
from generation.engines.showcase.scene import Image, Map, Scene, SceneReader, product_box
from generation.engines.showcase.sight import FAR, sights
from generation.errors import MediaBroken
from generation.subject import find_subject, read_photo
from generation.watch import Watch

CUT_OFF = 0.08  # of a side of the photo covered by the product: it is cut off there, and can neither lift nor turn
UNSURE = 0.25  # of the outline: the same, since a part of it may stay behind
AROUND = 0.45  # the camera then turns by so much of the angle


@dataclass(frozen=True)
class Shoot:
    """``outline``: where the product is in the photo, canvas widths from the aim; ``None``: nobody knows.

    ``confidence``: the reader's own, in the matte.
    """

    layers: Layers
    poses: tuple[Pose, ...]
    outline: Box | None
    confidence: float

    def box(self, index: int, aspect: float) -> Box | None:
        """Where the product is in a frame, in fractions of it."""
        if self.outline is None:
            return None
        box, front, pose = self.outline, self.layers.front, self.poses[index]
        place = np.array(pose.product(0.0, 0.0)).reshape(3, 3) if front is None else front.place(index, pose)
        u, v = through(place, np.array([box.x0, box.x1, box.x1, box.x0]), np.array([box.y0, box.y0, box.y1, box.y1]))
        across, down = np.clip(u + 0.5, 0, 1), np.clip(v / aspect + 0.5, 0, 1)
        if across.min() < across.max() and down.min() < down.max():
            return Box(float(across.min()), float(down.min()), float(across.max()), float(down.max()))
        return None


@dataclass(frozen=True)
class Photographed:
    """A photo of the plan as it was read from its file. ``drawn``: the user's own outline, grey."""

    pixels: Image
    drawn: Image | None
    subject: Box | None


def photographed(ref: ImageRef, images: Mapping[str, Path]) -> Photographed:
    """Raises ``MediaBroken``."""
    pixels = read_photo(images[ref.sha256])
    if pixels.shape[:2] != (ref.height, ref.width):
        raise MediaBroken("the photo has another size than this shot was planned with: upload it again")
    drawn = None
    if ref.matte is not None:
        drawn = cv2.imread(str(images[ref.matte.sha256]), cv2.IMREAD_GRAYSCALE)
        if drawn is None:
            raise MediaBroken(f"{ref.matte.name} is not a picture that can be read: draw the outline again")
        if drawn.shape != pixels.shape[:2]:
            raise MediaBroken("the outline has another size than its photo: draw it again")
    box = None if drawn is None else product_box(drawn.astype(np.float32) / 255)
    return Photographed(pixels, drawn, box or ref.subject or find_subject(pixels))


def framed(photo: Photographed, plan: ShotPlan, poses: tuple[Pose, ...]) -> Aim:
    """Where the camera looks that will take ``poses``."""
    edges = judge(photo.pixels)
    height, width = photo.pixels.shape[:2]
    sheet = Photo(width, height, photo.subject, edges.left and edges.right, edges.top and edges.bottom)
    aspect = plan.height / plan.width
    return compose(sheet, plan.framing, plan.width, sights(poses, 1.0), aspect, sights(poses, FAR))


def set_up(
    photo: Photographed, plan: ShotPlan, poses: tuple[Pose, ...], aim: Aim, reader: SceneReader, watch: Watch
) -> Shoot:
    scene = reader.read(photo.pixels, poses, plan.move, plan.strength, aim, plan.seed, watch)
    watch.step(0.3, "prepare")
    small, near_aim = _worked_in(photo.pixels, aim, plan.width)
    if photo.drawn is None:
        alpha = refine(small, asked_twice(small, scene.maps))
    else:
        alpha = fitted(small, photo.drawn)
        scene = Scene(scene.maps.with_matte(alpha), scene.product)
    watch.step(0.4, "prepare")
    unsure = doubt(small, alpha, scene.maps, drawn=photo.drawn is not None)
    if _cut_off(alpha) or unsure.share > UNSURE or not trusted(scene, alpha):
        poses = tuple(_standing(pose) for pose in poses)
    take = Take(small, alpha, unsure.held, scene, poses, near_aim, (plan.width, plan.height), photo.subject)
    layers = prepare(take, lambda: watch.step(0.5, "prepare"))
    known = None if layers.front is None else product_box(alpha)
    return Shoot(layers, poses, on_canvas(photo, aim, known), scene.maps.confidence)


def _worked_in(pixels: Image, aim: Aim, canvas_width: int) -> tuple[Image, Aim]:
    """The photo, made smaller where it has more pixels than can be seen."""
    shrink = DENSITY * canvas_width / aim.width
    if shrink >= 1:
        return pixels, aim
    height, width = pixels.shape[:2]
    size = (max(round(width * shrink), 2), max(round(height * shrink), 2))
    across, down = size[0] / width, size[1] / height
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), Aim(aim.x * across, aim.y * down, aim.width * across)


def _cut_off(alpha: Map) -> bool:
    sides = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
    return any(float((side > 0.5).mean()) > CUT_OFF for side in sides)


def _standing(pose: Pose) -> Pose:
    """The same with the product at its place; where it would turn, the camera goes around it a little."""
    angle = AROUND * pose.turn
    return replace(
        pose,
        x=pose.x - FOCAL * math.sin(angle),
        yaw=pose.yaw + angle,
        lift_x=0.0,
        lift_y=0.0,
        turn=0.0,
        tilt=0.0,
        spin=0.0,
    )


def on_canvas(photo: Photographed, aim: Aim, box: Box | None = None) -> Box | None:
    """The product's box (``box``: fractions of the photo, where it is known better), canvas widths from the aim."""
    box = box or photo.subject
    if box is None:
        return None
    height, width = photo.pixels.shape[:2]
    return Box(
        (box.x0 * width - aim.x) / aim.width,
        (box.y0 * height - aim.y) / aim.width,
        (box.x1 * width - aim.x) / aim.width,
        (box.y1 * height - aim.y) / aim.width,
    )
