"""The ``still`` engine: a slow, eased camera move over the photo itself. It needs no weights and never fails on a
product.

It is the lasting last resort: whatever else an installation lacks, it films.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from generation.domain.camera import CAMERA_MOVES
from generation.domain.engine_spec import EngineSpec
from generation.domain.rig import Pose
from generation.domain.shot_plan import ShotPlan
from generation.engines.base import Filmed
from generation.engines.canvas import Staged, photo_of, staged
from generation.engines.onward import Planes, moved
from generation.ffmpeg import ClipWriter
from generation.watch import Watch

SPEC = EngineSpec(
    id="still",
    version="1",
    weights="none",
    title_zh="静图运镜",
    title_en="Camera moves over the photo",
    moves=frozenset(CAMERA_MOVES),
    fps=30,
    frame_step=1,
    frame_offset=0,
    max_ms=10_000,
    size_multiple=2,
    max_pixels=1080 * 1920,
)
FRAMES_PER_STEP = 5


class Still:
    spec = SPEC

    def missing(self) -> list[str]:
        return []

    def load(self) -> None:
        pass

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        watch.step(0.0, "prepare")
        image = plan.photo
        stage = staged(plan, image, photo_of(image, images[image.sha256]))
        _expose(plan, stage, out, watch)
        return Filmed(plan.frames, plan.width, plan.height, plan.fps, stage.shown)

    def move_on(self, picture: Planes, poses: Sequence[Pose]) -> Iterator[Planes]:
        return moved(picture, poses)


def _expose(plan: ShotPlan, stage: Staged, out: Path, watch: Watch) -> None:
    frame = np.empty((plan.height * 3 // 2, plan.width), np.uint8)
    with ClipWriter(out, plan.width, plan.height, plan.fps) as writer:
        for index, view in enumerate(stage.views):
            if index % FRAMES_PER_STEP == 0:
                watch.step(0.1 + 0.9 * index / plan.frames, "film")
            stage.plate.sample(stage.aim, view, frame, plan.width, plan.height)
            writer.write(frame)
