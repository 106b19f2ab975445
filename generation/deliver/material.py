"""Whether the clips of an ad are what their rows say, before a picture is made of them: each trouble names its shot.

Headers, packets and one decoded picture: some milliseconds a clip. What a renderer would take without a word and show
wrongly is refused here: pictures that are to be turned, high dynamic range, pictures that are not evenly spaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from av.video.frame import VideoFrame

from generation.domain.cut_order import ClipFile
from generation.domain.timeline import Timeline
from generation.errors import CutRefused, MediaBroken
from generation.ffmpeg import opened
from generation.file_version import version_of

HDR = {16: "PQ", 18: "HLG"}  # transfer characteristics of ITU-T H.273
UNEVEN = Fraction(1, 10)  # of a picture's time: what rounding to a time base may do


@dataclass(frozen=True)
class _Seen:
    width: int
    height: int
    pixel_format: str
    transfer: int
    turned: int
    times: tuple[Fraction, ...]  # of the pictures, in seconds, rising


def check_material(timeline: Timeline, clips: Mapping[str, ClipFile]) -> None:
    """Raises ``MediaBroken`` or ``CutRefused`` naming the shot whose clip cannot be cut. Call ``check_clips`` first."""
    done: set[str] = set()
    for shot in timeline.shots:
        for key in (shot.clip, shot.second.clip if shot.second is not None else ""):
            if key and key not in done:
                done.add(key)
                _check(shot.id, clips[key])


def _check(shot: str, clip: ClipFile) -> None:
    try:
        seen = _seen(clip.path, version_of(clip.path))
    except MediaBroken as error:
        raise MediaBroken(f"shot {shot!r}: its clip {error}") from error
    size, told = f"{seen.width}x{seen.height}", f"{clip.width}x{clip.height}"
    if seen.transfer in HDR:
        raise MediaBroken(
            f"shot {shot!r}: its clip is HDR ({HDR[seen.transfer]}), its colours would come out pale: convert it to BT.709"
        )
    if seen.turned:
        raise MediaBroken(f"shot {shot!r}: its clip is to be shown turned by {seen.turned} degrees: save it upright")
    if seen.width % 2 or seen.height % 2:
        raise MediaBroken(f"shot {shot!r}: its clip is {size}; both sides must be even: crop or film it again")
    if size != told or seen.pixel_format != "yuv420p":
        raise MediaBroken(
            f"shot {shot!r}: its clip holds {size} {seen.pixel_format}, not {told} yuv420p: film the shot again"
        )
    if not _evenly(seen.times, clip.fps):
        raise MediaBroken(
            f"shot {shot!r}: the pictures of its clip do not come at a constant {clip.fps} fps: convert it to that rate"
        )
    if len(seen.times) < clip.frames:
        raise CutRefused(
            f"shot {shot!r}: its clip holds {len(seen.times)} pictures instead of {clip.frames}: film the shot again"
        )


@lru_cache(maxsize=256)
def _seen(path: Path, version: tuple[int, int]) -> _Seen:
    """Looked at once for all ads of a batch that show it."""
    with opened(path) as container:
        if not container.streams.video:
            raise MediaBroken(f"{path.name} has no picture: film the shot again")
        stream, context = container.streams.video[0], container.streams.video[0].codec_context
        base, times, first = stream.time_base or Fraction(1), [], None
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                times.append(packet.pts * base)
            if first is None:
                first = next(iter(packet.decode()), None)
        if not isinstance(first, VideoFrame):
            raise MediaBroken(f"{path.name} has no picture: film the shot again")
        return _Seen(
            context.width, context.height, context.pix_fmt or "", context.color_trc, first.rotation,
            tuple(sorted(times)),
        )  # fmt: skip


def _evenly(times: Sequence[Fraction], fps: int) -> bool:
    return all(abs((after - first) * fps - 1) <= UNEVEN for first, after in pairwise(times))
