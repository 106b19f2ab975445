"""Lots come and go: granted, lapsed, revoked, made good.

A grant first pays what its organization owes (``debt_sql``): those credits lapse in the new lot at once, as journal
lines that name the debt. What is made good pays nothing, because failed work must not cost anything.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from billing.domain.ledger import MAKE_GOOD_LIFE, Move
from billing.errors import KeyReused
from billing.ledger import debt_sql, journal, sql
from billing.ledger.attempts import Overtaken, atomic, checked_key, positive
from billing.models import Lot, Organization


def grant(
    organization: Organization,
    *,
    key: str,
    amount: int,
    kind: str,
    expires_at: datetime | None,
    starts_at: datetime | None = None,
    priority: int = 0,
    actor: str = "",
    reason: str = "",
) -> Lot:
    """Give ``amount`` > 0 credits that end at ``expires_at`` (None = never). The same key gives the same lot again.

    What the organization owes is paid first, out of these credits (``billing.refunds.debts``).

    A lower ``priority`` is drawn first. Raises KeyReused if the key once granted another amount or kind.
    """
    now = timezone.now()
    new = sql.NewLot(
        organization_id=organization.pk,
        key=checked_key(key),
        kind=Lot.Kind(kind).value,
        priority=priority,
        amount=positive(amount),
        starts_at=starts_at or now,
        expires_at=expires_at,
        created_at=now,
    )
    return Lot.objects.of(organization).get(pk=_grant(new, actor, reason))


@atomic
def _grant(new: sql.NewLot, actor: str, reason: str) -> int:
    lot_id = sql.insert_lot(new)
    if lot_id is None:
        earlier = Lot.objects.get(organization_id=new.organization_id, key=new.key)
        if (earlier.amount, earlier.kind) != (new.amount, new.kind):
            raise KeyReused(new.key)
        return earlier.pk
    line = journal.Line(lot_id, None, "grant", new.key, d_free=new.amount)
    journal.append(new.organization_id, [line], at=new.created_at, actor=actor, reason=reason)
    if new.kind != Lot.Kind.MAKEGOOD:
        _pay_debts(lot_id, new)
    return lot_id


def _pay_debts(lot_id: int, new: sql.NewLot) -> None:
    """Raises Overtaken where another grant has paid the same debt meanwhile."""
    free, lines = new.amount, []
    for debt in debt_sql.open_debts(new.organization_id):
        paid = min(debt.left, free)
        if not paid:
            break
        if not debt_sql.collect(debt, paid):
            raise Overtaken
        lines.append(journal.Line(lot_id, None, "debt", debt.key, d_free=-paid, d_lapsed=paid))
        free -= paid
    journal.append(new.organization_id, lines, at=new.created_at)
    if lines and not sql.withdraw_lot(lot_id, new.amount - free):
        raise Overtaken


def make_good(organization_id: int, moves: Iterable[Move], event: str, now: datetime) -> None:
    """Grant anew what came back to lots that had expired meanwhile; ``event`` (a journal key) makes it happen once."""
    owed = sum(move.to_make_good for move in moves)
    if owed:
        new = sql.NewLot(
            organization_id=organization_id,
            key=f"makegood:{event}",
            kind=Lot.Kind.MAKEGOOD.value,
            priority=0,
            amount=owed,
            starts_at=now,
            expires_at=now + MAKE_GOOD_LIFE,
            created_at=now,
        )
        _grant(new, "", "")


def apply(moves: Iterable[Move]) -> None:
    """Bring moves to their lots, in the given (drawing) order. Raises Overtaken if a lot was revoked meanwhile."""
    for move in moves:
        if not sql.move(move):
            raise Overtaken


def lapse(now: datetime | None = None) -> int:
    """Book the free credits of expired lots as lapsed; how many lots. Bookkeeping only: expiry is true without it."""
    at = now or timezone.now()
    return sum(_lapse(lot_id, at) for lot_id in sql.expired_lots(at))


@atomic
def _lapse(lot_id: int, at: datetime) -> bool:
    lot = sql.lot_to_close(lot_id)
    if lot is None or lot.free == 0:
        return False
    line = journal.Line(lot_id, None, "lapse", f"lapse:{at.isoformat()}", d_free=-lot.free, d_lapsed=lot.free)
    journal.append(lot.organization_id, [line], at=at)
    if not sql.lapse_lot(lot_id, lot.free):
        raise Overtaken
    return True


def revoke(lot_id: int, *, key: str, reason: str, actor: str = "") -> bool:
    """Take back a lot whose money was given back. True if this call did it, False if it was revoked before.

    What is free lapses now, what is held lapses when it returns, and what was spent is the lot's ``debt``: no balance
    ever becomes negative. Raises Lot.DoesNotExist.
    """
    revoked = _revoke(lot_id, checked_key(key), reason, actor)
    if not revoked:
        Lot.objects.get(pk=lot_id)
    return revoked


@atomic
def _revoke(lot_id: int, key: str, reason: str, actor: str) -> bool:
    lot = sql.lot_to_close(lot_id)
    if lot is None:
        return False
    now = timezone.now()
    line = journal.Line(lot_id, None, "revoke", key, d_free=-lot.free, d_lapsed=lot.free)
    journal.append(lot.organization_id, [line], at=now, actor=actor, reason=reason)
    if not sql.revoke_lot(lot_id, lot.free, now):
        raise Overtaken
    return True


def withdraw(lot_id: int, *, most: int, key: str, reason: str, actor: str = "") -> int:
    """Take up to ``most`` free credits back from a lot, because their money went elsewhere; how many there were.

    The same key takes nothing more and answers the same. Raises Lot.DoesNotExist.
    """
    if most < 0:
        raise ValueError(f"cannot take {most} credits back")
    return _withdraw(lot_id, most, checked_key(key), reason, actor)


@atomic
def _withdraw(lot_id: int, most: int, key: str, reason: str, actor: str) -> int:
    earlier = journal.withdrawn_with(lot_id, key)
    if earlier is not None:
        return earlier
    lot = sql.lot_to_close(lot_id)
    if lot is None:  # revoked as a whole: nothing is left
        return Lot.objects.get(pk=lot_id).free
    taken = min(lot.free, most)
    line = journal.Line(lot_id, None, "revoke", key, d_free=-taken, d_lapsed=taken)
    journal.append(lot.organization_id, [line], at=timezone.now(), actor=actor, reason=reason)
    if not sql.withdraw_lot(lot_id, taken):
        raise Overtaken
    return taken
