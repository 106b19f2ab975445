"""The statements of the journal, by hand like those of ``billing.ledger.sql``. Lines are appended, never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from billing.ledger.sql import changed, rows

COLUMNS = "organization_id, lot_id, hold_id, kind, key, d_free, d_held, d_spent, d_lapsed, at, actor, reason"


class Line(NamedTuple):
    """A journal line to append; ``hold_id`` is None for what happens to a lot alone."""

    lot_id: int
    hold_id: int | None
    kind: str
    key: str
    d_free: int = 0
    d_held: int = 0
    d_spent: int = 0
    d_lapsed: int = 0


def append(organization_id: int, lines: Iterable[Line], *, at: datetime, actor: str = "", reason: str = "") -> None:
    values: list[object] = []
    for line in lines:
        values += [organization_id, *line, at, actor, reason]
    if not values:
        return
    width = len(Line._fields) + 4
    marks = f"({', '.join(['%s'] * width)})"
    sql = f"""INSERT INTO billing_entry ({COLUMNS})
              VALUES {", ".join([marks] * (len(values) // width))}"""  # noqa: S608  (marks only)
    changed(sql, values)


def hold_key(hold_id: int) -> str:
    """The journal key of what happens once in the life of a hold."""
    return f"hold:{hold_id}"


def refunded_with(hold_id: int, key: str) -> int:
    """Credits that a refund with this journal key has given back for a hold; 0 if it was never made."""
    sql = "SELECT -SUM(d_spent) FROM billing_entry WHERE hold_id = %s AND kind = 'refund' AND key = %s"
    return rows(sql, [hold_id, key])[0][0] or 0


def withdrawn_with(lot_id: int, key: str) -> int | None:
    """Credits that this journal key has taken back from a lot; None if it never did."""
    sql = "SELECT d_lapsed FROM billing_entry WHERE lot_id = %s AND kind = 'revoke' AND key = %s"
    found = rows(sql, [lot_id, key])
    return found[0][0] if found else None
