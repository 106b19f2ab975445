"""The real ledger against the token model, over random histories.

After every step each lot, each hold, the balance, the statement and the audit must agree with the model.
"""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from billing import ledger
from billing.errors import HoldGone, InsufficientCredits, KeyReused, RefundTooLarge, TooManyOpenHolds
from billing.models import Entry, Hold, Lot, Organization
from tests.billing.ledger_model import ModelLedger

LEASE = timedelta(minutes=30)
START = datetime(2026, 1, 30, 12, tzinfo=UTC)


class LedgerMachine(RuleBasedStateMachine):
    holds = Bundle("holds")
    lots = Bundle("lots")

    def __init__(self) -> None:
        super().__init__()
        self.ending = ExitStack()
        # One example is one transaction, rolled back at its end.
        self.ending.callback(transaction.savepoint_rollback, transaction.savepoint())
        self.ending.enter_context(mock.patch("django.utils.timezone.now", self.clock))
        self.now = START
        self.organization = Organization.objects.create(name="Alice")
        self.model = ModelLedger()
        self.made = 0

    def clock(self) -> datetime:
        return self.now

    def teardown(self) -> None:
        self.ending.close()

    def new_key(self, of: str) -> str:
        self.made += 1
        return f"{of}-{self.made}"

    # --- lots ---------------------------------------------------------------------------------------------------------
    @rule(
        target=lots,
        amount=st.integers(1, 12),
        hours=st.one_of(st.none(), st.integers(1, 60)),
        delay=st.sampled_from([0, 0, 0, 5]),
        priority=st.sampled_from([0, 0, 1]),
        kind=st.sampled_from(["daily", "period", "topup"]),
    )
    def grant(self, amount: int, hours: int | None, delay: int, priority: int, kind: str) -> int:
        starts_at = self.now + timedelta(hours=delay)
        expires_at = None if hours is None else starts_at + timedelta(hours=hours)
        key = self.new_key("grant")
        lot = ledger.grant(
            self.organization,
            key=key,
            amount=amount,
            kind=kind,
            priority=priority,
            starts_at=starts_at if delay else None,
            expires_at=expires_at,
        )
        self.model.grant(key, kind, amount, priority, starts_at, expires_at)
        assert (lot.amount, lot.expires_at) == (amount, expires_at)
        return len(self.model.lots) - 1

    @rule(lot=lots)
    def grant_again(self, lot: int) -> None:
        old = self.model.lots[lot]
        again = {"key": old.key, "kind": old.kind, "expires_at": None}
        assert ledger.grant(self.organization, amount=len(old.tokens), **again).pk == self.row(lot).pk
        with pytest.raises(KeyReused):
            ledger.grant(self.organization, amount=len(old.tokens) + 1, **again)

    @rule(lot=lots)
    def revoke(self, lot: int) -> None:
        fresh = not self.model.lots[lot].revoked
        assert ledger.revoke(self.row(lot).pk, key=self.new_key("revoke"), reason="money back") is fresh
        if fresh:
            self.model.revoke(self.model.lots[lot])

    @rule()
    def lapse(self) -> None:
        assert ledger.lapse() == self.model.lapse(self.now)

    # --- holds --------------------------------------------------------------------------------------------------------
    @rule(
        target=holds,
        amount=st.one_of(st.integers(0, 6), st.integers(0, 30)),
        concurrency=st.sampled_from([None, None, None, 1, 2, 3]),
    )
    def hold(self, amount: int, concurrency: int | None) -> object:
        key = self.new_key("hold")
        available = len(self.model.payable(self.now))
        if amount > available:
            with pytest.raises(InsufficientCredits) as refusal:
                ledger.hold(self.organization, key=key, amount=amount, concurrency=concurrency)
            assert (refusal.value.needed, refusal.value.available) == (amount, available)
            return multiple()
        if amount and concurrency is not None and self.model.open_holds() >= concurrency:
            with pytest.raises(TooManyOpenHolds):
                ledger.hold(self.organization, key=key, amount=amount, concurrency=concurrency)
            return multiple()
        held = ledger.hold(self.organization, key=key, amount=amount, reference=key, concurrency=concurrency)
        assert held.state == "open"
        self.model.hold(held.pk, key, amount, self.now, LEASE)
        return held.pk

    @rule(hold_id=holds)
    def hold_again(self, hold_id: int) -> None:
        old = self.model.holds[hold_id]
        again = ledger.hold(self.organization, key=old.key, amount=old.amount, concurrency=1)
        assert (again.pk, again.state) == (hold_id, old.state)
        with pytest.raises(KeyReused):
            ledger.hold(self.organization, key=old.key, amount=old.amount + 1)

    @rule(hold_id=holds, share=st.floats(0, 1))
    def settle(self, hold_id: int, share: float) -> None:
        old = self.model.holds[hold_id]
        used = round(old.amount * share)
        was_open = old.state == "open"
        assert ledger.settle(hold_id, used=used) is was_open
        if was_open:
            self.model.close(hold_id, "captured", used, self.now)
        assert ledger.settle(hold_id, used=old.amount) is False

    @rule(hold_id=holds)
    def use_too_much(self, hold_id: int) -> None:
        with pytest.raises(ValueError, match="cannot use"):
            ledger.settle(hold_id, used=self.model.holds[hold_id].amount + 1)
        with pytest.raises(ValueError, match="cannot use"):
            ledger.settle(hold_id, used=-1)

    @rule(hold_id=holds)
    def release(self, hold_id: int) -> None:
        was_open = self.model.holds[hold_id].state == "open"
        assert ledger.release(hold_id) is was_open
        if was_open:
            self.model.close(hold_id, "released", 0, self.now)
        assert ledger.release(hold_id) is False

    @rule(hold_id=holds)
    def heartbeat(self, hold_id: int) -> None:
        old = self.model.holds[hold_id]
        assert ledger.heartbeat(hold_id) is (old.state == "open")
        if old.state == "open":
            old.lease_until = self.now + LEASE

    @rule()
    def reap(self) -> None:
        silent = self.model.silent(self.now)
        assert ledger.reap() == len(silent)
        for hold_id in silent:
            self.model.close(hold_id, "released", 0, self.now)

    @rule(hold_id=holds, share=st.floats(0, 1))
    def refund(self, hold_id: int, share: float) -> None:
        old = self.model.holds[hold_id]
        with pytest.raises(RefundTooLarge) as refusal:
            ledger.refund(hold_id, amount=len(old.paid) + 1, key="too much")
        assert refusal.value.refundable == len(old.paid)
        amount = max(1, round(len(old.paid) * share))
        if old.paid:
            key = f"refund-{len(old.refunds)}"  # the same names for every hold: a refund's key belongs to its hold
            assert ledger.refund(hold_id, amount=amount, key=key) is True
            self.model.refund(hold_id, amount, key, self.now)
        for key, was in old.refunds.items():
            assert ledger.refund(hold_id, amount=was, key=key) is False
            with pytest.raises(KeyReused):
                ledger.refund(hold_id, amount=was + 1, key=key)

    @rule(target=holds, amount=st.integers(1, 6), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
    def whole_life(self, amount: int, shares: tuple[float, float]) -> object:
        """What most works do; random steps alone would seldom come so far."""
        if amount > len(self.model.payable(self.now)):
            return multiple()
        hold_id = self.hold(amount, None)
        self.settle(hold_id, shares[0])
        self.refund(hold_id, shares[1])
        return hold_id

    # --- the world ----------------------------------------------------------------------------------------------------
    @rule(minutes=st.sampled_from([1, 29, 30, 31, 60, 300, 300, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def rewrite_history(self) -> None:
        entry = Entry.objects.of(self.organization).first()
        if entry is None:
            return
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(d_free=entry.d_free + 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).delete()

    @rule()
    def close_what_never_was(self) -> None:
        for verb in (ledger.release, lambda nobody: ledger.settle(nobody, used=0)):
            with pytest.raises(HoldGone):
                verb(10**9)
        assert ledger.heartbeat(10**9) is False

    # --- what must be so ----------------------------------------------------------------------------------------------
    def row(self, lot: int) -> Lot:
        return Lot.objects.of(self.organization).get(key=self.model.lots[lot].key)

    @invariant()
    def every_lot_agrees(self) -> None:
        rows = Lot.objects.of(self.organization).order_by("id")
        real = [(row.key, row.kind, row.free, row.held, row.spent, row.lapsed, row.expires_at) for row in rows]
        assert real == [(lot.key, lot.kind, *lot.boxes(), lot.expires_at) for lot in self.model.lots]

    @invariant()
    def every_hold_agrees(self) -> None:
        rows = Hold.objects.of(self.organization).order_by("id")
        real = [
            (row.pk, row.state, row.amount, row.captured, row.captured - row.refunded, row.lease_until) for row in rows
        ]
        assert real == [
            (hold_id, hold.state, hold.amount, hold.captured, len(hold.paid), hold.lease_until)
            for hold_id, hold in self.model.holds.items()
        ]

    @invariant()
    def the_account_agrees(self) -> None:
        for at in (self.now, self.now + timedelta(hours=5)):
            shown = ledger.balance(self.organization, at)
            assert (shown.available, shown.held) == (len(self.model.payable(at)), self.model.held())
        lines = ledger.statement(self.organization, limit=10_000)
        assert sum(line.credits for line in lines) == sum(lot.boxes()[0] for lot in self.model.lots)
        assert sum(line.spent for line in lines) == sum(lot.boxes()[2] for lot in self.model.lots)

    @invariant()
    def the_books_are_clean(self) -> None:
        # A hold that nobody reaped for long is the only thing that the audit may see here.
        late = {f"hold {hold_id}" for hold_id in self.model.silent(self.now - timedelta(minutes=5))}
        found = ledger.audit(self.organization)
        assert {finding.subject for finding in found if finding.invariant == "I9"} == late
        assert [finding for finding in found if finding.invariant != "I9"] == []


def assert_histories_agree(*, examples: int, steps: int, derandomize: bool) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("as_if_alone")
def test_random_histories_agree_with_the_model() -> None:
    assert_histories_agree(examples=10, steps=30, derandomize=True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("as_if_alone")
def test_many_long_histories_agree_with_the_model() -> None:
    assert_histories_agree(examples=60, steps=60, derandomize=False)
