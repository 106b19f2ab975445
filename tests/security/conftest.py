"""Alice owns a shop, Bob produces in it, Charlie owns another."""

from tests.creative.film_crew import crew
from tests.creative.shops import alice, bob, charlie, quick

__all__ = ["alice", "bob", "charlie", "crew", "quick"]
