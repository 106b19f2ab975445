"""Debts are paid by later grants, in journal lines, to the credit; no balance is ever negative."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import ledger, memberships, refunds
from billing.ledger import debt_sql
from billing.models import Dispute, Entry, Lot, Organization, Payment, Purchase, Refund
from tests.billing.buying import available, spend, transfer
from tests.billing.conftest import Clock, columns, lot


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


def owing(shop: Organization, spent: int = 500) -> Refund:
    """Gold, ``spent`` of it used, and all its money given back out of goodwill."""
    transfer(shop, "gold")
    spend(shop, spent, f"ad {Entry.objects.count()}")
    payment = Payment.objects.of(shop).order_by("-id").first()
    assert payment is not None
    row = refunds.refund(payment, amount_fen=6600, reason="goodwill", by="ann")
    return refunds.close_refund(row, note="ICBC 43", by="ann")


def debt_lines(shop: Organization) -> list[tuple[str, int, int]]:
    rows = Entry.objects.of(shop).filter(kind="debt").order_by("id")
    return [(row.key, row.d_free, row.d_lapsed) for row in rows]


def test_the_next_grant_pays_first(shop: Organization) -> None:
    row = owing(shop)
    assert (available(shop), refunds.debts(shop)) == (0, 500)
    bought = transfer(shop, "topup_660", pack=True)
    assert bought.lot is not None
    assert columns(bought.lot) == (160, 0, 0, 500)
    assert (available(shop), refunds.debts(shop)) == (160, 0)
    assert debt_lines(shop) == [(f"debt:{row.public_id}", -500, 500)]
    row.refresh_from_db()
    assert (row.credits_owed, row.credits_collected) == (500, 500)
    assert ledger.audit() == []
    transfer(shop, "topup_330", pack=True)
    assert available(shop) == 490


def test_a_small_grant_pays_a_part_and_the_next_the_rest(shop: Organization) -> None:
    owing(shop)
    first, second, third = (lot(shop, 200, key=f"l{number}") for number in range(3))
    assert [columns(one) for one in (first, second, third)] == [(0, 0, 0, 200), (0, 0, 0, 200), (100, 0, 0, 100)]
    assert (available(shop), refunds.debts(shop), [line[2] for line in debt_lines(shop)]) == (100, 0, [200, 200, 100])
    assert ledger.audit() == []


def test_the_same_grant_again_pays_nothing_more(shop: Organization) -> None:
    owing(shop)
    for _ in range(3):
        lot(shop, 200, key="again")
    assert (refunds.debts(shop), len(debt_lines(shop))) == (300, 1)


def test_several_debts_are_paid_from_the_oldest(shop: Organization) -> None:
    first, second = owing(shop, 30), owing(shop, 50)
    # The second gold month paid the first debt, and its money went back too: so those 30 are owed again.
    assert (refunds.debts(shop), second.credits_owed) == (80, 80)
    lot(shop, 70)
    lot(shop, 70, key="more")
    assert [line[:2] for line in debt_lines(shop)] == [
        (f"debt:{first.public_id}", -30),
        (f"debt:{second.public_id}", -70),
        (f"debt:{second.public_id}", -10),
    ]
    assert (available(shop), refunds.debts(shop), ledger.audit()) == (60, 0, [])


def test_daily_credits_pay_too_but_what_is_made_good_does_not(shop: Organization, clock: Clock) -> None:
    running = ledger.hold(lot(shop, 40, hours=1).organization, key="work", amount=40)
    owing(shop)
    clock.passes(minutes=61)
    ledger.settle(running.pk, used=0)
    assert available(shop) == 40
    assert Lot.objects.of(shop).get(kind="makegood").free == 40
    clock.passes(days=32)
    daily = memberships.ensure_daily(shop)
    assert daily is not None
    assert columns(daily) == (0, 0, 0, 66)
    assert refunds.debts(shop) == 434


def test_another_shop_pays_nothing(shop: Organization, charlies_shop: Organization) -> None:
    owing(shop)
    assert columns(lot(charlies_shop, 66)) == (66, 0, 0, 0)
    assert refunds.debts(shop) == 500


def test_a_lost_dispute_is_collected_like_a_refund(shop: Organization) -> None:
    transfer(shop, "gold")
    spend(shop, 60, "ad")
    payment = Payment.objects.get()
    row = Dispute.objects.create(
        organization=shop, payment=payment, provider="manual", fact="dp_1", amount_fen=6600, opened_at=timezone.now(),
        credits_owed=60, state="lost",
    )  # fmt: skip
    assert columns(lot(shop, 100)) == (40, 0, 0, 60)
    row.refresh_from_db()
    assert (row.credits_collected, refunds.debts(shop)) == (60, 0)
    assert debt_lines(shop) == [("debt:manual:dp_1", -60, 60)]


def test_a_refund_that_fails_after_its_debt_was_paid_gives_that_back(shop: Organization, clock: Clock) -> None:
    row = owing(shop)
    paid = lot(shop, 500, hours=24 * 30)
    assert columns(paid) == (0, 0, 0, 500)
    assert [refunds.settle_refund(row, Refund.State.FAILED) for _ in range(2)] == [True, False]
    back = Lot.objects.of(shop).get(key=f"debt-back:{row.public_id}")
    assert (back.free, back.expires_at, refunds.debts(shop)) == (500, paid.expires_at, 0)
    assert ledger.audit() == []


@pytest.mark.parametrize("count", [debt_sql.collect, debt_sql.forgive])
def test_a_debt_whose_refund_has_failed_since_it_was_read_is_not_paid(
    shop: Organization, count: Callable[[debt_sql.Debt, int], bool]
) -> None:
    """Another process settles the refund between the two statements of a grant."""
    row = owing(shop)
    (debt,) = debt_sql.open_debts(shop.pk)
    refunds.settle_refund(row, Refund.State.FAILED)
    assert count(debt, 500) is False
    row.refresh_from_db()
    assert (row.credits_collected, row.credits_forgiven) == (0, 0)


def test_the_audit_sees_a_debt_that_its_journal_does_not_know(shop: Organization) -> None:
    row = owing(shop)
    Refund.objects.filter(pk=row.pk).update(credits_collected=1)
    (finding,) = ledger.audit(shop)
    assert (finding.invariant, finding.subject) == ("I11", f"debt:{row.public_id}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=row.pk).update(credits_collected=501)


STEPS = st.lists(
    st.tuples(st.sampled_from(["buy", "spend", "grant", "refund"]), st.integers(1, 900)), min_size=1, max_size=12
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_balance_is_negative_and_every_credit_is_accounted(db: None, steps: list[tuple[str, int]]) -> None:
    """Whatever is bought, spent, granted and refunded: granted = usable + spent + lapsed, and debts = owed - collected."""
    with (
        transaction.atomic(),
        mock.patch("django.utils.timezone.now", return_value=datetime(2026, 11, 23, 4, tzinfo=UTC)),
    ):
        shop = Organization.objects.create(name="x")
        for number, (what, amount) in enumerate(steps):
            _step(shop, number, what, amount)
            _check(shop)
        assert available(shop) >= 0
        transaction.set_rollback(True)


def _step(shop: Organization, number: int, what: str, amount: int) -> None:
    if what == "buy":
        transfer(shop, "topup_660", pack=True)
    elif what == "spend" and available(shop):
        spend(shop, min(amount, available(shop)), str(number))
    elif what == "grant":
        ends = timezone.now() + timedelta(days=9)
        ledger.grant(shop, key=str(number), amount=amount, kind="admin", expires_at=ends)
    elif what == "refund":
        paid = Payment.objects.of(shop).filter(purchase__state=Purchase.State.GRANTED).order_by("id").first()
        if paid is not None:
            row = refunds.refund(paid, amount_fen=paid.amount_fen, reason="asked", by="ann")
            refunds.close_refund(row, note="back", by="ann")


def _check(shop: Organization) -> None:
    lots = list(Lot.objects.of(shop))
    assert all(min(one.free, one.held, one.spent, one.lapsed) >= 0 for one in lots)
    assert sum(one.amount for one in lots) == sum(one.free + one.held + one.spent + one.lapsed for one in lots)
    paid = sum(line[2] for line in debt_lines(shop))
    rows = Refund.objects.of(shop)
    assert paid == sum(row.credits_collected for row in rows)
    assert refunds.debts(shop) == sum(row.credits_owed for row in rows) - paid >= 0
    assert ledger.audit(shop) == []
