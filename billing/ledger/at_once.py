"""The life of a plain work in one statement for each verb, which PostgreSQL commits by itself.

A transaction keeps a lot locked while its client takes its turn between the statements, and every rival waits as long.
Here hold, journal line and lot are written by one (data-modifying WITH, PostgreSQL 14 documentation, section 7.8.4).
It is only for what most works are: one lot pays, no budget counts, all that was held is used. Everything else, and all
that happens in a transaction of the caller, goes step by step (``billing.ledger.holds``), and so does SQLite.
"""

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections

from billing.domain.ledger import Part
from billing.ledger import journal, sql
from billing.ledger.attempts import Overtaken

TOO_FEW_FREE = "billing_lot_free_check"  # Django's own constraint: a rival took what this verb has seen

# Whoever waits for a row in PostgreSQL looks, once it is free, at each version that it has got meanwhile and may have to
# wait again, which costs the more the more wait. So all who are about to move this organization's lot queue here first
# (advisory locks, section 13.3.5). The first key is ours by chance. Behind it only a lot is locked, so there is no circle.
QUEUE = "pg_advisory_xact_lock(736150, hashint8(organization_id))"


def possible() -> bool:
    database = connections[DEFAULT_DB_ALIAS]
    return database.vendor == "postgresql" and not database.in_atomic_block


def hold(new: sql.NewHold, part: Part, actor: str) -> int | None:
    """Insert a hold that ``part`` pays alone: its id, or None if its key or its slot is taken.

    Raises Overtaken if the lot has less by now.
    """
    insert = sql.inserted(new)
    statement = f"""WITH hold AS ({insert.sql}),
        line AS (INSERT INTO billing_entry ({journal.COLUMNS})
                 SELECT %s::bigint, %s::bigint, id, 'hold', 'hold:' || id, -%s, %s, 0, 0, %s::timestamptz, %s::text, ''
                 FROM hold RETURNING hold_id, {QUEUE})
        UPDATE billing_lot SET free = free - %s, held = held + %s FROM line
        WHERE id = %s RETURNING hold_id"""  # noqa: S608  (constants only)
    lot_id, credits = part
    line = [new.organization_id, lot_id, credits, credits, new.created_at, actor]
    try:
        found = sql.rows(statement, [*insert.values, *line, credits, credits, lot_id])
    except IntegrityError as error:
        if TOO_FEW_FREE not in str(error):
            raise
        raise Overtaken from None
    return found[0][0] if found else None


def spend(closing: sql.Closing, lot_id: int) -> bool:
    """Close a hold that uses all its credits, which are of one lot; False if it was closed before."""
    close = sql.closed(closing, None)
    statement = f"""WITH hold AS ({close.sql}),
        line AS (INSERT INTO billing_entry ({journal.COLUMNS})
                 SELECT organization_id, %s::bigint, %s::bigint, 'capture', %s::text, 0, -%s, %s, 0, %s::timestamptz, '', ''
                 FROM hold RETURNING hold_id, {QUEUE})
        UPDATE billing_lot SET held = held - %s, spent = spent + %s FROM line
        WHERE id = %s RETURNING hold_id"""  # noqa: S608  (constants only)
    hold_id, _, used, _, at = closing
    line = [lot_id, hold_id, journal.hold_key(hold_id), used, used, at]
    return bool(sql.rows(statement, [*close.values, *line, used, used, lot_id]))
