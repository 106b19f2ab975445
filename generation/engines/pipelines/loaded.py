"""One model in memory: its pipeline, its text reader, and what the switches did when it was made ready."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from generation.engines.pipelines import speed
from generation.engines.pipelines.folder import Folder
from generation.engines.pipelines.loading import (
    device_of,
    load_pipeline,
    load_reader,
    plain_errors,
    sibling,
)
from generation.engines.pipelines.switches import Effect
from generation.engines.pipelines.table import Entry, Way
from generation.engines.pipelines.texts import Reader

log = logging.getLogger(__name__)


class Loaded:
    """Everything of one engine that is worth keeping between two shots. Raises ``WeightsMissing`` or ``OutOfMemory``."""

    def __init__(self, entry: Entry, folder: Folder) -> None:
        self.entry, self.weights = entry, folder.weights
        self.switches = folder.switches()
        self.device = device_of(self.switches)
        _be_repeatable(self.device)
        self.effects: list[Effect] = []
        self.pipe = load_pipeline(entry, folder, self.switches, self.effects)
        self.distilled = False
        self._own_scheduler = self.pipe.scheduler
        self.tiles = 0
        with plain_errors(folder):
            self._make_ready(folder)
        self.reader = Reader(
            entry.id,
            self.weights,
            entry.text,
            lambda: load_reader(entry, folder, self.switches),
            keep=self.switches.text_encoder == "keep",
        )
        for effect in self.effects:
            log.info("%s: %s", entry.id, effect)

    @property
    def dtype(self) -> Any:
        return speed.transformers_of(self.pipe)[0].dtype

    def _make_ready(self, folder: Folder) -> None:
        pipe, dtype = self.pipe, self.dtype
        files = folder.loras()
        if files:
            self.effects.append(speed.add_few_steps(pipe, files))
            self.distilled = True
        refused = any(effect.switch == "precision" for effect in self.effects)
        small = None if refused else speed.store_small(pipe, self.switches, dtype)
        self.effects += [small] if small is not None else []
        self.effects.append(speed.place(pipe, self.switches, self.device))
        self.effects += speed.choose_attention(pipe, self.switches, self.device, dtype)
        compiled = speed.compile_blocks(pipe, self.switches)
        self.effects += [compiled] if compiled is not None else []
        self._count_tiles()
        if self.switches.tiling == "on":
            pipe.vae.enable_tiling()

    def ready_for(self, way: Way, name: str) -> Any:
        """The pipeline of class ``name`` set for one profile: its adapter on or off, its schedule."""
        pipe = sibling(self.pipe, name)
        if self.distilled:
            pipe.enable_lora() if way.distilled else pipe.disable_lora()
        pipe.scheduler = self._scheduler(way)
        return pipe

    def _scheduler(self, way: Way) -> Any:
        own = self._own_scheduler
        if not way.shift:
            return own
        name = "flow_shift" if "flow_shift" in own.config else "shift"
        return type(own).from_config(own.config, **{name: way.shift})

    def _count_tiles(self) -> None:
        whole = self.pipe.vae.tiled_decode

        def counted(*arguments: Any, **named: Any) -> Any:
            self.tiles += 1
            return whole(*arguments, **named)

        self.pipe.vae.tiled_decode = counted

    def after(self, tiles_before: int) -> list[Effect]:
        """What only a finished shot proves."""
        found = []
        if self.pipe.vae.use_tiling:
            used = self.tiles > tiles_before
            proof = "the picture was decoded in tiles" if used else "the picture is smaller than one tile"
            found.append(Effect("tiling", self.switches.tiling, used, proof))
        if speed.is_compiled(self.pipe):
            graphs = _graphs()
            found.append(Effect("compile", "on", graphs > 0, f"{graphs} graphs were compiled in this process"))
        return found

    def relieve(self) -> str | None:
        """Do the next thing that makes room, or ``None`` when nothing is left. First what changes no pixel."""
        if self.device.type != "cpu" and not self.pipe._all_hooks and not self._in_layers():
            self.pipe.to("cpu")
            self.pipe.enable_model_cpu_offload(device=self.device)
            return "whole networks wait in main memory"
        if not self.pipe.vae.use_tiling:
            self.pipe.vae.enable_tiling()
            return "the picture is decoded in tiles"
        if self.device.type != "cpu" and not self._in_layers():
            return speed.offload_layers(self.pipe, self.device).proof
        return None

    def uncompile(self, error: BaseException) -> str:
        """What was compiled failed at work: film without, and take back that the switch did anything."""
        speed.uncompile(self.pipe)
        said = " ".join(str(error).split())[:200]
        kept = [effect for effect in self.effects if effect.switch != "compile"]
        failed = Effect("compile", self.switches.compile, worked=False, proof=f"it failed here ({said})")
        self.effects = [*kept, failed]
        return str(failed)

    def _in_layers(self) -> bool:
        from diffusers.hooks.group_offloading import _is_group_offload_enabled

        return any(_is_group_offload_enabled(part) for part in speed.networks_of(self.pipe))

    def close(self) -> None:
        """Give the memory back. The choice of attention is the whole process's, so it is put back too."""
        if any(effect.switch == "attention" and effect.worked for effect in self.effects):
            for network in speed.transformers_of(self.pipe):
                network.set_attention_backend("native")
        self.reader.close()
        del self.pipe, self._own_scheduler
        tidy()


def _be_repeatable(device: Any) -> None:
    """Equal plans give equal frames: no convolution may be chosen by how quick it happened to be."""
    import torch

    if device.type == "cuda":
        torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = False, True


def _graphs() -> int:
    from torch._dynamo.utils import counters

    return int(counters["stats"]["unique_graphs"])


def tidy() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def peak_megabytes(device: Any) -> float:
    """Of the GPU since ``forget_peak``; without one, of this process since it began."""
    import resource

    import torch

    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device) / 1e6)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def forget_peak(device: Any) -> None:
    import torch

    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


@contextmanager
def freed(pipe: Any) -> Iterator[None]:
    """Whatever happens, no network stays on the GPU by its hook; pipelines do this only at a good end."""
    try:
        yield
    finally:
        pipe.maybe_free_model_hooks()
