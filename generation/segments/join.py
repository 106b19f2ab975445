"""Encoded segments written one behind the other into a film, bit for bit, with the ad's own sound and metadata."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet

from generation.deliver.aac import Aac, AacTrack
from generation.ffmpeg import opened
from generation.segments.errors import SegmentsDiffer
from generation.shots.avc import AvcConfig
from generation.shots.splice import FLAGS, coded, config_of


def join(parts: Sequence[tuple[Path, int]], fps: int, sound: Aac | None, metadata: dict[str, str], out: Path) -> None:
    """``parts``: files and the frame at which each begins. Raises ``SegmentsDiffer``; half a file is removed."""
    check_alike([path for path, _ in parts])
    try:
        _write(parts, fps, sound, metadata, out)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def check_alike(paths: Sequence[Path]) -> AvcConfig:
    """The parameter sets of all of them, which a player reads once. Raises ``SegmentsDiffer``."""
    first, *others = (config_of(path) for path in paths)
    if any(other != first for other in others):
        raise SegmentsDiffer("the ad's segments were encoded in different ways and cannot be joined")
    return first


def _write(parts: Sequence[tuple[Path, int]], fps: int, sound: Aac | None, metadata: dict[str, str], out: Path) -> None:
    with opened(parts[0][0], blind=True) as first, av.open(str(out), "w", format="mp4", options=dict(FLAGS)) as target:
        target.metadata.update(metadata)
        source = first.streams.video[0]
        video = target.add_stream_from_template(source)
        base = video.time_base = source.time_base or Fraction(1, fps)
        heard = None if sound is None else AacTrack(target, sound)
        for number, packet in enumerate(_shifted(parts, fps, base), 1):
            packet.stream = video
            target.mux(packet)
            if heard is not None:
                heard.write(number / fps)
        if heard is not None:
            heard.close()


def _shifted(parts: Sequence[tuple[Path, int]], fps: int, base: Fraction) -> Iterator[Packet]:
    """All packets, their times counted from the beginning of the ad.

    The encoder's delay is the same in every part, so decoding times go on over a join without a gap.
    """
    for path, start in parts:
        ticks = Fraction(start, fps) / base
        if ticks.denominator != 1:
            raise SegmentsDiffer(f"frame {start} falls between two ticks of {base} s")
        for packet in coded(path):
            if packet.time_base != base or packet.pts is None or packet.dts is None:
                raise SegmentsDiffer("the ad's segments count their time in different ways and cannot be joined")
            packet.pts += int(ticks)
            packet.dts += int(ticks)
            yield packet
