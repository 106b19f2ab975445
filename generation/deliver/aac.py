"""Sound as AAC-LC at 192 kbit/s, stereo, 48 kHz: encoded once, listened to, then copied into every film that has it."""

import io
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from generation.render.loudness import Samples

SAMPLE_RATE = 48_000
AUDIO_BITS = 192_000
AAC_FRAME = 1024


class Aac:
    """Encoded sound, as an MP4 of its own in memory. Equal samples give equal bytes."""

    def __init__(self, sound: Samples) -> None:
        """``sound``: samples x 2 at 48 kHz."""
        memory = io.BytesIO()
        with av.open(memory, "w", format="mp4") as container:
            stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", bit_rate=AUDIO_BITS)
            for piece in _pieces(sound):
                container.mux(stream.encode(piece))
            container.mux(stream.encode())
        self._mp4 = memory.getvalue()

    def heard(self) -> Samples:
        """What a player hears."""
        with av.open(io.BytesIO(self._mp4), "r", format="mp4") as container:
            return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T

    def packets(self) -> Iterator[Packet]:
        """In their order, the encoder's silent lead-in first, at a time below 0."""
        with av.open(io.BytesIO(self._mp4), "r", format="mp4") as container:
            yield from (packet for packet in container.demux(audio=0) if packet.size)

    def track_in(self, film: OutputContainer) -> AudioStream:
        """A new track of ``film`` that takes the packets."""
        with av.open(io.BytesIO(self._mp4), "r", format="mp4") as container:
            return film.add_stream_from_template(container.streams.audio[0])


class AacTrack:
    """The track of an ``Aac`` in a film that is being written."""

    def __init__(self, film: OutputContainer, sound: Aac) -> None:
        self._film, self._track, self._left = film, sound.track_in(film), sound.packets()
        self._next = next(self._left, None)

    def write(self, upto: float) -> None:
        """Sound as far as the picture has come (seconds), so that a player finds both close together in the file."""
        while (packet := self._next) is not None and float((packet.pts or 0) * (packet.time_base or 0)) < upto:
            packet.stream = self._track
            self._film.mux(packet)
            self._next = next(self._left, None)

    def close(self) -> None:
        """The rest of it."""
        self.write(float("inf"))


def _pieces(sound: Samples) -> Iterator[AudioFrame]:
    """Cut into frames as AAC takes them."""
    planes = np.ascontiguousarray(sound.T.astype(np.float32))
    for start in range(0, planes.shape[1], AAC_FRAME):
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(planes[:, start : start + AAC_FRAME]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame
