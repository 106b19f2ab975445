"""Small real things to test with: a drawn photo in the storage, a plan for it, a queued job."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from generation import media
from generation.domain.cut_order import CutOrder, Quality
from generation.domain.engine_spec import Framing, Move
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.domain.timeline import Canvas, Timeline
from generation.engines.still import SPEC
from generation.models import RenderJob
from generation.queue import submit_cut, submit_film
from generation.watch import NullWatch


def drawn_photo(path: Path, width: int = 320, height: int = 240, noise_seed: int = 5) -> ImageRef:
    """A red bottle-like block on a light, slightly uneven wall."""
    wall = np.linspace(205, 235, width, dtype=np.float32)[None, :, None] * np.ones((height, 1, 3), np.float32)
    noise = np.random.default_rng(noise_seed).normal(0, 1.5, (height, width, 1))
    picture = np.clip(wall + noise, 0, 255).astype(np.uint8)
    box = Box(0.4, 0.25, 0.6, 0.85)
    cv2.rectangle(
        picture,
        (round(box.x0 * width), round(box.y0 * height)),
        (round(box.x1 * width) - 1, round(box.y1 * height) - 1),
        (40, 40, 200),
        -1,
    )
    assert cv2.imwrite(str(path), picture)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return ImageRef(sha256, f"photos/{sha256}{path.suffix}", width, height, box)


def stored_photo(folder: Path) -> ImageRef:
    path = folder / "photo.png"
    ref = drawn_photo(path)
    media.store(path, ref.name)
    return ref


def small_plan(image: ImageRef, *, seed: int = 1, frames: int = 3, move: Move = Move.PUSH) -> ShotPlan:
    """A few frames of 64 x 96, filmed in some hundredths of a second."""
    return plan(SPEC, ShotRequest(image, move, Framing.MEDIUM, 0.8, frames, 30, 64, 96, seed))


def imagined_plan(seed: int = 1) -> ShotPlan:
    """A plan whose photo nobody has: good for the queue, not for filming."""
    return small_plan(ImageRef("0" * 64, "photos/none.png", 320, 240), seed=seed)


def queued(seed: int = 1, *, tenant: int = 1, priority: int = 0) -> RenderJob:
    return submit_film(imagined_plan(seed), tenant=tenant, priority=priority)


def queued_cut(ad: str, aspect: str, *, tenant: int = 1, priority: int = 0) -> RenderJob:
    """An order of one shape of an ad that nobody films."""
    order = CutOrder(Timeline(ad, "zh", "ember", Canvas(64, 112), (), (), None), aspect, Quality.FINAL, "-", ad)
    return submit_cut(order, tenant=tenant, priority=priority, reply_to="desk.advance", reply_id=ad)


class StopWatch(NullWatch):
    """Raises ``error`` at the given step."""

    def __init__(self, error: Exception, at: int) -> None:
        self._error, self._left = error, at

    def step(self, fraction: float, stage: str) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._error
