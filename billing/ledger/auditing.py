"""The audit: does every lot and every hold say what its journal says?

Each check is one SQL statement, so each sees one instant even while workers go on. The checks compare columns with sums
of the journal and share no code with the verbs that wrote them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import timezone

from billing.models import Organization

# The reaper runs every minute; a hold that is open so long after its lease means that no reaper runs.
LATE = timedelta(minutes=5)

LOTS = """
SELECT l.organization_id, l.id, l.amount, l.free, l.held, l.spent, l.lapsed,
       e.granted, e.free, e.held, e.spent, e.lapsed, e.first_owner, e.last_owner
FROM billing_lot l
LEFT JOIN (SELECT lot_id, SUM(CASE WHEN kind = 'grant' THEN d_free ELSE 0 END) AS granted,
                  SUM(d_free) AS free, SUM(d_held) AS held, SUM(d_spent) AS spent, SUM(d_lapsed) AS lapsed,
                  MIN(organization_id) AS first_owner, MAX(organization_id) AS last_owner
           FROM billing_entry GROUP BY lot_id) e ON e.lot_id = l.id
WHERE l.organization_id = COALESCE(%s, l.organization_id) ORDER BY l.id"""

HOLDS = """
SELECT h.organization_id, h.id, h.state, h.amount, h.captured, h.refunded, h.lease_until <= %s,
       COALESCE(e.held, 0), COALESCE(e.captured, 0), COALESCE(e.refunded, 0),
       COALESCE(e.first_owner, h.organization_id), COALESCE(e.last_owner, h.organization_id)
FROM billing_hold h
LEFT JOIN (SELECT hold_id, SUM(d_held) AS held,
                  SUM(CASE WHEN kind = 'capture' THEN d_spent ELSE 0 END) AS captured,
                  SUM(CASE WHEN kind = 'refund' THEN -d_spent ELSE 0 END) AS refunded,
                  MIN(organization_id) AS first_owner, MAX(organization_id) AS last_owner
           FROM billing_entry WHERE hold_id IS NOT NULL GROUP BY hold_id) e ON e.hold_id = h.id
WHERE h.organization_id = COALESCE(%s, h.organization_id) ORDER BY h.id"""

PARTS = """
SELECT h.organization_id, h.id, h.amount, h.parts, e.lot_id, e.d_held
FROM billing_hold h LEFT JOIN billing_entry e ON e.hold_id = h.id AND e.kind = 'hold'
WHERE h.organization_id = COALESCE(%s, h.organization_id) ORDER BY h.id, e.id"""

DEAD_LOTS = """
SELECT e.organization_id, e.lot_id, e.hold_id
FROM billing_entry e JOIN billing_lot l ON l.id = e.lot_id
WHERE e.kind = 'hold' AND (e.at < l.starts_at OR e.at >= l.expires_at)
  AND e.organization_id = COALESCE(%s, e.organization_id) ORDER BY e.id"""

BUDGETS = """
SELECT b.organization_id, b.id, b.cap, b.used_before, b.held, b.spent,
       COALESCE(h.held, 0), COALESCE(h.spent, 0), COALESCE(h.first_owner, b.organization_id),
       COALESCE(h.last_owner, b.organization_id)
FROM billing_budget b
LEFT JOIN (SELECT budget_id, SUM(CASE WHEN state = 'open' THEN amount ELSE 0 END) AS held,
                  SUM(captured - refunded) AS spent,
                  MIN(organization_id) AS first_owner, MAX(organization_id) AS last_owner
           FROM billing_hold WHERE budget_id IS NOT NULL GROUP BY budget_id) h ON h.budget_id = b.id
WHERE b.organization_id = COALESCE(%s, b.organization_id) ORDER BY b.id"""

DEBTS = """
SELECT d.organization_id, d.debt, d.collected, COALESCE(e.paid, 0)
FROM (SELECT organization_id, 'debt:' || public_id AS debt, credits_collected AS collected FROM billing_refund
      UNION ALL
      SELECT organization_id, 'debt:' || provider || ':' || fact, credits_collected FROM billing_dispute) d
LEFT JOIN (SELECT organization_id, key, SUM(d_lapsed) AS paid FROM billing_entry WHERE kind = 'debt'
           GROUP BY organization_id, key) e ON e.organization_id = d.organization_id AND e.key = d.debt
WHERE d.organization_id = COALESCE(%s, d.organization_id) AND d.collected <> COALESCE(e.paid, 0) ORDER BY d.debt"""


@dataclass(frozen=True)
class Finding:
    """Something in an organization's books that must not be; ``invariant`` as numbered in ``billing.ledger``."""

    organization_id: int
    invariant: str
    subject: str
    detail: str

    @property
    def parks(self) -> bool:
        """A late hold only wants a reaper; everything else means that the books are wrong."""
        return self.invariant != "I9"

    def __str__(self) -> str:
        return f"organization {self.organization_id}: {self.invariant} {self.subject}: {self.detail}"


def audit(organization: Organization | None = None, *, park: bool = False) -> list[Finding]:
    """Check the books of one organization or of all; an empty list means clean.

    With ``park``, an organization whose books are wrong can start no new work until a person has looked.
    """
    owner = None if organization is None else organization.pk
    findings = [*_lots(owner), *_holds(owner), *_parts(owner), *_dead_lots(owner), *_budgets(owner), *_debts(owner)]
    if park:
        for finding in findings:
            if finding.parks:
                _park(finding)
    return findings


def _park(finding: Finding) -> None:
    # The first reason stays: it is the one that a person must understand.
    unparked = Organization.objects.filter(pk=finding.organization_id, parked_reason="")
    unparked.update(parked_reason=str(finding)[:300])


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _lots(owner: int | None) -> Iterator[Finding]:
    for organization_id, lot_id, amount, free, held, spent, lapsed, *journal in _rows(LOTS, owner):
        subject = f"lot {lot_id}"
        if min(free, held, spent, lapsed) < 0:
            yield Finding(organization_id, "I3", subject, "a negative column")
        if amount != free + held + spent + lapsed:
            yield Finding(organization_id, "I1", subject, f"{amount} granted, {free + held + spent + lapsed} accounted")
        columns = [amount, free, held, spent, lapsed, organization_id, organization_id]
        if journal != columns:
            yield Finding(organization_id, "I2", subject, f"the lot says {columns}, its journal {journal}")


def _holds(owner: int | None) -> Iterator[Finding]:
    at = connection.ops.adapt_datetimefield_value(timezone.now() - LATE)
    for organization_id, hold_id, state, amount, captured, refunded, late, *journal in _rows(HOLDS, at, owner):
        is_open = state == "open"
        columns = [amount if is_open else 0, captured, refunded, organization_id, organization_id]
        if journal != columns:
            detail = f"the {state} hold says {columns}, its journal {journal}"
            yield Finding(organization_id, "I2", f"hold {hold_id}", detail)
        if captured > amount or refunded > captured:
            detail = f"{amount} held, {captured} captured, {refunded} refunded"
            yield Finding(organization_id, "I4", f"hold {hold_id}", detail)
        if is_open and late:
            yield Finding(organization_id, "I9", f"hold {hold_id}", "open long after its lease: does the reaper run?")


def _parts(owner: int | None) -> Iterator[Finding]:
    for (organization_id, hold_id, amount, text), group in groupby(_rows(PARTS, owner), key=lambda row: row[:4]):
        parts = json.loads(text)
        journal = [[lot_id, credits] for *_, lot_id, credits in group if lot_id is not None]
        if parts != journal or sum(credits for _, credits in parts) != amount:
            detail = f"{amount} held, drawn {parts}, journal {journal}"
            yield Finding(organization_id, "I2", f"hold {hold_id}", detail)


def _dead_lots(owner: int | None) -> Iterator[Finding]:
    for organization_id, lot_id, hold_id in _rows(DEAD_LOTS, owner):
        yield Finding(organization_id, "I7", f"hold {hold_id}", f"drawn from lot {lot_id} outside its life")


def _budgets(owner: int | None) -> Iterator[Finding]:
    for organization_id, budget_id, cap, used_before, held, spent, *holds in _rows(BUDGETS, owner):
        columns = [held, spent, organization_id, organization_id]
        if holds != columns:
            yield Finding(organization_id, "I10", f"budget {budget_id}", f"it says {columns}, its holds {holds}")
        if held + spent > max(cap, used_before):
            yield Finding(organization_id, "I10", f"budget {budget_id}", f"{held} held and {spent} spent of {cap}")


def _debts(owner: int | None) -> Iterator[Finding]:
    for organization_id, debt, collected, paid in _rows(DEBTS, owner):
        yield Finding(organization_id, "I11", debt, f"it says {collected} were collected, the journal {paid}")
