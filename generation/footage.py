"""A video of unknown origin, frame by frame: small, upright, at its true times, within limits.

Read by ``ffmpeg.opened``, which lets no playlist pull in other files. What a file says about itself is checked before a
frame is decoded and not believed afterwards: length, size and time are counted while it is read. No file is written.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from generation.errors import MediaBroken
from generation.ffmpeg import opened

Picture = NDArray[Any]  # uint8, height x width x 3, BGR
Samples = NDArray[Any]  # float32, mono

MOST_FPS = 30  # of a faster video only every second (third ...) frame is given
CLOSER = 0.75  # of that distance: a frame that follows even closer is left out
FULL_SIDE = 1920
WHOLE = 0.9  # share of the promised length that must be there
OFTEN = 1_000  # frames a second, more than any camera's: a container with more is meant to choke its reader


@dataclass(frozen=True)
class Limits:
    """What is taken from strangers. ``decode_s``: wall time of one reading, with what is done with the frames."""

    file_bytes: int = 512 << 20
    seconds: float = 600.0
    side: int = 4096
    decode_s: float = 900.0


@dataclass(frozen=True)
class Still:
    """One frame; ``full`` works until the next one is asked for."""

    at_ms: int
    small: Picture
    _frame: VideoFrame

    def full(self) -> Picture:
        shrink = min(1.0, FULL_SIDE / max(self._frame.width, self._frame.height))
        size = round(self._frame.width * shrink), round(self._frame.height * shrink)
        return _upright(self._frame, size)


class Reel:
    """An opened video; ``width`` and ``height`` as shown, ``fps`` the mean rate."""

    def __init__(self, path: Path, container: InputContainer, limits: Limits) -> None:
        self._path, self._limits = path, limits
        stream = _picture(path, container, limits)
        first = next(iter(container.decode(stream)), None)
        if first is None:
            raise MediaBroken(f"{path.name} holds no picture: export the video again")
        self._begins = first.time or 0.0
        turned = first.rotation % 180 != 0
        self.width, self.height = (first.height, first.width) if turned else (first.width, first.height)
        self.fps = float(stream.average_rate or 25)
        self.duration_ms = round(1000 * _promised(stream, container))

    def frames(self, side: int) -> Iterator[Still]:
        """Raises ``MediaBroken`` where the file breaks off, goes on too long or takes too long to read."""
        until, last, count = time.monotonic() + self._limits.decode_s, -1.0, 0
        with opened(self._path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for count, frame in enumerate(container.decode(stream), start=1):
                at = count / self.fps if frame.time is None else max(frame.time - self._begins, 0.0)
                self._check(frame, at, count, until)
                if last >= 0 and at - last < CLOSER / MOST_FPS:
                    continue
                last = at
                yield Still(round(1000 * at), _upright(frame, _fit(frame, side)), frame)
        if last < 0:
            raise MediaBroken(f"{self._path.name} holds no picture: export the video again")
        if (last + 1 / self.fps) * 1000 < WHOLE * self.duration_ms:
            raise MediaBroken(
                f"{self._path.name} breaks off after {last:.1f} s of {self.duration_ms / 1000:.1f} s: upload it again"
            )

    def sound(self, rate: int) -> Samples | None:
        """Mono at ``rate``, its first sample at the first frame; ``None`` without sound. Raises ``MediaBroken``."""
        most = round(self._limits.seconds * rate)
        resampler = AudioResampler(format="flt", layout="mono", rate=rate)
        pieces: list[Samples] = []
        begins: float | None = None
        with opened(self._path) as container:
            if not container.streams.audio:
                return None
            for frame in container.decode(container.streams.audio[0]):
                begins = (frame.time or 0.0) if begins is None else begins
                pieces += [piece.to_ndarray().reshape(-1) for piece in resampler.resample(frame)]
                if sum(map(len, pieces)) > most:
                    break
            pieces += [piece.to_ndarray().reshape(-1) for piece in resampler.resample(None)]
        if begins is None:
            return None
        lead = round((begins - self._begins) * rate)
        whole = np.concatenate([np.zeros(min(max(lead, 0), most), np.float32), *pieces])[max(-lead, 0) :]
        return np.ascontiguousarray(whole[:most])

    def _check(self, frame: VideoFrame, at: float, count: int, until: float) -> None:
        if at > self._limits.seconds or count > self._limits.seconds * OFTEN:
            raise _too_long(self._path, self._limits)
        if max(frame.width, frame.height) > self._limits.side:
            raise _too_large(self._path, self._limits)
        if time.monotonic() > until:
            raise MediaBroken(
                f"{self._path.name} takes longer than {self._limits.decode_s:g} s to read: make it smaller"
            )


@contextmanager
def reel(path: Path, limits: Limits | None = None) -> Iterator[Reel]:
    """Raises ``MediaBroken`` for what is missing, damaged, no video, or beyond ``limits``."""
    limits = limits or Limits()
    if not path.is_file():
        raise MediaBroken(f"there is no file {path.name}")
    if path.stat().st_size > limits.file_bytes:
        raise MediaBroken(f"{path.name} is larger than {limits.file_bytes >> 20} MiB: export it smaller")
    with opened(path) as container:
        found = Reel(path, container, limits)
    yield found


def _picture(path: Path, container: InputContainer, limits: Limits) -> VideoStream:
    if not container.streams.video:
        raise MediaBroken(f"{path.name} has no picture")
    stream = container.streams.video[0]
    if _promised(stream, container) > limits.seconds:
        raise _too_long(path, limits)
    if max(stream.codec_context.width, stream.codec_context.height) > limits.side:
        raise _too_large(path, limits)
    return stream


def _promised(stream: VideoStream, container: InputContainer) -> float:
    """Seconds; 0 where the file does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1_000_000


def _too_long(path: Path, limits: Limits) -> MediaBroken:
    return MediaBroken(f"{path.name} is longer than {limits.seconds / 60:g} minutes: cut it to the ad itself")


def _too_large(path: Path, limits: Limits) -> MediaBroken:
    return MediaBroken(f"{path.name} has a side of more than {limits.side} pixels: export it smaller")


def _fit(frame: VideoFrame, side: int) -> tuple[int, int]:
    scale = side / max(frame.width, frame.height)
    return max(2, round(frame.width * scale)), max(2, round(frame.height * scale))


def _upright(frame: VideoFrame, size: tuple[int, int]) -> Picture:
    """BGR pixels of ``size`` (before turning), turned as the file says that they are shown."""
    pixels = frame.reformat(size[0], size[1], format="bgr24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
