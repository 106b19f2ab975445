"""The credit statement: what there is, until when, and every line of the journal that changed it, from grant to clip."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import ledger
from billing.access import Actor
from billing.ledger import StatementLine
from billing.memberships import current_period
from billing.models import Lot
from billing.refunds import debts
from creative import statement as verbs
from creative import usage
from creative.errors import NotFound
from creative.models import Ad, Campaign, PaidClip, Reshoot
from creative.web.page import desk, show
from creative.web.statement_form import StatementForm
from creative.web.usage_chart import chart
from creative.web.words import ENTRIES, LOTS, Word, plan_word

LINES = 40
LOT_LINES = 200


@dataclass(frozen=True)
class Line:
    """``change`` is that of the available credits; ``about`` the ad or campaign that it belongs to."""

    at: datetime
    word: Word
    note: Word
    change: int
    about: str
    href: str
    lot_id: int
    reference: str


@require_safe
@desk()
def statement(request: HttpRequest, actor: Actor) -> HttpResponse:
    before = request.GET.get("before", "")
    form = StatementForm(request.GET, actor.organization)
    asked = form.asked()
    rows = verbs.lines(actor.organization, asked, before=int(before) if before.isdecimal() else None, limit=LINES + 1)
    period = current_period(actor.organization)
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "plan_name": plan_word(period.plan_code if period else "free"),
        "period": period,
        "form": form,
        "asked": bool(asked) or not form.is_valid(),
        "kept": kept.urlencode(),
        "lines": _lines(actor, rows[:LINES]),
        "older": rows[LINES - 1].cursor if len(rows) > LINES else None,
        "first_page": not before,
        "owed": debts(actor.organization),
        **_lately(actor),
    }
    return show(request, actor, "credits.html", context, place="credits")


def _lately(actor: Actor) -> dict[str, object]:
    """What was used in the last 30 days, for the chart."""
    first, last = usage.span(None, None)
    lines = usage.usage(actor.organization, first, last)
    return {"chart": chart(usage.totals(lines, "day"), first, last), "used": usage.total_of(lines)}


@require_safe
@desk()
def lot(request: HttpRequest, actor: Actor, lot_id: int) -> HttpResponse:
    """One grant of credits: what became of each, down to the shot that it paid."""
    found = Lot.objects.of(actor.organization).filter(pk=lot_id).first()
    if found is None:
        raise NotFound("点数来源", "grant")
    rows = ledger.statement(actor.organization, lot_id=found.pk, limit=LOT_LINES)
    paid = [row.reference for row in rows if row.spent > 0]
    clips = PaidClip.objects.of(actor.organization).filter(paid_by__in=paid, credits__gt=0)
    context = {
        "lot": found,
        "lines": _lines(actor, rows),
        "clips": clips.select_related("ad__product").order_by("ad_id", "index"),
        "cut": len(rows) == LOT_LINES,
    }
    return show(request, actor, "credit_lot.html", context, place="credits")


def _lines(actor: Actor, rows: tuple[StatementLine, ...]) -> list[Line]:
    works = {row.reference for row in rows if row.reference}
    ads = Ad.objects.of(actor.organization).filter(public_id__in=works).select_related("product")
    campaigns = Campaign.objects.of(actor.organization).filter(public_id__in=works)
    reshoots = Reshoot.objects.of(actor.organization).filter(public_id__in=works).select_related("ad__product")
    links = {ad.public_id: (str(ad.product), reverse("ad", args=[ad.public_id])) for ad in ads}
    links |= {row.public_id: (row.name, reverse("campaign", args=[row.public_id])) for row in campaigns}
    links |= {row.public_id: (_again(row), reverse("ad", args=[row.ad.public_id])) for row in reshoots}
    lots = Lot.objects.of(actor.organization).filter(pk__in={row.lot_id for row in rows})
    kinds = dict(lots.values_list("pk", "kind"))
    return [_line(row, kinds[row.lot_id], *links.get(row.reference, (row.reference, ""))) for row in rows]


def _again(row: Reshoot) -> str:
    return _("%(product)s · 重拍第 %(n)d 个镜头") % {"product": row.ad.product, "n": row.index + 1}


def _line(row: StatementLine, lot_kind: str, about: str, href: str) -> Line:
    """A settled hold changes nothing of what is available, so its line says what it has cost."""
    note = _("实扣 %(n)d 点") % {"n": row.spent} if row.spent else LOTS.get(lot_kind, row.lot_words)
    return Line(row.at, ENTRIES.get(row.kind, row.words), note, row.credits, about, href, row.lot_id, row.reference)
