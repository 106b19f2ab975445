"""Holds: credits reserved for one work, kept by a heartbeat, closed exactly once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.domain.ledger import Move, coming_back, draw, lowest_free_slot, settlement
from billing.errors import (
    BillingError,
    HoldGone,
    InsufficientCredits,
    KeyReused,
    Parked,
    Suspended,
    TooManyOpenHolds,
)
from billing.ledger import at_once, budget_sql, journal, sql
from billing.ledger.attempts import Overtaken, again, checked_key
from billing.ledger.lots import apply, make_good
from billing.models import Hold, Organization


def hold(
    organization: Organization,
    *,
    key: str,
    amount: int,
    reference: str = "",
    lease: timedelta | None = None,
    concurrency: int | None = None,
    budget: int | None = None,
    actor: str = "",
    running: bool = False,
) -> Hold:
    """Reserve ``amount`` >= 0 credits for one work until its lease ends (``settings.HOLD_LEASE_MINUTES``).

    The same key answers with the first hold again, whatever became of it since (look at its ``state``), even if the
    account is empty by now. ``concurrency`` is how many holds of credits the plan lets be open at once. ``budget`` is the
    row of the month's budget that has to have room as well (``billing.budgets``), ``actor`` who asks, for the journal.
    ``running``: the work was begun under an earlier hold, so it goes on although its organization is suspended since.

    Raises InsufficientCredits (``limit``: of the account or of the budget), TooManyOpenHolds, Parked, Suspended,
    KeyReused (the key once held another amount) or LedgerBusy; nothing is held then.
    """
    if amount < 0:
        raise ValueError(f"cannot hold {amount} credits")
    now = timezone.now()
    wanted = sql.NewHold(
        organization_id=organization.pk,
        key=checked_key(key),
        amount=amount,
        parts=(),
        reference=reference,
        slot=None,
        lease_until=now + (lease or _default_lease()),
        created_at=now,
        budget_id=budget,
    )
    return _hold(wanted, concurrency, actor, running=running)


@again
def _hold(wanted: sql.NewHold, concurrency: int | None, actor: str, *, running: bool) -> Hold:
    try:
        new = _with_room(wanted, concurrency, running=running)
    except BillingError:
        earlier = _earlier(wanted)
        if earlier is None:
            raise
        return earlier
    hold_id = _reserve(new, actor)
    if hold_id is None:
        earlier = _earlier(wanted)
        if earlier is None:  # it was the slot that is taken
            raise Overtaken
        return earlier
    return _as_row(hold_id, new)


def _with_room(wanted: sql.NewHold, concurrency: int | None, *, running: bool) -> sql.NewHold:
    """The hold with the parts that would pay and the slot to take, or the refusal."""
    account = sql.account(wanted.organization_id, wanted.created_at)
    if account.parked_reason:
        raise Parked(account.parked_reason)
    if not running:
        _check_not_suspended(account, wanted.budget_id)
    if wanted.budget_id is not None:
        _check_budget(wanted.budget_id, wanted.amount)
    parts = draw(account.lots, wanted.amount)
    if parts is None:
        raise InsufficientCredits(wanted.amount, sum(lot.credits for lot in account.lots))
    if concurrency is None or wanted.amount == 0:
        return wanted._replace(parts=parts)
    slots = sql.open_slots(wanted.organization_id)
    if len(slots) >= concurrency:
        raise TooManyOpenHolds(concurrency)
    return wanted._replace(parts=parts, slot=lowest_free_slot(slot for slot in slots if slot is not None))


def _check_not_suspended(account: sql.Account, budget_id: int | None) -> None:
    """Neither whoever pays nor, where an agency does, the merchant that it pays for."""
    reason = account.suspended_reason or ("" if budget_id is None else budget_sql.suspended(budget_id))
    if reason:
        raise Suspended(reason)


def _check_budget(budget_id: int, amount: int) -> None:
    left = budget_sql.left(budget_id)
    if amount > max(left, 0):
        raise InsufficientCredits(amount, max(left, 0), "budget")


def _as_row(hold_id: int, new: sql.NewHold) -> Hold:
    """The row that was just inserted, without reading it back: that would take a third of the whole time."""
    row = Hold(id=hold_id, **new._asdict() | {"parts": [list(part) for part in new.parts]})
    row._state.adding = False
    row._state.db = connection.alias
    return row


def _earlier(wanted: sql.NewHold) -> Hold | None:
    """The hold that this key made before."""
    earlier = Hold.objects.filter(organization_id=wanted.organization_id, key=wanted.key).first()
    if earlier is None:
        return None
    if earlier.amount != wanted.amount:
        raise KeyReused(wanted.key)
    return earlier


def _reserve(new: sql.NewHold, actor: str) -> int | None:
    """Write the hold and move its credits: its id, or None if its key or its slot is taken."""
    if at_once.possible() and new.budget_id is None and len(new.parts) == 1:
        return at_once.hold(new, new.parts[0], actor)
    with transaction.atomic():
        hold_id = sql.insert_hold(new)
        if hold_id is not None:
            _move(hold_id, new, actor)
    return hold_id


def _move(hold_id: int, new: sql.NewHold, actor: str) -> None:
    key = journal.hold_key(hold_id)
    lines = [
        journal.Line(part.lot_id, hold_id, "hold", key, d_free=-part.credits, d_held=part.credits) for part in new.parts
    ]
    journal.append(new.organization_id, lines, at=new.created_at, actor=actor)
    # The budget before the lots, everywhere: in one order nobody waits in a circle.
    if new.budget_id is not None and new.amount and not budget_sql.reserve(new.budget_id, new.amount):
        raise Overtaken
    for part in new.parts:
        if not sql.take(part):
            raise Overtaken


def heartbeat(hold_id: int) -> bool:
    """Say that the work of a hold goes on: its lease starts anew. False: the hold is closed, stop the work."""
    return sql.extend_lease(hold_id, timezone.now() + _default_lease())


def _default_lease() -> timedelta:
    return timedelta(minutes=settings.HOLD_LEASE_MINUTES)


def settle(hold_id: int, *, used: int, key: str | None = None) -> bool:
    """Pay ``used`` credits of a hold and return the rest. True if this call did it, False if it was closed before.

    Of any number of callers, the reaper included, exactly one closes a hold. What returns to a lot that has expired
    meanwhile is made good in a new lot of seven days. ``key`` names what was paid for: a second hold that is settled
    with the same key raises KeyReused and stays open. Raises HoldGone if there never was such a hold, ValueError if
    ``used`` is more than it holds.
    """
    try:
        won = _close(hold_id, state=Hold.State.CAPTURED, used=used, settle_key=key or "")
    except IntegrityError:
        mine = Hold.objects.get(pk=hold_id)
        if key and Hold.objects.filter(organization_id=mine.organization_id, settle_key=key).exists():
            raise KeyReused(key) from None
        raise
    return won or _lost(hold_id, used)


def release(hold_id: int) -> bool:
    """Return all credits of a hold. True if this call did it, False if it was closed before. Raises HoldGone."""
    return _close(hold_id, state=Hold.State.RELEASED, used=0) or _lost(hold_id, 0)


def reap(now: datetime | None = None) -> int:
    """Release every hold whose lease has ended; how many. A heartbeat that comes in between wins."""
    at = now or timezone.now()
    return sum(_close(hold_id, state=Hold.State.RELEASED, used=0, silent_since=at) for hold_id in sql.silent_holds(at))


def _lost(hold_id: int, used: int) -> bool:
    """False for a hold that was closed before; otherwise the caller's mistake."""
    found = Hold.objects.filter(pk=hold_id).first()
    if found is None:
        raise HoldGone(hold_id)
    if not 0 <= used <= found.amount:
        raise ValueError(f"cannot use {used} credits of {found.amount} held")
    return False


@again
def _close(
    hold_id: int, *, state: Hold.State, used: int, settle_key: str = "", silent_since: datetime | None = None
) -> bool:
    closing = sql.Closing(hold_id, state.value, used, settle_key, silent_since or timezone.now())
    if used and at_once.possible():
        mine = sql.open_hold(hold_id)
        if mine is None:
            return False
        if mine.budget_id is None and [part.credits for part in mine.parts] == [used]:
            return at_once.spend(closing, mine.parts[0].lot_id)
    with transaction.atomic():
        return _settle(closing, silent_since)


def _settle(closing: sql.Closing, silent_since: datetime | None) -> bool:
    closed = sql.close_hold(closing, silent_since)
    if closed is None:
        return False
    used, now = closing.used, closing.at
    moves = settlement(closed.parts, used, sql.fates(coming_back(closed.parts, used), now))
    key = journal.hold_key(closing.hold_id)
    lines = [line for move in moves for line in _lines(closing.hold_id, key, move)]
    journal.append(closed.organization_id, lines, at=now)
    make_good(closed.organization_id, moves, key, now)
    if closed.budget_id is not None:
        budget_sql.close(closed.budget_id, held=sum(part.credits for part in closed.parts), used=used)
    apply(moves)
    return True


def _lines(hold_id: int, key: str, move: Move) -> list[journal.Line]:
    """What a closing hold writes about one lot: a line for what was paid and one for what came back."""
    lines = [
        journal.Line(move.lot_id, hold_id, "capture", key, d_held=-move.d_spent, d_spent=move.d_spent),
        journal.Line(move.lot_id, hold_id, "release", key, d_held=-move.d_free, d_free=move.d_free),
        journal.Line(move.lot_id, hold_id, "expire", key, d_held=-move.d_lapsed, d_lapsed=move.d_lapsed),
    ]
    return [line for line in lines if line.d_held]
