"""Something like speech, made on the spot: syllables of a voice with formants, and silence around them."""

import numpy as np

from generation.render.loudness import RATE


def speech(seconds: float, *, level: float = 0.25, silence_s: float = 0.0) -> np.ndarray:
    """Mono float32 at 48 kHz; ``silence_s`` stands before and after it."""
    count = round(seconds * RATE)
    t = np.arange(count) / RATE
    pitch = 150 + 25 * np.sin(2 * np.pi * 1.1 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(k * phase) / (1 + ((k * 150 - 600) / 500) ** 2 + 0.1 * k) for k in range(1, 22))
    syllables = 0.15 + 0.85 * np.abs(np.sin(np.pi * 3.6 * t)) ** 0.6
    edge = np.minimum(1, np.minimum(t, t[::-1]) / 0.02)
    sound = voice * syllables * edge
    sound *= level / np.abs(sound).max()
    pause = np.zeros(round(silence_s * RATE))
    return np.concatenate([pause, sound, pause]).astype(np.float32)
