"""Sharing what a hold really cost among the shots that it paid. Plain Python, no I/O."""

from collections.abc import Sequence


def shared(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` >= 0 credits in whole parts that stand to each other as ``weights`` do, and add up to it exactly.

    By largest remainder (Hamilton's method), the earlier part first where remainders are equal; equal parts where no
    weight is above 0. Raises ValueError for a negative number, or for credits that nobody is there to bear.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("credits and weights are never negative")
    if not weights:
        if total:
            raise ValueError(f"{total} credits and no shot that cost them")
        return ()
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rests = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in rests[: total - sum(parts)]:
        parts[place] += 1
    return tuple(parts)
