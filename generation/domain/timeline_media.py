"""What the shots of a timeline need of their clips: handles, lengths, and which clip frame plays at which moment."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from generation.domain.timeline import WITHOUT_HANDLES, Stretch, Timeline, TimelineShot


def handles(shots: Sequence[TimelineShot]) -> tuple[tuple[int, int], ...]:
    """(head, tail) frames per shot that transitions need beyond its duration; known before anything is filmed."""
    tails = [_tail(shot) for shot in shots]
    return tuple(zip([0, *tails[:-1]], tails, strict=True))


def media_frames(shot: TimelineShot) -> int:
    """Frames a clip must hold for this shot: what is left out at its start, what plays, the tail handle."""
    return shot.source_start + shot.source_frames + _tail(shot)


def second_media_frames(shot: TimelineShot) -> int:
    """The same of the clip that shares the shot; 0 without one."""
    return 0 if shot.second is None else shot.second.source_start + shot.source_frames + _tail(shot)


def starts(shots: Iterable[TimelineShot]) -> tuple[int, ...]:
    """First frame of each shot on the timeline."""
    found, at = [], 0
    for shot in shots:
        found.append(at)
        at += shot.duration
    return tuple(found)


def clip_moments(shot: TimelineShot, head: int) -> tuple[float, ...]:
    """Which clip frame, counted from ``source_start``, plays at each frame of the shot with both its handles.

    Handles play as filmed. Between the edges of a ramp's stretches, which are whole frames, speed changes smoothly: a
    monotone cubic through the edges (Fritsch and Butland, "A method for constructing local monotone piecewise cubic
    interpolants", 1984), so a shot glides into its freeze and never runs backwards.
    """
    before = [float(at) for at in range(-head, 0)]
    after = [float(shot.source_frames + at) for at in range(_tail(shot))]
    if not shot.ramp:
        return (*before, *(float(at) for at in range(shot.duration)), *after)
    return (*before, *_ramped(shot.ramp), *after)


def planned_stills(timeline: Timeline) -> tuple[tuple[int, int], ...]:
    """(start, end) of what may stand still on purpose: freezes, drawn shots."""
    found = []
    for shot, at in zip(timeline.shots, starts(timeline.shots), strict=True):
        if not shot.clip:
            found.append((at, at + shot.duration))
        for stretch, start in zip(shot.ramp, accumulate((s.frames for s in shot.ramp), initial=0), strict=False):
            if not stretch.source:
                found.append((at + start, at + start + stretch.frames))
    return tuple(found)


def _ramped(ramp: Sequence[Stretch]) -> list[float]:
    times = list(accumulate((stretch.frames for stretch in ramp), initial=0))
    places = list(accumulate((stretch.source for stretch in ramp), initial=0))
    speeds = [stretch.source / stretch.frames for stretch in ramp]
    slopes = [speeds[0], *(_slope(*pair) for pair in pairwise(speeds)), speeds[-1]]
    found = []
    for at in range(times[-1]):
        index = bisect_right(times, at) - 1
        length = times[index + 1] - times[index]
        share = (at - times[index]) / length
        place = (
            places[index] * (1 + 2 * share) * (1 - share) ** 2
            + places[index + 1] * share**2 * (3 - 2 * share)
            + length * slopes[index] * share * (1 - share) ** 2
            + length * slopes[index + 1] * share**2 * (share - 1)
        )
        # Rounding must not leave the stretch: a freeze holds exactly one frame.
        found.append(min(max(place, float(places[index])), float(places[index + 1])))
    return found


def _slope(before: float, after: float) -> float:
    """The harmonic mean: never more than twice the slower, and 0 beside a freeze."""
    return 0.0 if before * after <= 0 else 2 * before * after / (before + after)


def _tail(shot: TimelineShot) -> int:
    return 0 if shot.transition in WITHOUT_HANDLES else shot.transition_frames // 2
