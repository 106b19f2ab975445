"""A clock that stands still until it is moved: what ``timezone.now()`` says to everything under test."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # 12:00 in Shanghai
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def passes(self, **units: float) -> None:
        self.now += timedelta(**units)
