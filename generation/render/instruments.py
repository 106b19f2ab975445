"""A small orchestra in numpy: each function plays one note, mono float32 at 48 kHz, starting and ending at zero."""

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
def keys(midi: float, seconds: float, bright: float) -> Mono:
    """An electric piano: partials that die the faster the higher they are, and the tine's short ring."""
    t, f = time_of(seconds), pitch(midi)
    out = np.zeros_like(t)
    for partial, level in ((1, 1.0), (2, 0.42), (3, 0.2), (4, 0.10), (6, 0.04)):
        if partial * f < RATE * 0.25:
            decay = (1.9 + 1.5 * partial) * (f / 440) ** 0.35
            out += level * bright ** (partial - 1) * np.sin(2 * np.pi * partial * f * t) * np.exp(-decay * t)
    tine = np.sin(2 * np.pi * min(7.1 * f, 5200.0) * t) * np.exp(-90 * t) * 0.07 * bright
    return edged((out + tine) * 0.5, release_s=0.04)


@lru_cache(maxsize=256)
def bell(midi: float, seconds: float, bright: float) -> Mono:
    """A glockenspiel in felt: two-operator frequency modulation whose index dies away (Chowning, 1973), not too bright."""
    t, f = time_of(seconds), pitch(midi)
    index = 1.1 * bright * np.exp(-9 * t)
    tone = np.sin(2 * np.pi * f * t + index * np.sin(2 * np.pi * 3.0 * f * t))
    body = 0.35 * np.sin(2 * np.pi * f / 2 * t) * np.exp(-6 * t)
    return edged((tone * np.exp(-3.4 * t) + body) * 0.5, release_s=0.06)


@lru_cache(maxsize=256)
def guitar(midi: float, seconds: float, bright: float) -> Mono:
    """A plucked string: a burst of noise that goes round in a loop and loses its edge (Karplus and Strong, 1983).

    Worked a whole round at a time; the loop's whole-numbered length is put in tune by reading it a little faster or slower.
    """
    f, count = pitch(midi), int(seconds * RATE)
    period = int(RATE / f)
    keep = 0.996 ** (period * f / 440 / 110 + 0.5)
    dice = np.random.default_rng(round(midi * 16))
    burst = dice.uniform(-1, 1, period + 1)
    for _ in range(round(6 - 4 * bright)):  # a soft finger instead of a pick
        burst = 0.5 * (burst + np.roll(burst, 1))
    burst -= burst.mean()
    rounds = count // period + 3
    out, here, last = np.empty(rounds * period), burst[1:], burst[0]
    for index in range(rounds):
        out[index * period : (index + 1) * period] = here
        moved = np.concatenate(([last], here[:-1]))
        last, here = here[-1], keep * 0.5 * (here + moved)
    tuned = f / (RATE / (period + 0.5))
    tone = np.interp(np.arange(count) * tuned, np.arange(len(out)), out)
    loud = float(np.abs(tone).max()) or 1.0
    return edged(tone / loud * 0.5 * np.exp(-1.6 * time_of(seconds)), release_s=0.05)


@lru_cache(maxsize=256)
def soft(midi: float, seconds: float, bright: float) -> Mono:
    """A flute-like voice that comes gently and trembles a little once it stands."""
    t, f = time_of(seconds), pitch(midi)
    tremble = 0.0045 * f / (2 * np.pi * 5.2) * (1 - np.cos(2 * np.pi * 5.2 * t)) * np.clip((t - 0.18) * 4, 0, 1)
    phase = 2 * np.pi * (f * t + tremble)
    tone = np.sin(phase) + 0.22 * bright * np.sin(2 * phase) + 0.06 * bright * np.sin(3 * phase)
    shape = (1 - np.exp(-t / 0.045)) * np.exp(-0.7 * t)
    return edged(tone * shape * 0.42, release_s=min(0.14, seconds / 3))


@lru_cache(maxsize=256)
def saw(midi: float, seconds: float, bright: float) -> Mono:
    """A synthesizer's lead: two detuned saws made of partials, with a filter that closes after the stroke."""
    t, out = time_of(seconds), np.zeros(int(seconds * RATE))
    for cents in (-6.0, 6.0):
        f = pitch(midi + cents / 100)
        for partial in range(1, 11):
            if partial * f > 7000:
                break
            closing = np.exp(-t * (0.8 + 0.9 * (partial - 1) / bright))
            out += np.sin(2 * np.pi * partial * f * t + 0.7 * partial) / partial**1.25 * closing
    return edged(out * 0.2, release_s=min(0.08, seconds / 3))


@lru_cache(maxsize=128)
def pad(midi: float, seconds: float, detune: float) -> Mono:
    """A soft string-like tone: three slightly detuned voices, slow attack, slow release."""
    t, out = time_of(seconds), np.zeros(int(seconds * RATE))
    for voice, cents in enumerate((-detune, 0.0, detune)):
        f = pitch(midi + cents / 100)
        for partial in range(1, 6):
            if partial * f < 6000:
                phase = 2.4 * voice + 1.3 * partial
                out += np.sin(2 * np.pi * partial * f * t + phase) / partial**1.9
    attack = 1 - np.exp(-t / 0.11)
    return edged(out * attack * 0.13, release_s=min(0.35, seconds / 3))


@lru_cache(maxsize=128)
def bass(midi: float, seconds: float, drive: float) -> Mono:
    t, f = time_of(seconds), pitch(midi)
    tone = (
        np.sin(2 * np.pi * f * t) + 0.35 * drive * np.sin(4 * np.pi * f * t) + 0.15 * drive * np.sin(6 * np.pi * f * t)
    )
    shape = np.tanh((1 + drive) * tone * (0.55 + 0.45 * np.exp(-6 * t)))
    return edged(shape * 0.5, release_s=0.05)


def room(seconds: float, seed: int) -> NDArray[Any]:
    """Impulse response of a small bright room, samples x 2: noise that dies away and darkens."""
    t = time_of(seconds)
    sides = [noise_band(len(t), seed + side, 220, 4600) * np.exp(-t * 6.9 / seconds) for side in (0, 1)]
    response = np.stack(sides, axis=1)
    response[: int(0.012 * RATE)] = 0  # the first reflection comes later than the tone itself
    loud: NDArray[Any] = response / np.sqrt((response**2).sum(axis=0))
    return loud.astype(np.float32)


def time_of(seconds: float) -> NDArray[Any]:
    """Seconds at each sample."""
    return np.arange(int(seconds * RATE)) / RATE


def edged(tone: NDArray[Any], *, release_s: float, attack_s: float = _EDGE_S) -> Mono:
    """Start and end at zero."""
    out = tone.astype(np.float32)
    rise, fall = min(int(attack_s * RATE), len(out)), min(int(release_s * RATE), len(out))
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    out[len(out) - fall :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall, dtype=np.float32))
    return out


def noise_band(count: int, seed: int, low: float, high: float) -> NDArray[Any]:
    """Noise between two frequencies, with soft edges; about unit level."""
    noise = np.random.default_rng(seed).standard_normal(count)
    at = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 1.0)
    shape = 1 / (1 + (low / at) ** 6) / (1 + (at / high) ** 6)
    out = np.fft.irfft(np.fft.rfft(noise) * np.sqrt(shape), count)
    level: NDArray[Any] = out / max(np.sqrt(np.mean(out**2)), 1e-9) * 0.35
    return level
