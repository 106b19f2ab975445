"""Refunds: credits of a settled hold go back to the lots that paid them."""

from django.utils import timezone

from billing.domain.ledger import repayment
from billing.errors import HoldGone, KeyReused, RefundTooLarge
from billing.ledger import budget_sql, journal, sql
from billing.ledger.attempts import atomic, checked_key, positive
from billing.ledger.lots import apply, make_good


def refund(hold_id: int, *, amount: int, key: str, reason: str = "") -> bool:
    """Give back ``amount`` > 0 credits of a settled hold, the last lot that paid first.

    True if this call did it, False if this key did it before. The key belongs to the hold: two holds may use the same
    one. What returns to a lot that has expired meanwhile is made good. Raises HoldGone, RefundTooLarge, or KeyReused
    if the key once refunded another amount.
    """
    return _refund(hold_id, positive(amount), f"{journal.hold_key(hold_id)}:{checked_key(key)}", reason)


@atomic
def _refund(hold_id: int, amount: int, journal_key: str, reason: str) -> bool:
    paid = sql.lock_hold(hold_id)
    if paid is None:
        raise HoldGone(hold_id)
    before = journal.refunded_with(hold_id, journal_key)
    if before:
        if before != amount:
            raise KeyReused(journal_key.removeprefix(f"{journal.hold_key(hold_id)}:"))
        return False
    if amount > paid.captured - paid.refunded:
        raise RefundTooLarge(amount, paid.captured - paid.refunded)
    now = timezone.now()
    moves = repayment(paid.parts, paid.captured, paid.refunded, amount, sql.fates(paid.parts, now))
    sql.add_refund(hold_id, amount)
    lines = [journal.Line(move.lot_id, hold_id, "refund", journal_key, *move[2:]) for move in moves]
    journal.append(paid.organization_id, lines, at=now, reason=reason)
    make_good(paid.organization_id, moves, journal_key, now)
    if paid.budget_id is not None:
        budget_sql.give_back(paid.budget_id, amount)
    apply(moves)
    return True
