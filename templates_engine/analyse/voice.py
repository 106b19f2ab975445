"""When somebody speaks: Silero's voice activity network, the ONNX file of its wheel, without torch.

A frame is 32 ms of 16 kHz sound behind 4 ms of the one before; the network carries a state from frame to frame.
"""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.footage import Samples

RATE = 16_000
FRAME, BEHIND = 512, 64  # samples
ON, OFF = 0.5, 0.35  # probability at which speech begins and ends
SHORTEST_MS, GAP_MS = 200, 160  # shorter speech is none; a shorter gap is the space between words


@dataclass(frozen=True)
class Span:
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def name() -> str:
    return f"silero-vad {version('silero-vad')}" if _weights() is not None else ""


def spoken(sound: Samples) -> tuple[Span, ...]:
    """Spans of speech in mono sound at ``RATE``. Raises ToolMissing without the wheel."""
    return _spans(_probabilities(sound))


def _probabilities(sound: Samples) -> list[float]:
    network = _network()
    state = np.zeros((2, 1, 128), np.float32)
    behind = np.zeros(BEHIND, np.float32)
    rate, found = np.array(RATE, np.int64), []
    for start in range(0, len(sound), FRAME):
        frame = np.zeros(FRAME, np.float32)
        part = sound[start : start + FRAME]
        frame[: len(part)] = part
        heard = np.concatenate([behind, frame])[None]
        likely, state = network.run(None, {"input": heard, "state": state, "sr": rate})
        found.append(float(likely[0, 0]))
        behind = frame[-BEHIND:]
    return found


def _spans(likely: list[float]) -> tuple[Span, ...]:
    step = 1000 * FRAME / RATE
    raw: list[Span] = []
    begun: int | None = None
    for index, value in enumerate([*likely, 0.0]):
        if begun is None and value >= ON:
            begun = index
        elif begun is not None and value < OFF:
            raw.append(Span(round(begun * step), round(index * step)))
            begun = None
    joined: list[Span] = []
    for span in raw:
        if joined and span.start_ms - joined[-1].end_ms < GAP_MS:
            joined[-1] = Span(joined[-1].start_ms, span.end_ms)
        else:
            joined.append(span)
    return tuple(span for span in joined if span.length_ms >= SHORTEST_MS)


@cache
def _network() -> Any:
    weights = _weights()
    if weights is None or find_spec("onnxruntime") is None:
        raise ToolMissing("语音检测未安装 finding speech needs silero-vad: pip install 'hitsmith[learn]'")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _weights() -> Path | None:
    """Found without importing the package, which would import torch."""
    package = find_spec("silero_vad")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "data" / "silero_vad.onnx"
    return path if path.is_file() else None
