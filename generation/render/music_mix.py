"""The desk of our music: strokes are laid on buses, the strings give way to the drum, a room answers, and it is made even."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generation.render import instruments
from generation.render.instruments import RATE, Mono
from generation.render.loudness import Samples
from generation.render.music_form import Mood

Bus = Literal["dry", "wet", "pump"]
FADE_S = 0.5
ROOM_S = 1.4
PEAK = 0.7
PUMP_S = 0.16  # how long the strings take to come back after a drum stroke
# (Hz, dB): no rumble below the lowest note, a little less mud, and nothing sharp on top.
TONE = (
    (20.0, -40.0),
    (32.0, -3.0),
    (45.0, 0.0),
    (260.0, -1.2),
    (900.0, 0.0),
    (4000.0, 0.0),
    (9000.0, -3.0),
    (16000.0, -12.0),
)


@dataclass
class Stage:
    """``dry`` is heard as it is, the room answers ``wet`` and ``pump``, and ``pump`` gives way to the drum."""

    length: int
    dry: Samples = field(init=False)
    wet: Samples = field(init=False)
    pump: Samples = field(init=False)
    kicks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dry, self.wet, self.pump = (np.zeros((self.length, 2), np.float32) for _ in range(3))

    def play(self, tone: Mono, at_s: float, level: float, *, pan: float = 0.0, bus: Bus = "wet") -> None:
        """``pan`` -1 left .. 1 right, equal power. What would ring past the end is cut; the end is faded anyway."""
        start = max(round(at_s * RATE), 0)
        piece = tone[: max(self.length - start, 0)]
        angle = (pan + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(level)
        target: Samples = getattr(self, bus)
        target[start : start + len(piece)] += piece[:, None] * sides

    def kick(self, tone: Mono, at_s: float, level: float) -> None:
        self.kicks.append(at_s)
        self.play(tone, at_s, level, bus="dry")


def mixed(stage: Stage, style: Mood) -> Samples:
    """The finished piece: exactly as long as the stage, from silence to silence, its highest sample at ``PEAK``."""
    wet = stage.wet + stage.pump * _giving_way(stage, style.pump)[:, None]
    response = instruments.room(ROOM_S, 11)
    length = _round_length(stage.length + len(response))
    answer = np.fft.rfft(response, length, axis=0) * np.float32(style.room)
    whole = np.fft.rfft(stage.dry + wet, length, axis=0) + np.fft.rfft(wet, length, axis=0) * answer
    heard = np.fft.irfft(whole * _tone(length)[:, None], length, axis=0)[: stage.length]
    mix: Samples = np.tanh(heard.astype(np.float32) * np.float32(0.9))  # rounds off the few highest peaks
    rise, fade = min(round(0.01 * RATE), stage.length), min(round(FADE_S * RATE), stage.length)
    mix[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:, None]
    mix[stage.length - fade :] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade, dtype=np.float32)))[:, None]
    mix *= np.float32(PEAK / max(float(np.abs(mix).max(initial=0.0)), 1e-6))
    return mix


def _giving_way(stage: Stage, depth: float) -> NDArray[Any]:
    """Per sample, what is left of the strings: down within 8 ms of a drum stroke, back in ``PUMP_S``."""
    gain = np.ones(stage.length, np.float32)
    if not depth:
        return gain
    t = np.arange(round(4 * PUMP_S * RATE)) / RATE
    dip = (1 - depth * (1 - np.exp(-t / 0.008)) * np.exp(-t / PUMP_S)).astype(np.float32)
    for at in stage.kicks:
        start = round(at * RATE)
        part = gain[start : start + len(dip)]
        np.minimum(part, dip[: len(part)], out=part)
    return gain


@lru_cache(maxsize=2)
def _tone(length: int) -> NDArray[Any]:
    at = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 1.0)
    hertz, db = zip(*TONE, strict=True)
    curve: NDArray[Any] = 10 ** (np.interp(np.log(at), np.log(hertz), db) / 20)
    curve[0] = 0.0  # no direct current
    return curve.astype(np.float32)


def _round_length(count: int) -> int:
    """A length >= count that FFTs like: 2, 3 or 5 times a power of two."""
    return min(factor << max((-(-count // factor) - 1).bit_length(), 0) for factor in (2, 3, 5))
