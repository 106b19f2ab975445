"""Usage as a table for spreadsheets (RFC 4180, UTF-8 with a mark so that Excel reads Chinese)."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields

from creative.usage import UsageLine

MARK = "\ufeff"
# A cell that begins so is a formula to a spreadsheet (OWASP, "CSV injection"); product names come from anywhere.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = tuple(field.name for field in fields(UsageLine))


def as_csv(lines: Iterable[UsageLine]) -> str:
    """One row per shot, in the order given; ``shot`` counts from 1, and times are ISO 8601."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        row = dict(zip(COLUMNS, astuple(line), strict=True))
        row |= {"day": line.day.isoformat(), "at": line.at.isoformat(), "shot": line.shot + 1 if line.ad_id else ""}
        writer.writerow([_harmless(cell) for cell in row.values()])
    return MARK + text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
