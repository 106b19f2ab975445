"""A clip as the gate looks at it: every frame small, a few at their full size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generation.ffmpeg import opened, probe
from generation.render.yuv import Frame

Plane = NDArray[Any]  # uint8, height x width
Picture = NDArray[Any]  # uint8, height x width x 3, BGR

SMALL = 384  # about so many pixels wide is a small frame: motion and light need no more
SAMPLES = 6
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_STRETCH = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).round().astype(np.uint8)
LEAST_SIDE, LEAST_FRAMES = 160, 6  # anything less cannot be judged


@dataclass(frozen=True)
class Small:
    """One frame: luma 0..255 (full range), and both chroma planes at half of that size."""

    index: int
    luma: Plane
    chroma: tuple[Plane, Plane]


@dataclass(frozen=True)
class Sample:
    """A frame at its full size, or at the size that the gate works with where that is smaller."""

    index: int
    picture: Picture


@dataclass(frozen=True)
class Facts:
    width: int
    height: int
    frames: int
    fps: float

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    @property
    def too_small(self) -> str:
        """Why such a clip cannot be judged; "" if it can."""
        if min(self.width, self.height) < LEAST_SIDE or self.frames < LEAST_FRAMES:
            return (
                f"too small: {self.frames} frames of {self.width}x{self.height}; it takes {LEAST_FRAMES} frames "
                f"with sides of {LEAST_SIDE} pixels to judge a clip"
            )
        return ""


def facts_of(clip: Path) -> Facts:
    """Raises ``MediaBroken``."""
    found = probe(clip)
    return Facts(found.width, found.height, found.frames, float(found.fps) or 25.0)


def sampled(frames: int, count: int = SAMPLES) -> tuple[int, ...]:
    """Which frames are looked at closely: the first, the last, and some evenly between."""
    return tuple(sorted({round(i * (frames - 1) / max(count - 1, 1)) for i in range(count)}))


def walk(clip: Path, wanted: Sequence[int]) -> Iterator[tuple[Small, Sample | None]]:
    """Every frame small, with a ``Sample`` of those ``wanted``. Raises ``MediaBroken``."""
    with opened(clip) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index, frame in enumerate(container.decode(stream)):
            sample = Sample(index, frame.to_ndarray(format="bgr24")) if index in wanted else None
            yield small(index, frame), sample


def pictures(clip: Path) -> Iterator[tuple[Frame, Sample]]:
    """Every frame at its full size, as the encoder's planes and as BGR. Raises ``MediaBroken``."""
    with opened(clip) as container:
        for index, picture in enumerate(container.decode(video=0)):
            planes = np.ascontiguousarray(picture.to_ndarray(format="yuv420p")).reshape(-1)
            yield (
                Frame(picture.width, picture.height, planes),
                Sample(index, picture.to_ndarray(format="bgr24")),
            )


def small(index: int, frame: VideoFrame) -> Small:
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
    step = max(1, round(frame.width / SMALL))
    luma, blue, red = (_shrunk(_plane(frame, number, divided), step) for number, divided in enumerate((1, 2, 2)))
    if frame.color_range != FULL_RANGE:
        luma = cv2.LUT(luma, _STRETCH)
    return Small(index, luma, (blue, red))


def _plane(frame: VideoFrame, number: int, divided: int) -> Plane:
    plane = frame.planes[number]
    width, height = -(-frame.width // divided), -(-frame.height // divided)
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[:height, :width]


def _shrunk(plane: Plane, step: int) -> Plane:
    """By a whole factor, which is much quicker than any other and just as good."""
    if step == 1:
        return plane.copy()
    height, width = plane.shape[0] // step * step, plane.shape[1] // step * step
    return cv2.resize(plane[:height, :width], (width // step, height // step), interpolation=cv2.INTER_AREA)
