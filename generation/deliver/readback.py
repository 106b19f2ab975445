"""What the finished bytes themselves say: nothing here knows what was meant to be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from generation.deliver.aigc import boxes
from generation.errors import DeliverableRefused, MediaBroken
from generation.ffmpeg import opened
from generation.render.loudness import RATE, Samples, integrated_lufs, true_peak_db
from generation.render.yuv import Frame

CLIPPED = 0.999


@dataclass(frozen=True)
class VideoRead:
    codec: str
    profile: str
    pixel_format: str
    colours: tuple[int, int, int, int]  # primaries, transfer, matrix, range (1 = BT.709, 1 = limited)
    width: int
    height: int
    fps: Fraction
    frames: int
    steady: bool  # every picture is shown equally long, the first at 0
    longest_group: int  # frames between two key frames
    ordered: bool = True  # decoding times only rise
    seconds: float = 0.0  # as the file's own header says


@dataclass(frozen=True)
class AudioRead:
    codec: str
    rate: int
    channels: int
    seconds: float
    lufs: float
    peak_db: float
    clipped: int = 0  # samples at full scale


@dataclass(frozen=True)
class ReadBack:
    faststart: bool
    video: VideoRead
    audio: AudioRead | None


def read_back(path: Path) -> ReadBack:
    """Raises ``DeliverableRefused`` or ``MediaBroken`` when the file cannot even be read."""
    kinds = [box.kind for box in boxes(path.read_bytes())]
    if b"moov" not in kinds or b"mdat" not in kinds:
        raise DeliverableRefused("the file is no complete MP4: cut the ad again")
    with opened(path) as container:
        video = _video(container)
    with opened(path) as container:
        audio = _audio(container) if container.streams.audio else None
    return ReadBack(kinds.index(b"moov") < kinds.index(b"mdat"), video, audio)


def decoded(path: Path, numbers: Sequence[int]) -> dict[int, Frame]:
    """The pictures with these numbers, as a player shows them; decodes no further than the last.

    Raises ``MediaBroken`` for sides that 4:2:0 does not have.
    """
    found: dict[int, Frame] = {}
    with opened(path, blind=True) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, picture in enumerate(container.decode(stream)):
            if number in numbers:
                if picture.width % 2 or picture.height % 2:
                    raise MediaBroken(f"{path.name} is {picture.width}x{picture.height}: both sides must be even")
                planes = np.ascontiguousarray(picture.to_ndarray(format="yuv420p"))
                found[number] = Frame(picture.width, picture.height, planes.reshape(-1))
            if number >= max(numbers):
                break
    return found


def _video(container: InputContainer) -> VideoRead:
    stream: VideoStream = container.streams.video[0]
    context = stream.codec_context
    times, orders, keys = [], [], []
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None:
            times.append(packet.pts)
            orders.append(packet.dts)
            keys.append(packet.is_keyframe)
    starts = [number for number, key in enumerate(keys) if key]
    rate = stream.average_rate or Fraction(0)
    return VideoRead(
        codec=context.name,
        profile=context.profile or "",
        pixel_format=context.pix_fmt or "",
        colours=(context.color_primaries, context.color_trc, context.colorspace, context.color_range),
        width=context.width,
        height=context.height,
        fps=rate,
        frames=len(times),
        steady=_steady(sorted(times), stream.time_base or Fraction(1), rate),
        longest_group=max((end - start for start, end in pairwise([*starts, len(times)])), default=len(times)),
        ordered=all(first is not None and after is not None and first < after for first, after in pairwise(orders)),
        seconds=float((stream.duration or 0) * (stream.time_base or 0)),
    )


def _steady(times: Sequence[int], time_base: Fraction, rate: Fraction) -> bool:
    return bool(times) and rate > 0 and all(at * time_base * rate == number for number, at in enumerate(times))


def _audio(container: InputContainer) -> AudioRead:
    stream = container.streams.audio[0]
    sound = _samples(container, stream)
    return AudioRead(
        codec=stream.codec_context.name,
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        seconds=len(sound) / RATE,
        lufs=round(integrated_lufs(sound), 2),
        peak_db=round(true_peak_db(sound), 2),
        clipped=int((np.abs(sound) >= CLIPPED).sum()),
    )


def _samples(container: InputContainer, stream: AudioStream) -> Samples:
    """All of it as our measures want it; ours is in this form already, what others made may not be."""
    context = stream.codec_context
    ours = (context.format.name, context.sample_rate, context.channels) == ("fltp", RATE, 2)
    resampler = None if ours else AudioResampler(format="fltp", layout="stereo", rate=RATE)
    pieces = []
    for frame in container.decode(stream):
        pieces += [part.to_ndarray() for part in ([frame] if resampler is None else resampler.resample(frame))]
    if resampler is not None:
        pieces += [part.to_ndarray() for part in resampler.resample(None)]
    return np.concatenate(pieces, axis=1).T if pieces else np.zeros((0, 2), np.float32)
