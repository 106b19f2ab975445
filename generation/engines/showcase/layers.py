"""A photo taken apart for the camera: the clean plate, the product cut out of it, and the maps of the scene."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.framing import Aim, in_photo
from generation.domain.geometry import Box
from generation.domain.rig import Pose
from generation.engines.edges import judge
from generation.engines.plate import DENSITY, Plate, dithered, make_plate, planes, scaled
from generation.engines.showcase.cutout import own_colours
from generation.engines.showcase.light import evident
from generation.engines.showcase.nearness import Lattice, Near, near_map, through, widest
from generation.engines.showcase.plate_maker import clean_plate
from generation.engines.showcase.rim import widened
from generation.engines.showcase.scene import Homographies, Image, Map, Scene, product_box

Plane = NDArray[Any]  # uint8
Matrix3 = NDArray[Any]  # float64, 3 x 3

SURE, UNSURE = 0.55, 0.3  # confidence: the background has all its depth; none, the picture is one rigid plane
OWN = 0.006  # the product's own motion moves none of its corners farther, canvas widths
CUT = 0.02  # where the canvas goes on beyond the photo, the product fades out so far before the edge; of the width
BLURS = (2.0, 4.5, 9.0)  # of the defocused plates, canvas pixels at 1080
STILL = 1.5  # canvas pixels that background and product may differ by, and still move together
MOST = 80  # frames that are looked at
ROOM = 6  # photo pixels around the product


@dataclass(frozen=True)
class Front:
    """The product alone: its plate, its alpha for luma and for chroma, and where its middle is (canvas widths)."""

    plate: Plate
    alpha: tuple[Plane, Plane]
    middle: tuple[float, float]
    own: Homographies
    outline: Box  # photo pixels

    def place(self, index: int, pose: Pose) -> Matrix3:
        """Takes the photo's points of the product to the canvas, both in canvas widths from its middle."""
        rig = np.array(pose.product(*self.middle)).reshape(3, 3)
        return rig @ self.own[index]


@dataclass(frozen=True)
class Layers:
    """``blurred``: the background out of focus, by ``BLURS``; ``normal`` and ``shadow`` lie over the photo."""

    back: Plate
    blurred: tuple[Plate, ...]
    near: Near
    front: Front | None
    normal: Map
    shadow: Map
    aim: Aim
    lattice: Lattice


@dataclass(frozen=True)
class Take:
    """What is filmed: ``photo`` at the resolution it is worked in, its ``alpha`` (0..1, same size) and its scene.

    ``held``: 0..1, any size, what has to move with the product (see ``doubt``).
    """

    photo: Image
    alpha: Map
    held: Map
    scene: Scene
    poses: tuple[Pose, ...]
    aim: Aim
    size: tuple[int, int]
    subject: Box | None = None  # where the product is said to be, fractions of the photo

    @property
    def aspect(self) -> float:
        return self.size[1] / self.size[0]


def prepare(take: Take, tick: Callable[[], None]) -> Layers:
    """``tick`` is called at least every half second."""
    height, width = take.photo.shape[:2]
    lattice = Lattice.over(*take.size)
    trust = trusted(take.scene, take.alpha)
    solid = product_box(take.alpha) if trust > 0 else None
    maps = take.scene.maps
    if solid is None:
        near = near_map(np.ones_like(maps.nearness), take.held, 0.0, (width, height), take.aim, take.poses, take.aspect)
        seen = in_photo(_flat_reach(take, lattice), take.aim)
        back = make_plate(take.photo, take.aim, seen, take.subject, judge(take.photo), take.size[0])
        return Layers(back, _blurred(back, take), near, None, maps.normal, maps.shadow, take.aim, lattice)
    take = replace(take, alpha=widened(take.photo, take.alpha))
    alpha = _faded(take, in_photo(_reach(take, lattice, _near(take, take.alpha, trust)), take.aim))
    near = _near(take, alpha, trust)
    front_box = product_box(alpha) or solid
    strip = _strip(take, near, lattice, front_box)
    tick()
    clean = _kept(take, near, clean_plate(take.photo, alpha, strip, tick))
    seen = in_photo(_reach(take, lattice, near), take.aim)
    back = make_plate(clean, take.aim, seen, solid, judge(take.photo), take.size[0])
    tick()
    front = _front(take, clean, alpha, front_box)
    shadow = evident(maps.shadow, clean)
    return Layers(back, _blurred(back, take), near, front, maps.normal, shadow, take.aim, lattice)


def trusted(scene: Scene, alpha: Map) -> float:
    """0..1 of its depth that the background gets; 0: the picture is one rigid plane, as where there is no product."""
    if product_box(alpha) is None:
        return 0.0
    return float(np.clip((scene.maps.confidence - UNSURE) / (SURE - UNSURE), 0, 1))


def _near(take: Take, alpha: Map, trust: float) -> Near:
    """The nearness, where what was left to the background of a product that the photo cuts off moves with the rest."""
    height, width = alpha.shape
    cut = np.clip(take.alpha - alpha, 0, 1)
    held = np.maximum(cv2.resize(cut, take.held.shape[::-1], interpolation=cv2.INTER_AREA), take.held)
    maps = take.scene.maps
    return near_map(maps.nearness, held, trust, (width, height), take.aim, take.poses, take.aspect)


def _few(take: Take) -> list[int]:
    """Frames that stand for all: every fifth, of a long shot fewer, and the last."""
    count = len(take.poses)
    return sorted({*range(0, count, max(count // MOST, 5)), count - 1})


def _reach(take: Take, lattice: Lattice, near: Near) -> Box:
    seen = [near.back(take.poses[index], lattice) for index in _few(take)]
    return _around(seen)


def _flat_reach(take: Take, lattice: Lattice) -> Box:
    views = [np.linalg.inv(np.array(take.poses[index].product(0.0, 0.0)).reshape(3, 3)) for index in _few(take)]
    return _around([through(view, lattice.x, lattice.y) for view in views])


def _around(points: list[tuple[Any, Any]]) -> Box:
    return Box(
        min(float(x.min()) for x, _ in points),
        min(float(y.min()) for _, y in points),
        max(float(x.max()) for x, _ in points),
        max(float(y.max()) for _, y in points),
    )


def _faded(take: Take, seen: Box) -> Map:
    """The alpha, which fades out before those edges of the photo beyond which the canvas goes on."""
    height, width = take.alpha.shape
    ramp = CUT * take.aim.width
    x, y = np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32)[:, None] + 0.5
    fade = np.ones((height, width), np.float32)
    for beyond, depth in ((-seen.x0, x), (seen.x1 - width, width - x), (-seen.y0, y), (seen.y1 - height, height - y)):
        if beyond > 0.5:
            fade = fade * np.clip(depth / ramp - 0.15, 0, 1)
    return take.alpha * fade


def _strip(take: Take, near: Near, lattice: Lattice, box: Box) -> float:
    """How far behind the product's rim the camera sees, photo pixels."""
    middle = _middle(box, take)
    most = 0.0
    height, width = take.alpha.shape
    for index in _few(take):
        pose = take.poses[index]
        x, y = near.back(pose, lattice)
        there = np.linalg.inv(np.array(pose.product(*middle)).reshape(3, 3))
        u, v = through(there, lattice.x, lattice.y)
        on = (np.abs(u - middle[0]) < 0.55 * box.width * width / take.aim.width) & (
            np.abs(v - middle[1]) < 0.55 * box.height * height / take.aim.width
        )
        if on.any():
            most = max(most, float(np.hypot(u - x, v - y)[on].max()))
    return (most + OWN) * take.aim.width


def _kept(take: Take, near: Near, clean: Image) -> Image:
    """The photo's own pixels again, where the background moves with the product and so nothing is ever uncovered."""
    if any(pose.lift_x or pose.lift_y or pose.turn or pose.defocus for pose in take.poses):
        return clean  # a plate out of focus would spread the product's colours
    own = float(np.abs(take.scene.product / take.scene.product[:, 2:, 2:] - np.eye(3)).max())
    apart = (np.abs(1 - near.values) * widest(take.poses, take.aspect) + min(own, OWN)) * take.size[0]
    keep = np.clip(2 - apart / STILL, 0, 1).astype(np.float32)
    height, width = clean.shape[:2]
    large = cv2.resize(keep, (width, height), interpolation=cv2.INTER_LINEAR)[:, :, None]
    return (clean + (take.photo.astype(np.float32) - clean) * large + 0.5).astype(np.uint8)


def _middle(box: Box, take: Take) -> tuple[float, float]:
    height, width = take.alpha.shape
    x, y = box.centre
    return (x * width - take.aim.x) / take.aim.width, (y * height - take.aim.y) / take.aim.width


def _front(take: Take, clean: Image, alpha: Map, box: Box) -> Front:
    height, width = alpha.shape
    rows, columns = np.flatnonzero((alpha > 0).any(1)), np.flatnonzero((alpha > 0).any(0))
    x0, x1 = max(int(columns[0]) - ROOM, 0), min(int(columns[-1]) + 1 + ROOM, width)
    y0, y1 = max(int(rows[0]) - ROOM, 0), min(int(rows[-1]) + 1 + ROOM, height)
    part = (slice(y0, y1), slice(x0, x1))
    scale = take.size[0] * DENSITY / take.aim.width
    picture = scaled(own_colours(take.photo[part], clean[part], alpha[part]), scale)
    large = cv2.resize(alpha[part], (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    solid = np.clip(large * 255 + 0.5, 0, 255).astype(np.uint8)
    solid = cv2.copyMakeBorder(solid, 0, solid.shape[0] % 2, 0, solid.shape[1] % 2, cv2.BORDER_REPLICATE)
    half = cv2.resize(solid, (solid.shape[1] // 2, solid.shape[0] // 2), interpolation=cv2.INTER_AREA)
    across, down = picture.shape[1] / (x1 - x0), picture.shape[0] / (y1 - y0)
    plate = Plate(*planes(picture), origin=(float(x0), float(y0)), scale=(across, down))
    middle = _middle(box, take)
    outline = Box(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
    return Front(plate, (solid, half), middle, _own(take, middle, outline), outline)


def _own(take: Take, middle: tuple[float, float], outline: Box) -> Homographies:
    """The product's own motion from product units to canvas widths, held within ``OWN``."""
    size = outline.width / take.aim.width
    to_product = np.array([[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]])
    ratio = outline.height / outline.width / 2
    corners = np.array([[x, y, 1.0] for x in (-0.5, 0.5) for y in (-ratio, ratio)]).T
    out = []
    for motion in take.scene.product:
        motion = np.asarray(motion / motion[2, 2], np.float64)
        moved = motion @ corners
        most = float(np.abs(moved[:2] / moved[2] - corners[:2]).max()) * size
        if most > OWN:
            motion = np.eye(3) + (motion - np.eye(3)) * (OWN / most)
        out.append(np.linalg.inv(to_product) @ motion @ to_product)
    return np.array(out)


def _blurred(back: Plate, take: Take) -> tuple[Plate, ...]:
    """Out of focus, each at half the resolution, where nobody misses the rest; dithered, so that no wall gets bands."""
    if not any(pose.defocus for pose in take.poses):
        return ()
    luma, blue, red = (
        cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32)
        for plane in (back.luma, *back.chroma)
    )
    unit = take.size[0] / 1080 * DENSITY / 2
    made = []
    for blur in BLURS:
        soft = (
            cv2.GaussianBlur(luma, (0, 0), blur * unit),
            *(cv2.GaussianBlur(c, (0, 0), blur * unit / 2) for c in (blue, red)),
        )
        bright, *colour = (dithered(plane) for plane in soft)
        made.append(replace(back, luma=bright, chroma=(colour[0], colour[1])))
    return tuple(made)
