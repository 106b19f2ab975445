"""What can be measured of a sound without hearing it: loudness, peaks, balance of the spectrum, clicks, direct current."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.render.loudness import RATE, Samples, integrated_lufs, true_peak_db

OCTAVES = (31, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz, middles (IEC 61260)
CLIPPED = 0.999
CLICK_DB = 30.0  # a step stands out so far above what is usual around it
HARSH_FROM = 8000.0


@dataclass(frozen=True)
class Measures:
    """``octaves``: dB of each of ``OCTAVES`` relative to the loudest; ``harsh``: share of the power above 8 kHz;
    ``sharpest_db``: the highest line above 8 kHz over the mean of its neighbourhood; ``clicks``: seconds.
    """

    lufs: float
    peak_db: float
    direct: float
    clipped: int
    octaves: tuple[float, ...]
    harsh: float
    sharpest_db: float
    clicks: tuple[float, ...]

    @property
    def troubles(self) -> tuple[str, ...]:
        """What a listener would complain about."""
        found = []
        if self.direct > 0.005:
            found.append(f"direct current of {self.direct:.3f}")
        if self.clipped:
            found.append(f"{self.clipped} clipped samples")
        if self.harsh > 0.03:
            found.append(f"{self.harsh:.1%} of the power above 8 kHz")
        if self.sharpest_db > 18:
            found.append(f"a tone {self.sharpest_db:.0f} dB above its surroundings over 8 kHz")
        if self.clicks:
            found.append(f"clicks at {', '.join(f'{at:.2f} s' for at in self.clicks[:5])}")
        return tuple(found)


def measured(sound: Samples) -> Measures:
    """Of samples x 2 at 48 kHz, at least one second long."""
    power = _power(sound)
    at = np.fft.rfftfreq(2 * (len(power) - 1), 1 / RATE)
    bands = [float(power[(at >= middle / 2**0.5) & (at < middle * 2**0.5)].sum()) for middle in OCTAVES]
    loudest = max(*bands, 1e-20)
    return Measures(
        lufs=integrated_lufs(sound),
        peak_db=true_peak_db(sound),
        direct=float(np.abs(sound.mean(axis=0)).max()),
        clipped=int((np.abs(sound) >= CLIPPED).sum()),
        octaves=tuple(round(10 * float(np.log10(max(band, 1e-20) / loudest)), 1) for band in bands),
        harsh=float(power[at >= HARSH_FROM].sum() / max(power.sum(), 1e-20)),
        sharpest_db=_sharpest(power[at >= HARSH_FROM]),
        clicks=clicks(sound),
    )


def clicks(sound: Samples) -> tuple[float, ...]:
    """Seconds at which the signal steps as no instrument does: its second difference leaps far above its surroundings."""
    bend = np.abs(np.diff(sound.mean(axis=1).astype(np.float64), 2))
    block = RATE // 200  # 5 ms
    count = len(bend) // block
    if count < 3:
        return ()
    rows = bend[: count * block].reshape(count, block)
    highest, usual = rows.max(axis=1), np.sqrt((rows**2).mean(axis=1))
    # Not the next blocks: a click on their border is in two of them.
    around = np.maximum.reduce([np.roll(usual, away) for away in (-3, -2, 2, 3)])
    odd = (highest > 0.02) & (highest > 10 ** (CLICK_DB / 20) * np.maximum(around, 1e-6))
    odd[1:] &= ~odd[:-1]
    return tuple(round(float(index) * block / RATE, 3) for index in np.flatnonzero(odd))


def short_loudness(sound: Samples, step_s: float = 0.1, window_s: float = 0.4) -> NDArray[Any]:
    """Loudness of the 400 ms up to each step (momentary, EBU Tech 3341), in LUFS."""
    step, window = round(step_s * RATE), round(window_s * RATE)
    starts = range(0, max(len(sound) - window, 0) + 1, step)
    return np.array([integrated_lufs(sound[start : start + window]) for start in starts])


def _power(sound: Samples, size: int = 8192) -> NDArray[Any]:
    """Mean power spectrum (Welch, half overlapping)."""
    window = np.hanning(size)
    mono = sound.mean(axis=1)
    mono = np.pad(mono, (0, max(size - len(mono), 0)))
    pieces = [mono[at : at + size] * window for at in range(0, len(mono) - size + 1, size // 2)]
    spectra: NDArray[Any] = (np.abs(np.fft.rfft(np.stack(pieces), axis=1)) ** 2).mean(axis=0)
    return spectra


def _sharpest(power: NDArray[Any], reach: int = 40) -> float:
    wide = np.convolve(power, np.ones(2 * reach + 1) / (2 * reach + 1), "same")
    # Lines below -90 dB of the loudest are not heard, however sharp.
    heard = power > power.max() * 1e-2
    return float(10 * np.log10((power[heard] / np.maximum(wide[heard], 1e-20)).max(initial=1.0)))
