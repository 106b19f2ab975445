"""Months and days on the wall clock of one zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.calendar import add_months, day_of, next_midnight

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(SHANGHAI))


def test_month_ends_do_not_drift() -> None:
    anchor = shanghai(2026, 1, 31, 10, 30)
    ends = [add_months(anchor, months, SHANGHAI) for months in range(4)]
    assert [(end.month, end.day, end.hour, end.minute) for end in ends] == [
        (1, 31, 10, 30),
        (2, 28, 10, 30),
        (3, 31, 10, 30),
        (4, 30, 10, 30),
    ]
    assert add_months(anchor, 25, SHANGHAI) == shanghai(2028, 2, 29, 10, 30)


def test_the_day_is_the_zones_own() -> None:
    late = datetime(2026, 1, 30, 17, tzinfo=UTC)  # in Shanghai it is the 31st already
    assert add_months(late, 1, SHANGHAI) == shanghai(2026, 2, 28, 1)
    assert day_of(late, SHANGHAI) == "2026-01-31"
    assert next_midnight(late, SHANGHAI) == shanghai(2026, 2, 1)


def test_midnight_across_a_clock_change() -> None:
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=ZoneInfo(BERLIN))
    assert next_midnight(moment, BERLIN).astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)


@settings(deadline=None)  # a busy machine is no mistake
@given(moment=MOMENTS, months=st.integers(0, 60))
def test_each_month_begins_where_the_last_one_ends(moment: datetime, months: int) -> None:
    this, following = add_months(moment, months, SHANGHAI), add_months(moment, months + 1, SHANGHAI)
    assert timedelta(days=27, hours=23) <= following - this <= timedelta(days=31)
    assert (following.month - this.month) % 12 == 1


@settings(deadline=None)  # a busy machine is no mistake
@given(moment=MOMENTS)
def test_a_day_ends_within_a_day(moment: datetime) -> None:
    end = next_midnight(moment, SHANGHAI)
    assert timedelta(0) < end - moment <= timedelta(days=1)
    assert day_of(end, SHANGHAI) > day_of(moment, SHANGHAI)
