"""The verbs of the ledger, one promise at a time. Random histories are in test_ledger_machine.py."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from billing import ledger
from billing.errors import InsufficientCredits, KeyReused, LedgerBusy, Parked, TooManyOpenHolds
from billing.ledger import sql
from billing.ledger.attempts import ATTEMPTS
from billing.models import Entry, Hold, Lot, Organization
from tests.billing.conftest import Clock, columns, lot


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
    lot(shop, 20)
    tries: list[object] = []
    monkeypatch.setattr(sql, "take", tries.append)
    with unchanged(), pytest.raises(LedgerBusy):
        ledger.hold(shop, key="ad", amount=10)
    assert len(tries) == ATTEMPTS


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("grant", {"key": "", "amount": 5, "kind": "topup", "expires_at": None}),
        ("grant", {"key": "k" * 121, "amount": 5, "kind": "topup", "expires_at": None}),
        ("grant", {"key": "k", "amount": 0, "kind": "topup", "expires_at": None}),
        ("grant", {"key": "k", "amount": 5, "kind": "gold bars", "expires_at": None}),
        ("hold", {"key": "", "amount": 5}),
        ("hold", {"key": "k", "amount": -1}),
    ],
)
def test_nonsense_is_refused(shop: Organization, unchanged, verb: str, arguments: dict[str, object]) -> None:
    lot(shop, 20)
    with unchanged(), pytest.raises(ValueError, match=r"key has|credits|gold bars"):
        getattr(ledger, verb)(shop, **arguments)


def test_refunding_nothing_is_refused(shop: Organization, unchanged) -> None:
    lot(shop, 20)
    held = ledger.hold(shop, key="ad", amount=10)
    ledger.settle(held.pk, used=10)
    for amount in (0, -1):
        with unchanged(), pytest.raises(ValueError, match="positive"):
            ledger.refund(held.pk, amount=amount, key="k")


def test_the_statement_tells_the_story(shop: Organization, charlies_shop: Organization) -> None:
    lot(charlies_shop, 99)
    lot(shop, 20, reason="welcome")
    held = ledger.hold(shop, key="ad", amount=10, reference="ad_1")
    ledger.settle(held.pk, used=6)
    ledger.refund(held.pk, amount=1, key="r", reason="one bad shot")
    lines = ledger.statement(shop)
    assert [(line.kind, line.credits, line.spent, line.reference, line.reason) for line in lines] == [
        ("refund", 1, -1, "ad_1", "one bad shot"),
        ("release", 4, 0, "ad_1", ""),
        ("capture", 0, 6, "ad_1", ""),
        ("hold", -10, 0, "ad_1", ""),
        ("grant", 20, 0, "", "welcome"),
    ]
    assert lines[0].words == "退还 Refunded"
    assert lines[0].lot_words == "充值 Top-up"
    first_page = ledger.statement(shop, limit=2)
    assert ledger.statement(shop, before=first_page[-1].cursor) == lines[2:]
    assert ledger.statement(shop, reference="ad_1") == lines[:4]


def test_the_balance_lists_what_can_be_used_in_drawing_order(shop: Organization, clock: Clock) -> None:
    never, soon = lot(shop, 5, key="never", hours=None), lot(shop, 6, key="soon", hours=1)
    ledger.hold(shop, key="ad", amount=2)
    shown = ledger.balance(shop)
    assert (shown.available, shown.held) == (9, 2)
    assert [(one.lot_id, one.free, one.expires_at) for one in shown.lots] == [
        (soon.pk, 4, clock.now + timedelta(hours=1)),
        (never.pk, 5, None),
    ]
    assert ledger.balance(shop, clock.now + timedelta(hours=1)).available == 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE billing_lot SET free = free + 1",
        "UPDATE billing_lot SET free = -1, spent = amount + 1 - held",
        "UPDATE billing_lot SET revoked_at = created_at",
        "UPDATE billing_hold SET captured = amount + 1, state = 'captured'",
        "UPDATE billing_hold SET refunded = 1",
        "UPDATE billing_hold SET captured = 1",
        "UPDATE billing_entry SET reason = 'a better story'",
        "DELETE FROM billing_entry",
        "INSERT INTO billing_entry"
        " (organization_id, lot_id, kind, key, d_free, d_held, d_spent, d_lapsed, at, actor, reason)"
        " SELECT organization_id, lot_id, 'refund', 'forged', 5, 0, 0, 0, at, '', '' FROM billing_entry",
    ],
)
def test_the_database_itself_refuses_wrong_books(shop: Organization, unchanged, change: str) -> None:
    lot(shop, 20)
    ledger.hold(shop, key="ad", amount=10)
    with unchanged(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
