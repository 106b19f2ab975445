"""What goes back: make-goods, refunds, revoked and lapsed lots."""

from datetime import timedelta

import pytest

from billing import ledger
from billing.errors import (
    HoldGone,
    KeyReused,
    RefundTooLarge,
)
from billing.models import Lot, Organization
from tests.billing.conftest import Clock, columns, lot

pytestmark = pytest.mark.usefixtures("as_if_alone")


def test_what_returns_too_late_is_made_good_for_a_week(shop: Organization, clock: Clock) -> None:
    old = lot(shop, 5, hours=1)
    held = ledger.hold(shop, key="ad", amount=5)
    clock.passes(hours=2)
    assert ledger.settle(held.pk, used=2) is True
    assert columns(old) == (0, 0, 2, 3)
    new = Lot.objects.of(shop).get(kind="makegood")
    assert (new.amount, new.free, new.expires_at) == (3, 3, clock.now + timedelta(days=7))
    assert ledger.refund(held.pk, amount=2, key="bad film") is True
    assert ledger.refund(held.pk, amount=2, key="bad film") is False
    assert columns(old) == (0, 0, 0, 5)
    assert ledger.balance(shop).available == 5


def test_a_lot_ends_at_its_last_moment_not_after_it(shop: Organization, clock: Clock) -> None:
    first, second = lot(shop, 5, key="first", hours=1), lot(shop, 5, key="second", hours=1)
    held = [ledger.hold(shop, key=key, amount=5) for key in ("first", "second")]
    clock.passes(minutes=60, microseconds=-1)
    ledger.release(held[0].pk)
    clock.passes(microseconds=1)
    ledger.release(held[1].pk)
    assert (columns(first), columns(second)) == ((5, 0, 0, 0), (0, 0, 0, 5))
    assert ledger.balance(shop).available == 5  # the made-good ones
    assert ledger.lapse() == 1


def test_a_refund_goes_back_from_the_end(shop: Organization) -> None:
    soon, late = lot(shop, 5, key="soon", hours=1), lot(shop, 5, key="late", hours=2)
    held = ledger.hold(shop, key="ad", amount=9)
    ledger.settle(held.pk, used=8)
    assert ledger.refund(held.pk, amount=1, key="first") is True
    assert (columns(soon), columns(late)) == ((0, 0, 5, 0), (3, 0, 2, 0))
    assert ledger.refund(held.pk, amount=4, key="second") is True
    assert (columns(soon), columns(late)) == ((2, 0, 3, 0), (5, 0, 0, 0))


def test_no_more_is_refunded_than_was_paid(shop: Organization, unchanged) -> None:
    lot(shop, 20)
    held = ledger.hold(shop, key="ad", amount=10)
    with unchanged(), pytest.raises(RefundTooLarge):
        ledger.refund(held.pk, amount=1, key="while it is open")
    ledger.settle(held.pk, used=6)
    ledger.refund(held.pk, amount=4, key="first")
    with unchanged(), pytest.raises(RefundTooLarge) as refusal:
        ledger.refund(held.pk, amount=3, key="second")
    assert refusal.value.extra() == {"amount": 3, "refundable": 2}
    with unchanged(), pytest.raises(KeyReused) as reuse:
        ledger.refund(held.pk, amount=2, key="first")
    assert reuse.value.key == "first"
    with unchanged(), pytest.raises(HoldGone):
        ledger.refund(10**9, amount=1, key="nothing")


def test_a_refunds_key_belongs_to_its_hold(shop: Organization, clock: Clock) -> None:
    paid = lot(shop, 20, hours=1)
    works = [ledger.hold(shop, key=key, amount=5) for key in "abcd"]
    for work in works:
        ledger.settle(work.pk, used=5)
    assert [ledger.refund(work.pk, amount=2, key="bad film") for work in works[:2]] == [True, True]
    clock.passes(hours=1)
    assert [ledger.refund(work.pk, amount=2, key="bad film") for work in works] == [False, False, True, True]
    assert columns(paid) == (4, 0, 12, 4)
    assert [row.amount for row in Lot.objects.filter(kind="makegood")] == [2, 2]


def test_a_revoked_lot_pays_nothing_and_leaves_a_debt(shop: Organization, unchanged) -> None:
    bought = lot(shop, 20)
    spent, running = ledger.hold(shop, key="spent", amount=5), ledger.hold(shop, key="running", amount=6)
    ledger.settle(spent.pk, used=5)
    assert ledger.revoke(bought.pk, key="chargeback", reason="bank", actor="staff") is True
    assert columns(bought) == (0, 6, 5, 9)
    assert ledger.balance(shop).available == 0
    ledger.settle(running.pk, used=2)
    assert columns(bought) == (0, 0, 7, 13)  # nothing is made good: the money went back
    assert (bought.debt, Lot.objects.count()) == (7, 1)
    ledger.refund(spent.pk, amount=5, key="bad film")
    assert columns(bought) == (0, 0, 2, 18)
    with unchanged():
        assert ledger.revoke(bought.pk, key="again", reason="bank") is False
        with pytest.raises(Lot.DoesNotExist):
            ledger.revoke(10**9, key="again", reason="bank")


def test_lapsing_books_only_what_has_ended(shop: Organization, clock: Clock) -> None:
    ended, lasting = lot(shop, 5, key="ended", hours=1), lot(shop, 5, key="lasting", hours=2)
    ledger.hold(shop, key="ad", amount=2)
    assert ledger.lapse() == 0
    clock.passes(hours=1)
    assert ledger.lapse() == 1
    assert ledger.lapse() == 0
    assert (columns(ended), columns(lasting)) == ((0, 2, 0, 3), (5, 0, 0, 0))


def test_refunding_nothing_is_refused(shop: Organization, unchanged) -> None:
    lot(shop, 20)
    held = ledger.hold(shop, key="ad", amount=10)
    ledger.settle(held.pk, used=10)
    for amount in (0, -1):
        with unchanged(), pytest.raises(ValueError, match="positive"):
            ledger.refund(held.pk, amount=amount, key="k")
