"""How a verb of the ledger ends: in transactions of its own, where PostgreSQL gets the last statements with the COMMIT."""

from datetime import timedelta

import pytest
from django.db import transaction

from billing import ledger
from billing.errors import InsufficientCredits, LedgerBusy
from billing.ledger import sql
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


def test_what_waits_for_the_commit_sees_it(payer: Organization) -> None:
    seen: list[int] = []

    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(Hold.objects.count()))
        ledger.hold(payer, key="work", amount=1, lease=timedelta(minutes=1))
        assert seen == []
    assert seen == [1]
    ledger.hold(payer, key="more", amount=1)
    assert numbers(payer)[0] == (8, 2, 0)
