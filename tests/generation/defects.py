"""What can go wrong in a filmed clip, planted into good ones: each takes frames (BGR) and gives the spoiled ones.

``place`` is where the product (or its label) is in the frames, in fractions.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.geometry import Box
from generation.ffmpeg import ClipWriter, opened
from generation.render.yuv import solid

Frames = list[NDArray[Any]]  # uint8, height x width x 3, BGR
Defect = Callable[[Frames, Box], Frames]


def frozen(frames: Frames, place: Box) -> Frames:
    return [frames[0]] * len(frames)


def black_half(frames: Frames, place: Box) -> Frames:
    return [frame if index < len(frames) // 2 else frame * 0 for index, frame in enumerate(frames)]


def flicker(frames: Frames, place: Box, levels: int = 18) -> Frames:
    return [cv2.add(frame, (levels if index % 2 else -levels,) * 3) for index, frame in enumerate(frames)]


def hidden_cut(frames: Frames, place: Box) -> Frames:
    """To the mirror image: no colour tells."""
    half = len(frames) // 2
    return frames[:half] + [cv2.flip(frame, 1) for frame in frames[half:]]


def jerk(frames: Frames, place: Box) -> Frames:
    """Each frame about a hundredth of the width off its place."""
    shifts = np.random.default_rng(2).normal(0, 0.008 * frames[0].shape[1], (len(frames), 2))
    return [_warped(frame, np.array([[1, 0, x], [0, 1, y]])) for frame, (x, y) in zip(frames, shifts, strict=True)]


def product_morph(frames: Frames, place: Box) -> Frames:
    """The product comes to wobble like jelly, by up to a 25th of its size."""
    height, width = frames[0].shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    u = (columns / width - place.x0) / place.width
    v = (rows / height - place.y0) / place.height
    window = np.where((u > 0) & (u < 1), np.sin(np.pi * u), 0) * np.where((v > 0) & (v < 1), np.sin(np.pi * v), 0)
    across = (0.04 * place.width * width * window * np.sin(3 * np.pi * v)).astype(np.float32)
    down = (0.04 * place.height * height * window * np.sin(3 * np.pi * u)).astype(np.float32)
    return [
        cv2.remap(frame, columns + way * across, rows + way * down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for frame, way in zip(frames, np.linspace(0, 1, len(frames), dtype=np.float32), strict=True)
    ]


def label_changes(frames: Frames, place: Box) -> Frames:
    """Other letters appear on the product, in two lines; ``place`` is the label, or the whole product."""
    height, width = frames[0].shape[:2]
    x, y = round((place.x0 + 0.15 * place.width) * width), round((place.y0 + 0.35 * place.height) * height)
    wide, high = round(0.7 * place.width * width), round(0.3 * place.height * height)
    spoiled = []
    for frame, way in zip(frames, np.clip(np.linspace(-0.5, 1.5, len(frames)), 0, 1), strict=True):
        part = frame[y : y + high, x : x + wide]
        ground = np.median(part.reshape(-1, 3), axis=0)
        label = np.full_like(part, ground)
        ink = (20, 20, 20) if ground.mean() > 110 else (235, 235, 235)
        for line, text in enumerate(("XKQJWZ", "VHTYAE")):
            size = wide / 6 / 20
            cv2.putText(label, text, (0, round((0.42 + 0.5 * line) * high)), 0, size, ink, max(round(2 * size), 1), 16)
        out = frame.copy()
        out[y : y + high, x : x + wide] = cv2.addWeighted(label, float(way), part, 1 - float(way), 0)
        spoiled.append(out)
    return spoiled


def growing_noise(frames: Frames, place: Box) -> Frames:
    chance = np.random.default_rng(1)
    grown = zip(frames, np.linspace(0, 24, len(frames)), strict=True)
    return [np.clip(f + chance.normal(0, s + 1e-6, f.shape[:2])[:, :, None], 0, 255).astype(np.uint8) for f, s in grown]


def growing_blur(frames: Frames, place: Box) -> Frames:
    most = 0.008 * frames[0].shape[1]
    grown = zip(frames, np.linspace(0, most, len(frames)), strict=True)
    return [cv2.GaussianBlur(frame, (0, 0), sigma) if sigma > 0.3 else frame for frame, sigma in grown]


DEFECTS: Mapping[str, Defect] = {
    "frozen": frozen,
    "black_half": black_half,
    "flicker": flicker,
    "hidden_cut": hidden_cut,
    "jerk": jerk,
    "product_morph": product_morph,
    "label_changes": label_changes,
    "growing_noise": growing_noise,
    "growing_blur": growing_blur,
}


def read_clip(clip: Path) -> tuple[Frames, int]:
    """All frames and the rate."""
    with opened(clip) as container:
        rate = container.streams.video[0].average_rate
        frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return frames, round(rate or 30)


def write_frames(path: Path, frames: Sequence[NDArray[Any]], fps: int) -> Path:
    height, width = frames[0].shape[:2]
    with ClipWriter(path, width, height, fps) as writer:
        for frame in frames:
            rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
            writer.write(solid(np.dstack((rgb, np.ones((height, width), np.float32)))).planar)
    return path


def spoil(clip: Path, out: Path, defect: Defect, place: Box) -> Path:
    """``clip`` with the defect planted, in ``out``."""
    frames, fps = read_clip(clip)
    return write_frames(out, defect(frames, place), fps)


def _warped(frame: NDArray[Any], shift: NDArray[Any]) -> NDArray[Any]:
    size = (frame.shape[1], frame.shape[0])
    return cv2.warpAffine(frame, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
