"""Money against credits when a plan is changed or money goes back. Plain Python, no I/O.

The one rule behind all of it: credits that leave an account take with them at most what was paid for them, and credits
that stay were paid for at no less than a list price. Time alone is never worth money, because the credits may be spent
already; credits alone are not either, because a month of which nothing is left is over. So an unused credit of a
running month counts only as far as *both* time and credits are left, and every division rounds against the account.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

# The least that an upgrade costs: no payment provider takes nothing, and so what is traded in stays below the new price.
LEAST_DUE_FEN = 100


class Month(NamedTuple):
    """A bought month: ``price_fen`` was paid for ``credits`` of its lot, of which ``free`` are left."""

    lot_id: int
    price_fen: int
    credits: int
    free: int
    starts_at: datetime
    ends_at: datetime


class Part(NamedTuple):
    """``credits`` of a lot that are given up, and what the account gets for them."""

    lot_id: int
    credits: int
    value_fen: int


def unused(month: Month, now: datetime) -> int:
    """Credits of a month that count at ``now``: what is free, but no more than the share of time that is left."""
    left = min(max(month.ends_at - now, timedelta()), month.ends_at - month.starts_at)
    return min(month.free, month.credits * _microseconds(left) // _microseconds(month.ends_at - month.starts_at))


def trade_in(months: Iterable[Month], now: datetime, price_fen: int) -> tuple[Part, ...]:
    """What an account gives up of its running months for a new one that costs ``price_fen``.

    In the given order, and only so much that at least ``LEAST_DUE_FEN`` are left to pay.
    """
    room = max(price_fen - LEAST_DUE_FEN, 0)
    parts: list[Part] = []
    for month in months:
        credits = unused(month, now)
        value = worth(credits, month.price_fen, month.credits)
        if value > room:
            value = room
            credits = credits_for(value, month.price_fen, month.credits)
        if value > 0:
            parts.append(Part(month.lot_id, credits, value))
            room -= value
    return tuple(parts)


def worth(credits: int, price_fen: int, of_credits: int) -> int:
    """What was paid for ``credits`` of the ``of_credits`` that ``price_fen`` has bought, in whole fen, rounded down."""
    return price_fen * credits // of_credits


def credits_for(amount_fen: int, price_fen: int, of_credits: int) -> int:
    """How many of ``of_credits`` go back when ``amount_fen`` of ``price_fen`` do, in whole credits, rounded up."""
    return -(-of_credits * amount_fen // price_fen)


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
