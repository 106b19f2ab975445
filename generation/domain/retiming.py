"""Spoken lines give an ad its time: each beat is stretched or shrunk to the line that is said over it, in whole frames.

A beat gives way within bounds, because pictures held too long bore and too short cannot be read. What still does not fit is
spoken faster, up to a bound again; beyond that the line is too long for its place, and whoever wrote it must shorten it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generation.domain.voice import AS_RECORDED

LEAD, TAIL = 3, 6  # frames of air before and after a line, at 30 a second
SHORTEST_SHOT = 18
LONGEST_SHOT = 150
LEAST_PERCENT, MOST_PERCENT = 60, 180  # of a shot's planned length
FASTEST = 125  # per cent of the recording's tempo; beyond it speech sounds hunted


@dataclass(frozen=True)
class BeatSpan:
    """A beat as planned: the frames of each of its shots."""

    id: str
    shots: tuple[int, ...]

    @property
    def frames(self) -> int:
        return sum(self.shots)


@dataclass(frozen=True)
class TimedBeat:
    """A beat as it will be: ``start`` on the timeline, its shots' frames, and its line (``said`` 0: there is none)."""

    id: str
    start: int
    shots: tuple[int, ...]
    line_start: int = 0
    said: int = 0
    tempo: int = AS_RECORDED

    @property
    def end(self) -> int:
        return self.start + sum(self.shots)


class LineTooLong(ValueError):
    """A line does not fit over its beat, however it is cut and spoken. ``line`` is the beat's id."""

    def __init__(self, line: str, frames: int, room: int, fps: int) -> None:
        super().__init__(
            f"the line of {line!r} takes {frames / fps:.1f} s and its pictures last {room / fps:.1f} s at most: "
            f"shorten it by about {100 - room * 100 // max(frames, 1)} %"
        )
        self.line = line


def retimed(beats: Sequence[BeatSpan], said: Mapping[str, int], *, fps: int = 30) -> tuple[TimedBeat, ...]:
    """The beats in order, fitted to the frames that their lines take (beat id -> frames; a beat without is kept as it is).

    ``ValueError`` for a line of no beat or of no length, ``LineTooLong`` for one that does not fit.
    """
    known = {beat.id for beat in beats}
    for name, frames in said.items():
        if name not in known:
            raise ValueError(f"there is no beat {name!r} for this line")
        if frames < 1:
            raise ValueError(f"the line of {name!r} has no length: record it again")
    found: list[TimedBeat] = []
    for beat in beats:
        start = found[-1].end if found else 0
        found.append(
            _timed(beat, start, said[beat.id], fps) if beat.id in said else TimedBeat(beat.id, start, beat.shots)
        )
    return tuple(found)


def _timed(beat: BeatSpan, start: int, line: int, fps: int) -> TimedBeat:
    lead, tail = LEAD * fps // 30, TAIL * fps // 30
    bounds = [_bounds(shot, fps) for shot in beat.shots]
    least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
    room = most - lead - tail
    tempo = AS_RECORDED
    if line > room:
        tempo = -(-line * AS_RECORDED // room) if room > 0 else FASTEST + 1
        if tempo > FASTEST:
            raise LineTooLong(beat.id, line, max(room, 0) * FASTEST // AS_RECORDED, fps)
        line = line * AS_RECORDED // tempo
    shots = _shared(beat.shots, bounds, min(max(line + lead + tail, least), most))
    return TimedBeat(beat.id, start, shots, start + lead, line, tempo)


def _bounds(shot: int, fps: int) -> tuple[int, int]:
    """(least, most) frames of a shot; a shot that is planned beyond a bound may stay as it is."""
    least = max(SHORTEST_SHOT * fps // 30, -(-shot * LEAST_PERCENT // 100))
    most = min(LONGEST_SHOT * fps // 30, shot * MOST_PERCENT // 100)
    return min(least, shot), max(most, shot)


def _shared(shots: Sequence[int], bounds: Sequence[tuple[int, int]], frames: int) -> tuple[int, ...]:
    """``frames`` over the shots in their old proportions, as far as their bounds let them."""
    whole, edges = sum(shots), [0]
    for shot in shots:
        edges.append(edges[-1] + shot)
    cuts = [edge * frames // whole for edge in edges]
    found = [
        min(max(last - first, low), high) for (first, last), (low, high) in zip(pairwise(cuts), bounds, strict=True)
    ]
    while (missing := frames - sum(found)) != 0:
        step = 1 if missing > 0 else -1
        free = [index for index, (low, high) in enumerate(bounds) if low <= found[index] + step <= high]
        # Whoever is furthest from its share gives or takes the next frame.
        best = max(free, key=lambda index: step * (shots[index] * frames / whole - found[index]))
        found[best] += step
    return tuple(found)
