"""How one video tells each beat of a template: its time, its lines, its shots."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from templates_engine.domain.align import Alignment
from templates_engine.domain.analysis import AnalysedShot, TimedLine, VideoAnalysis
from templates_engine.domain.beats import Role
from templates_engine.domain.channel import Story

UNTAGGED = ((Role.OTHER, 1.0),)


def story(video: VideoAnalysis) -> Story:
    """The role probabilities of the told lines, in order."""
    return tuple(line.roles or UNTAGGED for line in video.told)


@dataclass(frozen=True)
class Part:
    """One beat in one video: the lines, from when to when (ms, not joined where a foreign line lies between), the shots."""

    lines: tuple[TimedLine, ...]
    spans: tuple[tuple[int, int], ...]
    shots: tuple[AnalysedShot, ...]

    @property
    def length_ms(self) -> int:
        return sum(end - start for start, end in self.spans)

    def shot_lengths(self) -> tuple[int, ...]:
        """Each shot's whole length, or this beat's own where one shot runs on through several beats."""
        return tuple(min(shot.end_ms - shot.start_ms, max(self.length_ms, 1)) for shot in self.shots)


@dataclass(frozen=True)
class Telling:
    """A member and its parts by beat number; a beat that it leaves out has none."""

    video: VideoAnalysis
    weight: float
    cost: int
    parts: dict[int, Part]

    @cached_property
    def told_ms(self) -> int:
        return sum(part.length_ms for part in self.parts.values())


def telling(video: VideoAnalysis, alignment: Alignment, copies: Sequence[int], weight: float) -> Telling:
    """``video`` cut into beats. ``copies``: into how many beats each one of the order is divided, line by line."""
    spans = _spans(video)
    first = [sum(copies[:place]) for place in range(len(copies))]
    lines: dict[int, list[int]] = {}
    for place in range(len(copies)):
        for nth, line in enumerate(alignment.lines_of(place)):
            lines.setdefault(first[place] + min(nth, copies[place] - 1), []).append(line)
    owners = _owners(video.shots, {beat: [spans[line] for line in own] for beat, own in lines.items()})
    parts = {
        beat: Part(
            tuple(video.told[line] for line in own),
            tuple(spans[line] for line in own),
            tuple(shot for shot, owner in zip(video.shots, owners, strict=True) if owner == beat)
            or _shot_at(video.shots, spans[own[0]]),
        )
        for beat, own in lines.items()
    }
    return Telling(video, weight, alignment.cost, parts)


def shares(tellings: Sequence[Telling], beats: int) -> list[list[float]]:
    """Each beat's share of the whole ad in every member that has it.

    A member without some beats is a shorter ad: its whole is taken as what it would be with the usual share of those, found
    by going over the members a few times. Otherwise every share would come out too large.
    """
    usual = [1 / beats] * beats
    found: list[list[float]] = []
    for _ in range(4):
        found = [[] for _ in range(beats)]
        for one in tellings:
            has = sum(usual[beat] for beat in one.parts) or 1.0
            for beat, part in one.parts.items():
                found[beat].append(part.length_ms * has / max(one.told_ms, 1))
        middles = [median(values) if values else 0.0 for values in found]
        scale = sum(middles) or 1.0
        usual = [middle / scale for middle in middles]
    return found


def _spans(video: VideoAnalysis) -> list[tuple[int, int]]:
    """When each line has the viewer: from its start (the first from 0) to the next line's (the last to the end)."""
    starts = [0, *(line.start_ms for line in video.told[1:])]
    ends = [*starts[1:], max(video.duration_ms, *(line.end_ms for line in video.told))]
    return [(start, max(end, start)) for start, end in zip(starts, ends, strict=True)]


def _owners(shots: Sequence[AnalysedShot], spans: dict[int, list[tuple[int, int]]]) -> list[int | None]:
    """The beat that has most of each shot; None where no beat has any of it."""
    owners: list[int | None] = []
    for shot in shots:
        shared = {
            beat: sum(max(0, min(end, shot.end_ms) - max(start, shot.start_ms)) for start, end in own)
            for beat, own in spans.items()
        }
        best = max(shared, key=lambda beat: (shared[beat], -beat), default=None)
        owners.append(best if best is not None and shared[best] > 0 else None)
    return owners


def _shot_at(shots: Sequence[AnalysedShot], span: tuple[int, int]) -> tuple[AnalysedShot, ...]:
    """The shot on the screen in the middle of a beat that has no shot of its own."""
    middle = (span[0] + span[1]) / 2
    return tuple(shot for shot in shots if shot.start_ms <= middle < shot.end_ms)[:1]
