"""Music that steps back while somebody speaks: a side chain, as on a mixing desk, without its pumping."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.render.loudness import RATE, Samples

DEPTH_DB = -11.0  # of the music under a voice at its usual level
THRESHOLD_DB = -42.0  # RMS of the voice from which the music begins to give way
FULL_DB = -28.0  # from here on it gives way wholly
ATTACK_S, RELEASE_S = 0.06, 0.42
AHEAD_S = 0.09  # the desk knows the voice: it opens the space just before the word
WINDOW_S = 0.03
_BLOCK = RATE // 1000  # 1 ms


def ducked(music: Samples, voice: Samples, depth_db: float = DEPTH_DB) -> Samples:
    """The music with room for the voice; both samples x 2 of one length. Without a voice it is what it was."""
    if not voice.any():
        return music
    out: Samples = music * gain_under(voice, depth_db)[:, None]
    return out


def gain_under(voice: Samples, depth_db: float = DEPTH_DB) -> NDArray[Any]:
    """Per sample, what the music is multiplied with: 1 in silence, ``depth_db`` under speech, in ramps between."""
    blocks = -(-len(voice) // _BLOCK)
    power = np.zeros(blocks * _BLOCK)
    power[: len(voice)] = (voice.astype(np.float64) ** 2).mean(axis=1)
    window = np.hanning(round(WINDOW_S * 1000) | 1)
    rms = np.convolve(power.reshape(blocks, _BLOCK).mean(axis=1), window / window.sum(), "same")
    db = 10 * np.log10(np.maximum(rms, 1e-12))
    wanted = np.clip((db - THRESHOLD_DB) / (FULL_DB - THRESHOLD_DB), 0, 1) * depth_db
    ahead = round(AHEAD_S * 1000)
    wanted = np.concatenate([wanted[ahead:], np.full(min(ahead, blocks), wanted[-1])])[:blocks]
    down, up = (float(np.exp(-1 / (seconds * 1000))) for seconds in (ATTACK_S, RELEASE_S))
    slow, now = np.empty(blocks), float(wanted[0])
    for index, target in enumerate(wanted):
        keep = down if target < now else up
        now = target + (now - target) * keep
        slow[index] = now
    at = np.arange(len(voice)) / _BLOCK
    curve: NDArray[Any] = 10 ** (np.interp(at, np.arange(blocks) + 0.5, slow) / 20)
    return curve.astype(np.float32)
