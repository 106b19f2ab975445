"""Speech a little faster without a higher voice: overlap-add of similar pieces (WSOLA; Verhelst and Roelands, 1993)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.render.loudness import RATE

WINDOW_S, SEARCH_S = 0.03, 0.009


def at_tempo(sound: NDArray[Any], tempo: float) -> NDArray[Any]:
    """Mono samples at ``tempo`` times their speed (1.25: a quarter faster). ``ValueError`` outside of 0.5 to 2."""
    if not 0.5 <= tempo <= 2:
        raise ValueError(f"a tempo of {tempo:g} is outside of 0.5 to 2")
    window, search = round(WINDOW_S * RATE) // 2 * 2, round(SEARCH_S * RATE)
    hop = window // 2
    count = round(len(sound) / tempo)
    if len(sound) < 2 * window:
        return sound[:count].copy()
    shape = np.hanning(window + 1)[:-1]
    padded = np.concatenate([np.zeros(search), sound, np.zeros(2 * window + search)]).astype(np.float64)
    out, weight = np.zeros(count + 2 * window), np.zeros(count + 2 * window)
    follow = padded[search : search + window]  # what would come next if nothing were skipped
    for start in range(0, count, hop):
        ideal = search + min(round(start * tempo), len(sound))
        at = ideal + _best(padded[ideal - search : ideal + search + window], follow) - search if start else ideal
        out[start : start + window] += padded[at : at + window] * shape
        weight[start : start + window] += shape
        follow = padded[at + hop : at + hop + window]
    fast: NDArray[Any] = (out / np.maximum(weight, 1e-3))[:count]
    return fast.astype(np.float32)


def _best(around: NDArray[Any], like: NDArray[Any]) -> int:
    """The offset in ``around`` at which it is most like ``like``: the largest normalised correlation."""
    if not like.any():
        return (len(around) - len(like)) // 2
    length = 1 << (len(around) + len(like)).bit_length()
    fit = np.fft.irfft(np.fft.rfft(around, length) * np.conj(np.fft.rfft(like, length)), length)
    offsets = len(around) - len(like) + 1
    sums = np.cumsum(np.concatenate(([0.0], around**2)))
    power = sums[len(like) : len(like) + offsets] - sums[:offsets]
    return int(np.argmax(fit[:offsets] / np.sqrt(np.maximum(power, 1e-9))))
