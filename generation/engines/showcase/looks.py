"""Several looks at one photo, and what they have in common: as it is and mirrored, and from nearer.

The DiT was taught at one size. From nearer it sees thin parts that it misses else; and what it says of a picture and of
its mirror image errs in different ways, so that the mean errs less. A look from farther away helped an earlier DiT to
see the ground and does not help this one. Measured in ``bench/showcase_scenes.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from generation.domain.engine_spec import Move
from generation.domain.rig import Pose
from generation.engines.showcase.latents import SIDE, picture_size
from generation.engines.showcase.moves import NUMBER
from generation.engines.showcase.pipeline import ShowcaseOutput, ShowcasePipeline
from generation.engines.showcase.scene import SOLID, Image, Map

Told = Callable[[float], None]  # how far, 0..1; what it raises stops the work

MIRRORED = {
    Move.TRUCK_LEFT: Move.TRUCK_RIGHT, Move.TRUCK_RIGHT: Move.TRUCK_LEFT,
    Move.ORBIT_LEFT: Move.ORBIT_RIGHT, Move.ORBIT_RIGHT: Move.ORBIT_LEFT,
}  # fmt: skip
# In the mirror what mixes x and y changes its sign, and so does a way to the side.
MIRROR_GROUND = np.array((1, -1, 1, 1), np.float32)  # nearness, normal x and y, shadow
MIRROR_MOTION = np.array((1, -1, -1, -1, 1, 1), np.float32)


@dataclass(frozen=True)
class Look:
    """``side``: of the picture that is looked at, were it square; what is taken from it: outline, ground, motion."""

    side: int
    takes: int
    steps: int
    outline: bool = False
    ground: bool = False
    motion: bool = False


LOOKS = (
    Look(SIDE, 2, 1, outline=True, ground=True, motion=True),
    Look(SIDE * 3 // 2, 1, 1, outline=True),
)


@dataclass(frozen=True)
class Reading:
    """``matte`` at half the size of the nearest look; ``nearness``, ``normal`` (h x w x 2) and ``shadow`` at a quarter
    of the largest that gives them, float32; ``motion`` KEYS x 6; ``agreement`` 0..1: how much the looks' outlines overlap.
    """

    matte: Map
    nearness: Map
    normal: Map
    shadow: Map
    motion: NDArray[Any]
    agreement: float


def looked_at(
    pipe: ShowcasePipeline,
    photo: Image,
    path: tuple[Pose, ...],
    move: Move,
    seed: int,
    told: Told,
    looks: tuple[Look, ...],
) -> Reading:
    """``path``: KEYS poses in photo widths. Every look twice, the second time in the mirror. Equal seeds, equal readings."""
    chance = torch.Generator().manual_seed(seed % (1 << 63))
    outlines: list[Map] = []
    grounds: list[Map] = []
    motions: list[NDArray[Any]] = []
    for number, look in enumerate(looks):
        for flipped in (False, True):
            told((2 * number + flipped) / (2 * len(looks)))
            found = _one(pipe, photo, path, move, look, chance, flipped=flipped)
            if look.outline:
                outlines.append(_upright(found.matte.numpy(), flipped=flipped))
            if look.ground:
                grounds.append(_ground(found, flipped=flipped))
            if look.motion:
                motions.append(_motion(found, flipped=flipped))
    ground = _mean(grounds)
    return Reading(
        matte := _mean(outlines), ground[:, :, 0], np.ascontiguousarray(ground[:, :, 1:3]), ground[:, :, 3],
        np.mean(motions, axis=0), _agreement(outlines, matte),
    )  # fmt: skip


def _one(
    pipe: ShowcasePipeline,
    photo: Image,
    path: tuple[Pose, ...],
    move: Move,
    look: Look,
    chance: torch.Generator,
    *,
    flipped: bool,
) -> ShowcaseOutput:
    height, width = photo.shape[:2]
    size = picture_size(width, height, look.side)
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if size[0] <= width else cv2.INTER_CUBIC)
    seen = np.ascontiguousarray(small[:, ::-1, ::-1] if flipped else small[:, :, ::-1])
    picture = torch.from_numpy(seen).permute(2, 0, 1).float() / 127.5 - 1
    numbers = torch.tensor([(pose.mirrored() if flipped else pose).numbers() for pose in path])
    which = NUMBER[MIRRORED.get(move, move) if flipped else move]
    return pipe(picture, numbers, which, steps=look.steps, takes=look.takes, generator=chance)


def _upright(values: Map, *, flipped: bool) -> Map:
    return np.ascontiguousarray(values[:, ::-1] if flipped else values)


def _ground(found: ShowcaseOutput, *, flipped: bool) -> Map:
    """h x w x 4: nearness, normal x and y, shadow."""
    parts = torch.cat((found.nearness[None], found.normal, found.shadow[None])).permute(1, 2, 0).numpy()
    return _upright(parts, flipped=flipped) * (MIRROR_GROUND if flipped else 1)


def _motion(found: ShowcaseOutput, *, flipped: bool) -> NDArray[Any]:
    return found.motion.numpy() * (MIRROR_MOTION if flipped else 1)


def _mean(maps: list[Map]) -> Map:
    """At the size of the largest."""
    size = max((one.shape[1], one.shape[0]) for one in maps)
    grown = (cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) if one.shape[1::-1] != size else one for one in maps)
    return (reduce(np.add, grown) / len(maps)).astype(np.float32)


def _agreement(outlines: list[Map], middle: Map) -> float:
    """Mean intersection over union of each look's outline with the common one."""
    common = middle > SOLID
    if not common.any():
        return 0.0
    size = (middle.shape[1], middle.shape[0])
    own = [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) > SOLID for one in outlines]
    return float(np.mean([(one & common).sum() / max((one | common).sum(), 1) for one in own]))
