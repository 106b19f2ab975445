"""Any sequence of payments and plan changes of a few customers: the books agree, and nobody beats the best list price.

Hypothesis chooses who does what, when time passes and which messages come; ``tests/billing/year.py`` has the verbs.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.billing.clock import NEW_YEAR, Clock
from tests.billing.stripe_fake import Account, FakeStripe, transport
from tests.billing.year import Year
from tests.billing.year_books import differences

CHANGES = ("buys_a_month", "subscribes", "upgrades", "downgrades", "buys_a_pack", "transfers_money")
REST = ("spends", "dies_at_work", "is_refunded", "is_refunded_whole", "is_refunded_at_the_provider", "loses_a_refund")
QUARRELS = ("quarrels", "changes_card", "ends_the_subscription")
STEP = st.tuples(st.sampled_from([*CHANGES, *CHANGES, *REST, *QUARRELS]), st.integers(0, 1), st.integers(0, 20))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=10), seed=st.integers(0, 10_000))
def test_no_sequence_breaks_the_books(
    fake: FakeStripe, client: Client, steps: list[tuple[str, int, int]], seed: int
) -> None:
    assert left_over(client, steps, seed) == []


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=40), seed=st.integers(0, 10_000))
def test_no_long_sequence_breaks_the_books(
    fake: FakeStripe, client: Client, steps: list[tuple[str, int, int]], seed: int
) -> None:
    assert left_over(client, steps, seed) == []


def left_over(client: Client, steps: list[tuple[str, int, int]], seed: int) -> list[str]:
    """The differences at the end.

    Each example has a clock, a provider and rows of its own. The fixture ``fake`` has made billing ask the fake."""
    clock = Clock(NEW_YEAR)
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(timezone, "now", lambda: clock.now)
        mine = FakeStripe(Account(lambda: clock.now))
        patch.setattr(transport, "_in_use", [mine])
        year = Year(mine, client, clock, customers=2, seed=seed)
        for verb, customer, days in steps:
            clock.passes(days=days)
            year.one(verb, year.shops[customer])
        year.settle()
        found = differences(year)
        transaction.set_rollback(True)
    return found
