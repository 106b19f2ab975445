"""Where the beats of an ad's music fall, so that pictures can be cut on them.

The music resolves on the end card. Its tempo is bent by the few per cent that bring the card's first frame onto a beat, so
the grid depends on the card: ask with the same ``card`` that the timeline has.
"""

from dataclasses import dataclass
from fractions import Fraction

SHORTEST_LEAD_S = 2  # music that would resolve sooner has not begun yet
RING_S = 2  # without a card the last chord rings so long


@dataclass(frozen=True)
class BeatGrid:
    """In seconds. ``beat``: from one to the next; ``arrival``: when the music resolves; ``beats``: how many before it."""

    beat: Fraction
    arrival: Fraction
    beats: int

    def moments(self, seconds: Fraction | float) -> tuple[Fraction, ...]:
        """All beats from 0 up to the end, those after the arrival too."""
        return tuple(self.beat * number for number in range(int(Fraction(seconds) / self.beat) + 1))


def beat_grid(bpm: int, seconds: Fraction | float, card: Fraction | float | None = None) -> BeatGrid:
    """The grid of music of ``seconds`` whose end card comes up at ``card`` seconds. ``ValueError`` for no tempo or time."""
    if bpm < 1 or seconds <= 0:
        raise ValueError(f"no grid for {bpm} beats a minute in {float(seconds):g} s: both must be positive")
    whole = Fraction(seconds).limit_denominator(1_000_000)
    arrival = max(whole - RING_S, whole / 2)
    if card is not None and SHORTEST_LEAD_S <= card < seconds:
        arrival = Fraction(card).limit_denominator(1_000_000)
    beats = max(round(arrival * bpm / 60), 1)
    return BeatGrid(arrival / beats, arrival, beats)


def beat_frames(bpm: int, fps: int, frames: int, card_start: int | None = None) -> tuple[int, ...]:
    """The same in frames of a timeline of ``frames``: the frame nearest to each beat, without the one after the end."""
    grid = beat_grid(bpm, Fraction(frames, fps), None if card_start is None else Fraction(card_start, fps))
    at = (round(moment * fps) for moment in grid.moments(Fraction(frames, fps)))
    return tuple(frame for frame in at if frame < frames)
