"""What is looked at: the desk itself with its search, customers, lots, works, figures; and what two people decide on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.desk import charts, customers, figures, preview, search, sheets, tracing, wishes
from billing.desk.audit import standing
from billing.desk.pages.acting import DEEDS
from billing.desk.pages.cells import shown, yuan
from billing.desk.pages.door import APPROVE, door, require, show
from billing.desk.waiting import waiting
from billing.errors import BillingError
from billing.models import Lot, Member, MembershipPeriod, Organization, ProviderCustomer, StaffRequest


@door()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The box to search with, and everything that waits for somebody."""
    asked = request.GET.get("q", "")
    found = search.find(asked)
    if len(found) == 1 and found[0].reference:
        return redirect("desk:work", found[0].reference)
    if len(found) == 1:
        return redirect("desk:customer", found[0].organization.public_id)
    return show(request, "index.html", "账务台 Billing desk", {"asked": asked, "found": found, "waiting": waiting()})


@door()
@require_safe
def customer(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_object_or_404(Organization, public_id=public_id)
    now = standing(organization)
    periods = MembershipPeriod.objects.of(organization).order_by("starts_at", "id")
    tables = []
    for sheet in customers.SHEETS.values():
        rows = list(sheet.rows(organization))
        tables.append({"sheet": sheet, "table": shown(sheet.columns, rows[: customers.SHOWN]), "count": len(rows)})
    context = {
        "organization": organization,
        "standing": now,
        "members": Member.objects.filter(organization=organization).select_related("user").order_by("role", "id"),
        "provider_customers": ProviderCustomer.objects.of(organization),
        "timeline": charts.timeline(list(periods), timezone.now()),
        "tables": tables,
        "deeds": _deeds(now.suspended, now.parked, now.debt),
        "rows": waiting(organization),
        "shown": customers.SHOWN,
    }
    return show(request, "customer.html", organization.name, context)


def _deeds(suspended: str, parked: str, debt: int) -> list[tuple[str, str]]:
    """The actions that make sense as the account stands."""
    sense = {"suspend": not suspended, "unsuspend": bool(suspended), "unpark": bool(parked), "write-off": debt > 0}
    return [(name, deed.title) for name, deed in DEEDS.items() if not deed.row and sense.get(name, True)]


@door()
@require_safe
def customer_sheet(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    organization = get_object_or_404(Organization, public_id=public_id)
    sheet = customers.SHEETS.get(name)
    if sheet is None:
        raise Http404
    return sheets.download(f"{public_id}-{name}", sheet.columns, sheet.rows(organization))


DRAWS = ("lot", "reference", "hold", "credits", "captured", "refunded", "state", "created")
ENTRIES = customers.SHEETS["entries"].columns


def _draw_rows(draws: tuple[tracing.Draw, ...]) -> list[tuple[object, ...]]:
    return [
        (
            draw.lot.pk,
            draw.hold.reference,
            draw.hold.pk,
            draw.credits,
            draw.paid,
            draw.refunded,
            draw.hold.get_state_display(),
            draw.hold.created_at,
        )
        for draw in draws
    ]


def _entry_rows(trace: tracing.LotTrace | tracing.WorkTrace) -> list[tuple[object, ...]]:
    return [customers.line(entry) for entry in trace.entries]


@door()
@require_safe
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """From a grant forwards: what it was for, what drew it, and its journal."""
    row = get_object_or_404(Lot.objects.select_related("organization"), pk=lot_id)
    trace = tracing.trace_lot(row)
    context = {
        "trace": trace,
        "paid": yuan(trace.purchase.due_fen) if trace.purchase else "",
        "draws": shown(DRAWS, _draw_rows(trace.draws)),
        "entries": shown(ENTRIES, _entry_rows(trace)),
    }
    return show(request, "lot.html", f"点数批次 Lot {row.pk}", context)


@door()
@require_safe
def lot_sheet(request: HttpRequest, lot_id: int) -> HttpResponse:
    trace = tracing.trace_lot(get_object_or_404(Lot, pk=lot_id))
    return sheets.download(f"lot-{lot_id}", ENTRIES, _entry_rows(trace))


@door()
@require_safe
def work(request: HttpRequest, reference: str) -> HttpResponse:
    """From an ad backwards: its shots and clips, its holds, and the lots that paid."""
    trace = _traced(reference)
    context = {
        "trace": trace,
        "draws": shown(DRAWS, _draw_rows(trace.draws)),
        "entries": shown(ENTRIES, _entry_rows(trace)),
        "payers": sorted({draw.hold.organization for draw in trace.draws}, key=lambda payer: payer.pk),
    }
    return show(request, "work.html", trace.work.title if trace.work else reference, context)


@door()
@require_safe
def work_sheet(request: HttpRequest, reference: str) -> HttpResponse:
    return sheets.download(f"work-{reference}", ENTRIES, _entry_rows(_traced(reference)))


def _traced(reference: str) -> tracing.WorkTrace:
    """Raises Http404 for what nobody has paid for and nothing above knows."""
    trace = tracing.trace_work(reference)
    if trace.work is None and not trace.draws:
        raise Http404
    return trace


@door()
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """The four figures, each a chart and its table."""
    tables = [make() for make in figures.TABLES.values()]
    drawn = [{"table": table, "chart": _chart(table), "cells": shown(table.columns, table.rows)} for table in tables]
    return show(request, "figures.html", "报表 Figures", {"figures": drawn})


SERIES = {
    "revenue": ("subscription_fen", "month_card_fen", "pack_fen", "refunds_fen"),
    "breakage": ("bought_credits", "given_credits"),
    "usage": ("net",),
    "margin": ("margin_fen",),
}


def _chart(table: figures.Table) -> charts.Chart:
    """Money is drawn in yuan; what is not known is drawn as nothing."""
    names = [str(row[0]) for row in table.rows]
    series = []
    for column in SERIES[table.name]:
        place = table.columns.index(column)
        fen = column.endswith("_fen")
        values = [int(str(row[place] or 0)) for row in table.rows]
        series.append((shown([column], []).heads[0], [value // 100 for value in values] if fen else values))
    return charts.columns(names, series, "元 yuan" if SERIES[table.name][0].endswith("_fen") else "点 credits")


@door()
@require_safe
def figure_sheet(request: HttpRequest, name: str) -> HttpResponse:
    if name not in figures.TABLES:
        raise Http404
    table = figures.TABLES[name]()
    return sheets.download(f"{name}-{timezone.localdate()}", table.columns, table.rows)


@door()
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """A request that waits for a second person: what it would change, and the two answers."""
    row = get_object_or_404(StaffRequest.objects.select_related("organization"), public_id=public_id)
    error, status = "", 200
    if request.method == "POST":
        require(request, APPROVE)
        try:
            return _decided(request, row)
        except BillingError as refusal:
            error, status = f"没有执行。Nothing was done. {refusal.detail}", refusal.status
            row.refresh_from_db()
    context = {"row": row, "money": yuan(row.amount_fen) if row.amount_fen else "", "error": error, **_ahead(row)}
    return show(request, "request.html", f"复核 {row.get_kind_display()}", context, status=status)


def _decided(request: HttpRequest, row: StaffRequest) -> HttpResponse:
    by, note = request.user.get_username(), request.POST.get("note", "")
    if request.POST.get("answer") == "approve":
        done = wishes.approve(row, by=by, note=note)
        messages.success(request, f"已通过并执行 Approved and done: {done.get_kind_display()}")
    else:
        wishes.decline(row, by=by, note=note)
        messages.warning(request, "未通过，没有执行 Declined: nothing was done")
    return redirect("desk:customer", row.organization.public_id)


def _ahead(row: StaffRequest) -> dict[str, object]:
    """What approving it would change now; or why it could not be done."""
    if row.state != StaffRequest.State.WAITING:
        return {"changes": ()}
    try:
        action = preview.foresee(
            lambda: wishes.carry_out(wishes.wish_of(row), reason=row.reason, by=row.asked_by, key=row.key)
        )
    except BillingError as refusal:
        return {"changes": (), "obstacle": refusal.detail}
    return {"changes": preview.changes(action)}
