"""A small orchestra in numpy: each function makes one note or stroke, mono float32 at 48 kHz, starting and ending at zero."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Mono = NDArray[Any]  # float32

_EDGE_S = 0.002  # ramps that keep a note from clicking


def pitch(midi: float) -> float:
    """Hertz of a MIDI note number, 69 = 440 Hz."""
    return 440.0 * 2 ** ((midi - 69) / 12)


@lru_cache(maxsize=256)
def pluck(midi: float, seconds: float, bright: float) -> Mono:
    """A mallet or electric piano: partials that die the faster the higher they are."""
    t, f = _time(seconds), pitch(midi)
    out = np.zeros_like(t)
    for partial, level in ((1, 1.0), (2, 0.42), (3, 0.2), (4, 0.12), (6, 0.05)):
        if partial * f < RATE * 0.4:
            decay = (2.2 + 1.6 * partial) * (f / 440) ** 0.35
            out += level * bright ** (partial - 1) * np.sin(2 * np.pi * partial * f * t) * np.exp(-decay * t)
    knock = np.sin(2 * np.pi * min(7.1 * f, 9000.0) * t) * np.exp(-90 * t) * 0.10 * bright
    return _edged((out + knock) * 0.5, release_s=0.03)


@lru_cache(maxsize=128)
def pad(midi: float, seconds: float, detune: float) -> Mono:
    """A soft string-like tone: three slightly detuned voices, slow attack, slow release."""
    t, out = _time(seconds), np.zeros(int(seconds * RATE))
    for voice, cents in enumerate((-detune, 0.0, detune)):
        f = pitch(midi + cents / 100)
        for partial in range(1, 6):
            if partial * f < 6000:
                phase = 2.4 * voice + 1.3 * partial
                out += np.sin(2 * np.pi * partial * f * t + phase) / partial**1.9
    attack = 1 - np.exp(-t / 0.11)
    return _edged(out * attack * 0.13, release_s=min(0.35, seconds / 3))


@lru_cache(maxsize=128)
def bass(midi: float, seconds: float, drive: float) -> Mono:
    t, f = _time(seconds), pitch(midi)
    tone = (
        np.sin(2 * np.pi * f * t) + 0.35 * drive * np.sin(4 * np.pi * f * t) + 0.15 * drive * np.sin(6 * np.pi * f * t)
    )
    shape = np.tanh((1 + drive) * tone * (0.55 + 0.45 * np.exp(-6 * t)))
    return _edged(shape * 0.5, release_s=0.05)


@lru_cache(maxsize=8)
def kick(weight: float) -> Mono:
    t = _time(0.32)
    sweep = 46 * t + (150 - 46) / 38 * (1 - np.exp(-38 * t))  # integral of 46 + 104 exp(-38 t)
    body = np.sin(2 * np.pi * sweep) * np.exp(-t * (13 - 4 * weight))
    tick = np.sin(2 * np.pi * 2600 * t) * np.exp(-t * 420) * 0.16
    return _edged(np.tanh(1.5 * (body + tick)) * 0.85, release_s=0.05, attack_s=0.0005)


@lru_cache(maxsize=8)
def clap(seed: int) -> Mono:
    t = _time(0.24)
    bursts = sum(np.where(t >= at, np.exp(-(t - at) * 170), 0) for at in (0.0, 0.011, 0.021))
    tail = np.where(t >= 0.026, np.exp(-(t - 0.026) * 24), 0) * 0.6
    return _edged(_band(_noise(len(t), seed), 900, 5200) * (bursts * 0.7 + tail), release_s=0.03) * np.float32(0.8)


@lru_cache(maxsize=16)
def hat(seconds: float, seed: int) -> Mono:
    t = _time(seconds + 0.03)
    return _edged(_band(_noise(len(t), seed), 6500, 15000) * np.exp(-t * 4.5 / seconds), release_s=0.02) * np.float32(
        0.5
    )


@lru_cache(maxsize=8)
def shimmer(seconds: float, seed: int) -> Mono:
    """A soft cymbal for the arrival of the end card."""
    t = _time(seconds)
    swell = (1 - np.exp(-t / 0.02)) * np.exp(-t * 3.4 / seconds)
    return _edged(_band(_noise(len(t), seed), 4200, 14000) * swell, release_s=0.2) * np.float32(0.42)


@lru_cache(maxsize=8)
def riser(seconds: float, seed: int) -> Mono:
    """Air that gathers before a change."""
    t = _time(seconds) / seconds
    low, high = (_band(_noise(len(t), seed), *edges) for edges in ((400, 1800), (2500, 9000)))
    return _edged((low * (1 - t) + high * t) * t**2.2, release_s=0.03) * np.float32(0.5)


@lru_cache(maxsize=8)
def whoosh(seconds: float, seed: int) -> Mono:
    """Air that passes by, loudest in its middle: for a cut."""
    t = _time(seconds) / seconds
    swell = np.sin(np.pi * t) ** 3
    low, high = (_band(_noise(len(t), seed), *edges) for edges in ((250, 1400), (1200, 5200)))
    return _edged((low * (1 - swell) + high * swell) * swell, release_s=0.02) * np.float32(0.8)


@lru_cache(maxsize=4)
def blip(seconds: float) -> Mono:
    """A short rising drop: for a price tag."""
    t = _time(seconds)
    phase = 2 * np.pi * (520 * t + 0.5 * (1250 - 520) / seconds * t**2)
    return _edged(np.sin(phase) * np.exp(-t * 16), release_s=0.02) * np.float32(0.6)


def room(seconds: float, seed: int) -> NDArray[Any]:
    """Impulse response of a small bright room, samples x 2: noise that dies away and darkens."""
    t = _time(seconds)
    sides = [_band(_noise(len(t), seed + side), 180, 5200) * np.exp(-t * 6.9 / seconds) for side in (0, 1)]
    response = np.stack(sides, axis=1)
    response[: int(0.012 * RATE)] = 0  # the first reflection comes later than the tone itself
    loud: NDArray[Any] = response / np.sqrt((response**2).sum(axis=0))
    return loud.astype(np.float32)


def _time(seconds: float) -> NDArray[Any]:
    return np.arange(int(seconds * RATE)) / RATE


def _edged(tone: NDArray[Any], *, release_s: float, attack_s: float = _EDGE_S) -> Mono:
    """Start and end at zero."""
    out = tone.astype(np.float32)
    rise, fall = min(int(attack_s * RATE), len(out)), min(int(release_s * RATE), len(out))
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    out[len(out) - fall :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall, dtype=np.float32))
    return out


def _noise(count: int, seed: int) -> NDArray[Any]:
    return np.random.default_rng(seed).standard_normal(count)


def _band(noise: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    """Keep what lies between two frequencies, with soft edges; about unit level."""
    at = np.maximum(np.fft.rfftfreq(len(noise), 1 / RATE), 1.0)
    shape = 1 / (1 + (low / at) ** 6) / (1 + (at / high) ** 6)
    out = np.fft.irfft(np.fft.rfft(noise) * np.sqrt(shape), len(noise))
    level: NDArray[Any] = out / max(np.sqrt(np.mean(out**2)), 1e-9) * 0.35
    return level
