"""How to wait for a server: with a clock that tests can replace, in naps so short that a cancel is heard."""

import time
from collections.abc import Iterator
from typing import Protocol

from generation.watch import Watch

FIRST_WAIT, LONGEST_WAIT, GROWTH = 1.0, 5.0, 1.5  # seconds between two questions
NAP = 0.5
MOST_OBEYED = 120.0  # however long a server asks us to stay away


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970: a ticket's age is told after a restart too."""

    def sleep(self, seconds: float) -> None: ...


class WallClock:
    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def growing() -> Iterator[float]:
    """Seconds to wait before each next question."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * GROWTH, LONGEST_WAIT)


class Pace:
    """What the watch is told while we wait: how far the work is, and at which stage."""

    def __init__(self, clock: Clock, watch: Watch) -> None:
        self._clock, self._watch = clock, watch
        self._fraction, self._stage = 0.0, "submit"

    @property
    def now(self) -> float:
        return self._clock.now()

    def say(self, fraction: float, stage: str) -> None:
        """Tell how far the work is; it never goes back, whatever a server says."""
        self._fraction, self._stage = max(self._fraction, fraction), stage
        self.pulse()

    def pulse(self) -> None:
        self._watch.step(self._fraction, self._stage)

    def wait(self, seconds: float) -> None:
        """Raises what the watch raises."""
        until = self.now + seconds
        while self.now < until:
            self.pulse()
            self._clock.sleep(min(NAP, until - self.now))
        self.pulse()
