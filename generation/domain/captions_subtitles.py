"""Captions as timed text, for files beside the film. Frames become clock time and come back exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.domain.voice import Word


@dataclass(frozen=True)
class Subtitle:
    """What one page shows from frame ``start`` up to ``end``. ``second``: its lines in the second language."""

    start: int
    end: int
    lines: tuple[str, ...]
    second: tuple[str, ...] = ()
    style: str = ""
    words: tuple[Word, ...] = ()


def ticks(frame: int, fps: int, per_second: int) -> int:
    """The clock of a format at the start of a frame, rounded to its nearest tick."""
    return (2 * frame * per_second + fps) // (2 * fps)


def frame_of(tick: int, fps: int, per_second: int) -> int:
    """The frame that ``ticks`` came from; exact as long as a tick is shorter than half a frame."""
    return (2 * tick * fps + per_second) // (2 * per_second)


def clock(tick: int, per_second: int, separator: str) -> str:
    """``h:mm:ss`` with the ticks after ``separator``; the hour without a leading zero."""
    seconds, part = divmod(tick, per_second)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}{separator}{part:0{len(str(per_second)) - 1}}"


def in_time(subtitles: Sequence[Subtitle]) -> list[Subtitle]:
    return sorted(subtitles, key=lambda subtitle: (subtitle.start, subtitle.end))
