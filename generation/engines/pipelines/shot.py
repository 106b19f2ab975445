"""One shot on its way through a pipeline: what it starts from, in the words of each pipeline's call, and what comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from generation.domain.geometry import Box
from generation.domain.shot_plan import ShotPlan
from generation.engines.pipelines.conditions import RGB
from generation.engines.pipelines.frames import to_planes
from generation.engines.pipelines.pulse import DECODED
from generation.engines.pipelines.table import Way
from generation.errors import ClipRejected
from generation.ffmpeg import ClipWriter
from generation.watch import Watch

FRAMES_PER_STEP = 4


@dataclass
class Shot:
    """One plan at work. ``start``: pictures that it begins with, the last of which is the clip's first frame."""

    plan: ShotPlan
    way: Way
    watch: Watch
    start: Sequence[RGB] = ()
    end: RGB | None = None
    subject: Box | None = None
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many the model makes: those before the clip's first are given to it, and thrown away."""
        return self.plan.frames + max(len(self.start) - 1, 0)


def _start_and_end(shot: Shot) -> dict[str, Any]:
    from PIL import Image

    ends = {} if shot.end is None else {"last_image": Image.fromarray(shot.end)}
    return {"image": Image.fromarray(shot.start[0])} | ends


def _nothing_seen(shot: Shot) -> dict[str, Any]:
    return {}


def _keyframes(shot: Shot) -> dict[str, Any]:
    """LTX takes pictures and stretches of film at any place."""
    from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition, linear_quadratic_schedule
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in shot.start]
    seen = []
    if len(pictures) > 1:
        seen.append(LTXVideoCondition(video=pictures, frame_index=0))
    elif pictures:
        seen.append(LTXVideoCondition(image=pictures[0], frame_index=0))
    if shot.end is not None:
        seen.append(LTXVideoCondition(image=Image.fromarray(shot.end), frame_index=shot.frames - 1))
    # The pipeline's own schedule, as a list: it hands numpy a tensor, which is deprecated.
    steps = (linear_quadratic_schedule(shot.way.profile.steps) * 1000).tolist()
    return {"conditions": seen or None, "frame_rate": shot.plan.fps, "timesteps": steps}


CONDITIONS: Mapping[str, Callable[[Shot], dict[str, Any]]] = {
    "WanPipeline": _nothing_seen,
    "WanImageToVideoPipeline": _start_and_end,
    "CogVideoXImageToVideoPipeline": _start_and_end,
    "LTXConditionPipeline": _keyframes,
}


def check(plan: ShotPlan, frames: Any) -> None:
    """Raises ``ClipRejected`` for what nobody could show."""
    wanted = (plan.frames, 3, plan.height, plan.width)
    if tuple(frames.shape) != wanted:
        raise ClipRejected(f"{plan.engine} made (frames, colours, height, width) {tuple(frames.shape)}, not {wanted}")
    if not bool(frames.isfinite().all()):
        raise ClipRejected(
            f"{plan.engine} made frames that are no numbers: its precision is too small for these weights"
        )


def write(shot: Shot, frames: Any, out: Path) -> None:
    """Encode them; what there is of the file goes when the watch stops it."""
    plan = shot.plan
    planes = np.empty((plan.height * 3 // 2, plan.width), np.uint8)
    with ClipWriter(out, plan.width, plan.height, plan.fps) as writer:
        for index, frame in enumerate(frames):
            if index % FRAMES_PER_STEP == 0:
                shot.watch.step(DECODED + (1 - DECODED) * index / plan.frames, "encode")
            to_planes((frame.float() * 255).round().byte().permute(1, 2, 0).numpy(), planes)
            writer.write(planes)
