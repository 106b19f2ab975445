"""Several scripts for one product that really differ: other openings, other turns of phrase, other facts first.

Platforms hold back near-copies, and a viewer who meets the second of two alike ads has seen it already.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from templates_engine.domain.beats import Role
from templates_engine.domain.copying import pairs
from templates_engine.domain.hooks import hook_type
from templates_engine.domain.script import Script

CANDIDATES = 4  # scripts written for each that is kept


@dataclass(frozen=True)
class Distinctness:
    """How different scripts are. Similarities lie between 0 (nothing in common) and 1 (the same words).

    ``distinct_pairs``: of all neighbouring word pairs of all scripts, the share that are different ones (distinct-2 of
    Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models").
    """

    scripts: int
    mean_similarity: float
    worst_similarity: float
    openings: int
    hook_types: int
    orders: int
    distinct_pairs: float


@dataclass(frozen=True)
class Variants:
    """``scripts`` in the order in which they were chosen: any first few of them differ most among themselves."""

    scripts: tuple[Script, ...]
    distinctness: Distinctness


def variants(write: Callable[[int], Script], count: int, seed: int) -> Variants:
    """``count`` scripts of those that ``write`` gives for different seeds, each as unlike the ones before as can be.

    Greedy farthest-first choice (Gonzalez 1985): next is the script that is least like its nearest kept one, with an
    opening that was not heard yet where there is one. Fewer come back only where ``write`` has no more different ones.
    """
    found = {spoken(script): script for script in (write(seed * 1_000 + at) for at in range(count * CANDIDATES))}
    waiting = list(found.values())
    kept: list[Script] = []
    nearest = dict.fromkeys(range(len(waiting)), 0.0)
    while nearest and len(kept) < count:
        heard = {_opening(script) for script in kept}
        place = min(nearest, key=lambda at: (_opening(waiting[at]) in heard, nearest[at], at))
        del nearest[place]
        kept.append(waiting[place])
        for other in nearest:
            nearest[other] = max(nearest[other], similarity(waiting[other], waiting[place]))
    return Variants(tuple(kept), distinctness(kept))


def distinctness(scripts: Sequence[Script]) -> Distinctness:
    """What a merchant is told about a set of variants."""
    alike = [similarity(one, other) for one, other in combinations(scripts, 2)]
    counts = [pairs(spoken(script)) for script in scripts]
    total = sum(map(len, counts))
    return Distinctness(
        scripts=len(scripts),
        mean_similarity=sum(alike) / len(alike) if alike else 0.0,
        worst_similarity=max(alike, default=0.0),
        openings=len({_opening(script) for script in scripts}),
        hook_types=len({hook_type(_opening(script)) for script in scripts}),
        orders=len({_order(script) for script in scripts}),
        distinct_pairs=len(frozenset().union(*counts)) / total if total else 0.0,
    )


def similarity(one: Script, other: Script) -> float:
    """Cosine of the counts of neighbouring pairs (characters in Chinese, words in English) of what is spoken.

    The product's own facts count: two scripts that say the same four facts are alike, however they dress them.
    """
    ours, theirs = _counts(one), _counts(other)
    shared = sum(count * theirs[pair] for pair, count in ours.items())
    size = sqrt(sum(n * n for n in ours.values())) * sqrt(sum(n * n for n in theirs.values()))
    return shared / size if size else 0.0


def spoken(script: Script) -> str:
    return "\n".join(beat.voice for beat in script.beats)


def _counts(script: Script) -> Counter[str]:
    return Counter(pair for beat in script.beats for pair in pairs(beat.voice))


def _opening(script: Script) -> str:
    """The words of the first line."""
    return script.beats[0].voice


def _order(script: Script) -> tuple[tuple[str, ...], ...]:
    """Which facts are told in which beat, the opening and the call aside."""
    return tuple(beat.facts for beat in script.beats if beat.role not in (Role.HOOK, Role.CTA))
