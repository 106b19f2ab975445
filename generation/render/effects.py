"""Sounds that belong to what is seen: one for each kind of cut, a pop for captions, a till for a price. Mono, 48 kHz."""

from functools import lru_cache

import numpy as np

from generation.render.instruments import Mono, edged, noise_band, time_of


@lru_cache(maxsize=8)
def whoosh(seconds: float, seed: int) -> Mono:
    """Air that passes by, loudest in its middle: for a cut."""
    t = time_of(seconds) / seconds
    swell = np.sin(np.pi * t) ** 3
    low, high = (noise_band(len(t), seed, *edges) for edges in ((250, 1400), (1200, 5200)))
    return edged((low * (1 - swell) + high * swell) * swell, release_s=0.02) * np.float32(0.8)


@lru_cache(maxsize=4)
def whip(seconds: float, seed: int) -> Mono:
    """Sharper air, latest just before the cut: for a whip or a push."""
    t = time_of(seconds) / seconds
    swell = t**3 * np.where(t > 0.62, np.exp(-(t - 0.62) * 9), 1.0)
    return edged(noise_band(len(t), seed, 700, 6200) * swell, release_s=0.03) * np.float32(1.6)


@lru_cache(maxsize=4)
def hit(seconds: float) -> Mono:
    """A soft deep blow with a little air on top: for a cut that means something."""
    t = time_of(seconds)
    body = np.sin(2 * np.pi * (52 * t + 1.9 * (1 - np.exp(-26 * t)))) * np.exp(-t * 7)
    air = noise_band(len(t), 31, 500, 3800) * np.exp(-t * 22) * 0.5
    return edged(np.tanh(1.2 * body) * 0.8 + air, release_s=0.08, attack_s=0.001)


@lru_cache(maxsize=4)
def shine(seconds: float) -> Mono:
    """A glassy swell: for a light leak or a match cut."""
    t = time_of(seconds)
    swell = np.sin(np.pi * t / seconds) ** 2
    tones = sum(np.sin(2 * np.pi * f * t + f) for f in (1318.5, 1760.0, 2637.0, 3520.0))
    return edged(tones * swell * 0.16 + noise_band(len(t), 17, 2500, 7000) * swell * 0.3, release_s=0.05)


@lru_cache(maxsize=4)
def pop(seconds: float) -> Mono:
    """A drop of water: for a caption that jumps in."""
    t = time_of(seconds)
    phase = 2 * np.pi * (420 * t + 0.5 * 2600 * t**2 / (1 + 6 * t))
    return edged(np.sin(phase) * np.exp(-t * 46), release_s=0.02) * np.float32(0.6)


@lru_cache(maxsize=4)
def till(seconds: float) -> Mono:
    """Two bright little bells and the rattle of a drawer: a price comes up."""
    t = time_of(seconds)
    out = np.zeros_like(t)
    for at, hertz in ((0.0, 1567.98), (0.07, 2093.0)):
        since = np.maximum(t - at, 0)
        ring = np.sin(2 * np.pi * hertz * since) + 0.35 * np.sin(2 * np.pi * 2.76 * hertz * since) * np.exp(-18 * since)
        out += np.where(t >= at, ring * np.exp(-9 * since), 0)
    rattle = noise_band(len(t), 23, 1800, 5200) * np.exp(-((t - 0.03) ** 2) / 0.0006) * 0.35
    return edged(out * 0.42 + rattle, release_s=0.06)
