"""Holding and settling, one promise at a time. Random histories are in test_ledger_machine.py."""

from datetime import timedelta

import pytest
from django.db import transaction

from billing import ledger
from billing.errors import (
    InsufficientCredits,
    KeyReused,
    LedgerBusy,
    Parked,
    TooManyOpenHolds,
)
from billing.ledger import sql
from billing.ledger.attempts import ATTEMPTS
from billing.models import Entry, Hold, Organization
from tests.billing.conftest import Clock, columns, lot

pytestmark = pytest.mark.usefixtures("as_if_alone")


def test_refusal_says_what_is_missing(shop: Organization, unchanged) -> None:
    lot(shop, 7)
    with unchanged(), pytest.raises(InsufficientCredits) as refusal:
        ledger.hold(shop, key="ad", amount=8)
    assert refusal.value.code == "insufficient_credits"
    assert refusal.value.extra() == {"needed": 8, "available": 7, "limit": "account"}


def test_a_free_work_needs_no_credits_and_no_place(shop: Organization) -> None:
    free = ledger.hold(shop, key="all filmed before", amount=0, concurrency=1)
    assert (free.state, free.parts, free.slot) == ("open", [], None)
    paid = lot(shop, 5)
    assert ledger.hold(shop, key="film", amount=1, concurrency=1).slot == 1
    assert ledger.hold(shop, key="filmed, too", amount=0, concurrency=1).slot is None
    assert columns(paid) == (4, 1, 0, 0)
    assert ledger.settle(free.pk, used=0) is True
    assert Hold.objects.get(pk=free.pk).state == "captured"
    assert not Entry.objects.filter(hold=free).exists()


def test_the_soonest_end_pays_first_within_a_priority(shop: Organization, clock: Clock) -> None:
    last = lot(shop, 5, key="never", hours=None)
    third = lot(shop, 5, key="late", hours=20)
    second = lot(shop, 5, key="soon", hours=10)
    fourth = lot(shop, 5, key="first of equals", hours=30)
    fifth = lot(shop, 5, key="second of equals", hours=30)
    first = lot(shop, 5, key="preferred", hours=40, priority=-1)
    lot(shop, 5, key="not yet", hours=9, starts_at=clock.now + timedelta(seconds=1))
    held = ledger.hold(shop, key="ad", amount=27)
    assert held.parts == [[first.pk, 5], [second.pk, 5], [third.pk, 5], [fourth.pk, 5], [fifth.pk, 5], [last.pk, 2]]


def test_an_expired_lot_pays_nothing(shop: Organization, clock: Clock, unchanged) -> None:
    lot(shop, 5, hours=1)
    clock.passes(hours=1)
    assert ledger.balance(shop).available == 0
    with unchanged(), pytest.raises(InsufficientCredits):
        ledger.hold(shop, key="ad", amount=1)


def test_a_replay_answers_from_an_empty_account(shop: Organization, unchanged) -> None:
    lot(shop, 5)
    first = ledger.hold(shop, key="ad", amount=5, concurrency=1)
    with unchanged():
        assert ledger.hold(shop, key="ad", amount=5, concurrency=1) == first
    with unchanged(), pytest.raises(KeyReused):
        ledger.hold(shop, key="ad", amount=4)


def test_the_answer_is_the_row(shop: Organization, clock: Clock) -> None:
    lot(shop, 5)
    held = ledger.hold(shop, key="ad", amount=3, reference="ad_1", concurrency=2)
    row = Hold.objects.get()
    for field in Hold._meta.concrete_fields:
        assert getattr(held, field.attname) == getattr(row, field.attname), field.name
    held.reference = "ad_2"
    held.save(update_fields=["reference"])  # and it knows that it is stored
    assert Hold.objects.get().reference == "ad_2"


def test_keys_belong_to_their_organization(shop: Organization, charlies_shop: Organization) -> None:
    lot(shop, 5)
    lot(charlies_shop, 9)
    mine = ledger.hold(shop, key="ad", amount=5)
    theirs = ledger.hold(charlies_shop, key="ad", amount=9)
    assert mine.pk != theirs.pk
    assert (ledger.balance(shop).held, ledger.balance(charlies_shop).held) == (5, 9)


def test_the_plan_limits_open_holds(shop: Organization, unchanged) -> None:
    lot(shop, 50)
    first = ledger.hold(shop, key="1", amount=1, concurrency=2)
    second = ledger.hold(shop, key="2", amount=1, concurrency=2)
    assert (first.slot, second.slot) == (1, 2)
    with unchanged(), pytest.raises(TooManyOpenHolds) as refusal:
        ledger.hold(shop, key="3", amount=1, concurrency=2)
    assert (refusal.value.limit, refusal.value.status) == (2, 429)
    ledger.release(first.pk)
    assert ledger.hold(shop, key="4", amount=1, concurrency=2).slot == 1
    # After a downgrade the works of the better plan still count.
    with unchanged(), pytest.raises(TooManyOpenHolds):
        ledger.hold(shop, key="5", amount=1, concurrency=1)
    ledger.hold(shop, key="an adjustment by staff", amount=1)
    with unchanged(), pytest.raises(TooManyOpenHolds):
        ledger.hold(shop, key="6", amount=1, concurrency=3)


def test_a_parked_account_starts_nothing_but_finishes(shop: Organization, unchanged) -> None:
    lot(shop, 50)
    running = ledger.hold(shop, key="running", amount=10)
    Organization.objects.update(parked_reason="lot 1 does not add up")
    with unchanged(), pytest.raises(Parked) as refusal:
        ledger.hold(shop, key="new", amount=0)
    assert "lot 1" not in refusal.value.detail  # the reason is for staff
    assert ledger.hold(shop, key="running", amount=10) == running
    assert ledger.settle(running.pk, used=10) is True


def test_settling_pays_from_the_front_and_returns_the_rest(shop: Organization) -> None:
    soon, late = lot(shop, 5, key="soon", hours=1), lot(shop, 5, key="late", hours=2)
    held = ledger.hold(shop, key="ad", amount=8)
    assert ledger.settle(held.pk, used=6) is True
    assert (columns(soon), columns(late)) == ((0, 0, 5, 0), (4, 0, 1, 0))
    assert ledger.settle(held.pk, used=8) is False
    assert ledger.release(held.pk) is False
    assert (columns(soon), columns(late)) == ((0, 0, 5, 0), (4, 0, 1, 0))


def test_no_more_is_used_than_held(shop: Organization, unchanged) -> None:
    lot(shop, 50)
    held = ledger.hold(shop, key="ad", amount=10)
    for used in (11, -1):
        with unchanged(), pytest.raises(ValueError, match=f"cannot use {used} credits of 10 held"):
            ledger.settle(held.pk, used=used)


def test_one_settle_key_pays_for_one_hold(shop: Organization, unchanged) -> None:
    lot(shop, 50)
    first, second = (ledger.hold(shop, key=key, amount=10) for key in "ab")
    assert ledger.settle(first.pk, used=10, key="clip") is True
    assert ledger.settle(first.pk, used=10, key="clip") is False
    with unchanged(), pytest.raises(KeyReused):
        ledger.settle(second.pk, used=10, key="clip")
    assert ledger.settle(second.pk, used=10, key="other clip") is True


def test_the_lease_keeps_a_hold_until_its_end(shop: Organization, clock: Clock, settings) -> None:
    settings.HOLD_LEASE_MINUTES = 30
    lot(shop, 20)
    short = ledger.hold(shop, key="short", amount=1, lease=timedelta(minutes=10))
    usual = ledger.hold(shop, key="usual", amount=1)
    long = ledger.hold(shop, key="long", amount=1, lease=timedelta(hours=2))
    clock.passes(minutes=9)
    assert ledger.reap() == 0
    assert ledger.heartbeat(usual.pk) is True
    assert ledger.heartbeat(long.pk) is True  # and does not shorten it
    clock.passes(minutes=29)
    assert ledger.reap() == 1
    assert ledger.heartbeat(short.pk) is False
    clock.passes(minutes=1)
    assert ledger.reap() == 1
    assert ledger.heartbeat(usual.pk) is False
    clock.passes(minutes=81)
    assert ledger.reap() == 1
    assert ledger.balance(shop).available == 20


def test_a_verb_is_part_of_its_callers_transaction(shop: Organization, unchanged) -> None:
    lot(shop, 20)
    held = ledger.hold(shop, key="ad", amount=10)
    with unchanged(), transaction.atomic():
        assert ledger.settle(held.pk, used=10) is True
        transaction.set_rollback(True)
    assert ledger.settle(held.pk, used=10) is True


def test_endless_bad_luck_is_an_error_and_leaves_nothing(shop: Organization, unchanged, monkeypatch) -> None:
    for key in ("one", "two"):
        lot(shop, 10, key=key)
    tries: list[object] = []
    monkeypatch.setattr(sql, "take", tries.append)
    with unchanged(), pytest.raises(LedgerBusy):
        ledger.hold(shop, key="ad", amount=15)
    assert len(tries) == ATTEMPTS
