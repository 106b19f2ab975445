"""The statements of the credit ledger, by hand, the same text for PostgreSQL and SQLite.

By hand because they run while a merchant's rows are locked, where the ORM would cost several times the CPU. No rule
lives here: the verbs are in ``billing.ledger``, the arithmetic in ``billing.domain.ledger``. Every UPDATE of a row that
a rival may change is guarded by what its caller has read, and says whether that still held.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from billing.domain.ledger import Fate, Move, Part


class Account(NamedTuple):
    """What a new hold must know: why the organization is parked or suspended ("" = it is not), its free lots in drawing
    order."""

    parked_reason: str
    suspended_reason: str
    lots: tuple[Part, ...]


class NewLot(NamedTuple):
    """A lot to insert; the fields are columns."""

    organization_id: int
    key: str
    kind: str
    priority: int
    amount: int
    starts_at: datetime
    expires_at: datetime | None
    created_at: datetime


class NewHold(NamedTuple):
    """A hold to insert; the fields are columns."""

    organization_id: int
    key: str
    amount: int
    parts: tuple[Part, ...]
    reference: str
    slot: int | None
    lease_until: datetime
    created_at: datetime
    budget_id: int | None = None


class Closing(NamedTuple):
    """How a hold ends."""

    hold_id: int
    state: str
    used: int
    settle_key: str
    at: datetime


class OpenLot(NamedTuple):
    organization_id: int
    free: int


class Statement(NamedTuple):
    """A statement with its values, to be run alone or as a part of another one."""

    sql: str
    values: Sequence[object]


class HoldRow(NamedTuple):
    organization_id: int
    captured: int
    refunded: int
    parts: tuple[Part, ...]
    budget_id: int | None


def rows(sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    database = connections[DEFAULT_DB_ALIAS]  # asked once: the proxy ``connection`` looks it up at every use
    with database.cursor() as cursor:
        cursor.execute(sql, _adapted(database, values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def changed(sql: str, values: Sequence[object]) -> int:
    """Run an UPDATE or INSERT; the number of rows that it touched."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(sql, _adapted(database, values))
        touched: int = cursor.rowcount
    return touched


def _adapted(database: BaseDatabaseWrapper, values: Sequence[object]) -> Sequence[Any]:
    """SQLite keeps moments as text; PostgreSQL's driver takes them as they are."""
    if database.vendor == "postgresql":
        return values
    adapt = database.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]


def _parts(text: str) -> tuple[Part, ...]:
    return tuple(Part(lot_id, credits) for lot_id, credits in json.loads(text))


# --- lots -------------------------------------------------------------------------------------------------------------
LIVE = "l.starts_at <= %s AND (l.expires_at IS NULL OR l.expires_at > %s)"  # a revoked lot has nothing free
DRAWING_ORDER = "l.priority, l.expires_at IS NULL, l.expires_at, l.id"


def account(organization_id: int, now: datetime) -> Account:
    sql = f"""SELECT o.parked_reason, o.suspended_reason, l.id, l.free FROM billing_organization o
              LEFT JOIN billing_lot l ON l.organization_id = o.id AND l.free > 0 AND {LIVE}
              WHERE o.id = %s ORDER BY {DRAWING_ORDER}"""  # noqa: S608  (constants only)
    found = rows(sql, [now, now, organization_id])
    lots = tuple(Part(lot_id, free) for _, _, lot_id, free in found if lot_id is not None)
    parked, suspended, _, _ = found[0]
    return Account(parked, suspended, lots)


def insert_lot(new: NewLot) -> int | None:
    """The new lot's id, or None if the organization already has a lot with this key."""
    sql = """INSERT INTO billing_lot (organization_id, key, kind, priority, amount, starts_at, expires_at, created_at,
                                      free, held, spent, lapsed)
             VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING id"""
    found = rows(sql, [*new, new.amount])
    return found[0][0] if found else None


def take(part: Part) -> bool:
    """Move credits of a lot from free to held, if they are still there."""
    sql = "UPDATE billing_lot SET free = free - %s, held = held + %s WHERE id = %s AND free >= %s"
    return changed(sql, [part.credits, part.credits, part.lot_id, part.credits]) == 1


def fates(parts: Sequence[Part], now: datetime) -> dict[int, Fate]:
    """Where credits would land that return to these lots at ``now``."""
    if not parts:
        return {}
    marks = ", ".join(["%s"] * len(parts))
    sql = f"""SELECT id, revoked_at IS NOT NULL, expires_at IS NOT NULL AND expires_at <= %s
              FROM billing_lot WHERE id IN ({marks})"""  # noqa: S608  (marks only)
    found = rows(sql, [now, *(part.lot_id for part in parts)])
    return {
        lot_id: Fate.REVOKED if revoked else Fate.EXPIRED if expired else Fate.LIVE
        for lot_id, revoked, expired in found
    }


def move(change: Move) -> bool:
    """Apply a settlement or refund to its lot, if the lot was not revoked since its fate was read.

    Where nothing returns to it, no fate was read and none matters.
    """
    still = {Fate.REVOKED: "AND revoked_at IS NOT NULL", Fate.NONE: ""}.get(change.fate, "AND revoked_at IS NULL")
    sql = f"""UPDATE billing_lot SET free = free + %s, held = held + %s, spent = spent + %s, lapsed = lapsed + %s
              WHERE id = %s {still}"""  # noqa: S608  (constants only)
    deltas = [change.d_free, change.d_held, change.d_spent, change.d_lapsed]
    return changed(sql, [*deltas, change.lot_id]) == 1


def expired_lots(now: datetime) -> list[int]:
    """Every expired lot that still shows free credits."""
    sql = "SELECT id FROM billing_lot WHERE free > 0 AND expires_at <= %s ORDER BY id"
    return [lot_id for (lot_id,) in rows(sql, [now])]


def lot_to_close(lot_id: int) -> OpenLot | None:
    """The lot, or None if there is none or it was revoked before."""
    found = rows("SELECT organization_id, free FROM billing_lot WHERE id = %s AND revoked_at IS NULL", [lot_id])
    return OpenLot(*found[0]) if found else None


def lapse_lot(lot_id: int, free: int) -> bool:
    sql = "UPDATE billing_lot SET free = 0, lapsed = lapsed + %s WHERE id = %s AND free = %s"
    return changed(sql, [free, lot_id, free]) == 1


def revoke_lot(lot_id: int, free: int, now: datetime) -> bool:
    sql = """UPDATE billing_lot SET revoked_at = %s, free = 0, lapsed = lapsed + %s
             WHERE id = %s AND free = %s AND revoked_at IS NULL"""
    return changed(sql, [now, free, lot_id, free]) == 1


def withdraw_lot(lot_id: int, credits: int) -> bool:
    sql = "UPDATE billing_lot SET free = free - %s, lapsed = lapsed + %s WHERE id = %s AND free >= %s"
    return changed(sql, [credits, credits, lot_id, credits]) == 1


# --- holds ------------------------------------------------------------------------------------------------------------
# As a value, where a hold is found by its id: written into the statement, it would let PostgreSQL walk through an index of
# all open holds instead, closed ones that no vacuum has removed yet included.
OPEN = "open"
HOLD_COLUMNS = "organization_id, captured, refunded, parts, budget_id"


def open_slots(organization_id: int) -> list[int | None]:
    """The slot (None = without one) of every open hold of credits."""
    sql = "SELECT slot FROM billing_hold WHERE organization_id = %s AND state = 'open' AND amount > 0"
    return [slot for (slot,) in rows(sql, [organization_id])]


def inserted(new: NewHold) -> Statement:
    """Inserts a hold and returns its id; nothing if its key or its slot is taken."""
    sql = """INSERT INTO billing_hold (organization_id, key, amount, parts, reference, slot, lease_until, created_at,
                                       budget_id, captured, refunded, state, settle_key)
             VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 'open', '') ON CONFLICT DO NOTHING RETURNING id"""
    return Statement(sql, [json.dumps(value) if isinstance(value, tuple) else value for value in new])


def insert_hold(new: NewHold) -> int | None:
    """The new hold's id, or None if its key or its slot is taken."""
    found = rows(*inserted(new))
    return found[0][0] if found else None


def extend_lease(hold_id: int, lease_until: datetime) -> bool:
    """Move the lease of an open hold forward, never back."""
    sql = """UPDATE billing_hold SET lease_until = CASE WHEN lease_until < %s THEN %s ELSE lease_until END
             WHERE id = %s AND state = %s"""
    return changed(sql, [lease_until, lease_until, hold_id, OPEN]) == 1


def closed(closing: Closing, silent_since: datetime | None) -> Statement:
    """Closes a hold if it is open and, where ``silent_since`` is given, its lease had ended then; returns it."""
    silent = "" if silent_since is None else "AND lease_until <= %s"
    sql = f"""UPDATE billing_hold SET state = %s, captured = %s, settle_key = %s, closed_at = %s
              WHERE id = %s AND state = %s AND %s BETWEEN 0 AND amount {silent}
              RETURNING {HOLD_COLUMNS}"""  # noqa: S608  (constants only)
    hold_id, state, used, settle_key, at = closing
    values = [state, used, settle_key, at, hold_id, OPEN, used]
    return Statement(sql, values if silent_since is None else [*values, silent_since])


def close_hold(closing: Closing, silent_since: datetime | None) -> HoldRow | None:
    """Close a hold if it is open and, where ``silent_since`` is given, its lease had ended then; else None."""
    return _hold_row(rows(*closed(closing, silent_since)))


def open_hold(hold_id: int) -> HoldRow | None:
    """An open hold as it is now, without a lock; None if it is closed or there is none."""
    sql = f"SELECT {HOLD_COLUMNS} FROM billing_hold WHERE id = %s AND state = %s"  # noqa: S608  (constants only)
    return _hold_row(rows(sql, [hold_id, OPEN]))


def lock_hold(hold_id: int) -> HoldRow | None:
    """Read a hold under its row lock; None if there is none. An UPDATE that changes nothing locks on both databases."""
    sql = f"""UPDATE billing_hold SET refunded = refunded WHERE id = %s
              RETURNING {HOLD_COLUMNS}"""  # noqa: S608  (constants only)
    return _hold_row(rows(sql, [hold_id]))


def add_refund(hold_id: int, amount: int) -> None:
    changed("UPDATE billing_hold SET refunded = refunded + %s WHERE id = %s", [amount, hold_id])


def _hold_row(found: list[tuple[Any, ...]]) -> HoldRow | None:
    if not found:
        return None
    organization_id, captured, refunded, parts, budget_id = found[0]
    return HoldRow(organization_id, captured, refunded, _parts(parts), budget_id)


def silent_holds(now: datetime) -> list[int]:
    sql = "SELECT id FROM billing_hold WHERE state = 'open' AND lease_until <= %s ORDER BY id"
    return [hold_id for (hold_id,) in rows(sql, [now])]
