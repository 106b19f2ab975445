"""How long work tells how far it is, and learns that it should stop."""

from typing import Protocol


class Watch(Protocol):
    def step(self, fraction: float, stage: str) -> None:
        """Say that ``fraction`` (0..1) of the work is done and what is being done now.

        Call it about ten times a second or less. Raises ``Cancelled`` when somebody asked to stop and ``JobLost`` when
        another worker has taken the job over; let both pass through.
        """


class NullWatch:
    """Nobody looks and nobody stops the work."""

    def step(self, fraction: float, stage: str) -> None:
        pass


class Part:
    """A share of a longer work: its 0..1 are ``start``..``end`` of the whole."""

    def __init__(self, whole: Watch, start: float, end: float) -> None:
        self._whole, self._start, self._end = whole, start, end

    def step(self, fraction: float, stage: str) -> None:
        self._whole.step(self._start + (self._end - self._start) * min(max(fraction, 0.0), 1.0), stage)
