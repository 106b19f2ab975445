"""Usage: what was filmed and paid, by day, product, campaign and member, with the table to take away."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing.access import Actor
from creative import usage
from creative.usage_csv import as_csv
from creative.web.page import desk, show
from creative.web.statement_form import DaysForm
from creative.web.usage_chart import chart
from creative.web.words import Word

TABLES: dict[str, Word] = {
    "product": _("按商品"),
    "campaign": _("按批次"),
    "member": _("按成员"),
    "engine": _("按引擎"),
}
NAMELESS: dict[str, Word] = {
    "product": _("其他"),
    "campaign": _("单支下单"),
    "member": _("API 或已离开的成员"),
    "engine": _("其他"),
}
MOST = 50  # rows of a table on the page; the file has all


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = DaysForm(request.GET)
    first, last = form.days()
    lines = usage.usage(actor.organization, first, last)
    tables = [
        {"title": title, "nameless": NAMELESS[by], "rows": usage.totals(lines, by)[:MOST]}
        for by, title in TABLES.items()
    ]
    context = {
        "form": form,
        "first": first,
        "last": last,
        "chart": chart(usage.totals(lines, "day"), first, last),
        "total": usage.total_of(lines),
        "tables": tables if lines else [],
    }
    return show(request, actor, "usage.html", context, place="credits")


@require_safe
@desk()
def table(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every line as CSV."""
    first, last = DaysForm(request.GET).days()
    return csv_response(as_csv(usage.usage(actor.organization, first, last)), f"usage-{first}-{last}.csv")


def csv_response(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
