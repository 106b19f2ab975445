"""One encode, one mux: H.264 High 4:2:0 BT.709, constant frame rate, closed groups of 2 s, AAC-LC, index first.

The AIGC metadata goes into this same and only mux, because any later copy of the streams would lose it.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame

from generation.domain.cut_order import Quality
from generation.domain.timeline import Canvas
from generation.ffmpeg import BT709, ENCODER_THREADS, TV_RANGE
from generation.render.loudness import Samples
from generation.render.yuv import Frame

SAMPLE_RATE = 48_000
AUDIO_BITS = 192_000
AAC_FRAME = 1024
GROUP_S = 2
# Measured on two cores for 450 frames of 1080x1920: see bench/assembly.py.
PRESET = {Quality.FINAL: "faster", Quality.PREVIEW: "veryfast"}
RATE_FACTOR = {Quality.FINAL: "19", Quality.PREVIEW: "24"}


class Encoder:
    """A context manager: pictures go in one by one, their sound beside them. Equal input gives equal bytes.

    ``metadata``: keys and values of moov/udta/meta. When the block ends in an error, the file is removed.
    """

    def __init__(
        self, path: Path, canvas: Canvas, quality: Quality, sound: Samples | None, metadata: dict[str, str]
    ) -> None:
        self.path, self.fps, self.frames = path, canvas.fps, 0
        self._container: OutputContainer = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart+use_metadata_tags"}
        )
        self._container.metadata.update(metadata)
        self._video = self._container.add_stream("libx264", rate=canvas.fps, options=_options(canvas, quality))
        self._video.width, self._video.height, self._video.pix_fmt = canvas.width, canvas.height, "yuv420p"
        context = self._video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = TV_RANGE
        context.time_base = Fraction(1, canvas.fps)
        self._sound: Iterator[AudioFrame] | None = None
        if sound is not None:
            self._audio = self._container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", bit_rate=AUDIO_BITS)
            self._sound = sound_pieces(sound)
            self._heard = 0

    def __enter__(self) -> "Encoder":
        return self

    def write(self, picture: Frame) -> None:
        size = (self._video.width, self._video.height)
        if (picture.width, picture.height) != size:  # PyAV would scale it without a word
            raise ValueError(f"a picture of {picture.width}x{picture.height} has not the size {size[0]}x{size[1]}")
        frame = VideoFrame.from_ndarray(picture.planar, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, self.fps)
        frame.colorspace, frame.color_range = BT709, TV_RANGE
        self._container.mux(self._video.encode(frame))
        self.frames += 1
        self._write_sound(self.frames * SAMPLE_RATE // self.fps)

    def _write_sound(self, upto: int) -> None:
        """Sound as far as the picture has come, so that a player finds both close together in the file."""
        while self._sound is not None and self._heard < upto:
            piece = next(self._sound, None)
            if piece is None:
                return
            self._heard += piece.samples
            self._container.mux(self._audio.encode(piece))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._video.encode())
            if self._sound is not None:
                self._write_sound(2**62)
                self._container.mux(self._audio.encode())
        self._container.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def _options(canvas: Canvas, quality: Quality) -> dict[str, str]:
    """Without x264's macroblock tree and without a rate limit: both gave other bytes from run to run when we tried."""
    return {
        "profile": "high",
        "preset": PRESET[quality],
        "crf": RATE_FACTOR[quality],
        "threads": ENCODER_THREADS,
        "x264-params": f"open-gop=0:keyint={GROUP_S * canvas.fps}:min-keyint={canvas.fps // 2}:mbtree=0",
    }


def sound_pieces(sound: Samples) -> Iterator[AudioFrame]:
    """Cut into frames as AAC takes them."""
    planes = np.ascontiguousarray(sound.T.astype(np.float32))
    for start in range(0, planes.shape[1], AAC_FRAME):
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(planes[:, start : start + AAC_FRAME]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame
