"""Looking a whole video through once: every picture's time and hash, where it can be cut, and what its sound is."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.shots.avc import SLICE_IDR, NotAvc, nal_types
from generation.watch import Watch

Thumbs = NDArray[Any]  # uint8, frames x THUMB x THUMB x 3 (Y, U, V)
Planes = NDArray[Any]  # uint8, height * 3/2 x width: one I420 picture
THUMB = 32
LONGEST_S = 600
STEP = 10  # pictures between two reports
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
FORMATS = ("yuv420p", "yuvj420p")


@dataclass(frozen=True)
class Look:
    """How the pictures are meant to be shown. ``colours``: primaries, transfer, matrix, range; ``rotation``: degrees,
    counter-clockwise, in which a player turns them."""

    width: int
    height: int
    colours: tuple[int, int, int, int]
    rotation: int

    @property
    def is_full_range(self) -> bool:
        return self.colours[3] == FULL_RANGE

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as people see them."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)


@dataclass(frozen=True)
class Survey:
    """``times``: when each picture is shown, seconds, in the order of showing; ``hashes``: of its decoded planes.

    ``starts``: numbers of pictures before which the stream can be cut without a trace (IDR); ``uncuttable``: why it can
    not be cut at all, if so. ``sound``: for each audio track the hash of every packet with its time.
    """

    path: Path
    look: Look
    codec: str
    profile: str
    time_base: Fraction
    rate: Fraction
    times: tuple[Fraction, ...]
    hashes: tuple[bytes, ...]
    thumbs: Thumbs
    starts: tuple[int, ...]
    uncuttable: str
    sound: tuple[tuple[bytes, ...], ...]

    @property
    def frames(self) -> int:
        return len(self.times)

    @property
    def is_steady(self) -> bool:
        """Whether every picture is shown equally long, but for the rounding of the file's clock."""
        steps = [later - earlier for earlier, later in pairwise(self.times)]
        return not steps or max(steps) - min(steps) <= self.time_base


def survey(path: Path, watch: Watch) -> Survey:
    """Raises ``MediaBroken`` for what is damaged, or of a kind that none of our verbs can work on."""
    with opened(path) as container:
        if not container.streams.video:
            raise MediaBroken(f"{path.name} has no picture: give a video (MP4 or MOV)")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        check_length(path, container.duration)
        reel = _Reel(path, expected=stream.frames)
        tracks: dict[int, list[bytes]] = {track.index: [] for track in container.streams.audio}
        for packet in container.demux(stream, *container.streams.audio):
            if packet.stream_index not in tracks:
                reel.take(packet, watch)
            elif packet.size:
                tracks[packet.stream_index].append(_heard(packet))
        return reel.close(stream, tuple(tuple(track) for track in tracks.values()))


def check_length(path: Path, duration: int | None) -> None:
    """``duration`` in microseconds, as the file says."""
    if duration is not None and duration > LONGEST_S * 1_000_000:
        raise MediaBroken(f"{path.name} is longer than {LONGEST_S // 60} minutes: cut the part out that matters")


def pictures(path: Path, start: int = 0, end: int | None = None) -> Iterator[Planes]:
    """The decoded planes of the pictures ``start`` .. ``end``, in the order of showing."""
    with opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if end is not None and number >= end:
                return
            if number >= start:
                yield planes_of(frame)


def planes_of(frame: VideoFrame) -> Planes:
    return np.ascontiguousarray(frame.to_ndarray(format=frame.format.name))


def digest(planes: Planes) -> bytes:
    return hashlib.blake2b(planes.data, digest_size=16).digest()


def thumb(planes: Planes) -> NDArray[Any]:
    """THUMB x THUMB x 3 of one I420 picture."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    flat = planes.reshape(-1)
    size = width * height
    parts = [flat[:size].reshape(height, width)]
    parts += [
        flat[size + plane * size // 4 : size + (plane + 1) * size // 4].reshape(height // 2, width // 2)
        for plane in (0, 1)
    ]
    return np.stack([cv2.resize(part, (THUMB, THUMB), interpolation=cv2.INTER_AREA) for part in parts], axis=2)


def _heard(packet: Packet) -> bytes:
    at = Fraction(packet.pts or 0) * packet.time_base
    return hashlib.blake2b(f"{at}|".encode() + bytes(packet), digest_size=16).digest()


class _Reel:
    """What is learned of the video stream, packet by packet."""

    def __init__(self, path: Path, expected: int) -> None:
        self._path, self._expected = path, max(expected, 1)
        self._packets: list[tuple[int, bool]] = []  # pts, can be cut before it
        self._frames: list[tuple[Fraction, bytes]] = []
        self._thumbs: list[NDArray[Any]] = []
        self._trouble = ""
        self._rotation = 0

    def take(self, packet: Packet, watch: Watch) -> None:
        if packet.size:
            self._packets.append((self._time_of(packet), self._is_start(packet)))
        for frame in packet.decode():
            if isinstance(frame, VideoFrame):
                self._see(frame)
                if len(self._frames) % STEP == 1:
                    watch.step(min(len(self._frames) / self._expected, 1.0), "read")

    def _time_of(self, packet: Packet) -> int:
        if packet.pts is None or packet.dts is None:
            raise MediaBroken(f"{self._path.name} does not say when its pictures are shown: export it anew as MP4")
        if packet.is_discard:
            raise MediaBroken(f"{self._path.name} hides pictures behind an edit list: export it anew")
        return packet.pts

    def _is_start(self, packet: Packet) -> bool:
        if packet.stream.codec_context.name != "h264":
            self._trouble = f"its pictures are {packet.stream.codec_context.name}, not H.264"
        if self._trouble:
            return False
        if packet.has_sidedata("new_extradata"):
            self._trouble = "it changes its settings on the way"
        try:
            kinds = Counter(nal_types(bytes(packet)))
        except NotAvc as error:
            self._trouble = str(error)
            return False
        return bool(kinds[SLICE_IDR])

    def _see(self, frame: VideoFrame) -> None:
        name = self._path.name
        if frame.format.name not in FORMATS:
            raise MediaBroken(f"{name} holds {frame.format.name}: only 8-bit 4:2:0 pictures, so export it as H.264")
        if frame.interlaced_frame:
            raise MediaBroken(f"{name} is interlaced: export it as progressive video")
        if frame.pts is None or frame.time_base is None or frame.is_corrupt:
            raise MediaBroken(f"{name} is damaged at picture {len(self._frames)}: export it anew")
        planes = planes_of(frame)
        self._rotation = frame.rotation
        self._thumbs.append(thumb(planes))
        self._frames.append((frame.pts * frame.time_base, digest(planes)))

    def close(self, stream: VideoStream, sound: tuple[tuple[bytes, ...], ...]) -> Survey:
        context, name = stream.codec_context, self._path.name
        aspect = context.sample_aspect_ratio
        if aspect not in (None, 0, 1):
            raise MediaBroken(f"{name} has pixels that are not square ({aspect}): export it with square ones")
        if self._rotation % 90 or context.width % 2 or context.height % 2:
            raise MediaBroken(f"{name} has odd sides or stands askew: export it anew")
        base = stream.time_base or Fraction(1, 1000)
        shown = sorted(pts for pts, _ in self._packets)
        if [pts * base for pts in shown] != [at for at, _ in self._frames]:
            raise MediaBroken(f"{name} does not show every picture that it holds: export it anew")
        return Survey(
            path=self._path,
            look=Look(context.width, context.height, _colours(context), self._rotation),
            codec=context.name,
            profile=context.profile or "",
            time_base=base,
            rate=stream.average_rate or Fraction(0),
            times=tuple(at for at, _ in self._frames),
            hashes=tuple(found for _, found in self._frames),
            thumbs=np.stack(self._thumbs),
            starts=tuple(number for number, (pts, cut) in enumerate(self._packets) if cut and shown[number] == pts),
            uncuttable=self._trouble,
            sound=sound,
        )


def _colours(context: av.VideoCodecContext) -> tuple[int, int, int, int]:
    full = FULL_RANGE if context.pix_fmt == "yuvj420p" else context.color_range
    return (context.color_primaries, context.color_trc, context.colorspace, int(full))
