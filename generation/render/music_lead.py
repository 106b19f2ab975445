"""The tune: a short motif that is sung, answered and varied over the chords, so that a listener can follow and keep it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.render.music_form import Mood
from generation.render.music_theory import OCTAVE, Key, nearest

LOWEST, HIGHEST = 66, 86  # where a tune stands out of the accompaniment and does not pierce
STEPS = (-2, -1, 0, 1, 2)
LIKELY = (0.16, 0.30, 0.10, 0.30, 0.14)


@dataclass(frozen=True)
class LeadNote:
    """``step``: sixteenth of the bar; ``steps``: how long; ``accent`` 0..1."""

    step: int
    steps: int
    note: int
    accent: float


@dataclass(frozen=True)
class Tune:
    """``call`` and ``answer``: one interval in scale steps for each stroke of the rhythm."""

    style: Mood
    key: Key
    call: tuple[int, ...]
    answer: tuple[int, ...]

    def bar(self, number: int, chord: Sequence[int], before: int) -> tuple[LeadNote, ...]:
        """The notes of a bar: call, call, call, answer. ``before`` is the last note, from which the line goes on."""
        answers = number % 4 == 3
        rhythm = self.style.lead[1 if answers else 0]
        shape = self.answer if answers else self.call
        strokes = [step for step, mark in enumerate(rhythm) if mark != "."]
        ends = [*strokes[1:], len(rhythm)]
        notes, at = [], float(_in_range(before, chord))
        for index, (step, end) in enumerate(zip(strokes, ends, strict=True)):
            at = self._next(at, shape[index], chord, strong=step % 4 == 0 or index == len(strokes) - 1)
            accent = (1.0 if step % 8 == 0 else 0.82) * (1.0 if rhythm[step] == "x" else 0.7)
            notes.append(LeadNote(step, end - step, int(at), accent))
        return tuple(notes)

    def _next(self, at: float, interval: int, chord: Sequence[int], *, strong: bool) -> float:
        """Strong notes belong to the chord, the others to the scale; the line turns round at the edges of its range."""
        wanted = at + interval * 1.8
        if not LOWEST <= wanted <= HIGHEST - 6:
            wanted = at - interval * 1.8
        among = chord if strong else [self.key.note(step) for step in range(7)]
        return float(_in_range(wanted, among))


def _in_range(wanted: float, among: Sequence[int]) -> int:
    """The nearest note of the tune's range: a nearest note below the edge would carry the line away, bar by bar."""
    note = nearest(min(max(wanted, LOWEST), HIGHEST), among)
    return note + OCTAVE if note < LOWEST else note - OCTAVE if note > HIGHEST else note


def tune(style: Mood, key: Key, dice: np.random.Generator) -> Tune:
    """A motif: mostly steps, now and then a leap, never the same note for long; the answer falls to rest."""
    call, answer = (sum(mark != "." for mark in rhythm) for rhythm in style.lead)
    walk = [int(dice.choice(STEPS, p=LIKELY)) for _ in range(call)]
    walk[0] = int(dice.choice([0, 1, 2]))
    for index in range(2, call):
        if walk[index] == walk[index - 1] == 0:
            walk[index] = int(dice.choice([-1, 1]))
    fall = [*walk[: max(answer - 2, 0)], -1, -1][-answer:]
    return Tune(style, key, tuple(walk), tuple(fall))
