"""How a pipeline at work tells how far it is, and is stopped.

Each forward pass of a network, and of its larger parts, looks at the watch first (a pre-hook), so that a cancel is heard
within a part of a step, also while the text is read or the picture decoded, and in pipelines without a step callback.
What the watch raises passes through the pipeline: to ask it to stop politely would still decode a garbage film.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from generation.watch import Watch

STEPS, DECODED = 0.85, 0.95  # shares of the work: the steps end at the first, the decoding at the second
BEAT_SECONDS = 0.1  # no more often
PARTS = 64  # modules hooked in one network; more would cost more than they tell
TRANSFORMERS, DECODERS, READERS = ("transformer", "transformer_2"), ("vae",), ("text_encoder", "image_encoder")


@dataclass
class Pulse:
    """``steps``: of the plan; ``passes``: forwards of the transformer per step, where the pipeline has no callback."""

    watch: Watch
    steps: int
    passes: int
    stage: str = "prepare"
    fraction: float = 0.0
    forwards: int = 0
    decodes: int = 0
    marks: list[float] = field(default_factory=list)  # when each step ended, seconds of the monotonic clock
    counted: bool = True  # by the callback, which is exact; else by the forward passes
    _beaten: float = 0.0

    def beat(self) -> None:
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            self.watch.step(self.fraction, self.stage)

    def on_step(self, pipe: Any, index: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """``callback_on_step_end``; it must give the tensors back."""
        settle(pipe)
        self.step_done(index + 1)
        return tensors

    def step_done(self, done: int) -> None:
        self.marks.append(time.monotonic())
        self.stage, self.fraction = "film", STEPS * min(done / self.steps, 1.0)
        if done >= self.steps:
            self.stage, self._beaten = "decode", 0.0
        self.beat()

    def _on_transformer(self, *_: Any) -> None:
        if not self.counted and self.forwards and self.forwards % self.passes == 0:
            self.step_done(self.forwards // self.passes)
        self.forwards += 1
        self.beat()

    def _on_decoder(self, *_: Any) -> None:
        if not self.counted and self.stage != "decode" and self.forwards >= self.steps * self.passes:
            self.step_done(self.steps)
        if self.stage == "decode":  # before that it encodes the first picture
            self.decodes += 1
            self.fraction = STEPS + (DECODED - STEPS) * (1 - 1 / (1 + 0.1 * self.decodes))
        self.beat()

    def _on_part(self, *_: Any) -> None:
        self.beat()


@contextmanager
def hooked(pipe: Any, pulse: Pulse, *, inside: bool = True) -> Iterator[None]:
    """``inside``: also between the parts of each network, which a compiled one does not bear."""
    handles = []
    try:
        for names, call in ((TRANSFORMERS, pulse._on_transformer), (READERS, pulse._on_part)):
            for network in filter(None, (getattr(pipe, name, None) for name in names)):
                handles.append(network.register_forward_pre_hook(call))
                if inside or names is READERS:
                    handles += [part.register_forward_pre_hook(pulse._on_part) for part in _parts(network)]
        for network in filter(None, (getattr(pipe, name, None) for name in DECODERS)):
            handles += [part.register_forward_pre_hook(pulse._on_decoder) for part in _parts(network)]
        yield
    finally:
        for handle in handles:
            handle.remove()


def _parts(network: Any) -> list[Any]:
    """The members of its lists of layers, and the halves of an autoencoder."""
    found = [part for name, part in network.named_children() if name in ("encoder", "decoder")]
    for module in network.modules():
        if type(module).__name__ == "ModuleList":
            found += [part for part in module if next(part.children(), None) is not None]
    return found[:PARTS]


def settle(pipe: Any) -> None:
    """Wait for the GPU: it works through a queue, and a step that is only queued is not done."""
    import torch

    if torch.cuda.is_available() and getattr(pipe, "_execution_device", torch.device("cpu")).type == "cuda":
        torch.cuda.synchronize()
