"""How a verb of the ledger ends where it is alone: on PostgreSQL in one statement, step by step everywhere else."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing import ledger
from billing.errors import HoldGone, InsufficientCredits, KeyReused, LedgerBusy, TooManyOpenHolds
from billing.ledger import at_once, sql
from billing.ledger.attempts import ATTEMPTS
from billing.models import Entry, Hold, Lot, Organization

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payer() -> Organization:
    organization = Organization.objects.create(name="山野咖啡")
    for key, amount in (("first", 10), ("second", 20)):
        ledger.grant(organization, key=key, amount=amount, kind="admin", expires_at=None)
    return organization


class Stale:
    """An account as it was before a rival took ``credits`` of each of its lots; true again after so many readings."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, readings: int, credits: int) -> None:
        self.left, self.asked, self.credits, self.true = readings, 0, credits, sql.account
        monkeypatch.setattr(sql, "account", self)

    def __call__(self, *args: object) -> sql.Account:
        self.asked += 1
        found = self.true(*args)  # type: ignore[arg-type]
        if self.asked > self.left:
            return found
        return found._replace(lots=tuple(part._replace(credits=part.credits + self.credits) for part in found.lots))


def numbers(payer: Organization) -> list[tuple[int, int, int]]:
    return list(Lot.objects.of(payer).order_by("id").values_list("free", "held", "spent"))


def test_what_was_overtaken_is_tried_again_and_only_the_last_try_is_left(
    payer: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Stale(monkeypatch, readings=2, credits=5)
    held = ledger.hold(payer, key="work", amount=15)
    assert account.asked == 3
    assert [(part[0], part[1]) for part in held.parts] == [
        (lot.pk, credits) for lot, credits in zip(Lot.objects.of(payer).order_by("id"), (10, 5), strict=True)
    ]
    assert numbers(payer) == [(0, 10, 0), (15, 5, 0)]
    assert Entry.objects.filter(hold=held).count() == Entry.objects.filter(kind="hold").count() == 2
    assert Hold.objects.count() == 1
    assert ledger.settle(held.pk, used=15) is True
    assert ledger.settle(held.pk, used=15) is False
    assert numbers(payer) == [(0, 0, 10), (15, 0, 5)]
    assert list(ledger.audit()) == []


def test_what_can_no_longer_be_paid_is_refused_and_leaves_nothing(
    payer: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stale(monkeypatch, readings=1, credits=5)
    with pytest.raises(InsufficientCredits):
        ledger.hold(payer, key="work", amount=31)
    assert (Hold.objects.count(), Entry.objects.exclude(kind="grant").count()) == (0, 0)
    assert numbers(payer) == [(10, 0, 0), (20, 0, 0)]


def test_whoever_is_overtaken_for_ever_is_told_so(payer: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Stale(monkeypatch, readings=1_000, credits=100)
    with pytest.raises(LedgerBusy):
        ledger.hold(payer, key="work", amount=50)
    assert account.asked == ATTEMPTS
    assert (Hold.objects.count(), Entry.objects.exclude(kind="grant").count()) == (0, 0)
    assert numbers(payer) == [(10, 0, 0), (20, 0, 0)]


def test_inside_another_transaction_nothing_is_committed_before_it(payer: Organization) -> None:
    class Changed(Exception):
        pass

    @transaction.atomic
    def changes_its_mind() -> None:
        held = ledger.hold(payer, key="work", amount=15)
        assert numbers(payer) == [(0, 10, 0), (15, 5, 0)]
        assert ledger.settle(held.pk, used=15) is True
        assert numbers(payer) == [(0, 0, 10), (15, 0, 5)]
        raise Changed

    with pytest.raises(Changed):
        changes_its_mind()
    assert (Hold.objects.count(), Entry.objects.exclude(kind="grant").count()) == (0, 0)
    assert numbers(payer) == [(10, 0, 0), (20, 0, 0)]


def test_being_overtaken_does_not_spoil_the_transaction_it_lies_in(
    payer: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        before = ledger.hold(payer, key="before", amount=1)
        Stale(monkeypatch, readings=1, credits=5)
        ledger.hold(payer, key="work", amount=14)
        assert ledger.settle(before.pk, used=1) is True
    assert numbers(payer) == [(0, 9, 1), (15, 5, 0)]
    assert list(ledger.audit()) == []


def test_what_waits_for_the_commit_sees_it(payer: Organization) -> None:
    seen: list[int] = []

    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(Hold.objects.count()))
        ledger.hold(payer, key="work", amount=1, lease=timedelta(minutes=1))
        assert seen == []
    assert seen == [1]
    ledger.hold(payer, key="more", amount=1)
    assert numbers(payer)[0] == (8, 2, 0)


def books(payer: Organization) -> list[tuple[object, ...]]:
    """The journal but its grants: (kind, key, which of the payer's lots, hold, the four changes, who)."""
    lots = list(Lot.objects.of(payer).order_by("id").values_list("id", flat=True))
    lines = Entry.objects.exclude(kind="grant").order_by("id")
    fields = ("kind", "key", "hold", "lot", "d_free", "d_held", "d_spent", "d_lapsed", "actor")
    return [(kind, key, hold, lots.index(lot), *more) for kind, key, hold, lot, *more in lines.values_list(*fields)]


def test_a_plain_work_leaves_a_line_for_each_of_its_ends(payer: Organization) -> None:
    assert at_once.possible() is (connection.vendor == "postgresql")
    held = ledger.hold(payer, key="film", amount=7, reference="ad_1", concurrency=2, actor="u:alice")
    assert numbers(payer) == [(3, 7, 0), (20, 0, 0)]
    stored = Hold.objects.get(pk=held.pk)
    assert (stored.parts, stored.slot, stored.reference, stored.state) == (held.parts, 1, "ad_1", "open")
    assert ledger.settle(held.pk, used=7, key="paid") is True
    assert numbers(payer) == [(3, 0, 7), (20, 0, 0)]
    stored.refresh_from_db()
    assert (stored.state, stored.captured, stored.settle_key) == ("captured", 7, "paid")
    key = f"hold:{held.pk}"
    assert books(payer) == [
        ("hold", key, held.pk, 0, -7, 7, 0, 0, "u:alice"),
        ("capture", key, held.pk, 0, 0, -7, 7, 0, ""),
    ]
    assert set(Entry.objects.filter(hold=held).values_list("organization", flat=True)) == {payer.pk}
    assert Entry.objects.get(kind="capture").at == stored.closed_at
    assert Entry.objects.get(kind="hold").at == stored.created_at


def test_the_same_key_holds_once_and_the_same_name_pays_once(payer: Organization) -> None:
    held = ledger.hold(payer, key="film", amount=4)
    assert ledger.hold(payer, key="film", amount=4).pk == held.pk
    with pytest.raises(KeyReused):
        ledger.hold(payer, key="film", amount=5)
    assert ledger.settle(held.pk, used=4, key="shot") is True
    again = ledger.hold(payer, key="again", amount=4)
    before = books(payer)
    with pytest.raises(KeyReused):
        ledger.settle(again.pk, used=4, key="shot")
    assert ledger.settle(held.pk, used=4, key="other") is False
    with pytest.raises(HoldGone):
        ledger.settle(again.pk + 1, used=4)
    with pytest.raises(ValueError, match="cannot use 5 credits of 4 held"):
        ledger.settle(again.pk, used=5)
    assert (books(payer), numbers(payer)) == (before, [(2, 4, 4), (20, 0, 0)])
    assert Hold.objects.get(pk=again.pk).state == "open"
    assert list(ledger.audit()) == []


def looks_too_early(monkeypatch: pytest.MonkeyPatch) -> list[list[int | None]]:
    """The next look at open holds sees none of them. Empty once that has happened."""
    early: list[list[int | None]] = [[]]
    true = sql.open_slots
    monkeypatch.setattr(sql, "open_slots", lambda payer_id: early.pop() if early else true(payer_id))
    return early


@pytest.mark.parametrize("concurrency", [None, 2], ids=["key", "key and place"])
def test_a_rival_with_the_same_key_was_faster(
    payer: Organization, monkeypatch: pytest.MonkeyPatch, concurrency: int | None
) -> None:
    first = ledger.hold(payer, key="film", amount=1, concurrency=concurrency)
    early = looks_too_early(monkeypatch) if concurrency else []
    assert ledger.hold(payer, key="film", amount=1, concurrency=concurrency).pk == first.pk
    assert early == []
    assert numbers(payer) == [(9, 1, 0), (20, 0, 0)]
    assert len(books(payer)) == Hold.objects.count() == 1


def test_a_rival_in_the_same_place_was_faster(payer: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ledger.hold(payer, key="film", amount=1, concurrency=2)
    early = looks_too_early(monkeypatch)
    second = ledger.hold(payer, key="more", amount=1, concurrency=2)
    assert (early, first.slot, second.slot) == ([], 1, 2)
    looks_too_early(monkeypatch)
    with pytest.raises(TooManyOpenHolds):
        ledger.hold(payer, key="third", amount=1, concurrency=2)
    assert numbers(payer) == [(8, 2, 0), (20, 0, 0)]
    assert len(books(payer)) == Hold.objects.count() == 2


def test_what_is_not_plain_goes_step_by_step(payer: Organization) -> None:
    two_lots = ledger.hold(payer, key="two lots", amount=12)
    assert ledger.settle(two_lots.pk, used=12) is True
    rest_returns = ledger.hold(payer, key="rest returns", amount=9)
    assert ledger.settle(rest_returns.pk, used=4) is True
    nothing = ledger.hold(payer, key="nothing", amount=0)
    assert ledger.settle(nothing.pk, used=0) is True
    given_up = ledger.hold(payer, key="given up", amount=3)
    assert ledger.release(given_up.pk) is True
    assert numbers(payer) == [(0, 0, 10), (14, 0, 6)]
    kinds = [(kind, lot, *deltas[:3]) for kind, _, _, lot, *deltas in books(payer)]
    assert kinds == [
        ("hold", 0, -10, 10, 0),
        ("hold", 1, -2, 2, 0),
        ("capture", 0, 0, -10, 10),
        ("capture", 1, 0, -2, 2),
        ("hold", 1, -9, 9, 0),
        ("capture", 1, 0, -4, 4),
        ("release", 1, 5, -5, 0),
        ("hold", 1, -3, 3, 0),
        ("release", 1, 3, -3, 0),
    ]
    assert list(ledger.audit()) == []
