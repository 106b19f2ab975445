"""The drums and the air of our small orchestra: one stroke each, mono float32 at 48 kHz, starting and ending at zero."""

from functools import lru_cache

import numpy as np

from generation.render.instruments import Mono, edged, noise_band, time_of


@lru_cache(maxsize=8)
def kick(weight: float) -> Mono:
    t = time_of(0.32)
    sweep = 46 * t + (150 - 46) / 38 * (1 - np.exp(-38 * t))  # integral of 46 + 104 exp(-38 t)
    body = np.sin(2 * np.pi * sweep) * np.exp(-t * (13 - 4 * weight))
    tick = np.sin(2 * np.pi * 2600 * t) * np.exp(-t * 420) * 0.12
    return edged(np.tanh(1.5 * (body + tick)) * 0.85, release_s=0.05, attack_s=0.0005)


@lru_cache(maxsize=8)
def clap(seed: int) -> Mono:
    t = time_of(0.24)
    bursts = sum(np.where(t >= at, np.exp(-(t - at) * 170), 0) for at in (0.0, 0.011, 0.021))
    tail = np.where(t >= 0.026, np.exp(-(t - 0.026) * 24), 0) * 0.6
    return edged(noise_band(len(t), seed, 900, 4600) * (bursts * 0.7 + tail), release_s=0.03) * np.float32(0.8)


@lru_cache(maxsize=8)
def snare(seed: int) -> Mono:
    t = time_of(0.2)
    skin = np.sin(2 * np.pi * (188 * t + 1.6 * (1 - np.exp(-40 * t)))) * np.exp(-t * 26)
    wires = noise_band(len(t), seed, 1400, 6200) * np.exp(-t * 21)
    return edged((skin * 0.55 + wires * 0.9) * 0.7, release_s=0.03, attack_s=0.0008)


@lru_cache(maxsize=4)
def rim(seed: int) -> Mono:
    """A stick on the edge of the drum: short and woody."""
    t = time_of(0.09)
    wood = np.sin(2 * np.pi * 1180 * t) * np.exp(-t * 85) + 0.6 * np.sin(2 * np.pi * 1720 * t) * np.exp(-t * 110)
    return edged(wood * 0.5 + noise_band(len(t), seed, 1500, 5000) * np.exp(-t * 160) * 0.5, release_s=0.02)


@lru_cache(maxsize=8)
def tom(hertz: float) -> Mono:
    t = time_of(0.3)
    phase = hertz * t + hertz * 0.5 / 22 * (1 - np.exp(-22 * t))
    return edged(np.sin(2 * np.pi * phase) * np.exp(-t * 12) * 0.7, release_s=0.06, attack_s=0.001)


@lru_cache(maxsize=16)
def hat(seconds: float, seed: int) -> Mono:
    t = time_of(seconds + 0.03)
    shape = np.exp(-t * 4.5 / seconds)
    return edged(noise_band(len(t), seed, 5200, 11000) * shape, release_s=0.02, attack_s=0.001) * np.float32(0.45)


@lru_cache(maxsize=8)
def shaker(seed: int) -> Mono:
    """Grains that swell and fall: softer than a hat, and it does not strike."""
    t = time_of(0.075)
    swell = np.sin(np.pi * t / t[-1]) ** 2
    return edged(noise_band(len(t), seed, 3600, 8800) * swell, release_s=0.01) * np.float32(0.4)


@lru_cache(maxsize=8)
def shimmer(seconds: float, seed: int) -> Mono:
    """A soft cymbal for the arrival of the end card."""
    t = time_of(seconds)
    swell = (1 - np.exp(-t / 0.02)) * np.exp(-t * 3.4 / seconds)
    return edged(noise_band(len(t), seed, 3200, 9500) * swell, release_s=0.2) * np.float32(0.38)


@lru_cache(maxsize=8)
def riser(seconds: float, seed: int) -> Mono:
    """Air that gathers before a change."""
    t = time_of(seconds) / seconds
    low, high = (noise_band(len(t), seed, *edges) for edges in ((400, 1800), (2200, 7000)))
    return edged((low * (1 - t) + high * t) * t**2.2, release_s=0.03) * np.float32(0.45)
