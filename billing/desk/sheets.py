"""Tables of the operator's desk as files to keep."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from billing.spreadsheet import as_csv


def download(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The table as a file to keep."""
    response = HttpResponse(as_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
