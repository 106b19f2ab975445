"""The parts of an ad's sound as WAV files: 24 bits, 48 kHz, stereo, each as long as the picture."""

import wave
from pathlib import Path

import numpy as np

from generation.render.loudness import RATE, Samples

_FULL = 2**23 - 1


def write_wav(path: Path, sound: Samples) -> None:
    """``sound``: samples x 2; what lies beyond full scale is held there."""
    whole = np.rint(np.clip(sound, -1, 1) * _FULL).astype("<i4")
    triples = np.ascontiguousarray(whole).view(np.uint8).reshape(-1, 4)[:, :3]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(3)
        file.setframerate(RATE)
        file.writeframes(triples.tobytes())
