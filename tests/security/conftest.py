"""Alice owns a shop, Bob produces in it, Charlie owns another."""

from itertools import count

import pytest

from tests.creative.film_crew import crew
from tests.creative.shops import alice, bob, charlie, quick

__all__ = ["alice", "bob", "charlie", "crew", "quick"]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of a program comes a minute after the one before: whoever tries every address is within the rate."""
    monkeypatch.setattr("billing.api_door.now", count(0, 60).__next__)
