"""Calendar months and days, counted on the wall clock of one time zone."""

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_months(anchor: datetime, months: int, zone: str) -> datetime:
    """``months`` calendar months after ``anchor``, at the same time of day in ``zone``.

    A day that the month does not have becomes its last one. Count from the first anchor, always: 31 January + 1 is
    28 February, and + 2 is 31 March again.
    """
    local = anchor.astimezone(ZoneInfo(zone))
    years, month0 = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month0 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day)


def day_of(moment: datetime, zone: str) -> str:
    """The date in ``zone``, as ``2026-11-23``."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def month_of(moment: datetime, zone: str) -> date:
    """The first day of the calendar month in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)


def next_midnight(moment: datetime, zone: str) -> datetime:
    """When the day of ``moment`` ends in ``zone``."""
    local = moment.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date() + timedelta(days=1), time.min, tzinfo=local.tzinfo)
