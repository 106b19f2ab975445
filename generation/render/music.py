"""Our own music, composed on the spot: mood, tempo and seed -> stereo. Nothing is sampled, so nothing needs a licence.

Form: a light opening, a groove, a tune with its answer, a lift, a breath of silence under gathering air, and on the end
card's first frame the tonic chord, which rings until the end. The tempo is bent by the few per cent that bring the card
onto a beat (``generation.domain.beat_grid``), so pictures can be cut on ``beats``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from generation.domain.beat_grid import beat_grid
from generation.domain.timeline import MusicBed
from generation.render import instruments, percussion
from generation.render.instruments import Mono
from generation.render.loudness import Samples
from generation.render.music_form import BAR, Level, Mood, known_mood, levels, mood_names, mood_of
from generation.render.music_lead import Tune, tune
from generation.render.music_mix import Stage, mixed
from generation.render.music_theory import Key, near

__all__ = ["Stage", "beats", "beats_s", "compose", "known_mood", "mood_names"]

STEPS = 16  # of a bar
_SOFT = 0.5
_VOICES: dict[str, Callable[[float, float, float], Mono]] = {
    "keys": instruments.keys,
    "bell": instruments.bell,
    "guitar": instruments.guitar,
    "soft": instruments.soft,
    "saw": instruments.saw,
}
_LOUD = {"keys": 0.36, "bell": 0.34, "guitar": 0.40, "soft": 0.36, "saw": 0.30}
_SNARES = {"snare": percussion.snare, "clap": percussion.clap, "rim": percussion.rim}


def beats_s(bpm: int, seconds: float) -> tuple[float, ...]:
    """The moments of the beats at an unbent tempo."""
    return tuple(beat * 60 / bpm for beat in range(int(seconds * bpm / 60 + 1e-9) + 1))


def beats(music: MusicBed, seconds: float, card_s: float | None = None) -> tuple[float, ...]:
    """The moments of the beats as they are really played in an ad of ``seconds`` whose end card comes at ``card_s``.

    Of an uploaded track only its stated tempo is known, so its beats are those of that tempo from its first sample.
    """
    if music.track_sha256:
        return beats_s(music.bpm, seconds)
    return tuple(float(moment) for moment in beat_grid(music.bpm, seconds, card_s).moments(seconds))


def compose(mood: str, bpm: int, seed: int, seconds: float, card_s: float | None = None) -> Samples:
    """Exactly ``seconds`` of music, peaks below 1. ``card_s``: when the end card comes, where the music resolves."""
    style, dice = mood_of(mood), np.random.default_rng([seed, bpm])
    grid = beat_grid(bpm, seconds, card_s)
    beat, arrival = float(grid.beat), float(grid.arrival)
    key = Key(style.low + int(dice.integers(-3, 4)), style.scale)
    chords = style.chords[int(dice.integers(0, len(style.chords)))]
    song, stage = tune(style, key, dice), Stage(round(seconds * instruments.RATE))
    plan = levels(-(-grid.beats // BAR))
    degrees = _degrees(chords, len(plan))
    voicing: tuple[int, ...] = ()
    sung = 76
    for number, (level, degree) in enumerate(zip(plan, degrees, strict=True)):
        voicing = near(key.chord(degree, sevenths=style.sevenths), voicing)
        after = degrees[number + 1] if number + 1 < len(degrees) else 1
        here = Bar(style, stage, number, number * BAR * beat, beat, min(BAR, grid.beats - BAR * number), level)
        here.harmony(voicing, key.root(degree), key.root(after))
        sung = here.melody(song, voicing, sung)
        here.drums(last=number + 1 == len(plan), lifts=number + 1 < len(plan) and plan[number + 1] > level)
    _gather(stage, arrival, beat, seed)
    _resolve(stage, style, near(key.chord(1, sevenths=style.sevenths), voicing), key.root(1), arrival, beat)
    return mixed(stage, style)


def _degrees(chords: Sequence[int], bars: int) -> tuple[int, ...]:
    """The progression over and over; the last bar pulls home, so that the end card's chord arrives instead of happening."""
    found = [chords[bar % len(chords)] for bar in range(bars)]
    if bars > 1 and found[-1] == 1:
        found[-1] = 5
    return tuple(found)


@dataclass(frozen=True)
class Bar:
    """One bar of at most four beats, starting at ``start`` seconds."""

    style: Mood
    stage: Stage
    number: int
    start: float
    beat: float
    beats: int
    level: Level

    def at(self, step: int) -> float:
        """The moment of a sixteenth, with the mood's swing."""
        late = self.style.swing * self.beat / 2 if step % 4 == 2 else 0.0
        return self.start + step * self.beat / 4 + late

    def strokes(self, pattern: str) -> list[tuple[float, float, int]]:
        """(moment, level, step) of a pattern in this bar."""
        marks = enumerate(pattern[: self.beats * 4])
        return [(self.at(step), _SOFT if mark == "o" else 1.0, step) for step, mark in marks if mark != "."]

    def harmony(self, voicing: Sequence[int], root: int, next_root: int) -> None:
        length = round(self.beats * self.beat + 0.3, 4)
        for index, note in enumerate(voicing):
            self.stage.play(instruments.pad(note, length, 7.0), self.start, 0.25 * self.style.pad, pan=0.5 - index * 0.35,
                            bus="pump")  # fmt: skip
        self._figure(voicing)
        hits = self.strokes(self.style.bass)[: 1 if self.level is Level.OPENING else None]
        ends = [at for at, _, _ in hits[1:]] + [self.start + self.beats * self.beat]
        for number, ((at, level, _), end) in enumerate(zip(hits, ends, strict=True)):
            walks = self.level >= Level.SONG and number == len(hits) - 1 and len(hits) > 2 and next_root != root
            note = next_root + (2 if next_root < root else -2) if walks and self.number % 2 else root
            tone = instruments.bass(note, round(min(end - at, self.beat * 1.5) * 0.92, 4), self.style.drive)
            self.stage.play(tone, at, 0.25 * level, bus="dry")

    def _figure(self, voicing: Sequence[int]) -> None:
        """Broken chords under the tune: up and down, in the lift an octave higher and quieter."""
        play = _VOICES[self.style.arp_with]
        up = [*voicing, voicing[0] + 12]
        order = [*up, *reversed(up[1:-1])]
        high = 12 if self.level is Level.LIFT and max(up) < 70 else 0
        base = 12 if max(up) < 64 else 0
        loud = _LOUD[self.style.arp_with] * (0.62 if self.level >= Level.SONG else 0.8)
        for index, (at, level, step) in enumerate(self.strokes(self.style.arp)):
            tone = play(order[index % len(order)] + base + high, round(self.beat * 1.6, 4), self.style.bright)
            accent = level * (1.0 if step % 4 == 0 else 0.68)
            self.stage.play(tone, at, loud * accent, pan=0.42 if index % 2 else -0.42)

    def melody(self, song: Tune, voicing: Sequence[int], before: int) -> int:
        """Plays the tune where there is one; its last note, or ``before``."""
        if self.level < Level.SONG:
            return before
        play = _VOICES[self.style.lead_with]
        loud = _LOUD[self.style.lead_with]
        notes = [note for note in song.bar(self.number, voicing, before) if note.step < self.beats * 4]
        for note in notes:
            seconds = round(max(note.steps * self.beat / 4 * 1.15, 0.3), 4)
            self.stage.play(
                play(note.note, seconds, self.style.bright), self.at(note.step), loud * note.accent, pan=0.06
            )
            if self.level is Level.LIFT and note.step % 8 == 0:  # a second voice, a third or so below
                lower = [tone + 12 * octave for tone in voicing for octave in (0, 1, 2)]
                below = max((tone for tone in lower if tone < note.note - 2), default=note.note - 12)
                tone = play(below, seconds, self.style.bright)
                self.stage.play(tone, self.at(note.step), loud * note.accent * 0.45, pan=-0.3)
        return notes[-1].note if notes else before

    def drums(self, *, last: bool, lifts: bool) -> None:
        """``last``: the last beat before the card is left free, the silence announces it; ``lifts``: a fill leads on."""
        until = self.start + (self.beats - 1) * self.beat if last else float("inf")
        light = self.level is Level.OPENING
        for at, level, step in self.strokes(self.style.hat):
            accent = 0.8 if step % 4 else 1.0
            self.stage.play(percussion.hat(0.05, step % 3), at, 0.15 * level * accent * (0.6 if light else 1), pan=0.25)
        if light:
            if self.number:
                self.stage.kick(percussion.kick(0.5), self.start, 0.3)
            return
        if self.level is Level.LIFT:
            for at, level, step in self.strokes(self.style.shaker):
                self.stage.play(percussion.shaker(step % 4), at, 0.14 * level, pan=-0.35)
        self._beat(until, lifts=lifts)
        if (lifts or self.number % 4 == 3) and not last and self.beats == BAR and self.style.drive > 0.2:
            self._fill()

    def _beat(self, until: float, *, lifts: bool) -> None:
        for at, level, _ in self.strokes(self.style.kick):
            if at < until:
                self.stage.kick(percussion.kick(0.5 + 0.5 * self.style.drive), at, 0.46 * level)
        loud = 0.16 if self.style.snare_with == "rim" else 0.27
        for at, level, step in self.strokes(self.style.snare):
            if at < until and not (lifts and step >= 14):
                self.stage.play(_SNARES[self.style.snare_with](5), at, loud * level, pan=-0.06)

    def _fill(self) -> None:
        for step, hertz, level in ((13, 190.0, 0.5), (14, 150.0, 0.7), (15, 118.0, 0.9)):
            self.stage.play(percussion.tom(hertz), self.at(step), 0.2 * level, pan=(step - 14) * 0.3)


def _gather(stage: Stage, arrival: float, beat: float, seed: int) -> None:
    length = round(min(2 * beat, arrival), 4)
    stage.play(percussion.riser(length, seed % 1000), arrival - length, 0.13)


def _resolve(stage: Stage, style: Mood, voicing: Sequence[int], root: int, arrival: float, beat: float) -> None:
    """The tonic, rolled upwards, with a deep stroke and a shimmer; all of it dies away by itself."""
    rest = max(stage.length / instruments.RATE - arrival, 0.1)
    stage.kick(percussion.kick(1.0), arrival, 0.46)
    stage.play(percussion.shimmer(round(min(rest, 2.6), 4), 3), arrival, 0.11)
    stage.play(instruments.bass(root, round(min(rest, 2.4), 4), 0.1), arrival, 0.25, bus="dry")
    for index, note in enumerate(voicing):
        stage.play(instruments.pad(note, round(rest, 4), 7.0), arrival, 0.24 * style.pad, pan=0.5 - index * 0.35)
    rolled = [*voicing, *(note + 12 for note in voicing)]
    voice = "keys" if style.lead_with in ("soft", "saw") else style.lead_with
    for index, note in enumerate(rolled):
        tone = _VOICES[voice](note + 12, round(min(rest, 2.2), 4), style.bright)
        stage.play(tone, arrival + index * beat / 4, _LOUD[voice] * 0.9 * 0.9**index, pan=0.4 if index % 2 else -0.4)
