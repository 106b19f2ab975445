"""Fades and dissolves, by what they are: every picture in between is a mixture of the one before and the one after.

For a window of frames with the pictures A and B at its ends, four things must hold:

* each picture in between is close to ``a A + b B + c`` (least squares; c is a plain tone: fades through black or white),
  and goes steadily from A to B; a cut makes the way in one step,
* A and B are far from each other,
* there is less fine detail in the middle than at the ends, because the details of A and B do not match; a camera that
  moves keeps the detail,
* the change is over at both ends of the window; a camera's goes on.

The boundary is where a = b.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Stack = NDArray[Any]  # uint8, frames x height x width x 3
Rows = NDArray[Any]  # float32, frames x values, each row without its mean

HALVES_MS = (120, 200, 280, 360, 460, 600, 800)  # half lengths of the windows that are tried
SPAN = 12.0  # levels (root mean square) between A and B
DIP = 0.8  # detail in the middle over the mean of both ends: 0.5 for equal, unrelated pictures, 1 for motion
BOUNDED = 1.7  # how much faster things change within than before and after
STEADY = 0.93  # correlation of the mixture with a straight ramp
SPRING = 0.35  # largest single step, share of the whole way
LEFT_OVER = 0.10  # of a picture's energy, that is no mixture
LEAST_FRAMES = 3
ALMOST = 0.93  # of the widest span
PLAIN = 0.12  # of the livelier end's energy
CALM = 0.3  # levels a frame: what an encoder's noise changes


@dataclass(frozen=True)
class Reach:
    """A fade's first and last frame and the moment at which both pictures are equally strong.

    ``span``: how far its ends are from each other (levels); ``error``: what is no mixture, share of the pictures' energy.
    """

    begins: int
    ends: int
    middle_ms: int
    span: float
    error: float


@dataclass(frozen=True)
class _Seen:
    rows: Rows
    detail: NDArray[Any]  # per frame, mean square of what blurring takes away
    change: NDArray[Any]  # per pair of frames, root mean square
    energy: NDArray[Any]  # per frame, mean square of its row
    times: Sequence[int]


def fades(stack: Stack, times: Sequence[int]) -> tuple[Reach, ...]:
    """In order, none over another. ``times`` in ms, one for each picture of ``stack``."""
    if len(times) < 2 * LEAST_FRAMES + 1:
        return ()
    seen = _seen(stack, times)
    step = max((times[-1] - times[0]) / (len(times) - 1), 1.0)
    halves = sorted({max(LEAST_FRAMES, round(half / step)) for half in HALVES_MS})
    return _best([reach for half in halves for reach in _with_half(seen, half)])


def alike(one: Stack, other: Stack) -> float:
    """Correlation of two pictures, -1..1."""
    rows = _rows(np.stack([_blurred(one), _blurred(other)]))
    return _correlation(rows[0], rows[1])


def _seen(stack: Stack, times: Sequence[int]) -> _Seen:
    """Blurred, because a slow camera then hardly changes a picture; one at a time, to need little memory."""
    soft = np.empty(stack.shape, np.float32)
    detail = np.empty(len(stack))
    for index, picture in enumerate(stack):
        soft[index] = _blurred(picture)
        detail[index] = float(np.square(picture - soft[index]).mean())
    rows = _rows(soft)
    change = np.array([_distance(one, other) for one, other in pairwise(rows)])
    energy = np.square(rows).mean(axis=1)
    return _Seen(rows, detail, change, energy, times)


def _with_half(seen: _Seen, half: int) -> list[Reach]:
    """Every window of ``2 half + 1`` frames that is a fade."""
    found = []
    for start in range(len(seen.rows) - 2 * half):
        if (
            _dips(seen.detail, start, half)
            and _is_bounded(seen.change, start, half)
            and not _is_half(seen.energy, start, half)
        ):
            reach = _reach(seen, start, start + 2 * half)
            found += [] if reach is None else [reach]
    return found


def _dips(detail: NDArray[Any], start: int, half: int) -> bool:
    middle = start + half
    low = detail[middle - 1 : middle + 2].min()
    return bool(2 * low <= DIP * (detail[start] + detail[start + 2 * half]))


def _is_bounded(change: NDArray[Any], start: int, half: int) -> bool:
    """Against the usual change before and after: where the video begins or ends there in between, the other side tells."""
    end = start + 2 * half
    within = change[start:end].mean()
    around = [
        float(np.median(side)) for side in (change[max(start - half, 0) : start], change[end : end + half]) if len(side)
    ]
    return bool(within >= BOUNDED * max(*around, CALM)) if around else False


def _is_half(energy: NDArray[Any], start: int, half: int) -> bool:
    """One end is nearly plain, and the picture comes back beyond it: half of a fade through black or white."""
    end = start + 2 * half
    plain = PLAIN * max(energy[start], energy[end])
    before, after = energy[max(start - half, 0) : start], energy[end + 1 : end + 1 + half]
    beyond = before if energy[start] < energy[end] else after
    return bool(min(energy[start], energy[end]) < plain and beyond.max(initial=0.0) > plain)


def _reach(seen: _Seen, start: int, end: int) -> Reach | None:
    before, after = seen.rows[start], seen.rows[end]
    span = _distance(before, after)
    if span < SPAN:
        return None
    mixed, base = seen.rows[start : end + 1], np.stack([before, after])
    energy = float(before @ before + after @ after) / 2
    shares = np.linalg.solve(base @ base.T + 1e-4 * energy * np.eye(2), base @ mixed.T)
    way = shares[1] - shares[0]
    steps = np.diff(way) / max(way[-1] - way[0], 1e-6)
    if steps.max() > SPRING or _correlation(way, np.arange(len(way))) < STEADY:
        return None
    error = float(np.square(mixed - shares.T @ base).sum(axis=1).mean()) / energy
    if error > LEFT_OVER:
        return None
    inside = np.flatnonzero(steps > 0.25 / len(steps))
    begins, ends = start + int(inside[0]), start + int(inside[-1]) + 1
    return Reach(begins, ends, _crossing(way, seen.times[start : end + 1]), span, error)


def _crossing(way: NDArray[Any], times: Sequence[int]) -> int:
    """When the mixture passes from mostly A to mostly B, between two frames."""
    level = (way[0] + way[-1]) / 2
    at = int(np.flatnonzero(way >= level)[0])
    if at == 0:
        return times[0]
    share = (level - way[at - 1]) / max(way[at] - way[at - 1], 1e-6)
    return round(times[at - 1] + share * (times[at] - times[at - 1]))


def _best(found: list[Reach]) -> tuple[Reach, ...]:
    """The middle of a fade looks like a whole one, with ends that are mixtures themselves: the widest span is the fade.

    Of nearly the same span the longest: fading in from black alone spans nearly as much as all of a fade through black.
    """
    left, kept = found, []
    while left:
        top = max(left, key=lambda reach: (reach.span * (1 - reach.error / LEFT_OVER / 2), -reach.begins))
        near = [reach for reach in left if _overlap(reach, top) and reach.span >= ALMOST * top.span]
        best = min(near, key=lambda reach: (reach.begins - reach.ends, reach.error))
        kept.append(best)
        left = [reach for reach in left if not _overlap(reach, best) and not _overlap(reach, top)]
    return tuple(sorted(kept, key=lambda reach: reach.begins))


def _overlap(one: Reach, other: Reach) -> bool:
    return one.begins <= other.ends and other.begins <= one.ends


def _blurred(picture: Stack) -> NDArray[Any]:
    return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.5)


def _rows(pictures: NDArray[Any]) -> Rows:
    """Takes the means away in place: ten minutes of video are 280 MB of it."""
    rows = pictures.reshape(len(pictures), -1)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows


def _distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.sqrt(np.square(one - other).mean()))


def _correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float(one @ other / max(float(np.sqrt((one @ one) * (other @ other))), 1e-9))
