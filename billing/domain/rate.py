"""How often something may be asked: ``60/min``. Plain Python, no I/O."""

import math
from dataclasses import dataclass

UNITS = {"s": 1, "min": 60, "h": 3_600}


@dataclass(frozen=True)
class Rate:
    """``requests`` >= 1 in every window of ``seconds``; windows begin at whole multiples since 1970."""

    requests: int
    seconds: int

    def window(self, now: float) -> int:
        """The number of the window that holds ``now`` (seconds since 1970)."""
        return int(now) // self.seconds

    def wait(self, now: float) -> int:
        """Whole seconds, rounded up, from ``now`` until the next window has begun; 1 at least."""
        return math.ceil((self.window(now) + 1) * self.seconds - now)

    def __str__(self) -> str:
        unit = next(name for name, seconds in UNITS.items() if seconds == self.seconds)
        return f"{self.requests}/{unit}"


def parse(text: str) -> Rate:
    """Read ``60/min``. Raises ValueError, which says how a rate is written."""
    count, slash, unit = text.partition("/")
    if not (slash and count.isdecimal() and int(count) and unit in UNITS):
        raise ValueError(f"a rate is written as 60/min (or /s, /h), not {text!r}")
    return Rate(int(count), UNITS[unit])
