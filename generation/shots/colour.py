"""Bringing a filmed shot into the colours of the video that it goes into.

First the numbers: our films are BT.709 in limited range, the video may say otherwise. Then the look: brightness,
contrast and cast come nearer to those of the shots around it, within limits that leave a product's colour believable.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.shots.survey import Look, Planes, Thumbs

Table = NDArray[Any]  # uint8, 256
BT601 = (5, 6)  # AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M
UNSAID, SD_LINES = 2, 576  # players take what says nothing for BT.601 up to this height
# The most that the look is changed: contrast as a factor, levels of 255.
CONTRAST, BRIGHTNESS, CAST = (0.88, 1.14), 14.0, 5.0


@dataclass(frozen=True)
class Grade:
    """``gain`` and ``lift`` of luma about its middle grey, ``blue`` and ``red`` added to the colour differences."""

    gain: float = 1.0
    lift: float = 0.0
    blue: float = 0.0
    red: float = 0.0
    to_601: bool = False
    full_range: bool = False

    @cached_property
    def _tables(self) -> tuple[Table, Table, Table]:
        steps = np.arange(256, dtype=np.float64)
        luma = (steps - 126) * self.gain + 126 + self.lift
        chroma = [steps + shift for shift in (self.blue, self.red)]
        if self.full_range:
            luma = (luma - 16) * 255 / 219
            chroma = [(values - 128) * 255 / 224 + 128 for values in chroma]
        return _table(luma), _table(chroma[0]), _table(chroma[1])

    def apply(self, planes: Planes) -> Planes:
        """A new picture; ``planes`` are I420."""
        height, width = planes.shape[0] * 2 // 3, planes.shape[1]
        out = _as_601(planes) if self.to_601 else planes.copy()
        flat, size = out.reshape(-1), width * height
        parts = (flat[:size], flat[size : size * 5 // 4], flat[size * 5 // 4 :])
        for part, table in zip(parts, self._tables, strict=True):
            part[:] = cv2.LUT(part, table).reshape(-1)
        return out


def grade(filmed: Thumbs, wanted: Thumbs, look: Look, amount: float) -> Grade:
    """How to change the film whose small pictures are ``filmed`` so that it looks like ``wanted``; ``amount`` 0..1."""
    numbers = Grade(to_601=_is_601(look), full_range=look.is_full_range)
    own, other = filmed.reshape(-1, 3).astype(np.float64), wanted.reshape(-1, 3).astype(np.float64)
    if look.is_full_range:
        other = (other - [0, 128, 128]) * [219 / 255, 224 / 255, 224 / 255] + [16, 128, 128]
    contrast = float(np.clip(other[:, 0].std() / max(own[:, 0].std(), 1.0), *CONTRAST))
    gain = 1.0 + (contrast - 1.0) * amount
    middle = (own[:, 0].mean() - 126) * gain + 126
    shift = np.clip(other.mean(axis=0) - own.mean(axis=0), -CAST, CAST) * amount
    return Grade(
        gain=round(gain, 4),
        lift=round(float(np.clip(other[:, 0].mean() - middle, -BRIGHTNESS, BRIGHTNESS)) * amount, 2),
        blue=round(float(shift[1]), 2),
        red=round(float(shift[2]), 2),
        to_601=numbers.to_601,
        full_range=numbers.full_range,
    )


def _is_601(look: Look) -> bool:
    return look.colours[2] in BT601 or (look.colours[2] == UNSAID and look.height <= SD_LINES)


def _as_601(planes: Planes) -> Planes:
    """From BT.709 to BT.601 numbers (limited range); the difference is linear in Y, Cb and Cr."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    out = planes.astype(np.float32)
    flat, size = out.reshape(-1), width * height
    luma = flat[:size].reshape(height, width)
    blue, red = (part.reshape(height // 2, width // 2) - 128 for part in np.split(flat[size:], 2))
    wide = [cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR) for part in (blue, red)]
    matrix = _BETWEEN
    luma += matrix[0, 1] * wide[0] + matrix[0, 2] * wide[1]
    quarter = size // 4
    flat[size : size + quarter] = (matrix[1, 1] * blue + matrix[1, 2] * red + 128).reshape(-1)
    flat[size + quarter :] = (matrix[2, 1] * blue + matrix[2, 2] * red + 128).reshape(-1)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def _rgb_to_ycc(red: float, blue: float) -> NDArray[Any]:
    """Weights of luma -> matrix from R, G, B to Y, Cb, Cr in limited range (ITU-R BT.601-7, BT.709-6)."""
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.stack([219 * luma, 224 * cb, 224 * cr])


_BETWEEN = _rgb_to_ycc(0.299, 0.114) @ np.linalg.inv(_rgb_to_ycc(0.2126, 0.0722))


def _table(values: NDArray[Any]) -> Table:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
