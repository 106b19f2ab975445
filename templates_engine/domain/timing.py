"""Sharing out time: beats over an ad, shots over a beat. All in integer milliseconds, without gaps."""

from itertools import pairwise
from math import ceil, floor
from random import Random
from typing import TypeVar

from templates_engine.domain.beats import Camera, Framing
from templates_engine.domain.script import ScriptShot
from templates_engine.domain.template import Beat

SHORTEST_SHOT_MS = 1_200
LONGEST_SHOT_MS = 5_000  # one engine shot; longer would be paid twice

Choice = TypeVar("Choice", Camera, Framing)


def share_out(needs: list[int], shares: list[float], total: int) -> list[int]:
    """Lengths that sum to ``total`` (at least the sum of needs): each its share, but never less than its need."""
    free = set(range(len(needs)))
    lengths = [float(need) for need in needs]
    while free:
        rest = total - sum(lengths[place] for place in range(len(needs)) if place not in free)
        scale = rest / sum(shares[place] for place in free)
        short = {place for place in free if shares[place] * scale < needs[place]}
        if not short:
            for place in free:
                lengths[place] = shares[place] * scale
            break
        free -= short  # these keep their need; the others share what is left
    ends = [0, *(round(sum(lengths[: place + 1])) for place in range(len(lengths)))]
    return [end - start for start, end in pairwise(ends)]


def shots_of(beat: Beat, start: int, end: int, rng: Random, before: ScriptShot | None) -> tuple[ScriptShot, ...]:
    """Shots that tile ``start``..``end`` exactly; a camera move is not repeated where the beat offers another."""
    length = end - start
    fewest = ceil(length / LONGEST_SHOT_MS)
    most = max(fewest, floor(length / SHORTEST_SHOT_MS))
    wanted = min(round(length / beat.shot_len.p50), round(beat.shots.p90))
    count = min(max(wanted, fewest, 1), most)
    cuts = [start + round(length * place / count) for place in range(count + 1)]
    shots: list[ScriptShot] = []
    for first, last in pairwise(cuts):
        previous = shots[-1] if shots else before
        camera = _choose(beat.camera, rng, previous.camera if previous else None)
        framing = _choose(beat.framing, rng, shots[-1].framing if shots else None)
        shots.append(ScriptShot(first, last, camera, framing))
    return tuple(shots)


def _choose(choices: tuple[tuple[Choice, float], ...], rng: Random, avoid: Choice | None) -> Choice:
    others = [(choice, weight) for choice, weight in choices if choice is not avoid and weight > 0] or list(choices)
    return rng.choices([choice for choice, _ in others], [weight for _, weight in others])[0]
