"""How long a finished file is kept. Plain Python, no I/O.

A file is kept for the longest retention of all memberships that its owner (or whoever paid for the owner) had at any
moment since it was finished. As time goes by that can only grow, so a day that was once shown to a customer never
comes nearer: a plan that ends takes nothing away from what was made or kept under it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Span:
    """A membership that gave ``days`` of retention from ``starts`` up to ``ends``."""

    starts: datetime
    ends: datetime
    days: int


def kept_until(finished: datetime, now: datetime, free_days: int, spans: Iterable[Span]) -> datetime:
    """When a file that was finished at ``finished`` may go, as known at ``now``; without a membership ``free_days`` later.

    A membership that begins after the file may have gone does not count: it would call back what is not there any more.
    """
    days = free_days
    for span in sorted(spans, key=lambda span: span.starts):
        if span.ends > finished and span.starts <= min(now, finished + timedelta(days=days)):
            days = max(days, span.days)
    return finished + timedelta(days=days)
