"""The sound of a film as it goes into its file. AAC moves peaks, by up to a decibel on drums: found out before, not after."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from pathlib import Path

import numpy as np

from generation.deliver.aac import Aac
from generation.domain.timeline import Timeline
from generation.render.audio import PEAK_DB, TARGET_LUFS, heard_of, soundtrack
from generation.render.loudness import Samples, normalised, true_peak_db

PEAK_LIMIT_DB = -1.5
TRIES = 3
MARGIN_DB = 0.1
REMEMBERED = 4  # some 0.4 MB each
_known: OrderedDict[Hashable, Aac | None] = OrderedDict()


def sound_of(timeline: Timeline, files: Mapping[str, Path]) -> Aac | None:
    """The ad's soundtrack; None without music and voice. Variants that sound the same are mixed and encoded once.

    Raises as ``soundtrack``.
    """
    key = heard_of(timeline)
    if key not in _known:
        sound = soundtrack(timeline, files)
        _known[key] = None if sound is None else settled(sound)
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


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
