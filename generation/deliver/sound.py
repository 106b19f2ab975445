"""AAC moves peaks, by up to a decibel on drums: find out before the file is made, not after."""

import io

import av
import numpy as np

from generation.deliver.encode import AUDIO_BITS, SAMPLE_RATE, sound_pieces
from generation.render.audio import PEAK_DB, TARGET_LUFS
from generation.render.loudness import Samples, normalised, true_peak_db

PEAK_LIMIT_DB = -1.5
TRIES = 3
MARGIN_DB = 0.1


def settled(sound: Samples) -> Samples:
    """The sound at a ceiling from which its peaks stay below ``PEAK_LIMIT_DB`` after AAC.

    At the same loudness if a lower ceiling is enough. Where AAC raises a peak anew each time, all is turned down a little.
    """
    ceiling = PEAK_DB
    for _ in range(TRIES):
        excess = _excess_db(sound)
        if excess <= 0:
            return sound
        ceiling -= excess + MARGIN_DB
        sound = normalised(sound, TARGET_LUFS, ceiling)
    for _ in range(TRIES):
        excess = _excess_db(sound)
        if excess <= 0:
            return sound
        sound = sound * np.float32(10 ** (-(excess + MARGIN_DB) / 20))
    return sound


def _excess_db(sound: Samples) -> float:
    return true_peak_db(through_aac(sound)) - PEAK_LIMIT_DB


def through_aac(sound: Samples) -> Samples:
    """What a player hears: encoded as in the file, and decoded again."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", bit_rate=AUDIO_BITS)
        for piece in sound_pieces(sound):
            container.mux(stream.encode(piece))
        container.mux(stream.encode())
    memory.seek(0)
    with av.open(memory, "r", format="mp4") as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T
