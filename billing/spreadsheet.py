"""Tables for spreadsheets (RFC 4180, UTF-8 with a mark so that Excel reads Chinese), with nothing that runs in a cell."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

MARK = "\ufeff"
# A cell that begins so is a formula to a spreadsheet (OWASP, "CSV injection"); names and notes come from anywhere.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """One line of names, then the rows; times are ISO 8601, nothing is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return MARK + text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
