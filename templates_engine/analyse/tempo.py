"""The tempo of the music, its beats, and how many cuts fall on one.

Onsets are rises of the spectrum (spectral flux on a logarithmic scale); the tempo is where their autocorrelation is
strongest near 120 beats a minute; the beats are found by dynamic programming (Ellis, "Beat tracking by dynamic
programming", 2007). Half and double tempo cannot be told apart for sure by anyone: the result is folded into 80..160.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from templates_engine.analyse.footage import Samples
from templates_engine.domain.analysis import Tempo

RATE = 22_050
HOP, WINDOW = 256, 1_024  # samples
LOW, HIGH = 80.0, 160.0  # beats a minute
WIDEST = (40.0, 240.0)
USUAL, OCTAVES = 120.0, 0.9  # middle and width of what is expected
TIGHT = 100.0  # how strictly beats keep their distance
ON_BEAT_MS = 80
BANDS = 40
LEAST_S = 4.0
BAR = 0.5  # what a bar counts beside the beat
PULSE = 0.12  # autocorrelation at the beat: speech and noise without a pulse stay below
SILENT = 1e-4

Curve = NDArray[Any]  # float64, one value per hop


def tempo(sound: Samples, cuts_ms: Sequence[int]) -> Tempo | None:
    """Of mono sound at ``RATE``; None where it is silent, short, or without a pulse."""
    if len(sound) < LEAST_S * RATE or float(np.abs(sound).max()) < SILENT:
        return None
    onsets = _onsets(sound)
    period = _period(onsets)
    if period is None:
        return None
    beats = _folded(_beats(onsets, period), onsets)
    if len(beats) < 4:
        return None
    bpm = 60 * RATE / HOP / float(np.median(np.diff(beats)))
    mean = 60 * RATE / HOP * (len(beats) - 1) / float(beats[-1] - beats[0])
    times = tuple(round(1000 * beat * HOP / RATE) for beat in beats)
    return Tempo(round(mean if abs(mean - bpm) < 0.04 * bpm else bpm, 1), times, on_beat(cuts_ms, times))


def on_beat(cuts_ms: Sequence[int], beats_ms: Sequence[int]) -> float:
    """Share of cuts within 80 ms of a beat; 0 without cuts."""
    beats = np.asarray(beats_ms)
    near = [float(np.abs(beats - cut).min()) <= ON_BEAT_MS for cut in cuts_ms]
    return round(sum(near) / len(near), 3) if near else 0.0


def _onsets(sound: Samples) -> Curve:
    """How much louder each moment is than the one before, summed over bands; mean 0, spread 1."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, WINDOW // 2), WINDOW)[::HOP]
    shape = np.hanning(WINDOW).astype(np.float32)
    bands = _bands()
    levels = np.concatenate(
        [_levels(frames[start : start + 4096] * shape, bands) for start in range(0, len(frames), 4096)]
    )
    flux = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0).mean(axis=1)
    slow = np.convolve(flux, np.ones(87) / 87, "same")  # a second's mean: swells are no onsets
    curve = np.maximum(flux - slow, 0)
    return (curve - curve.mean()) / max(float(curve.std()), 1e-9)


def _levels(frames: NDArray[Any], bands: NDArray[Any]) -> NDArray[Any]:
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    return np.log10(np.maximum(power @ bands, 1e-6))


def _bands() -> NDArray[Any]:
    """Triangles that are evenly spaced on a logarithmic scale, bins x bands."""
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    edges = np.geomspace(40, 10_000, BANDS + 2)
    rise = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(rise, fall), 0)


def _period(onsets: Curve) -> float | None:
    """Hops from beat to beat, unfolded; None without a pulse."""
    size = 1 << (2 * len(onsets) - 1).bit_length()
    spectrum = np.fft.rfft(onsets, size)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, size)[: len(onsets)] / (len(onsets) - np.arange(len(onsets)))
    alike = alike / max(alike[0], 1e-9)
    lags = np.arange(round(60 * RATE / HOP / WIDEST[1]), min(round(60 * RATE / HOP / WIDEST[0]), len(onsets) // 2))
    paces = 60 * RATE / HOP / lags
    # Two beats on, and a bar of four on, it is alike too: music repeats. That tells the pulse from a chance likeness, and
    # from the three eighths of a syncopated figure, which fill no bar.
    score = alike[lags] + 0.5 * _further(alike, lags, 2) + BAR * _further(alike, lags, 4)
    score = score * np.exp(-0.5 * (np.log2(paces / USUAL) / OCTAVES) ** 2)
    best = int(np.argmax(score))
    if alike[lags[best]] < PULSE:
        return None
    return _peak(score, best) + float(lags[0])


def _further(alike: Curve, lags: NDArray[Any], times: int) -> Curve:
    """The likeness so many periods on: the greatest nearby, since a period is no whole number of hops."""
    near = times * lags[:, None] + np.arange(-(times // 2), times // 2 + 1)
    values: Curve = alike[np.minimum(near, len(alike) - 1)].max(axis=1)
    return values


def _peak(curve: Curve, at: int) -> float:
    """The place of the parabola's top through three points."""
    if not 0 < at < len(curve) - 1:
        return float(at)
    left, middle, right = curve[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return at + (0.5 * (left - right) / bend if bend else 0.0)


def _beats(onsets: Curve, period: float) -> NDArray[Any]:
    """Hops of the beats: the path through onsets whose distances stay closest to the period."""
    reach = np.arange(round(period / 2), round(period * 2) + 1)
    cost = -TIGHT * np.log(reach / period) ** 2
    score, link = onsets.copy(), np.full(len(onsets), -1)
    for at in range(int(reach[0]), len(onsets)):
        back = at - reach
        usable = back >= 0
        ways = score[back[usable]] + cost[usable]
        best = int(np.argmax(ways))
        if ways[best] > 0:
            score[at] += ways[best]
            link[at] = back[usable][best]
    tail = max(len(score) - int(period * 1.5), 0)
    at, path = tail + int(np.argmax(score[tail:])), []
    while at >= 0:
        path.append(at)
        at = int(link[at])
    return np.array(path[::-1])


def _folded(beats: NDArray[Any], onsets: Curve) -> NDArray[Any]:
    """Every second beat of a fast track, with the stronger ones kept; beats between those of a slow one."""
    while len(beats) >= 4 and _bpm(beats) > HIGH:
        beats = max(beats[::2], beats[1::2], key=lambda half: float(onsets[half].sum()))
    while len(beats) >= 4 and _bpm(beats) < LOW:
        between = (beats[:-1] + beats[1:]) // 2
        beats = np.sort(np.concatenate([beats, between]))
    return beats


def _bpm(beats: NDArray[Any]) -> float:
    return 60 * RATE / HOP / float(np.median(np.diff(beats)))
