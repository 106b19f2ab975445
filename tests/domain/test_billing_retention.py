"""How long a file is kept: never less than the plan says, and a day that was shown never comes nearer."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.domain.retention import Span, kept_until

MADE = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7
days = st.integers(-400, 400)
spans = st.builds(
    lambda starts, length, kept: Span(MADE + starts * DAY, MADE + (starts + length) * DAY, kept),
    days,
    st.integers(1, 400),
    st.sampled_from([7, 30, 90, 365]),
)


def until(now: int, *found: Span) -> int:
    """Days after it was made."""
    return (kept_until(MADE, MADE + now * DAY, WEEK, found) - MADE).days


def test_without_a_membership_the_free_plan_counts() -> None:
    assert until(0) == 7


def test_the_plan_of_the_day_counts_though_it_ends_tomorrow() -> None:
    diamond = Span(MADE - 30 * DAY, MADE + DAY, 365)
    assert until(300, diamond) == 365


def test_an_earlier_plan_does_not_count() -> None:
    assert until(3, Span(MADE - 30 * DAY, MADE, 365)) == 7


def test_a_later_plan_counts_if_it_comes_in_time() -> None:
    gold = Span(MADE + 6 * DAY, MADE + 36 * DAY, 30)
    assert [until(now, gold) for now in (5, 6, 8)] == [7, 30, 30]


def test_a_plan_that_comes_too_late_calls_nothing_back() -> None:
    assert until(20, Span(MADE + 8 * DAY, MADE + 38 * DAY, 365)) == 7


def test_a_chain_of_plans_reaches_on() -> None:
    gold = Span(MADE + 6 * DAY, MADE + 36 * DAY, 30)
    diamond = Span(MADE + 29 * DAY, MADE + 59 * DAY, 365)
    assert until(40, diamond, gold) == 365


@given(found=st.lists(spans, max_size=6), now=st.integers(0, 400), later=st.integers(0, 400))
def test_what_was_shown_never_comes_nearer(found: list[Span], now: int, later: int) -> None:
    assert until(now, *found) <= until(now + later, *found)


@given(found=st.lists(spans, max_size=6), now=st.integers(0, 400), more=spans)
def test_another_membership_never_shortens_it(found: list[Span], now: int, more: Span) -> None:
    assert until(now, *found) <= until(now, *found, more)


@given(found=st.lists(spans, max_size=6), now=st.integers(0, 400))
def test_every_plan_that_ran_while_the_file_was_there_is_kept(found: list[Span], now: int) -> None:
    kept = until(now, *found)
    for span in found:
        ran = span.ends > MADE and span.starts <= MADE + min(now, WEEK) * DAY
        assert kept >= (span.days if ran else WEEK)
