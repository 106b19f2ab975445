"""The arithmetic of the credit ledger: which lots pay, and where credits go back to. Plain Python, no I/O.

A *part* says that one lot gives so many credits. Parts stand in drawing order (priority, then soonest expiry, then
oldest), and that order decides everything later: use takes from the front, a refund gives back from the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import NamedTuple

# How long credits live on, in a new lot, that came back after theirs had expired: failed work must not cost anything.
MAKE_GOOD_LIFE = timedelta(days=7)


class Part(NamedTuple):
    """``credits`` of one lot."""

    lot_id: int
    credits: int


class Share(NamedTuple):
    """How one part of a hold ends: ``used`` is paid, ``back`` returns."""

    lot_id: int
    used: int
    back: int


class Fate(Enum):
    """Where credits land that return to a lot."""

    LIVE = "free again"
    EXPIRED = "lapsed there, made good in a new lot"
    REVOKED = "lapsed there: their money was given back"
    NONE = "nothing returns to it: all that it gave is paid"


class Move(NamedTuple):
    """How one event changes one lot; the four changes sum to zero."""

    lot_id: int
    fate: Fate
    d_free: int
    d_held: int
    d_spent: int
    d_lapsed: int

    @property
    def to_make_good(self) -> int:
        """Credits that came back too late and are owed to the merchant in a new lot."""
        return self.d_lapsed if self.fate is Fate.EXPIRED else 0


def draw(lots: Iterable[Part], amount: int) -> tuple[Part, ...] | None:
    """Take ``amount`` credits from ``lots`` (free credits, in drawing order); ``None`` if they do not suffice."""
    parts: list[Part] = []
    missing = amount
    for lot in lots:
        if missing == 0:
            break
        take = min(missing, lot.credits)
        parts.append(Part(lot.lot_id, take))
        missing -= take
    return None if missing else tuple(parts)


def split_use(parts: Sequence[Part], used: int) -> tuple[Share, ...]:
    """Divide each part into what is paid and what returns; the front pays first.

    Raises ValueError if ``used`` is more than the parts hold.
    """
    shares: list[Share] = []
    left = used
    for part in parts:
        paid = min(left, part.credits)
        shares.append(Share(part.lot_id, paid, part.credits - paid))
        left -= paid
    if left or used < 0:
        raise ValueError(f"cannot use {used} credits of {sum(part.credits for part in parts)} held")
    return tuple(shares)


def split_refund(parts: Sequence[Part], captured: int, already: int, amount: int) -> tuple[Part, ...]:
    """Which lots get ``amount`` back when ``captured`` credits were paid and ``already`` of them were refunded.

    Refunds undo the payment from its end. The result stands in drawing order, which is also the order of row locks.
    Raises ValueError if more than was paid would be given back.
    """
    skip, left = already, amount
    back: list[Part] = []
    for share in reversed(split_use(parts, captured)):
        given = min(share.used, skip)
        skip -= given
        now = min(share.used - given, left)
        left -= now
        if now:
            back.append(Part(share.lot_id, now))
    if left or amount < 0:
        raise ValueError(f"cannot refund {amount} credits: {captured} paid, {already} already refunded")
    return tuple(reversed(back))


def lowest_free_slot(taken: Iterable[int]) -> int:
    """The smallest positive number not taken."""
    used = set(taken)
    return next(slot for slot in range(1, len(used) + 2) if slot not in used)


def settlement(parts: Sequence[Part], used: int, fates: Mapping[int, Fate]) -> tuple[Move, ...]:
    """The moves that end a hold of ``parts`` when ``used`` credits of it are paid.

    ``fates`` of the lots that credits come back to (``coming_back``); no other lot's matters.
    """
    return tuple(
        _move(
            share.lot_id,
            fates[share.lot_id] if share.back else Fate.NONE,
            back=share.back,
            d_held=-share.used - share.back,
            d_spent=share.used,
        )
        for share in split_use(parts, used)
    )


def coming_back(parts: Sequence[Part], used: int) -> tuple[Part, ...]:
    """The parts of which something returns when ``used`` credits are paid, each with all that it held."""
    return tuple(part for part, share in zip(parts, split_use(parts, used), strict=True) if share.back)


def repayment(
    parts: Sequence[Part], captured: int, already: int, amount: int, fates: Mapping[int, Fate]
) -> tuple[Move, ...]:
    """The moves that refund ``amount`` of a hold of ``parts`` (see ``split_refund``)."""
    return tuple(
        _move(lot_id, fates[lot_id], back=credits, d_held=0, d_spent=-credits)
        for lot_id, credits in split_refund(parts, captured, already, amount)
    )


def _move(lot_id: int, fate: Fate, *, back: int, d_held: int, d_spent: int) -> Move:
    live = fate is Fate.LIVE
    return Move(lot_id, fate, back if live else 0, d_held, d_spent, 0 if live else back)
