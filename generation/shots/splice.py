"""Writing a video anew out of what is kept of it as it is, and pieces that are encoded.

Kept packets are copied, bit for bit. A piece is encoded with parameter sets of its own number, so that old and new
pictures stand side by side in one track. It has no B-pictures: its packets then come in the order of showing, and take
over the very times of those that they stand for, whatever the frame rate does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from generation.errors import DeliverableRefused
from generation.ffmpeg import ENCODER_THREADS, opened
from generation.shots.avc import AvcConfig, read_config
from generation.shots.survey import Look, Planes, Survey
from generation.shots.whole import CONTAINERS
from generation.watch import Watch

FINE = "16"  # the rate factor of what is newly filmed: finer than our clips are, so nothing is lost twice
PROFILES = {"Constrained Baseline": "baseline", "Baseline": "baseline", "Main": "main"}  # others: high
FLAGS = {"movflags": "+faststart+use_metadata_tags"}
NOT_OURS = {"encoder", "major_brand", "minor_version", "compatible_brands"}  # the muxer's own words


@dataclass(frozen=True)
class Piece:
    """Pictures ``start`` .. ``end`` of the new video are those of ``path`` (MP4), in its parameter sets of their own."""

    start: int
    end: int
    path: Path


class PieceWriter:
    """Encodes a piece; a context manager, as ``ffmpeg.ClipWriter`` is. ``number``: of its parameter sets.

    ``exact``: without loss. Such a piece is coded with one more column of blocks that is never shown: a decoder that
    has begun with lossy pictures (libavcodec does so) learns only from another coded size to read lossless ones.
    """

    COMMON: ClassVar = {"threads": ENCODER_THREADS, "preset": "veryfast"}
    BLOCK: ClassVar = 16

    def __init__(self, path: Path, look: Look, rate: Fraction, number: int, *, exact: bool, profile: str = "") -> None:
        self.path, self.frames, self._look = path, 0, look
        group = max(round(2 * float(rate)), 1)
        params = f"sps-id={number}:bframes=0:open-gop=0:keyint={group}:mbtree=0"
        self._hidden = self.BLOCK if exact else 0
        if exact:
            params += f":crop-rect=0,0,{self.BLOCK},0"
        quality = {"qp": "0"} if exact else {"crf": FINE, "profile": PROFILES.get(profile, "high")}
        self._container = av.open(str(path), "w", format="mp4")
        options = self.COMMON | quality | {"x264-params": params}
        self._stream = self._container.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = look.width + self._hidden, look.height
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = look.colours
        self._base = context.time_base = 1 / rate

    def __enter__(self) -> "PieceWriter":
        return self

    def write(self, planes: Planes) -> None:
        frame = VideoFrame.from_ndarray(_widened(planes, self._hidden), format="yuv420p")
        frame.pts, frame.time_base = self.frames, self._base
        frame.color_range = self._look.colours[3]
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()


def _widened(planes: Planes, more: int) -> Planes:
    """``more`` columns at the right, each like the last one."""
    if not more:
        return planes
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    flat, size = planes.reshape(-1), width * height
    luma = cv2.copyMakeBorder(flat[:size].reshape(height, width), 0, 0, 0, more, cv2.BORDER_REPLICATE)
    chroma = [part.reshape(height // 2, width // 2) for part in np.split(flat[size:], 2)]
    wider = [cv2.copyMakeBorder(part, 0, 0, 0, more // 2, cv2.BORDER_REPLICATE) for part in chroma]
    return np.concatenate([part.reshape(-1) for part in (luma, *wider)]).reshape(-1, width + more)


def write_piece(
    path: Path, frames: Iterable[Planes], bounds: tuple[int, int], writer: PieceWriter, watch: Watch
) -> Piece:
    """Encode ``frames`` as the pictures ``bounds`` of the new video. Raises ``DeliverableRefused`` for another number."""
    start, end = bounds
    with writer:
        for number, planes in enumerate(frames):
            if number % 5 == 0:
                watch.step(number / (end - start), "encode")
            writer.write(planes)
    if writer.frames != end - start:
        raise DeliverableRefused(f"{writer.frames} pictures were made where {end - start} are needed: try again")
    return Piece(start, end, path)


def splice(video: Survey, pieces: Sequence[Piece], new: Piece, out: Path) -> None:
    """Write ``out``: the sound of ``video``, its pictures copied where there is no piece, and the pieces.

    ``new``: the one of them that is newly filmed.
    """
    with (
        opened(video.path) as source,
        av.open(
            str(out), "w", format=container_of(out), options={"movflags": "+faststart+use_metadata_tags"}
        ) as target,
    ):
        target.metadata.update({key: text for key, text in source.metadata.items() if key not in NOT_OURS})
        picture = source.streams.video[0]
        tracks: dict[int, Stream] = {}
        with opened(new.path) as filmed:
            whole = pieces[0].start == 0 and pieces[-1].end == video.frames and len(list(_stretches(pieces))) == 1
            template = filmed.streams.video[0] if whole else picture
            tracks[picture.index] = _picture_track(target, template, pieces, video, copied=not whole)
        for audio in source.streams.audio:
            tracks[audio.index] = like(target, audio)
        sound = source.streams.audio
        for packet, track in _packets(source, picture, sound, pieces):
            packet.stream = tracks[track]
            target.mux(packet)


def container_of(out: Path) -> str:
    return CONTAINERS.get(out.suffix.lower(), "mp4")


def described(target: OutputContainer, source: InputContainer) -> None:
    """What the old file says of itself, its AI label among it."""
    target.metadata.update({key: text for key, text in source.metadata.items() if key not in NOT_OURS})


def like(target: OutputContainer, stream: Stream) -> Stream:
    """A track of the same kind, for packets that are copied."""
    made = target.add_stream_from_template(stream)
    made.metadata.update(stream.metadata)
    return made


def _picture_track(
    target: OutputContainer, template: VideoStream, pieces: Sequence[Piece], video: Survey, *, copied: bool
) -> Stream:
    """The track of all pictures; its box names the parameter sets of what is copied and of all pieces."""
    made = target.add_stream_from_template(template)
    made.time_base = video.time_base
    config: AvcConfig | None = read_config(template.codec_context.extradata) if copied else None
    for piece in pieces:
        own = config_of(piece.path)
        config = own if config is None else config.with_sets_of(own)
    if config is None:
        raise ValueError("a video of no pieces")
    made.codec_context.extradata = config.written()
    if not copied and video.look.rotation:
        made.set_display_rotation(video.look.rotation)
    return made


def config_of(path: Path) -> AvcConfig:
    with opened(path, blind=True) as container:
        return read_config(container.streams.video[0].codec_context.extradata)


def _packets(
    source: InputContainer, picture: VideoStream, sound: Sequence[AudioStream], pieces: Sequence[Piece]
) -> Iterator[tuple[Packet, int]]:
    """All packets of the new file in the order of the old one's, each with the number of its track there."""
    stretches = iter(_stretches(pieces))
    here, number = next(stretches), 0
    waiting: list[Packet] = []  # pictures of the old file whose times the stretch at hand takes over
    for packet in source.demux(picture, *sound):
        if not packet.size:
            continue
        number += packet.stream_index == picture.index
        if packet.stream_index != picture.index or not here or number <= here[0].start:
            yield packet, packet.stream_index
            continue
        waiting.append(packet)
        if number == here[-1].end:
            yield from ((new, picture.index) for new in _in_their_place(here, waiting))
            here, waiting = next(stretches, []), []


def _stretches(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that touch, together: a stretch begins and ends where the old video can be cut."""
    stretch: list[Piece] = []
    for piece in pieces:
        if stretch and stretch[-1].end != piece.start:
            yield stretch
            stretch = []
        stretch.append(piece)
    yield stretch


def _in_their_place(stretch: Sequence[Piece], old: Sequence[Packet]) -> Iterator[Packet]:
    """Their packets with the old ones' times: decoding times in their order, showing times from the earliest on."""
    shown = sorted(((packet.pts or 0, packet.duration) for packet in old), key=lambda time: time[0])
    new = (packet for piece in stretch for packet in coded(piece.path))
    for packet, was, (pts, duration) in zip(new, old, shown, strict=True):
        packet.time_base = was.time_base
        packet.pts, packet.dts, packet.duration = pts, was.dts, duration
        yield packet


def coded(path: Path) -> Iterator[Packet]:
    with opened(path, blind=True) as container:
        yield from (packet for packet in container.demux(container.streams.video[0]) if packet.size)
