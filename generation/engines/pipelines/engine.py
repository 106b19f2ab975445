"""The one adapter for every model of the table: a plan goes in, a clip comes out, or a clear error and no file."""

import inspect
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from generation.domain.engine_spec import EngineSpec
from generation.domain.shot_plan import ShotPlan
from generation.engines.base import Filmed
from generation.engines.pipelines.conditions import RGB, first_of, last_of
from generation.engines.pipelines.folder import Folder, Stamp, ready
from generation.engines.pipelines.prompts import AVOID, prompt_of
from generation.engines.pipelines.pulse import Pulse, hooked
from generation.engines.pipelines.shot import CONDITIONS, Shot, check, write
from generation.engines.pipelines.table import Entry, Way, entries
from generation.errors import MediaBroken, OutOfMemory, Permanent
from generation.watch import Watch

log = logging.getLogger(__name__)


class Diffusers:
    """One entry of the table. The weights of one engine only are in memory at a time, whichever is asked for last."""

    _resident: "Diffusers | None" = None
    _lock = threading.RLock()

    def __init__(self, entry: Entry, folder: Folder | None = None) -> None:
        self._entry = entry
        self._folder = folder or Folder(entry)
        self._known: tuple[Stamp, EngineSpec] | None = None
        self._loaded: Any = None  # a ``Loaded``; its module needs torch

    @property
    def spec(self) -> EngineSpec:
        stamp = self._folder.stamp()
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, self._spec())
        return self._known[1]

    def _spec(self) -> EngineSpec:
        folder = self._folder
        try:
            return self._entry.spec(folder.weights, distilled=bool(folder.loras()), demo=folder.demo_sizes())
        except (ValueError, KeyError, TypeError):  # a broken hitsmith.json: ``missing`` says so
            return self._entry.spec("broken", distilled=False)

    def missing(self) -> list[str]:
        return self._folder.missing()

    def load(self) -> None:
        from generation.engines.pipelines.loaded import Loaded

        with self._lock:
            if self._loaded is not None and self._loaded.weights == self._folder.weights:
                return
            ready(self._folder)
            if Diffusers._resident is not None:
                Diffusers._resident.unload()
            self._loaded = Loaded(self._entry, self._folder)
            Diffusers._resident = self

    def unload(self) -> None:
        """Give the memory back to whoever films next."""
        with self._lock:
            if self._loaded is not None:
                self._loaded.close()
            self._loaded = None
            if Diffusers._resident is self:
                Diffusers._resident = None

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        watch.step(0.0, "prepare")
        shot = Shot(plan, self._way(plan), watch)
        if plan.image is not None:
            first = first_of(plan, images[plan.image.sha256])
            shot.start, shot.subject = [first.pixels], first.subject
        if plan.last_image is not None:
            last = last_of(plan, images[plan.last_image.sha256])
            shot.end = last.pixels
            both = [box for box in (shot.subject, last.subject) if box is not None]
            shot.subject = both[0].union(both[1]) if len(both) == 2 else None
        return self._shoot(shot, out)

    def film_on(self, plan: ShotPlan, tail: Sequence[RGB], out: Path, watch: Watch) -> Filmed:
        """See ``base.ContinuationEngine``."""
        if not self._entry.tail:
            raise Permanent(f"{self._entry.id} cannot go on from a clip, only from its last picture: film that instead")
        if len(tail) != self._entry.tail:
            raise Permanent(f"{self._entry.id} goes on from exactly {self._entry.tail} frames, not {len(tail)}")
        for frame in tail:
            if frame.shape != (plan.height, plan.width, 3) or frame.dtype != np.uint8:
                raise MediaBroken(
                    f"the clip to go on from is not {plan.width}x{plan.height}: plan the shot in its size"
                )
        watch.step(0.0, "prepare")
        return self._shoot(Shot(plan, self._way(plan), watch, start=list(tail)), out)

    def _way(self, plan: ShotPlan) -> Way:
        if self._loaded is None:
            self.load()
        ways = self._entry.ways_with(distilled=self._loaded.distilled)
        return next(way for way in ways if way.profile.name == plan.profile)

    def _shoot(self, shot: Shot, out: Path) -> Filmed:
        import torch

        from generation.engines.pipelines.loaded import forget_peak, peak_megabytes

        plan, loaded, begun = shot.plan, self._loaded, time.monotonic()
        forget_peak(loaded.device)
        tiles = loaded.tiles
        with torch.inference_mode():
            frames = self._with_room(shot)
        filmed_at = time.monotonic()
        write(shot, frames, out)
        shot.facts |= {
            "device": str(loaded.device),
            "profile": plan.profile,
            "seconds": round(time.monotonic() - begun, 3),
            "encode_seconds": round(time.monotonic() - filmed_at, 3),
            "peak_mb": round(peak_megabytes(loaded.device)),
            "switches": [str(effect) for effect in [*loaded.effects, *loaded.after(tiles)]],
        }
        log.info("%s filmed %s: %s", plan.engine, plan.key[:12], shot.facts)
        return Filmed(plan.frames, plan.width, plan.height, plan.fps, shot.subject, facts=shot.facts)

    def _with_room(self, shot: Shot) -> Any:
        """The frames; when memory runs out, make room and start again, until nothing is left to move."""
        from generation.engines.pipelines.loaded import tidy
        from generation.engines.pipelines.loading import is_out_of_memory
        from generation.engines.pipelines.speed import is_compiled

        made_room: list[str] = []
        while True:
            try:
                return self._frames(shot)
            except (RuntimeError, MemoryError) as error:
                if is_out_of_memory(error):
                    step = self._loaded.relieve()
                elif is_compiled(self._loaded.pipe) and _of_compiler(error):
                    step = self._loaded.uncompile(error)
                else:
                    raise
                if step is None:
                    raise OutOfMemory(
                        f"{shot.plan.engine} needs more memory for {shot.plan.width}x{shot.plan.height} and "
                        f"{shot.plan.frames} frames than this machine has: take the draft profile, a shorter shot or a "
                        "smaller engine"
                    ) from error
            tidy()  # only out here is the failed attempt's memory free to go
            log.warning("%s: %s", shot.plan.engine, step)
            made_room.append(step)
            shot.facts["made_room"] = made_room

    def _frames(self, shot: Shot) -> Any:
        """A tensor of frames x 3 x height x width, 0..1. Raises ``Cancelled``, ``JobLost``, ``ClipRejected``."""
        from generation.engines.pipelines.loaded import freed
        from generation.engines.pipelines.speed import is_compiled, transformers_of

        loaded, plan, profile = self._loaded, shot.plan, shot.way.profile
        pipe = loaded.ready_for(shot.way, self._entry.pipelines[plan.mode])
        accepts = inspect.signature(pipe.__call__).parameters
        pulse = Pulse(shot.watch, profile.steps, 2 if profile.guidance > 1 else 1)
        pulse.counted = "callback_on_step_end" in accepts
        begun = time.monotonic()
        texts = self._read(shot, pulse)
        call = self._call(shot, texts) | ({"callback_on_step_end": pulse.on_step} if pulse.counted else {})
        inside = not is_compiled(pipe)
        text_read = time.monotonic()
        with freed(loaded.pipe), hooked(pipe, pulse, inside=inside):
            video = pipe(**call).frames[0]
        ended = time.monotonic()
        frames = video[shot.frames - plan.frames :].cpu()
        steps = np.diff([text_read, *pulse.marks])
        shot.facts |= {
            "dtype": str(transformers_of(pipe)[0].dtype),
            "forwards": pulse.forwards,
            "text_seconds": round(text_read - begun, 3),
            "step_seconds": round(float(np.median(steps)), 4) if len(steps) else 0.0,
            "decode_seconds": round(ended - pulse.marks[-1], 3) if pulse.marks else 0.0,
        }
        check(plan, frames)
        return frames

    def _read(self, shot: Shot, pulse: Pulse) -> Mapping[str, Any]:
        def beating(pipe: Any) -> AbstractContextManager[None]:
            return hooked(pipe, pulse)

        negative = AVOID if shot.way.profile.guidance > 1 else None
        pulse.stage = "read the text"
        texts: Mapping[str, Any] = self._loaded.reader.read(
            prompt_of(shot.plan), negative, self._loaded.device, beating
        )
        pulse.stage = "film"
        return {name: tensor.to(self._loaded.device) for name, tensor in texts.items()}

    def _call(self, shot: Shot, texts: Mapping[str, Any]) -> dict[str, Any]:
        import torch

        plan, profile = shot.plan, shot.way.profile
        call = {
            "height": plan.height,
            "width": plan.width,
            "num_frames": shot.frames,
            "num_inference_steps": profile.steps,
            "guidance_scale": profile.guidance,
            # On the CPU whatever films: the same noise on every machine.
            "generator": torch.Generator("cpu").manual_seed(plan.seed % (1 << 63)),
            "output_type": "pt",
        }
        return call | dict(self._entry.call) | dict(texts) | CONDITIONS[self._entry.pipelines[plan.mode]](shot)


def _of_compiler(error: BaseException) -> bool:
    return type(error).__module__.startswith(("torch._dynamo", "torch._inductor"))


def makers() -> dict[str, Callable[[], Diffusers]]:
    """For the registry: id -> engine, without reading any weights."""
    return {id: lambda entry=entry: Diffusers(entry) for id, entry in entries().items()}  # type: ignore[misc]
