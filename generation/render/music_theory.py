"""Notes and chords: scales, voicings that move little, and the tones that a tune may step on. Notes are MIDI numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
OCTAVE = 12


@dataclass(frozen=True)
class Key:
    """``home``: the tonic's MIDI note; ``scale`` "major" or "minor"."""

    home: int
    scale: str

    def note(self, step: int) -> int:
        """The note so many scale steps above the tonic; negative ones lie below."""
        return self.home + SCALES[self.scale][step % 7] + OCTAVE * (step // 7)

    def chord(self, degree: int, *, sevenths: bool = False) -> tuple[int, ...]:
        """Stacked thirds on a degree (1 is the tonic); the fifth degree of minor is made major, which pulls home."""
        notes = [self.note(degree - 1 + step) for step in ((0, 2, 4, 6) if sevenths else (0, 2, 4))]
        if self.scale == "minor" and degree == 5:
            notes[1] += 1
        return tuple(notes)

    def root(self, degree: int) -> int:
        """The bass note between 33 and 44: deep, but still there on a phone through its overtones."""
        return 33 + (self.note(degree - 1) - 33) % OCTAVE


def near(chord: Sequence[int], before: Sequence[int]) -> tuple[int, ...]:
    """The inversion that moves least from the chord before: voices that walk, not jump."""
    if not before:
        return tuple(chord)
    middle = sum(before) / len(before)
    shapes = []
    for turn in range(-len(chord), len(chord) + 1):
        at = turn % len(chord)
        turned = [*chord[at:], *chord[:at]]
        lifted = (note + OCTAVE * ((index + turn) // len(chord)) for index, note in enumerate(turned))
        shapes.append(tuple(sorted(lifted)))
    return min(shapes, key=lambda shape: (abs(sum(shape) / len(shape) - middle), shape))


def nearest(note: float, among: Sequence[int]) -> int:
    """Of notes given in one octave, the one nearest to ``note`` in any octave; the lower one where two are as near."""
    around = (one + OCTAVE * round((note - one) / OCTAVE) for one in among)
    return min(around, key=lambda one: (abs(one - note), one))
