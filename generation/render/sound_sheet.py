"""A picture of a piece of sound, for people who judge it by eye: waveform, spectrogram, beats, loudness, balance."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generation.render.fonts import Weight, font
from generation.render.loudness import RATE, Samples
from generation.render.sound_measures import OCTAVES, Measures, measured, short_loudness

WIDTH, MARGIN = 1600, 70
WAVE, SPECTRUM, LOUD, BALANCE, GAP, HEAD = 180, 460, 170, 150, 34, 74
GROUND, INK, FAINT, ACCENT, COOL = (250, 249, 246), (34, 32, 30), (206, 202, 196), (208, 74, 38), (38, 112, 150)
LOWEST, HIGHEST = 30.0, 18_000.0  # Hz
DEEPEST_LUFS, TARGET_LUFS = -36.0, -14.0


def sound_sheet(sound: Samples, title: str, beats: Sequence[float], card_s: float | None) -> Image.Image:
    """``beats``: seconds; ``card_s``: when the end card comes, marked across the sheet."""
    height = HEAD + WAVE + SPECTRUM + LOUD + BALANCE + 5 * GAP
    sheet = Image.new("RGB", (WIDTH, height), GROUND)
    pen, seconds, found = ImageDraw.Draw(sheet), len(sound) / RATE, measured(sound)
    _words(pen, (MARGIN, 16), title, 30, INK)
    _words(pen, (MARGIN, 52), _line(found), 18, ACCENT if found.troubles else COOL)
    top = HEAD + 14
    _wave(pen, sound, top)
    spectrum = top + WAVE + GAP
    sheet.paste(_spectrogram(sound), (MARGIN, spectrum))
    for hertz in (100, 1000, 10_000):
        y = spectrum + SPECTRUM * (1 - np.log(hertz / LOWEST) / np.log(HIGHEST / LOWEST))
        _words(pen, (8, y - 9), f"{hertz} Hz" if hertz < 1000 else f"{hertz // 1000} kHz", 15, INK)
    loud = spectrum + SPECTRUM + GAP
    _loudness(pen, sound, loud)
    for number, at in enumerate(beats):
        x = _x(at, seconds)
        pen.line([(x, top), (x, top + WAVE)], fill=ACCENT if number % 4 == 0 else FAINT, width=1)
        pen.line([(x, loud), (x, loud + LOUD)], fill=FAINT, width=1)
    if card_s is not None:
        pen.line([(_x(card_s, seconds), top), (_x(card_s, seconds), loud + LOUD)], fill=COOL, width=3)
    _balance(pen, found, loud + LOUD + GAP)
    return sheet


def _line(found: Measures) -> str:
    facts = (
        f"{found.lufs:.1f} LUFS   peak {found.peak_db:.1f} dBTP   above 8 kHz {found.harsh:.2%}   DC {found.direct:.4f}"
    )
    return f"{facts}   {'; '.join(found.troubles) or 'no clicks, no clipping, no sharp tones'}"


def _wave(pen: ImageDraw.ImageDraw, sound: Samples, top: int) -> None:
    columns = WIDTH - 2 * MARGIN
    edges = np.linspace(0, len(sound), columns + 1).astype(int)
    for column, (first, last) in enumerate(pairwise(edges)):
        piece = sound[first : max(last, first + 1)]
        middle = top + WAVE / 2
        pen.line(
            [(MARGIN + column, middle - piece.max() * WAVE / 2), (MARGIN + column, middle - piece.min() * WAVE / 2)],
            fill=INK,
        )


def _spectrogram(sound: Samples) -> Image.Image:
    """Time to the right, pitch upwards on a logarithmic scale, 80 dB from white to black."""
    size, columns = 4096, WIDTH - 2 * MARGIN
    mono = np.pad(sound.mean(axis=1), (size // 2, size // 2))
    starts = np.linspace(0, len(mono) - size, columns).astype(int)
    spectra = np.abs(np.fft.rfft(np.stack([mono[at : at + size] * np.hanning(size) for at in starts]), axis=1))
    rows = LOWEST * (HIGHEST / LOWEST) ** (1 - np.arange(SPECTRUM) / SPECTRUM)
    at = rows * size / RATE
    low = at.astype(int)
    part = at - low
    power = spectra[:, low] * (1 - part) + spectra[:, low + 1] * part
    db = 20 * np.log10(np.maximum(power, 1e-6)).T
    shade = np.clip((db - db.max() + 80) / 80, 0, 1)
    return Image.fromarray(_heat(shade))


def _heat(shade: NDArray[Any]) -> NDArray[np.uint8]:
    """Paper through orange and wine to black."""
    stops = np.array([(250, 249, 246), (250, 214, 160), (224, 110, 52), (122, 28, 60), (18, 10, 30)], float)
    at = shade * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    return (stops[low] + (stops[low + 1] - stops[low]) * (at - low)[..., None]).astype(np.uint8)


def _loudness(pen: ImageDraw.ImageDraw, sound: Samples, top: int) -> None:
    curve = np.clip(short_loudness(sound), DEEPEST_LUFS, 0)
    points = [
        (_x(0.4 + 0.1 * index, len(sound) / RATE), top + LOUD * value / DEEPEST_LUFS)
        for index, value in enumerate(curve)
    ]
    target = top + LOUD * TARGET_LUFS / DEEPEST_LUFS
    pen.line([(MARGIN, target), (WIDTH - MARGIN, target)], fill=COOL)
    _words(pen, (8, target - 9), "-14 LUFS", 15, COOL)
    pen.line(points, fill=ACCENT, width=3)


def _balance(pen: ImageDraw.ImageDraw, found: Measures, top: int) -> None:
    wide = (WIDTH - 2 * MARGIN) / len(OCTAVES)
    for index, (middle, db) in enumerate(zip(OCTAVES, found.octaves, strict=True)):
        x, high = MARGIN + index * wide, BALANCE * max(1 + db / 60, 0)
        pen.rectangle(
            [x + 8, top + BALANCE - high, x + wide - 8, top + BALANCE], fill=ACCENT if middle > 8000 else COOL
        )
        _words(pen, (x + 12, top + BALANCE + 4), f"{middle} Hz  {db:.0f} dB", 15, INK)


def _x(at: float, seconds: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * at / seconds


def _words(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, pixels: int, colour: tuple[int, int, int]
) -> None:
    pen.text(at, text, fill=colour, font=font(Weight.MEDIUM, pixels))
