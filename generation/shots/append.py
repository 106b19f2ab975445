"""Writing a clip anew with pictures and silence behind its own, of which not a bit changes."""

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from generation.ffmpeg import opened
from generation.shots.avc import read_config
from generation.shots.splice import FLAGS, Piece, coded, config_of, container_of, described, like
from generation.shots.survey import Survey

AAC_FRAME = 1024
SILENT_BITS = 32_000


def append(video: Survey, piece: Piece, out: Path) -> None:
    """``piece`` begins where ``video`` ends and goes on at its rate."""
    with opened(video.path) as source, av.open(str(out), "w", format=container_of(out), options=FLAGS) as target:
        described(target, source)
        picture = source.streams.video[0]
        tracks: dict[int, Stream] = {picture.index: like(target, picture)}
        own = read_config(picture.codec_context.extradata)
        tracks[picture.index].codec_context.extradata = own.with_sets_of(config_of(piece.path)).written()
        tracks |= {audio.index: like(target, audio) for audio in source.streams.audio}
        last: dict[int, Packet] = {}
        for packet in source.demux(*(source.streams[index] for index in tracks)):
            if packet.size:
                last[packet.stream_index] = packet
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)
        for index, packet in _more(video, piece, source, last):
            packet.stream = tracks[index]
            target.mux(packet)


def _more(video: Survey, piece: Piece, source: InputContainer, last: dict[int, Packet]) -> Iterator[tuple[int, Packet]]:
    """Everything behind the clip's own packets, in the order of time, each with the number of its track."""
    index = source.streams.video[0].index
    end = video.times[0] + piece.end / video.rate
    streams = [_numbered(_pictures(video, piece, last[index]), index)]
    streams += [
        _numbered(_silence(audio, last[audio.index], end), audio.index)
        for audio in source.streams.audio
        if is_plain_aac(audio) and audio.index in last
    ]
    merged = heapq.merge(*streams, key=lambda one: (one[0].dts or 0) * one[0].time_base)
    return ((number, packet) for packet, number in merged)


def _numbered(packets: Iterator[Packet], index: int) -> Iterator[tuple[Packet, int]]:
    return ((packet, index) for packet in packets)


def _pictures(video: Survey, piece: Piece, last: Packet) -> Iterator[Packet]:
    """Times go on at the clip's rate. ``last``: its last packet, which need not be its last picture."""
    base = video.time_base
    ticks = [round((video.times[0] + number / video.rate) / base) for number in range(piece.start - 1, piece.end + 1)]
    late = ticks[0] - (last.dts or 0)
    for packet, at, following in zip(coded(piece.path), ticks[1:-1], ticks[2:], strict=True):
        packet.time_base = base
        packet.pts, packet.dts, packet.duration = at, at - late, following - at
        yield packet


def is_plain_aac(audio: AudioStream) -> bool:
    """Whether silence can be added in the track's own coding."""
    return audio.codec_context.name == "aac" and audio.codec_context.profile == "LC"


def _silence(audio: AudioStream, last: Packet, end: Fraction) -> Iterator[Packet]:
    """Packets of silence from the end of the track's own sound until ``end``, seconds."""
    rate, layout = audio.codec_context.sample_rate, audio.codec_context.layout.name
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = rate, layout, "fltp"
    encoder.bit_rate, encoder.time_base = SILENT_BITS, Fraction(1, rate)
    step = round(Fraction(AAC_FRAME, rate) / last.time_base)
    at = (last.pts or 0) + step  # a whole frame of sound, even where the file cuts the last one short
    quiet = np.zeros((audio.codec_context.layout.nb_channels, AAC_FRAME), np.float32)
    number = 0
    while at * last.time_base < end:
        frame = AudioFrame.from_ndarray(quiet, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, number * AAC_FRAME, Fraction(1, rate)
        number += 1
        for packet in encoder.encode(frame):
            packet.time_base, packet.pts, packet.dts, packet.duration = last.time_base, at, at, step
            at += step
            yield packet
