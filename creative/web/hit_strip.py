"""A hit along its time, as numbers of one drawing: pictures of the shots, under them what each line does, cuts and tempo.

Everything is in units of the drawing (an SVG view box), because the content security policy allows no inline style. The same
facts stand beside it as text; readers by ear get those.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from creative.previews import FRAMINGS, MOVES, ROLES
from creative.web.words import chosen
from templates_engine.domain.analysis import FIRST_SECONDS_MS, AnalysedShot, TimedLine, Transition, VideoAnalysis
from templates_engine.models import Hit

PICTURE = 168  # height of a picture
NARROWEST = 96 / 168  # of a picture that does not say how wide it is
WIDEST, NARROW = 2_400, 1_164  # of the drawing: as wide as the page, wider where that would squeeze its parts
A_SHOT, A_LINE = 84, 56  # across, on average, at least
BEAT, LINE = 34, 10  # heights
LETTER = 13  # about so wide is a Chinese one
ON_BEAT_MS = 80
MOST_TICKS = 24


@dataclass(frozen=True)
class Box:
    """A span of time from ``x``, ``wide`` across. ``word`` only where it fits in."""

    x: float
    wide: float
    word: str = ""
    role: str = ""
    more: str = ""


@dataclass(frozen=True)
class Frame:
    """One shot. ``picture_wide``: across of its picture; behind that there is room for words where ``roomy``."""

    x: float
    wide: float
    href: str
    picture_wide: float
    move: str
    framing: str
    fades: bool
    roomy: bool
    title: str


@dataclass(frozen=True)
class Tick:
    x: float
    word: str = ""
    on_beat: bool = False


@dataclass(frozen=True)
class Strip:
    wide: float
    opening: float  # where the first three seconds end
    frames: tuple[Frame, ...]
    beats: tuple[Box, ...]
    lines: tuple[Box, ...]
    cuts: tuple[Tick, ...]
    pulse: tuple[Tick, ...]
    seconds: tuple[Tick, ...]


def strip_of(hit: Hit, video: VideoAnalysis) -> Strip:
    wide = min(WIDEST, max(NARROW, A_SHOT * len(video.shots), A_LINE * len(video.told)))
    scale = wide / video.duration_ms
    beats_ms = video.tempo.beats_ms if video.tempo else ()
    begins = [shot.start_ms for shot in video.shots[1:]]
    return Strip(
        wide=round(wide),
        opening=round(min(FIRST_SECONDS_MS, video.duration_ms) * scale, 1),
        frames=tuple(_frame(hit, video, index, shot, scale) for index, shot in enumerate(video.shots)),
        beats=tuple(_box(role, start, end, scale) for role, start, end in beats(video.told)),
        lines=tuple(_line(line, scale) for line in video.told if line.start_ms < video.duration_ms),
        cuts=tuple(Tick(round(at * scale, 1), on_beat=_near(at, beats_ms)) for at in begins),
        pulse=tuple(Tick(round(at * scale, 1)) for at in beats_ms if at < video.duration_ms),
        seconds=tuple(
            Tick(round(at * 1000 * scale, 1), f"{at}s" if wide - at * 1000 * scale > 2 * LETTER else "")
            for at in range(0, video.duration_ms // 1000 + 1, max(1, -(-video.duration_ms // 1000 // MOST_TICKS)))
        ),
    )


def beats(told: Sequence[TimedLine]) -> list[tuple[str, int, int]]:
    """(role, start, end) of each run of lines with one likeliest role. A beat ends where the next begins, at the latest:
    captions stand beside each other, steps of a story do not."""
    found: list[tuple[str, int, int]] = []
    for line in told:
        role = line.role.value
        if found and found[-1][0] == role:
            found[-1] = (role, found[-1][1], max(found[-1][2], line.end_ms))
            continue
        if found:
            before, start, end = found.pop()
            if line.start_ms > start:
                found.append((before, start, min(end, line.start_ms)))
        found.append((role, line.start_ms, line.end_ms))
    return found


def ribbon(video: VideoAnalysis) -> tuple[Box, ...]:
    """The beats in a drawing 100 across: a hit at a glance."""
    scale = 100 / video.duration_ms
    found = beats(video.told)
    ends = [start for _, start, _ in found[1:]] + [video.duration_ms]
    starts = [0, *ends[:-1]]
    return tuple(
        Box(round(start * scale, 2), round((end - start) * scale, 2), chosen(*ROLES[role]), role)
        for (role, _, _), start, end in zip(found, starts, ends, strict=True)
    )


def _frame(hit: Hit, video: VideoAnalysis, index: int, shot: AnalysedShot, scale: float) -> Frame:
    across = (shot.end_ms - shot.start_ms) * scale
    shape = video.width / video.height if video.height else NARROWEST
    picture = min(across, PICTURE * shape)
    move, framing = chosen(*MOVES[shot.camera]), chosen(*FRAMINGS[shot.framing])
    return Frame(
        x=round(shot.start_ms * scale, 1),
        wide=round(across, 1),
        href=reverse("media-hit", args=[hit.public_id, index]) if index < hit.pictures else "",
        picture_wide=round(picture, 1),
        move=move,
        framing=framing,
        fades=shot.transition is Transition.FADE,
        roomy=across - picture > LETTER * 4,
        title=f"{shot.start_ms / 1000:.1f}–{shot.end_ms / 1000:.1f} s · {move} · {framing}",
    )


def _box(role: str, start: int, end: int, scale: float) -> Box:
    word, across = chosen(*ROLES[role]), (end - start) * scale
    needed = sum(LETTER if ord(letter) > 255 else LETTER * 0.6 for letter in word) + 8
    return Box(round(start * scale, 1), round(max(across, 2), 1), word if needed <= across else "", role, word)


def _line(line: TimedLine, scale: float) -> Box:
    across = max((line.end_ms - line.start_ms) * scale - 2, 2)
    return Box(round(line.start_ms * scale, 1), round(across, 1), role=line.role.value, more=line.text)


def _near(at: int, beats_ms: Sequence[int]) -> bool:
    return any(abs(at - beat) <= ON_BEAT_MS for beat in beats_ms)
