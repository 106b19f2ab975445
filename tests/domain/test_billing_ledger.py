"""The arithmetic of the ledger: laws for all inputs, and one example of each that a person can check."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.ledger import (
    Fate,
    Move,
    Part,
    Share,
    draw,
    lowest_free_slot,
    repayment,
    settlement,
    split_refund,
    split_use,
)

PARTS = st.lists(st.integers(1, 9), max_size=5).map(lambda sizes: [Part(10 + i, size) for i, size in enumerate(sizes)])


@st.composite
def settled(draw_from: st.DrawFn) -> tuple[list[Part], int, int, int]:
    """(parts, captured, already refunded, refund now) that fit together."""
    parts = draw_from(PARTS)
    captured = draw_from(st.integers(0, sum(part.credits for part in parts)))
    already = draw_from(st.integers(0, captured))
    return parts, captured, already, draw_from(st.integers(0, captured - already))


def test_drawing_takes_whole_lots_from_the_front() -> None:
    lots = [Part(1, 3), Part(2, 4), Part(3, 5)]
    assert draw(lots, 5) == (Part(1, 3), Part(2, 2))
    assert draw(lots, 7) == (Part(1, 3), Part(2, 4))
    assert draw(lots, 0) == ()
    assert draw(lots, 13) is None
    assert draw([], 0) == ()


@given(lots=PARTS, amount=st.integers(0, 50))
def test_drawing_gives_exactly_the_amount_or_nothing(lots: list[Part], amount: int) -> None:
    parts = draw(lots, amount)
    if parts is None:
        assert amount > sum(lot.credits for lot in lots)
        return
    assert sum(part.credits for part in parts) == amount
    assert all(part.credits > 0 for part in parts)
    assert list(parts[:-1]) == lots[: len(parts) - 1] if parts else amount == 0
    assert all(
        part.credits <= lot.credits and part.lot_id == lot.lot_id for part, lot in zip(parts, lots, strict=False)
    )


def test_use_pays_from_the_front() -> None:
    assert split_use([Part(1, 3), Part(2, 4)], 5) == (Share(1, 3, 0), Share(2, 2, 2))
    assert split_use([], 0) == ()


@given(parts=PARTS, used=st.integers(0, 45))
def test_use_loses_nothing(parts: list[Part], used: int) -> None:
    held = sum(part.credits for part in parts)
    if used > held:
        with pytest.raises(ValueError, match=f"cannot use {used} credits of {held} held"):
            split_use(parts, used)
        return
    shares = split_use(parts, used)
    assert sum(share.used for share in shares) == used
    assert [Part(share.lot_id, share.used + share.back) for share in shares] == parts


def test_less_than_nothing_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="cannot use -1"):
        split_use([Part(1, 3)], -1)


def test_a_refund_goes_back_from_the_end() -> None:
    parts = [Part(1, 3), Part(2, 4), Part(3, 5)]
    assert split_refund(parts, 9, 0, 1) == (Part(3, 1),)
    assert split_refund(parts, 9, 1, 4) == (Part(2, 3), Part(3, 1))
    assert split_refund(parts, 9, 5, 4) == (Part(1, 3), Part(2, 1))
    assert split_refund(parts, 9, 9, 0) == ()


@given(settled())
def test_two_refunds_are_one_refund(case: tuple[list[Part], int, int, int]) -> None:
    parts, captured, first, second = case
    once = Counter(dict(split_refund(parts, captured, 0, first + second)))
    twice = Counter(dict(split_refund(parts, captured, 0, first))) + Counter(
        dict(split_refund(parts, captured, first, second))
    )
    assert once == twice
    paid = Counter({share.lot_id: share.used for share in split_use(parts, captured)})
    assert once <= paid


@given(settled())
def test_no_more_is_refunded_than_was_paid(case: tuple[list[Part], int, int, int]) -> None:
    parts, captured, already, _ = case
    left = captured - already
    assert sum(part.credits for part in split_refund(parts, captured, already, left)) == left
    for amount in (left + 1, -1):
        with pytest.raises(ValueError, match=f"cannot refund {amount} credits"):
            split_refund(parts, captured, already, amount)


def test_where_returned_credits_land() -> None:
    parts = [Part(1, 3), Part(2, 4), Part(3, 5)]
    fates = {1: Fate.LIVE, 2: Fate.EXPIRED, 3: Fate.REVOKED}
    moves = settlement(parts, 2, fates)
    assert moves == (
        Move(1, Fate.LIVE, d_free=1, d_held=-3, d_spent=2, d_lapsed=0),
        Move(2, Fate.EXPIRED, d_free=0, d_held=-4, d_spent=0, d_lapsed=4),
        Move(3, Fate.REVOKED, d_free=0, d_held=-5, d_spent=0, d_lapsed=5),
    )
    assert [move.to_make_good for move in moves] == [0, 4, 0]
    assert repayment(parts, 8, 0, 6, fates) == (
        Move(1, Fate.LIVE, d_free=1, d_held=0, d_spent=-1, d_lapsed=0),
        Move(2, Fate.EXPIRED, d_free=0, d_held=0, d_spent=-4, d_lapsed=4),
        Move(3, Fate.REVOKED, d_free=0, d_held=0, d_spent=-1, d_lapsed=1),
    )


@given(settled(), st.lists(st.sampled_from(Fate), min_size=5, max_size=5))
def test_every_move_sums_to_zero(case: tuple[list[Part], int, int, int], fate_list: list[Fate]) -> None:
    parts, captured, already, amount = case
    fates = {part.lot_id: fate for part, fate in zip(parts, fate_list, strict=False)}
    for move in (*settlement(parts, captured, fates), *repayment(parts, captured, already, amount, fates)):
        assert move.d_free + move.d_held + move.d_spent + move.d_lapsed == 0


def test_the_lowest_free_slot() -> None:
    assert [lowest_free_slot(taken) for taken in ([], [1], [2], [1, 3], [3, 2, 1])] == [1, 2, 1, 2, 4]
