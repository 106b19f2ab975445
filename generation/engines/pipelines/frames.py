"""RGB frames as the encoder takes them: I420, BT.709, limited range (ITU-R BT.709-6)."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

RGB = NDArray[Any]  # uint8, height x width x 3
Planes = NDArray[Any]  # uint8, height * 3/2 x width

_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_TO_LUMA = np.array([[_KR, _KG, _KB, 0]], np.float32) * (219 / 255)
_TO_CHROMA = np.array(
    [[-_KR / (1 - _KB) / 2, -_KG / (1 - _KB) / 2, 0.5, 0], [0.5, -_KG / (1 - _KR) / 2, -_KB / (1 - _KR) / 2, 0]],
    np.float32,
) * (224 / 255)
_TO_LUMA[0, 3], _TO_CHROMA[:, 3] = 16, 128
# H.264's chroma samples sit on the left luma pixel of each pair and half-way between two rows.
_ACROSS, _DOWN = np.array([0.25, 0.5, 0.25], np.float32), np.array([0.5, 0.5], np.float32)


def to_planes(frame: RGB, out: Planes) -> None:
    """Fill ``out``. Both sides must be even."""
    height, width = frame.shape[:2]
    picture = frame.astype(np.float32)
    flat = out.reshape(-1)
    flat[: width * height] = _bytes(cv2.transform(picture, _TO_LUMA)).reshape(-1)
    chroma = cv2.transform(picture, _TO_CHROMA)
    soft = cv2.sepFilter2D(chroma, -1, _ACROSS, _DOWN, anchor=(1, 0), borderType=cv2.BORDER_REPLICATE)
    half = _bytes(soft[::2, ::2])
    flat[width * height :] = np.moveaxis(half, 2, 0).reshape(-1)


def _bytes(values: NDArray[Any]) -> NDArray[Any]:
    rounded: NDArray[Any] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded
