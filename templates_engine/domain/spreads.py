"""Percentiles and shares of what was measured in the members of a template."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from templates_engine.domain.template import Spread

Kind = TypeVar("Kind", bound=str)
LEAST_SHARE = 0.05  # a move that fewer shots make is chance


def spread(values: Sequence[float], digits: int = 3) -> Spread:
    """Tenth, fiftieth and ninetieth percentile, between neighbours in proportion. ``values`` must not be empty."""
    ordered = sorted(values)
    return Spread(*(round(_quantile(ordered, share), digits) for share in (0.1, 0.5, 0.9)))


def whole(found: Spread) -> Spread:
    """Rounded to integers, for milliseconds and counts."""
    return Spread(round(found.p10), round(found.p50), round(found.p90))


def mix(kinds: Iterable[Kind]) -> tuple[tuple[Kind, float], ...]:
    """The share of each kind, by name, in whole percents; kinds below 5 % are left out."""
    counts = Counter(kinds)
    total = sum(counts.values())
    kept = {kind: count for kind, count in counts.items() if count >= LEAST_SHARE * total}
    scale = sum(kept.values())
    return tuple((kind, round(count / scale, 2)) for kind, count in sorted(kept.items()))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
