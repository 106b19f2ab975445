"""Agencies and merchants: whom one works with, who pays, the month's budget, and what was spent of it."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing import budgets, links
from billing.access import Actor
from billing.errors import BillingError, NotAllowed
from billing.memberships import own_entitlements
from billing.models import Budget, Organization, OrgLink
from billing.spreadsheet import as_csv
from creative import client_statements
from creative.client_statements import Work
from creative.errors import NotFound
from creative.web.clients_form import CapForm, TiesForm
from creative.web.page import desk, show
from creative.web.refusals import explain
from creative.web.team_words import HOLD_STATES, LINK_STATES, PAYERS, SIDES, WORKS
from creative.web.usage_page import csv_response
from creative.web.words import Word


@dataclass(frozen=True)
class Tie:
    """A tie as one of its ends sees it. ``other``: the far end; ``waiting``: whose yes is missing."""

    link: OrgLink
    side: str
    other: Organization
    state: Word
    payer: Word
    waiting: tuple[Word, ...]
    may_accept: bool
    budget: Budget | None

    @property
    def left(self) -> int:
        return self.budget.left if self.budget else self.link.monthly_cap

    @property
    def spent_percent(self) -> int:
        """Of the month's cap, for the picture; where the cap was lowered below it, all."""
        return _percent(self.budget.spent, self.budget.cap) if self.budget else 0

    @property
    def held_percent(self) -> int:
        both = _percent(self.budget.spent + self.budget.held, self.budget.cap) if self.budget else 0
        return both - self.spent_percent


def _percent(part: int, whole: int) -> int:
    return min(100, part * 100 // whole) if whole else 100 * bool(part)


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _list(request, actor, TiesForm(own=_own(actor)))


def _list(
    request: HttpRequest, actor: Actor, form: TiesForm, *, refusal: BillingError | None = None, status: int = 200
) -> HttpResponse:
    own = _own(actor)
    rows = OrgLink.objects.of(own) | OrgLink.objects.handing_over(own)
    ties = _ties(own, list(rows.select_related("agency", "merchant", "replaces").order_by("-id")))
    context = {
        "form": form,
        "is_agency": own.kind == Organization.Kind.AGENCY,
        "offers": [tie for tie in ties if tie.link.state == OrgLink.State.INVITED],
        "ties": [tie for tie in ties if tie.link.state == OrgLink.State.ACTIVE],
        "past": [tie for tie in ties if tie.link.state == OrgLink.State.ENDED],
        "most": own_entitlements(own).merchants,
        "refusal": explain(refusal) if refusal else "",
    }
    return show(request, actor, "clients/index.html", context, status=refusal.status if refusal else status)


@require_POST
@desk("manage")
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = TiesForm(request.POST, own=_own(actor))
    if not form.is_valid():
        return _list(request, actor, form, status=422)
    try:
        made = links.invite(_own(actor), form.cleaned_data["number"], form.terms(), by=actor.name)
    except BillingError as refusal:
        return _list(request, actor, form, refusal=refusal)
    messages.success(request, _("邀请已发出，对方接受后开始合作。"))
    return redirect("client", made.public_id)


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, link_id: str) -> HttpResponse:
    return _page(request, actor, _link(actor, link_id))


def _page(
    request: HttpRequest,
    actor: Actor,
    link: OrgLink,
    *,
    form: CapForm | None = None,
    refusal: BillingError | None = None,
) -> HttpResponse:
    (tie,) = _ties(_own(actor), [link])
    party = tie.side != "former"  # the agency that is replaced sees neither the new terms nor the new months
    months = client_statements.months(link) if party else ()
    month = _month(request, [one.month for one in months])
    context = {
        "tie": tie,
        "link": link,
        "party": party,
        "months": months,
        "month": month,
        "works": [(one, WORKS[one.kind], HOLD_STATES[one.state]) for one in _works(link, month)] if party else [],
        "cap_form": form or CapForm(initial={"cap": link.monthly_cap}),
        "may_cap": tie.side == "agency" and link.payer == OrgLink.Payer.AGENCY and link.state != OrgLink.State.ENDED,
        "refusal": explain(refusal) if refusal else "",
    }
    status = refusal.status if refusal else 422 if form else 200
    return show(request, actor, "clients/detail.html", context, status=status)


@require_POST
@desk("manage")
def accept(request: HttpRequest, actor: Actor, link_id: str) -> HttpResponse:
    link = _link(actor, link_id)
    try:
        link = links.accept(link, _own(actor))
    except BillingError as refusal:
        return _page(request, actor, link, refusal=refusal)
    begun = link.state == OrgLink.State.ACTIVE
    messages.success(request, _("合作开始了。") if begun else _("已同意，还在等其他方同意。"))
    return redirect("client", link.public_id) if links.side_of(link, _own(actor)) != "former" else redirect("clients")


@require_POST
@desk("manage")
def end(request: HttpRequest, actor: Actor, link_id: str) -> HttpResponse:
    links.end(_link(actor, link_id), _own(actor), by=actor.name)
    messages.success(request, _("已结束。正在做的照原样做完；以后的新制作不再走这段合作。"))
    return redirect("clients")


@require_POST
@desk("bill")
def cap(request: HttpRequest, actor: Actor, link_id: str) -> HttpResponse:
    link = _link(actor, link_id)
    form = CapForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, link, form=form)
    try:
        links.set_cap(link, _own(actor), form.cleaned_data["cap"])
    except BillingError as refusal:
        return _page(request, actor, link, refusal=refusal)
    messages.success(request, _("额度已改，从这个月起算。"))
    return redirect("client", link.public_id)


@require_safe
@desk()
def statement(request: HttpRequest, actor: Actor, link_id: str) -> HttpResponse:
    """The works of one month (``?month=2026-11``) or of all as a table for spreadsheets."""
    link = _link(actor, link_id)
    if links.side_of(link, _own(actor)) == "former":
        raise NotFound("合作", "tie")
    asked = request.GET.get("month", "")
    month = _month(request, [one.month for one in client_statements.months(link)]) if asked else None
    name = f"{link.public_id}-{month:%Y-%m}.csv" if month else f"{link.public_id}.csv"
    columns = (
        _("时间"), _("类型"), _("编号"), _("名称"), _("状态"), _("预留点数"), _("实扣点数"), _("退还点数"), _("下单人"),
    )  # fmt: skip
    return csv_response(as_csv(columns, map(_cells, _works(link, month))), name)


def _cells(work: Work) -> list[object]:
    at = timezone.localtime(work.at).strftime("%Y-%m-%d %H:%M")
    texts = (at, str(WORKS[work.kind]), work.number, work.name, str(HOLD_STATES[work.state]))
    return [*texts, work.held, work.spent, work.refunded, work.by]


def _works(link: OrgLink, month: date | None) -> tuple[Work, ...]:
    return client_statements.works(link, month)


def _month(request: HttpRequest, known: list[date]) -> date | None:
    """The month that was asked for, else the newest; None where there is none."""
    asked = request.GET.get("month", "")
    return next((month for month in known if f"{month:%Y-%m}" == asked), known[0] if known else None)


def _own(actor: Actor) -> Organization:
    """Ties are made by an organization's own people, never by an agency in a merchant's name."""
    if actor.agency is not None:
        raise NotAllowed("Ties are managed by the merchant's own people. Go back to your own studio.")
    return actor.organization


def _link(actor: Actor, link_id: str) -> OrgLink:
    own = _own(actor)
    rows = OrgLink.objects.of(own) | OrgLink.objects.handing_over(own)
    link = rows.select_related("agency", "merchant", "replaces__agency").filter(public_id=link_id).first()
    if link is None:
        raise NotFound("合作", "tie")
    return link


def _ties(own: Organization, rows: list[OrgLink]) -> list[Tie]:
    months = Budget.objects.filter(link__in=rows, month=budgets.month_at()).in_bulk(field_name="pk")
    now = {budget.link_id: budget for budget in months.values()}
    return [_tie(own, link, now.get(link.pk)) for link in rows]


def _tie(own: Organization, link: OrgLink, budget: Budget | None) -> Tie:
    side = links.side_of(link, own) or "merchant"
    waiting = links.waits_for(link) if link.state == OrgLink.State.INVITED else ()
    return Tie(
        link=link,
        side=side,
        other=link.agency if side == "merchant" else link.merchant,
        state=LINK_STATES[link.state],
        payer=PAYERS[link.payer],
        waiting=tuple(SIDES[one] for one in waiting),
        may_accept=link.state == OrgLink.State.INVITED and (side in waiting or not waiting),
        budget=budget,
    )
