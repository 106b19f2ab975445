"""The sound of a film as it goes into its file. AAC moves peaks, by up to a decibel on drums: found out before, not after."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from generation.deliver.aac import Aac
from generation.domain.timeline import Timeline
from generation.remembered import Remembered
from generation.render.audio import PEAK_DB, TARGET_LUFS, heard_of, soundtrack
from generation.render.loudness import Samples, normalised, true_peak_db

PEAK_LIMIT_DB = -1.5
TRIES = 3
MARGIN_DB = 0.1
_known = Remembered[Aac | None](4)  # some 0.4 MB each


def sound_of(timeline: Timeline, files: Mapping[str, Path]) -> Aac | None:
    """The ad's soundtrack; None without music and voice. Variants that sound the same are mixed and encoded once.

    Raises as ``soundtrack``.
    """

    def mixed() -> Aac | None:
        sound = soundtrack(timeline, files)
        return None if sound is None else settled(sound)

    return _known.of(heard_of(timeline), mixed)


def settled(sound: Samples) -> Aac:
    """The sound at a ceiling from which its peaks stay below ``PEAK_LIMIT_DB`` after AAC.

    At the same loudness if a lower ceiling is enough. Where AAC raises a peak anew each time, all is turned down a little.
    """
    ceiling = PEAK_DB
    for _ in range(TRIES):
        coded, excess = _coded(sound)
        if excess <= 0:
            return coded
        ceiling -= excess + MARGIN_DB
        sound = normalised(sound, TARGET_LUFS, ceiling)
    for _ in range(TRIES):
        coded, excess = _coded(sound)
        if excess <= 0:
            return coded
        sound = sound * np.float32(10 ** (-(excess + MARGIN_DB) / 20))
    return Aac(sound)


def _coded(sound: Samples) -> tuple[Aac, float]:
    """(the encoded sound, dB by which its peaks are too high)."""
    coded = Aac(sound)
    return coded, true_peak_db(coded.heard()) - PEAK_LIMIT_DB
