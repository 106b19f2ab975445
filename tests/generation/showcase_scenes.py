"""Photos whose truth is known, and readers that tell it, for the tests of the showcase engine."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from generation.domain.engine_spec import Framing, Move
from generation.domain.framing import Aim
from generation.domain.geometry import Box
from generation.domain.rig import Pose
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.showcase.engine import SPEC
from generation.engines.showcase.scene import Scene, SceneMaps, no_motion
from generation.watch import Watch

BOX = Box(0.35, 0.3, 0.65, 0.8)
SIDE = 96


def speckled(width: int, height: int, seed: int, low: int, high: int) -> np.ndarray:
    """Blurred noise that can be tracked anywhere, between two greys."""
    noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (height, width)), (0, 0), 2.0)
    noise = (noise - noise.min()) / (noise.max() - noise.min())
    return np.repeat((low + noise * (high - low))[:, :, None], 3, axis=2)


def scene_photo(path: Path, width: int = 240, height: int = 360) -> ImageRef:
    """A reddish speckled box in front of a grey speckled wall."""
    picture = speckled(width, height, 1, 90, 220)
    product = speckled(width, height, 2, 40, 160) * np.array([0.3, 0.4, 1.4])
    x0, y0, x1, y1 = round(BOX.x0 * width), round(BOX.y0 * height), round(BOX.x1 * width), round(BOX.y1 * height)
    picture[y0:y1, x0:x1] = product[y0:y1, x0:x1]
    assert cv2.imwrite(str(path), np.clip(picture, 0, 255).astype(np.uint8))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return ImageRef(sha256, path.name, width, height, BOX)


def shot(image: ImageRef, move: Move = Move.TRUCK_RIGHT, **changes: object) -> ShotPlan:
    values: dict[str, object] = {
        "framing": Framing.WIDE, "strength": 1.0, "frames": 7, "fps": 30, "width": 160, "height": 240, "seed": 1,
    }  # fmt: skip
    return plan(SPEC, ShotRequest(image, move, **(values | changes)))  # type: ignore[arg-type]


def maps(
    nearness: float = 0.4, confidence: float = 1.0, box: Box | None = BOX, size: tuple[int, int] = (64, 96)
) -> SceneMaps:
    width, height = size
    matte = np.zeros((height, width), np.float32)
    if box is not None:
        matte[round(box.y0 * height) : round(box.y1 * height), round(box.x0 * width) : round(box.x1 * width)] = 1
    blank = np.zeros((height, width), np.float32)
    return SceneMaps(matte, np.full_like(matte, nearness), np.dstack([blank, blank]), blank, confidence)


@dataclass
class Told:
    """A reader that is told what there is to see."""

    maps: SceneMaps
    motion: np.ndarray | None = None
    asked: int = 0

    def read(
        self, photo: np.ndarray, poses: tuple[Pose, ...], move: Move, strength: float, aim: Aim, seed: int, watch: Watch
    ) -> Scene:
        self.asked += 1
        watch.step(0.5, "read")
        return Scene(self.maps, no_motion(len(poses)) if self.motion is None else self.motion)
