"""Charts drawn on the server: what is believed as a bar from low to high, beside a line for the usual.

Places are percentages of the drawing's width, so that it fits any screen without a script; the same numbers stand beside
it as text, and in its label for who reads by ear.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A mean with its 90 % interval, and what is usual, all in one unit."""

    low: float
    mean: float
    high: float
    usual: float

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` only where the whole interval says so; else ``open``."""
        if self.low > self.usual:
            return "better"
        return "worse" if self.high < self.usual else "open"


@dataclass(frozen=True)
class Bar:
    """Where the parts of one drawing stand, such as ``12.5%``."""

    low: str
    mean: str
    high: str
    usual: str


def bars(intervals: Sequence[Interval]) -> list[Bar]:
    """One drawing each, all on one scale that begins at nothing."""
    top = max((max(one.high, one.usual) for one in intervals), default=0.0) * 1.04
    return [Bar(*(_place(value, top) for value in (one.low, one.mean, one.high, one.usual))) for one in intervals]


def _place(value: float, top: float) -> str:
    return f"{100 * value / top:.1f}%" if top > 0 else "0%"
