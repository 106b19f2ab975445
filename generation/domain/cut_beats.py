"""Cut points on the beat of the music: moved a little, never so far that words and pictures come apart."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from generation.domain.beat_grid import beat_frames

TEMPO_SHARE = 8  # per cent that a tempo may be moved by: the music keeps its character


def on_beat(
    durations: Sequence[int], beats: Sequence[int], *, reach: int, shortest: int, longest: int
) -> tuple[int, ...]:
    """The shots' durations with each inner cut on its nearest beat, if one lies within ``reach`` frames.

    The whole length stays, and so do the first and the last frame. A cut stays too where moving it would make a shot
    shorter than ``shortest`` or longer than ``longest``; a shot that is so already only does not get worse.
    """
    cuts = list(accumulate(durations, initial=0))
    for index in range(1, len(cuts) - 1):
        before, here, after = cuts[index - 1 : index + 2]
        low = before + min(shortest, here - before)
        high = after - min(shortest, after - here)
        low = max(low, after - max(longest, after - here))
        high = min(high, before + max(longest, here - before))
        near = [beat for beat in beats if abs(beat - here) <= reach and low <= beat <= high]
        cuts[index] = min(((abs(beat - here), beat) for beat in near), default=(0, here))[1]
    return tuple(end - start for start, end in pairwise(cuts))


def tempo(bpm: int, cuts: Sequence[int], *, fps: int, frames: int, card: int, reach: int) -> int:
    """The tempo within ``TEMPO_SHARE`` of ``bpm`` whose beats lie within ``reach`` of the most cuts; of several the nearest.

    ``cuts`` in frames of an ad of ``frames`` whose end card comes up at ``card``; the music is composed, so it may follow.
    """

    def met(asked: int) -> int:
        beats = beat_frames(asked, fps, frames, card)
        return sum(any(abs(beat - cut) <= reach for beat in beats) for cut in cuts)

    far = bpm * TEMPO_SHARE // 100
    return max(range(bpm - far, bpm + far + 1), key=lambda asked: (met(asked), -abs(asked - bpm), -asked))
