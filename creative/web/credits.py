"""The credit statement: what there is, until when, and every line of the journal that changed it."""

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
from creative.models import Ad, Campaign
from creative.web.page import desk, show
from creative.web.words import ENTRIES, LOTS, Word, plan_word

LINES = 40


@dataclass(frozen=True)
class Line:
    """``change`` is that of the available credits; ``about`` the ad or campaign that it belongs to."""

    at: datetime
    word: Word
    note: Word
    change: int
    about: str
    href: str


@require_safe
@desk()
def statement(request: HttpRequest, actor: Actor) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = ledger.statement(actor.organization, before=int(before) if before.isdecimal() else None, limit=LINES + 1)
    period = current_period(actor.organization)
    context = {
        "plan_name": plan_word(period.plan_code if period else "free"),
        "period": period,
        "lines": _lines(actor, rows[:LINES]),
        "older": rows[LINES - 1].cursor if len(rows) > LINES else None,
        "first_page": not before,
    }
    return show(request, actor, "credits.html", context, place="credits")


def _lines(actor: Actor, rows: tuple[StatementLine, ...]) -> list[Line]:
    works = {row.reference for row in rows if row.reference}
    ads = Ad.objects.of(actor.organization).filter(public_id__in=works).select_related("product")
    campaigns = Campaign.objects.of(actor.organization).filter(public_id__in=works)
    links = {ad.public_id: (str(ad.product), reverse("ad", args=[ad.public_id])) for ad in ads}
    links |= {row.public_id: (row.name, reverse("campaign", args=[row.public_id])) for row in campaigns}
    lots = Lot.objects.of(actor.organization).filter(pk__in={row.lot_id for row in rows})
    kinds = dict(lots.values_list("pk", "kind"))
    return [_line(row, kinds[row.lot_id], *links.get(row.reference, (row.reference, ""))) for row in rows]


def _line(row: StatementLine, lot_kind: str, about: str, href: str) -> Line:
    """A settled hold changes nothing of what is available, so its line says what it has cost."""
    note = _("实扣 %(n)d 点") % {"n": row.spent} if row.spent else LOTS.get(lot_kind, row.lot_words)
    return Line(row.at, ENTRIES.get(row.kind, row.words), note, row.credits, about, href)
