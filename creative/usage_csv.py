"""Usage as a table for spreadsheets."""

from collections.abc import Iterable
from dataclasses import astuple, fields

from billing import spreadsheet
from creative.usage import UsageLine

COLUMNS = tuple(field.name for field in fields(UsageLine))


def as_csv(lines: Iterable[UsageLine]) -> str:
    """One row per shot, in the order given; ``shot`` counts from 1, and times are ISO 8601."""
    return spreadsheet.as_csv(COLUMNS, map(_row, lines))


def _row(line: UsageLine) -> list[object]:
    row = dict(zip(COLUMNS, astuple(line), strict=True))
    return list((row | {"shot": line.shot + 1 if line.ad_id else ""}).values())
