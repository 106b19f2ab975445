"""Suspending, confirming transfers, papers: what one person does at the desk alone, each with its row."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing import disputes, fapiao, ledger, refunds
from billing.budgets import budget_of
from billing.desk import deeds
from billing.errors import DeskRefused, NotAllowed, NotPayable, PaymentRefused, Suspended
from billing.models import FapiaoRequest, Hold, Organization, Payment, Purchase, Refund, StaffAction
from tests.billing.agencies import open_agency, tie
from tests.billing.buying import available, order, transfer
from tests.billing.conftest import lot
from tests.billing.test_desk_verbs import rows


def suspend(shop: Organization, key: str = "s1") -> StaffAction:
    return deeds.suspend(shop, reason="card fraud, see ticket 7", by="ann", key=key)


def test_a_suspended_shop_orders_nothing_new_and_what_runs_is_paid(shop: Organization) -> None:
    lot(shop, 20)
    runs = ledger.hold(shop, key="runs", amount=5)
    done = suspend(shop)
    assert (done.kind, done.staff, done.after["suspended"]) == ("suspend", "ann", "card fraud, see ticket 7")
    before = rows()
    with pytest.raises(Suspended, match="ticket 7") as refusal:
        ledger.hold(shop, key="new", amount=1)
    assert (refusal.value.status, refusal.value.reason) == (403, "card fraud, see ticket 7")
    with pytest.raises(Suspended):
        ledger.hold(shop, key="free", amount=0)
    assert rows() == before
    assert ledger.hold(shop, key="runs", amount=5).pk == runs.pk
    assert ledger.hold(shop, key="runs:2", amount=3, running=True).amount == 3
    assert ledger.settle(runs.pk, used=5)
    assert available(shop) == 12


def test_unsuspended_it_orders_again(shop: Organization) -> None:
    lot(shop, 20)
    suspend(shop)
    done = deeds.unsuspend(shop, reason="cleared", by="ben", key="u1")
    assert (done.before["suspended"], done.after["suspended"]) == ("card fraud, see ticket 7", "")
    assert ledger.hold(shop, key="new", amount=1).state == Hold.State.OPEN


def test_the_merchant_of_a_paying_agency_is_stopped_alone(shop: Organization) -> None:
    agency = open_agency()
    month = budget_of(tie(agency, shop)).pk
    suspend(shop)
    with pytest.raises(Suspended):
        ledger.hold(agency, key="for the shop", amount=1, budget=month)
    assert ledger.hold(agency, key="its own", amount=1).amount == 1
    deeds.unsuspend(shop, reason="cleared", by="ann", key="u1")
    suspend(agency, key="s2")
    with pytest.raises(Suspended):
        ledger.hold(agency, key="for the shop", amount=1, budget=month)
    assert list(Hold.objects.values_list("key", flat=True)) == ["its own"]


def test_suspending_twice_is_refused_and_sending_twice_is_not(shop: Organization) -> None:
    first = suspend(shop)
    assert suspend(shop) == first
    before = rows()
    with pytest.raises(DeskRefused):
        suspend(shop, key="s2")
    assert rows() == before
    deeds.unsuspend(shop, reason="cleared", by="ann", key="u1")
    before = rows()
    with pytest.raises(DeskRefused):
        deeds.unsuspend(shop, reason="cleared", by="ann", key="u2")
    assert rows() == before


def test_a_check_is_ended_with_a_reason(shop: Organization) -> None:
    Organization.objects.filter(pk=shop.pk).update(parked_reason="dispute dp_1")
    done = deeds.unpark(shop, reason="the bank agrees", by="ann", key="p1")
    shop.refresh_from_db()
    assert (shop.parked_reason, done.subject, done.reason) == ("", "dispute dp_1", "the bank agrees")
    before = rows()
    with pytest.raises(DeskRefused):
        deeds.unpark(shop, reason="again", by="ann", key="p2")
    assert rows() == before


def confirm(bought: Purchase, by: str, key: str, amount_fen: int | None = None) -> StaffAction:
    return deeds.confirm_transfer(
        bought,
        amount_fen=bought.due_fen if amount_fen is None else amount_fen,
        received_on=timezone.localdate(),
        note="ICBC 42",
        by=by,
        key=key,
    )


def test_a_transfer_brings_its_credits_and_a_row(shop: Organization) -> None:
    bought = order(shop, "gold", through="manual")
    done = confirm(bought, "ann", "t1")
    assert (done.kind, done.amount_fen, done.subject, done.reason) == ("transfer", 6600, bought.number, "ICBC 42")
    assert (done.before["available"], done.after["available"], available(shop)) == (0, 660, 660)


def test_a_large_transfer_needs_two_people(shop: Organization, settings: Any) -> None:
    settings.TRANSFER_SECOND_PERSON_FEN = 6600
    bought = order(shop, "gold", through="manual")
    confirm(bought, "ann", "t1")
    before = rows()
    with pytest.raises(NotAllowed):
        confirm(bought, "ann", "t2")
    assert (rows(), available(shop)) == (before, 0)
    confirm(bought, "ben", "t3")
    assert (available(shop), StaffAction.objects.filter(kind="transfer").count()) == (660, 2)


def test_a_wrong_amount_confirms_nothing(shop: Organization) -> None:
    bought = order(shop, "gold", through="manual")
    before = rows()
    with pytest.raises(PaymentRefused):
        confirm(bought, "ann", "t1", amount_fen=6599)
    assert rows() == before
    assert not Payment.objects.exists()


def test_a_refund_by_hand_is_closed_once(shop: Organization) -> None:
    transfer(shop, "gold")
    row = refunds.refund(Payment.objects.get(), amount_fen=6600, reason="unused", by="ann")
    done = deeds.close_refund(row, note="ICBC back 9", by="ben", key="c1")
    row.refresh_from_db()
    assert (row.state, row.note, done.kind, done.amount_fen) == (
        "succeeded",
        "ICBC back 9 (ben)",
        "refund_closed",
        6600,
    )
    before = rows()
    with pytest.raises(DeskRefused):
        deeds.close_refund(row, note="ICBC back 10", by="ben", key="c2")
    assert rows() == before
    assert Refund.objects.count() == 1


@pytest.fixture
def wanted(shop: Organization) -> FapiaoRequest:
    bought = transfer(shop, "gold")
    return fapiao.request_fapiao(bought, title_kind="person", title="Alice", tax_id="", email="a@example.com")


def test_a_fapiao_is_issued_with_its_number(wanted: FapiaoRequest) -> None:
    done = deeds.issue_fapiao(wanted, number="24317000000012345678", by="ann", key="f1")
    wanted.refresh_from_db()
    assert (wanted.state, wanted.fapiao_number) == ("issued", "24317000000012345678")
    assert (done.kind, done.amount_fen, done.subject) == ("fapiao_issued", 6600, wanted.public_id)
    before = rows()
    with pytest.raises(NotPayable):
        deeds.reject_fapiao(wanted, reason="too late", by="ann", key="f2")
    assert rows() == before


def test_a_rejected_fapiao_may_be_asked_for_again(wanted: FapiaoRequest) -> None:
    done = deeds.reject_fapiao(wanted, reason="the title is wrong", by="ann", key="f1")
    wanted.refresh_from_db()
    assert (wanted.state, done.reason) == ("rejected", "the title is wrong")
    again = fapiao.request_fapiao(
        wanted.purchase, title_kind="person", title="Alice Li", tax_id="", email="a@example.com"
    )
    assert again.state == "requested"


def test_a_dispute_that_is_won_does_not_end_a_suspension(shop: Organization) -> None:
    payment = transfer(shop, "gold").payments.get()
    told = {"fact": "dp_1", "amount_fen": 6600, "opened_at": timezone.now()}
    disputes.seen(payment, state="open", **told)
    suspend(shop)
    disputes.seen(payment, state="won", **told)
    shop.refresh_from_db()
    assert (shop.parked_reason, available(shop)) == ("", 660)
    with pytest.raises(Suspended):
        ledger.hold(shop, key="new", amount=1)
    assert not Hold.objects.exists()


def test_a_check_that_is_ended_does_not_end_a_suspension(shop: Organization) -> None:
    lot(shop, 5)
    suspend(shop)
    Organization.objects.filter(pk=shop.pk).update(parked_reason="dispute dp_1")
    deeds.unpark(shop, reason="won", by="ann", key="p1")
    with pytest.raises(Suspended):
        ledger.hold(shop, key="new", amount=1, lease=timedelta(minutes=5))
    assert not Hold.objects.exists()
