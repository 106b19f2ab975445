"""The moods (moods.yaml) and the form of a piece: which bar is quiet, which is full, and where it breathes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("moods.yaml")
BAR = 4  # beats
LONG = 10  # bars from which on a piece has a second opening bar and a break


@dataclass(frozen=True)
class Mood:
    """One entry of moods.yaml, which says what each field means."""

    scale: str
    chords: tuple[tuple[int, ...], ...]
    low: int
    sevenths: bool
    kick: str
    snare: str
    snare_with: str
    hat: str
    shaker: str
    bass: str
    arp: str
    arp_with: str
    lead: tuple[str, ...]
    lead_with: str
    pad: float
    bright: float
    drive: float
    room: float
    swing: float
    pump: float


class Level(IntEnum):
    """How much plays in a bar."""

    OPENING = 0  # harmony, a light figure
    GROOVE = 1  # bass and drums come in
    SONG = 2  # and the tune
    LIFT = 3  # everything, the figure an octave higher


def levels(bars: int) -> tuple[Level, ...]:
    """The level of each bar before the end card: it opens, finds its groove, sings, breathes if it is long, and lifts."""
    short = {
        1: (Level.SONG,),
        2: (Level.GROOVE, Level.LIFT),
        3: (Level.OPENING, Level.SONG, Level.LIFT),
        4: (Level.OPENING, Level.GROOVE, Level.SONG, Level.LIFT),
    }
    if bars in short:
        return short[bars]
    opening = (Level.OPENING,) if bars < LONG else (Level.OPENING, Level.OPENING)
    rest = bars - len(opening)
    groove = 1 if rest < 6 else 2
    pause = 1 if bars >= LONG else 0
    lift = max(2, (rest - groove - pause) // 3)
    song = rest - groove - pause - lift
    return (*opening, *[Level.GROOVE] * groove, *[Level.SONG] * song, *[Level.OPENING] * pause, *[Level.LIFT] * lift)


def known_mood(name: str) -> str:
    """The mood that will be played for a name: itself, the one that it stands for, or the fallback."""
    book = _book()
    return name if name in book.moods else book.also.get(name, book.fallback)


def mood_of(name: str) -> Mood:
    return _book().moods[known_mood(name)]


def mood_names() -> tuple[str, ...]:
    """Every mood that sounds of its own."""
    return tuple(_book().moods)


@dataclass(frozen=True)
class _Book:
    moods: Mapping[str, Mood]
    also: Mapping[str, str]
    fallback: str


@cache
def _book() -> _Book:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return _Book({name: _mood(values) for name, values in data["moods"].items()}, data["also"], data["fallback"])


def _mood(values: Mapping[str, Any]) -> Mood:
    return Mood(**{**values, "chords": tuple(map(tuple, values["chords"])), "lead": tuple(values["lead"])})
