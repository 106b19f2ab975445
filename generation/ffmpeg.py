"""The only place that opens media files and runs the ffmpeg binary.

Files are read with a whitelist of formats and protocols: without it a "photo.mp4" may be a playlist that pulls in
other files of this machine or of the network. The binary is the one that comes with imageio-ffmpeg; it gets a list of
arguments, never a shell, and its whole process group is killed when it takes too long.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import ClassVar

import av
import imageio_ffmpeg
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generation.errors import FfmpegFailed, MediaBroken

FORMATS = "mov,matroska,mp3,wav,flac,ogg,aac"
WHITELIST = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
BT709, TV_RANGE = 1, 1  # AVCOL_*_BT709 and AVCOL_RANGE_MPEG
# Fixed, because the number of threads is visible in x264's bits, and equal plans must give equal frames everywhere.
ENCODER_THREADS = "2"


@dataclass(frozen=True)
class VideoFacts:
    """What a file says about its first video stream; ``frames`` is counted, not believed."""

    width: int
    height: int
    frames: int
    fps: Fraction
    codec: str
    pixel_format: str


@contextmanager
def opened(path: Path, *, blind: bool = False) -> Iterator[InputContainer]:
    """The file as a PyAV container. Raises ``MediaBroken`` for what is damaged or unknown, also while it is read.

    ``blind``: no picture is decoded to learn the pixel format, which then is unknown until one is. For whoever reads
    packets, or looks at each picture anyway: 2 instead of 15 ms for 1080x1920.
    """
    options = WHITELIST | ({"skip_frame": "all"} if blind else {})
    try:
        with av.open(f"file:{path.absolute()}", options=options) as container:
            yield container
    except FFmpegError as error:
        raise MediaBroken(
            f"{path.name} cannot be read ({error.strerror}): the file is damaged or not what it says"
        ) from error


def probe(path: Path) -> VideoFacts:
    """Raises ``MediaBroken``, also when the file has no picture."""
    with opened(path) as container:
        if not container.streams.video:
            raise MediaBroken(f"{path.name} has no picture")
        stream = container.streams.video[0]
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        context = stream.codec_context
        return VideoFacts(
            width=context.width,
            height=context.height,
            frames=frames,
            fps=stream.average_rate or Fraction(0),
            codec=context.name,
            pixel_format=context.pix_fmt or "",
        )


class ClipWriter:
    """Encodes an intermediate clip: near-lossless to the eye, quick to write and to decode, every picture at its time.

    A context manager; frames go in as I420 planes (height * 3/2 x width, uint8, BT.709, limited range). When the block
    ends in an error, what there is of the file is removed.
    """

    # Without mbtree, because with it the same small frames do not always give the same bits (x264 165, measured).
    # Without CABAC, because these clips are decoded once for every cut: 3.4 against 4.7 ms of CPU for a picture of
    # 1080x1920 (two cores, three seconds of a demo's ad). What x264 decides less finely without it, one step of quality
    # more than makes up for: 53.9 against 53.6 dB, and 29 % more bytes.
    PARAMS = "open-gop=0:keyint=60:mbtree=0:cabac=0"
    OPTIONS: ClassVar = {"preset": "veryfast", "crf": "17", "threads": ENCODER_THREADS, "x264-params": PARAMS}

    def __init__(self, path: Path, width: int, height: int, fps: int) -> None:
        self.path, self.frames = path, 0
        self._container = av.open(str(path), "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=fps, options=dict(self.OPTIONS))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        context = self._stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = TV_RANGE
        context.time_base = Fraction(1, fps)

    def __enter__(self) -> "ClipWriter":
        return self

    def write(self, planes: NDArray[np.uint8]) -> None:
        frame = VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self.frames, self._stream.codec_context.time_base
        frame.colorspace, frame.color_range = BT709, TV_RANGE
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def binary() -> Path:
    """The ffmpeg program. Raises ``FfmpegFailed`` when there is none."""
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FfmpegFailed("no ffmpeg program: reinstall the package imageio-ffmpeg") from error


def run(arguments: Sequence[str | Path], *, seconds: float) -> str:
    """Run ffmpeg and return what it reported (its stderr). Give each input as ``*source(path)``.

    Raises ``FfmpegFailed`` with the last lines when it fails or runs longer than ``seconds``.
    """
    command = [str(binary()), "-hide_banner", "-nostdin", "-y", *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603  (a list of our own arguments, no shell)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, report = process.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise FfmpegFailed(f"ffmpeg ran longer than {seconds:g} s: the file is too long or damaged") from error
            raise
    text = report.decode(errors="replace")
    if process.returncode != 0:
        raise FfmpegFailed(f"ffmpeg ended with {process.returncode}: {' / '.join(text.splitlines()[-3:])}")
    return text


def source(path: Path) -> list[str]:
    """The arguments that make ffmpeg read ``path`` and nothing else."""
    options = [part for name, value in WHITELIST.items() for part in (f"-{name}", value)]
    return [*options, "-i", f"file:{path.absolute()}"]
