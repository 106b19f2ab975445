"""The statements by which a new lot pays debts, by hand like those of ``billing.ledger.sql``.

A debt is what a refund or a lost dispute could not take back because it was spent. It stands in the row of that refund
or dispute (``credits_owed``, of which ``credits_collected`` are paid and ``credits_forgiven`` written off), never in a balance.
"""

from typing import NamedTuple

from billing.ledger.sql import changed, rows

LEFT = "credits_owed - credits_collected - credits_forgiven"


class Debt(NamedTuple):
    """``left`` credits are still owed; ``key`` names it in the journal."""

    table: str
    row_id: int
    key: str
    left: int


def open_debts(organization_id: int) -> list[Debt]:
    """Refunds first, then lost disputes, each from the oldest: one order for everybody who locks them."""
    sql = f"""SELECT 'billing_refund', id, 'debt:' || public_id, {LEFT} FROM billing_refund
             WHERE organization_id = %s AND state <> 'failed' AND {LEFT} > 0
             UNION ALL
             SELECT 'billing_dispute', id, 'debt:' || provider || ':' || fact, {LEFT}
             FROM billing_dispute WHERE organization_id = %s AND {LEFT} > 0
             ORDER BY 1 DESC, 2"""  # noqa: S608  (constants only)
    return [Debt(*row) for row in rows(sql, [organization_id, organization_id])]


def collect(debt: Debt, credits: int) -> bool:
    """Count ``credits`` of a debt as paid, if so many are still owed."""
    return _count(debt, "credits_collected", credits)


def forgive(debt: Debt, credits: int) -> bool:
    """Count ``credits`` of a debt as written off, if so many are still owed."""
    return _count(debt, "credits_forgiven", credits)


def _count(debt: Debt, column: str, credits: int) -> bool:
    """A refund that has failed since it was read is no debt any more (a dispute never fails)."""
    sql = f"""UPDATE {debt.table} SET {column} = {column} + %s
              WHERE id = %s AND state <> 'failed' AND {LEFT} >= %s"""  # noqa: S608  (constants only)
    return changed(sql, [credits, debt.row_id, credits]) == 1
