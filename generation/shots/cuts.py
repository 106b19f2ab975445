"""Where one shot of a finished video ends and the next begins: hard cuts, to the picture.

A cut is a step between two neighbouring pictures that stands out from all steps around it; a flash of a few pictures
is two such steps, so it is none. Dissolves are no hard cuts and stay inside one shot.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.shots.survey import Survey, Thumbs

Steps = NDArray[Any]  # float64, one for each picture: how far it is from the one before; the first is 0
LEAST = 6.0  # of 255: a smaller step is movement or noise
STANDS_OUT = 3.0  # times the largest step around it
AROUND = 4  # pictures to either side
COLOUR = 2.0  # chroma spans about half of what luma does


@dataclass(frozen=True)
class Bounds:
    """One shot: pictures ``start`` up to but not including ``end``."""

    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


def shots_of(video: Survey) -> tuple[Bounds, ...]:
    """All shots, in their order; one that is the whole video where there is no cut."""
    edges = [0, *find_cuts(video.thumbs), video.frames]
    return tuple(Bounds(start, end) for start, end in pairwise(edges))


def find_cuts(thumbs: Thumbs) -> list[int]:
    """Numbers of the pictures that begin a new shot."""
    steps = _steps(thumbs)
    return [number for number in range(1, len(steps)) if _is_cut(steps, number)]


def at_time(video: Survey, ms: int) -> int:
    """The number of the first picture that is shown at ``ms`` or later; the number of all pictures behind the last."""
    moment = Fraction(ms, 1000) + video.times[0]
    close = [number for number, time in enumerate(video.times) if time + Fraction(1, 2000) >= moment]
    return close[0] if close else video.frames


def _steps(thumbs: Thumbs) -> Steps:
    weights = np.array([1.0, COLOUR, COLOUR], np.float32) / 2
    changes = [np.abs(after.astype(np.float32) - before) * weights for before, after in pairwise(thumbs)]
    return np.array([0.0, *(float(change.sum(axis=2).mean()) for change in changes)])


def _is_cut(steps: Steps, number: int) -> bool:
    around = np.concatenate([steps[max(number - AROUND, 1) : number], steps[number + 1 : number + 1 + AROUND]])
    return bool(steps[number] >= max(LEAST, STANDS_OUT * float(around.max(initial=0.0))))
