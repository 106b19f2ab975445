"""Our own music, composed on the spot: mood, tempo and seed -> stereo. Nothing is sampled, so nothing needs a licence.

Form: a light opening bar, then all instruments, a gathering of air before the end card, and on the card's first frame the
tonic chord, which rings until the end. The tempo is bent by the few per cent that bring the card onto a beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from generation.render import instruments
from generation.render.instruments import Mono
from generation.render.loudness import RATE, Samples

_FILE = Path(__file__).with_name("moods.yaml")
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_SOFT = 0.5


@dataclass(frozen=True)
class Mood:
    """One line of moods.yaml."""

    scale: str
    chords: tuple[int, ...]
    kick: str
    clap: str
    hat: str
    bass: str
    pluck: str
    pad: float
    bright: float
    drive: float
    room: float
    swing: float
    sevenths: bool
    low: int  # MIDI note around which chords lie


@dataclass
class Stage:
    """Where strokes are laid down: ``dry`` only, or into the ``wet`` bus that the room answers."""

    length: int
    dry: Samples = field(init=False)
    wet: Samples = field(init=False)

    def __post_init__(self) -> None:
        self.dry, self.wet = (np.zeros((self.length, 2), np.float32) for _ in range(2))

    def play(self, tone: Mono, at_s: float, level: float, *, pan: float = 0.0, wet: bool = True) -> None:
        """``pan`` -1 left .. 1 right, equal power. What would ring past the end is cut; the end is faded anyway."""
        start = max(round(at_s * RATE), 0)
        piece = tone[: max(self.length - start, 0)]
        angle = (pan + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(level)
        bus = self.wet if wet else self.dry
        bus[start : start + len(piece)] += piece[:, None] * sides


def beats_s(bpm: int, seconds: float) -> tuple[float, ...]:
    """The moments of the beats: cuts that fall on them feel edited to the music."""
    return tuple(beat * 60 / bpm for beat in range(int(seconds * bpm / 60 + 1e-9) + 1))


def known_mood(name: str) -> str:
    """The mood that will be played for a name: itself, the one that it stands for, or the fallback."""
    book = _book()
    return name if name in book.moods else book.also.get(name, book.fallback)


def compose(mood: str, bpm: int, seed: int, seconds: float, card_s: float | None = None) -> Samples:
    """Exactly ``seconds`` of music, peaks below 1. ``card_s``: when the end card comes, where the music resolves."""
    style = _book().moods[known_mood(mood)]
    dice = np.random.default_rng([seed, bpm])
    arrival = card_s if card_s is not None and 2 <= card_s < seconds else max(seconds - 2.0, seconds / 2)
    beats = max(round(arrival * bpm / 60), 1)
    beat = arrival / beats
    key = style.low + int(dice.integers(-3, 4))
    stage = Stage(round(seconds * RATE))
    motif = _motif(dice, style)
    voicing: tuple[int, ...] = ()
    for bar in range(-(-beats // 4)):
        degree = style.chords[bar % len(style.chords)]
        voicing = _near(_chord(key, degree, style), voicing)
        here = Bar(style, stage, bar * 4 * beat, beat, min(4, beats - 4 * bar), first=bar == 0)
        here.harmony(voicing, _root(key, degree, style))
        here.tune(voicing, motif, high=bar % 4 == 3)
        here.drums(last=4 * (bar + 1) >= beats)
    _gather(stage, arrival, beat, seed)
    _resolve(stage, style, _near(_chord(key, 1, style), voicing), _root(key, 1, style), arrival, beat)
    return _mixed(stage, style)


@dataclass(frozen=True)
class Bar:
    """One bar of at most four beats, starting at ``start`` seconds. The first is light."""

    style: Mood
    stage: Stage
    start: float
    beat: float
    beats: int
    first: bool

    def strokes(self, pattern: str) -> list[tuple[float, float, int]]:
        """(moment, level, step) of a pattern in this bar."""
        found = []
        for step, mark in enumerate(pattern[: self.beats * 4]):
            if mark != ".":
                late = self.style.swing * self.beat / 2 if step % 4 == 2 else 0.0
                found.append((self.start + step * self.beat / 4 + late, _SOFT if mark == "o" else 1.0, step))
        return found

    def harmony(self, voicing: Sequence[int], root: int) -> None:
        length = self.beats * self.beat + 0.3
        for index, note in enumerate(voicing):
            self.stage.play(
                instruments.pad(note, length, 7.0), self.start, 0.26 * self.style.pad, pan=0.5 - index * 0.35
            )
        hits = self.strokes(self.style.bass)[: 1 if self.first else None]
        ends = [at for at, _, _ in hits[1:]] + [self.start + self.beats * self.beat]
        for (at, level, _), end in zip(hits, ends, strict=True):
            tone = instruments.bass(root, round(min(end - at, self.beat * 1.5) * 0.92, 4), self.style.drive)
            self.stage.play(tone, at, 0.26 * level, wet=False)

    def tune(self, voicing: Sequence[int], motif: Sequence[int], *, high: bool) -> None:
        """The motif, fitted to the chord: the same figure in every bar, answered higher in each fourth."""
        for index, (at, level, step) in enumerate(self.strokes(self.style.pluck)):
            place = motif[index % len(motif)]
            note = voicing[place % len(voicing)] + 12 * (1 + place // len(voicing)) + (12 if high and step >= 8 else 0)
            accent = level * (1.0 if step % 4 == 0 else 0.72)
            tone = instruments.pluck(note, round(self.beat * 1.8, 4), self.style.bright)
            self.stage.play(tone, at, 0.36 * accent, pan=0.32 if index % 2 else -0.32)

    def drums(self, *, last: bool) -> None:
        for at, level, step in self.strokes(self.style.hat):
            self.stage.play(instruments.hat(0.05, step % 3), at, 0.20 * level, pan=0.25)
        if self.first:
            self.stage.play(instruments.kick(0.5), self.start, 0.4, wet=False)
            return
        # The last beat before the card is left free: the silence announces it.
        until = self.start + (self.beats - 1) * self.beat if last else float("inf")
        for at, level, _ in self.strokes(self.style.kick):
            if at < until:
                self.stage.play(instruments.kick(0.5 + 0.5 * self.style.drive), at, 0.48 * level, wet=False)
        for at, level, _ in self.strokes(self.style.clap):
            if at < until:
                self.stage.play(instruments.clap(5), at, 0.30 * level, pan=-0.08)


def _gather(stage: Stage, arrival: float, beat: float, seed: int) -> None:
    length = round(min(2 * beat, arrival), 4)
    stage.play(instruments.riser(length, seed % 1000), arrival - length, 0.16)


def _resolve(stage: Stage, style: Mood, voicing: Sequence[int], root: int, arrival: float, beat: float) -> None:
    """The tonic, rolled upwards, with a deep stroke and a shimmer; all of it dies away by itself."""
    rest = max(stage.length / RATE - arrival, 0.1)
    stage.play(instruments.kick(1.0), arrival, 0.5, wet=False)
    stage.play(instruments.shimmer(round(min(rest, 2.6), 4), 3), arrival, 0.15)
    stage.play(instruments.bass(root, round(min(rest, 2.4), 4), 0.1), arrival, 0.26, wet=False)
    for index, note in enumerate(voicing):
        stage.play(instruments.pad(note, round(rest, 4), 7.0), arrival, 0.22 * style.pad, pan=0.5 - index * 0.35)
    for index, note in enumerate([*voicing, *(note + 12 for note in voicing)]):
        tone = instruments.pluck(note + 12, round(min(rest, 2.2), 4), style.bright)
        stage.play(tone, arrival + index * beat / 4, 0.34 * 0.92**index, pan=0.4 if index % 2 else -0.4)


def _mixed(stage: Stage, style: Mood) -> Samples:
    response = instruments.room(1.1, 11)
    length = 1 << (stage.length + len(response)).bit_length()
    heard = np.fft.irfft(
        np.fft.rfft(stage.wet, length, axis=0) * np.fft.rfft(response, length, axis=0), length, axis=0
    )[: stage.length]
    mix: Samples = stage.dry + stage.wet + np.float32(style.room) * heard.astype(np.float32)
    fade = min(round(0.5 * RATE), stage.length)
    mix[stage.length - fade :] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade, dtype=np.float32)))[:, None]
    mix *= np.float32(0.7 / max(float(np.abs(mix).max()), 1e-6))
    return mix


def _motif(dice: np.random.Generator, style: Mood) -> tuple[int, ...]:
    """Chord-tone numbers (0 is the lowest, 3 the lowest an octave higher): a walk in small steps that returns."""
    size = sum(mark != "." for mark in style.pluck)
    walk, at = [], int(dice.integers(0, 3))
    for _ in range(size):
        walk.append(at)
        at = int(np.clip(at + dice.choice([-1, 1, 1, 2, -2], p=[0.34, 0.22, 0.14, 0.12, 0.18]), 0, 5))
    walk[-1] = walk[0]
    return tuple(walk)


def _chord(key: int, degree: int, style: Mood) -> tuple[int, ...]:
    """Stacked thirds of the scale; in minor the fifth degree is raised to a major chord, which pulls home."""
    scale = _SCALES[style.scale]
    steps = (0, 2, 4, 6) if style.sevenths else (0, 2, 4)
    notes = [key + scale[(degree - 1 + step) % 7] + 12 * ((degree - 1 + step) // 7) for step in steps]
    if style.scale == "minor" and degree == 5:
        notes[1] += 1
    return tuple(notes)


def _root(key: int, degree: int, style: Mood) -> int:
    """The bass note between 33 and 44: deep, but still there on a phone through its overtones."""
    return 33 + (key + _SCALES[style.scale][(degree - 1) % 7] - 33) % 12


def _near(chord: Sequence[int], before: Sequence[int]) -> tuple[int, ...]:
    """The inversion that moves least from the chord before: voices that walk, not jump."""
    if not before:
        return tuple(chord)
    middle = sum(before) / len(before)
    shapes = []
    for turn in range(-len(chord), len(chord) + 1):
        notes = sorted(note + 12 * ((index + turn) // len(chord)) for index, note in enumerate(_turned(chord, turn)))
        shapes.append(tuple(notes))
    return min(shapes, key=lambda shape: (abs(sum(shape) / len(shape) - middle), shape))


def _turned(chord: Sequence[int], turn: int) -> list[int]:
    turn %= len(chord)
    return [*chord[turn:], *chord[:turn]]


@dataclass(frozen=True)
class _Book:
    moods: dict[str, Mood]
    also: dict[str, str]
    fallback: str


@cache
def _book() -> _Book:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    moods = {name: Mood(**{**values, "chords": tuple(values["chords"])}) for name, values in data["moods"].items()}
    return _Book(moods, data["also"], data["fallback"])
