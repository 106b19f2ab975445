"""Two merchants on one agency's account, over random histories, against a plain model of their months.

After every step each month says what the model says, no cap was ever passed by a new hold, and the audit is empty.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from billing import budgets, ledger, links
from billing.errors import InsufficientCredits, KeyReused, LinkNotActive
from billing.models import Budget, Hold, Organization, OrgLink
from tests.billing.agencies import tie

START = datetime(2026, 1, 30, 12, tzinfo=UTC)
LEASE = timedelta(minutes=30)
RICH = 400  # credits of the agency, enough for some histories and not for all


@dataclass
class ModelHold:
    client: int
    month: str
    amount: int
    lease_until: datetime
    state: str = "open"
    paid: int = 0
    refunds: dict[str, int] = field(default_factory=dict)

    @property
    def net(self) -> int:
        return self.paid - sum(self.refunds.values())


class BudgetMachine(RuleBasedStateMachine):
    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.ending = ExitStack()
        # One example is one transaction, rolled back at its end.
        self.ending.callback(transaction.savepoint_rollback, transaction.savepoint())
        self.ending.enter_context(mock.patch("django.utils.timezone.now", self.clock))
        self.ending.enter_context(mock.patch("billing.links._check_room"))
        self.now = START
        self.agency = Organization.objects.create(name="Star", kind="agency")
        ledger.grant(self.agency, key="bought", amount=RICH, kind="topup", expires_at=None)
        merchants = [Organization.objects.create(name=name) for name in ("Alice", "Charlie")]
        self.links = [tie(self.agency, merchant, links.Terms("agency", 60)) for merchant in merchants]
        self.caps = [60, 60]
        self.ended = [False, False]
        self.model: dict[int, ModelHold] = {}
        self.made = 0

    def clock(self) -> datetime:
        return self.now

    def teardown(self) -> None:
        self.ending.close()

    def month(self) -> str:
        return (self.now + timedelta(hours=8)).strftime("%Y-%m")

    def used(self, client: int, month: str) -> tuple[int, int]:
        """(held, spent)."""
        mine = [one for one in self.model.values() if (one.client, one.month) == (client, month)]
        return sum(one.amount for one in mine if one.state == "open"), sum(one.net for one in mine)

    def left(self, client: int) -> int:
        return max(0, self.caps[client] - sum(self.used(client, self.month())))

    def available(self) -> int:
        return RICH - sum(one.amount if one.state == "open" else one.net for one in self.model.values())

    @rule(target=holds, client=st.integers(0, 1), amount=st.integers(0, 45))
    def hold(self, client: int, amount: int) -> object:
        self.made += 1
        if self.ended[client]:
            with pytest.raises(LinkNotActive):
                budgets._open_month(self.links[client], budgets.month_at())
            return multiple()
        budget = budgets.budget_of(self.links[client])
        room = {"budget": self.left(client), "account": self.available()}
        short = [limit for limit, there in room.items() if amount > there]
        if short:
            with pytest.raises(InsufficientCredits) as refusal:
                ledger.hold(self.agency, key=f"work-{self.made}", amount=amount, budget=budget.pk)
            told = refusal.value
            assert (told.limit, told.available, told.needed) == (short[0], room[short[0]], amount)
            return multiple()
        held = ledger.hold(self.agency, key=f"work-{self.made}", amount=amount, budget=budget.pk)
        self.model[held.pk] = ModelHold(client, self.month(), amount, self.now + LEASE)
        return held.pk

    @rule(hold_id=holds)
    def hold_again(self, hold_id: int) -> None:
        key = Hold.objects.get(pk=hold_id).key
        old, budget = self.model[hold_id], Budget.objects.first()
        assert ledger.hold(self.agency, key=key, amount=old.amount, budget=budget.pk).pk == hold_id
        with pytest.raises(KeyReused):
            ledger.hold(self.agency, key=key, amount=old.amount + 1, budget=budget.pk)

    @rule(hold_id=holds, share=st.floats(0, 1))
    def settle(self, hold_id: int, share: float) -> None:
        old = self.model[hold_id]
        paid, was_open = round(old.amount * share), old.state == "open"
        assert ledger.settle(hold_id, used=paid) is was_open
        if was_open:
            old.state, old.paid = "captured", paid
        assert ledger.settle(hold_id, used=old.amount) is False

    @rule(hold_id=holds)
    def release(self, hold_id: int) -> None:
        was_open = self.model[hold_id].state == "open"
        assert ledger.release(hold_id) is was_open
        if was_open:
            self.model[hold_id].state = "released"

    @rule(hold_id=holds, part=st.floats(0.1, 1), key=st.sampled_from("ab"))
    def refund(self, hold_id: int, part: float, key: str) -> None:
        old = self.model[hold_id]
        amount = round(old.net * part)
        if amount < 1 or key in old.refunds:
            return
        assert ledger.refund(hold_id, amount=amount, key=key) is True
        assert ledger.refund(hold_id, amount=amount, key=key) is False
        old.refunds[key] = amount

    @rule()
    def reap(self) -> None:
        late = [one for one in self.model.values() if one.state == "open" and one.lease_until <= self.now]
        assert ledger.reap() == len(late)
        for one in late:
            one.state = "released"

    @rule(client=st.integers(0, 1), cap=st.integers(0, 90))
    def set_cap(self, client: int, cap: int) -> None:
        if not self.ended[client]:
            links.set_cap(self.links[client], self.agency, cap)
            self.caps[client] = cap

    @rule(client=st.integers(0, 1), sure=st.sampled_from([False, False, True]))
    def end(self, client: int, sure: bool) -> None:
        if sure:
            links.end(self.links[client], self.agency)
            self.ended[client] = True

    @rule(minutes=st.sampled_from([1, 29, 31, 60 * 24, 60 * 24 * 20]))
    def tick(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def months_are_those_of_the_model(self) -> None:
        for budget in Budget.objects.select_related("link"):
            client = [link.pk for link in self.links].index(budget.link_id)
            assert (budget.held, budget.spent) == self.used(client, f"{budget.month:%Y-%m}")
            current = f"{budget.month:%Y-%m}" == self.month()
            if current and not self.ended[client]:
                assert (budget.cap, budget.left) == (self.caps[client], self.left(client))
        assert ledger.balance(self.agency).available == self.available()
        assert [one for one in ledger.audit() if one.parks] == []  # late holds wait for the next reap
        assert OrgLink.objects.count() == 2


def assert_budgets_agree(*, examples: int, steps: int, derandomize: bool) -> None:
    run_state_machine_as_test(
        BudgetMachine,
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
def test_budgets_over_random_histories() -> None:
    assert_budgets_agree(examples=6, steps=25, derandomize=True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("as_if_alone")
def test_budgets_over_many_long_histories() -> None:
    assert_budgets_agree(examples=60, steps=50, derandomize=False)
