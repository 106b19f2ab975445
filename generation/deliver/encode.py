"""One encode, one mux: H.264 High 4:2:0 BT.709, constant frame rate, closed groups of 2 s, AAC-LC, index first.

The AIGC metadata goes into this same and only mux, because any later copy of the streams would lose it.
"""

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame

from generation.deliver.aac import Aac, AacTrack
from generation.domain.cut_order import Quality
from generation.domain.timeline import Canvas
from generation.ffmpeg import BT709, ENCODER_THREADS, TV_RANGE
from generation.render.yuv import Frame

GROUP_S = 2
# Measured on two cores for 450 frames of 1080x1920: see bench/assembly.py.
PRESET = {Quality.FINAL: "faster", Quality.PREVIEW: "veryfast"}
RATE_FACTOR = {Quality.FINAL: "19", Quality.PREVIEW: "24"}


class Encoder:
    """A context manager: pictures go in one by one, their sound beside them. Equal input gives equal bytes.

    ``metadata``: keys and values of moov/udta/meta. When the block ends in an error, the file is removed.
    """

    def __init__(
        self, path: Path, canvas: Canvas, quality: Quality, sound: Aac | None, metadata: dict[str, str]
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
        self._sound = None if sound is None else AacTrack(self._container, sound)

    def __enter__(self) -> "Encoder":
        return self

    def write(self, picture: Frame) -> None:
        size = (self._video.width, self._video.height)
        if (picture.width, picture.height) != size:  # PyAV would scale it without a word
            raise ValueError(f"a picture of {picture.width}x{picture.height} has not the size {size[0]}x{size[1]}")
        frame = VideoFrame.from_numpy_buffer(picture.planar, format="yuv420p")  # x264 copies it: we need not
        frame.pts, frame.time_base = self.frames, Fraction(1, self.fps)
        frame.colorspace, frame.color_range = BT709, TV_RANGE
        self._container.mux(self._video.encode(frame))
        self.frames += 1
        if self._sound is not None:
            self._sound.write(self.frames / self.fps)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._video.encode())
            if self._sound is not None:
                self._sound.close()
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
