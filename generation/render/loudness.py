"""Loudness and peaks: ITU-R BS.1770-4 integrated loudness, true peak by 4 x oversampling, a look-ahead limiter.

Sound is float32, samples x 2, 48 kHz, full scale 1.0.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Samples = NDArray[Any]  # float32

SILENT_LUFS = -70.0  # the absolute gate; nothing above it means silence
_BLOCK, _STEP = RATE * 4 // 10, RATE // 10  # 400 ms, three quarters overlapping
# BS.1770-4, tables 1 and 2: the head's shelf and the high-pass, at 48 kHz.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_OVERSAMPLING = 4
_TAPS = 16  # to either side
LOOK_AHEAD_S = 0.005
RELEASE_S = 0.12
TRIES = 6
CLOSE_ENOUGH = 0.05  # LU


def integrated_lufs(sound: Samples) -> float:
    """Gated loudness of the whole; ``SILENT_LUFS`` for silence or less than 400 ms."""
    if len(sound) < _BLOCK:
        return SILENT_LUFS
    power = np.cumsum(np.vstack([np.zeros(2), _k_weighted(sound).astype(np.float64) ** 2]), axis=0)
    starts = np.arange(0, len(sound) - _BLOCK + 1, _STEP)
    blocks = ((power[starts + _BLOCK] - power[starts]) / _BLOCK).sum(axis=1)
    heard = blocks[blocks > _power(SILENT_LUFS)]
    if not len(heard):
        return SILENT_LUFS
    kept = heard[heard > _power(_lufs(heard.mean()) - 10)]
    return _lufs(kept.mean())


def true_peak_db(sound: Samples) -> float:
    """dBTP: the highest point of the signal between its samples too. -200 for silence."""
    return float(20 * np.log10(max(float(_between(sound).max(initial=0.0)), 1e-10)))


def normalised(sound: Samples, lufs: float, peak_db: float) -> Samples:
    """Brought to a loudness with no true peak above ``peak_db``; silence stays silence.

    Very spiky sound stays below the loudness: it is turned up by at most 12 dB beyond its ceiling.
    """
    before = integrated_lufs(sound)
    if before <= SILENT_LUFS:
        return sound
    peaks = _between(sound)
    gain, loud = _ratio(lufs - before), sound
    most = _ratio(peak_db + 12) / max(float(peaks.max()), 1e-9)
    for _ in range(TRIES):  # the limiter takes a little loudness away: ask again
        gain = min(gain, most)
        loud = (sound * (gain * _gain_curve(peaks * gain, _ratio(peak_db)))[:, None]).astype(np.float32)
        missing = lufs - integrated_lufs(loud)
        if abs(missing) < CLOSE_ENOUGH or gain == most:
            break
        gain *= _ratio(missing)
    return loud


def _gain_curve(peaks: NDArray[Any], ceiling: float) -> NDArray[Any]:
    """Per sample, what to multiply with so that no peak passes the ceiling: smooth, 5 ms ahead, 120 ms release."""
    wanted: NDArray[Any] = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    if wanted.min(initial=1.0) >= 1.0:
        return wanted
    reach = int(LOOK_AHEAD_S * RATE)
    released = _released(_sliding_minimum(wanted, reach), np.exp(-1 / (RELEASE_S * RATE)))
    # A mean over the look-ahead turns steps into ramps, and stays under every minimum it is made of.
    sums = np.cumsum(np.pad(released, (reach + 1, reach), mode="edge"))
    width = 2 * reach + 1
    ramp: NDArray[Any] = (sums[width:] - sums[:-width]) / width
    np.minimum(ramp, wanted, out=ramp)
    return ramp


def _between(sound: Samples) -> NDArray[Any]:
    """Per sample, the largest absolute value of either channel from it until the next one.

    Band-limited interpolation at quarters of a sample by a windowed sinc, as BS.1770-4 annex 2 asks for.
    """
    highest: NDArray[Any] = np.abs(sound).max(axis=1, initial=0.0).astype(np.float64)
    if len(sound) <= 2 * _TAPS:
        return highest
    reach = np.arange(-_TAPS + 1, _TAPS + 1)
    for quarter in range(1, _OVERSAMPLING):
        away = reach - quarter / _OVERSAMPLING
        kernel = np.sinc(away) * np.cos(np.pi * away / (2 * _TAPS + 1)) ** 2
        for channel in sound.T:
            between = np.convolve(channel, kernel[::-1].astype(np.float32), "full")[_TAPS : _TAPS + len(channel)]
            np.maximum(highest, np.abs(between), out=highest)
    return highest


def _k_weighted(sound: Samples) -> NDArray[Any]:
    """Both filters applied as their exact frequency response; the tail pad keeps the end from wrapping round."""
    length = _fast_length(len(sound) + RATE // 2)
    heard = [np.fft.irfft(np.fft.rfft(channel, length) * _k_response(length), length) for channel in sound.T]
    return np.stack(heard, axis=1)[: len(sound)]


@lru_cache(maxsize=2)
def _k_response(length: int) -> NDArray[Any]:
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    response = np.ones(len(turn), complex)
    for above, below in (_SHELF, _HIGH_PASS):
        response *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return response.astype(np.complex64)


def _sliding_minimum(values: NDArray[Any], reach: int) -> NDArray[Any]:
    """Minimum over ``reach`` samples to either side, in log steps."""
    width = 2 * reach + 1
    padded = np.pad(values, reach, constant_values=1.0)
    span = 1
    out: NDArray[Any] = padded
    while span * 2 <= width:
        out = np.minimum(out[: len(out) - span], out[span:])
        span *= 2
    low: NDArray[Any] = np.minimum(out[: len(values)], out[width - span : width - span + len(values)])
    return low


def _released(gain: NDArray[Any], keep: float) -> NDArray[Any]:
    """Falls at once and recovers exponentially. Runs in blocks of 1 ms: sample by sample would be slow in Python."""
    block = RATE // 1000
    padded = np.pad(gain, (0, -len(gain) % block), mode="edge").reshape(-1, block).min(axis=1)
    slow, current = np.empty(len(padded)), 1.0
    for index, wanted in enumerate(padded):
        current = min(wanted, 1 - (1 - current) * keep**block)
        slow[index] = current
    held: NDArray[Any] = np.repeat(slow, block)[: len(gain)]
    np.minimum(held, gain, out=held)
    return held


def _fast_length(count: int) -> int:
    """A length >= count with small prime factors, even."""
    best = 1 << (count - 1).bit_length()
    for factor in (3, 5, 9, 15):
        power = factor * 2 ** max((-(-count // factor) - 1).bit_length(), 1)
        if count <= power < best:
            best = power
    return best


def _ratio(db: float) -> float:
    return float(10 ** (db / 20))


def _power(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)


def _lufs(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power))
