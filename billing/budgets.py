"""Budgets: how much of an agency's account one merchant may use in a calendar month.

A month is counted in the catalogue's time zone, and a work belongs to the month in which its credits were reserved,
whenever it is settled or refunded. The rows of a month are made by the first work in it.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing import catalogue, ledger
from billing.domain.calendar import month_of
from billing.errors import LinkNotActive
from billing.ledger import Balance
from billing.memberships import ensure_daily
from billing.models import Budget, Organization, OrgLink
from billing.payers import payer_of


def month_at(at: datetime | None = None) -> date:
    """The first day of the month in which budgets count what is begun at ``at`` (default: now)."""
    return month_of(at or timezone.now(), catalogue.current().timezone)


def budget_of(link: OrgLink, at: datetime | None = None) -> Budget:
    """The month's budget of an active tie by which an agency pays, made if there is none. Raises LinkNotActive."""
    month = month_at(at)
    found = Budget.objects.filter(link=link, month=month).first()
    return found or _open_month(link, month)


@transaction.atomic
def _open_month(link: OrgLink, month: date) -> Budget:
    # Locks the tie: a change of its cap comes before this row or after it, never between reading and writing.
    paying = OrgLink.objects.standing().filter(pk=link.pk, payer=OrgLink.Payer.AGENCY)
    if not paying.update(monthly_cap=F("monthly_cap")):
        raise LinkNotActive
    cap = OrgLink.objects.values_list("monthly_cap", flat=True).get(pk=link.pk)
    budget, _ = Budget.objects.get_or_create(link=link, month=month, defaults={"organization": link.agency, "cap": cap})
    return budget


def recap(link: OrgLink, cap: int) -> None:
    """From now on ``cap`` counts, this month included. Call it inside a transaction that holds the tie's row lock."""
    this_month = Budget.objects.filter(link=link, month__gte=month_at())
    this_month.update(used_before=F("held") + F("spent"), cap=cap)


def funds(organization: Organization) -> Balance:
    """What new work of an organization can take now: its own credits, or what its agency's budget and account leave.

    Of an agency's account its merchants are shown no more than their own share: no lots, and what is held for them.
    """
    payer = payer_of(organization)
    ensure_daily(payer.account)
    there = ledger.balance(payer.account)
    if payer.link is None:
        return there
    budget = Budget.objects.filter(link=payer.link, month=month_at()).first()
    left, held = (budget.left, budget.held) if budget else (payer.link.monthly_cap, 0)
    return Balance(min(there.available, left), held, ())
