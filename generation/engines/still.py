"""The ``still`` engine: a slow, eased camera move over the photo itself. It needs no weights and never fails on a
product.

It is the lasting last resort: whatever else an installation lacks, it films.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from generation.domain.camera import CAMERA_MOVES, View, path, reach
from generation.domain.framing import Aim, Photo, compose, in_photo, on_canvas
from generation.domain.shot_plan import EngineSpec, ShotPlan
from generation.engines.base import Filmed
from generation.engines.edges import judge
from generation.engines.plate import Plate, make_plate
from generation.errors import MediaBroken
from generation.ffmpeg import ClipWriter
from generation.subject import find_subject, read_photo
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
        photo = read_photo(images[image.sha256])
        if photo.shape[:2] != (image.height, image.width):
            raise MediaBroken("the photo has another size than this shot was planned with: upload it again")
        subject = image.subject or find_subject(photo)
        aspect = plan.height / plan.width
        views = path(plan.move, plan.strength, plan.seed, plan.frames, plan.fps, aspect)
        edges = judge(photo)
        sheet = Photo(
            width=image.width,
            height=image.height,
            subject=subject,
            plain_sides=edges.left and edges.right,
            plain_ends=edges.top and edges.bottom,
        )
        aim = compose(sheet, plan.framing, plan.width, views, aspect)
        plate = make_plate(photo, aim, in_photo(reach(views, aspect), aim), subject, edges, plan.width)
        _expose(plan, plate, aim, views, out, watch)
        shown = None if subject is None else on_canvas(subject, sheet, aim, views, aspect)
        return Filmed(plan.frames, plan.width, plan.height, plan.fps, shown)


def _expose(plan: ShotPlan, plate: Plate, aim: Aim, views: tuple[View, ...], out: Path, watch: Watch) -> None:
    frame = np.empty((plan.height * 3 // 2, plan.width), np.uint8)
    with ClipWriter(out, plan.width, plan.height, plan.fps) as writer:
        for index, view in enumerate(views):
            if index % FRAMES_PER_STEP == 0:
                watch.step(0.1 + 0.9 * index / plan.frames, "film")
            plate.sample(aim, view, frame, plan.width, plan.height)
            writer.write(frame)
