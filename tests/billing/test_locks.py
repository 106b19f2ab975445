"""Who moves money or makes months locks first, and always in one order. That the locks hold is proven by the races of
``tests/live``; here each verb is watched asking for them, so that none is lost unnoticed.

SQLite has no row locks, so for these tests Django is told that it has, and the words are taken out again on their way.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing import disputes, links, memberships, refunds, settlement
from billing.desk import wishes
from billing.desk.effects import Wish
from billing.models import Organization, Payment, Refund, StaffAction, StaffRequest
from billing.settlement import Money
from tests.billing.agencies import PAYS, open_agency
from tests.billing.buying import order, transfer
from tests.billing.conftest import NOON, Clock

LOCK = re.compile(r" FOR UPDATE(?: OF \S+)?")
TABLE = re.compile(r'FROM "billing_(\w+)"')
Watch = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Watch:
    """The tables that a verb locks, with the ids of organizations, up to its last one, in order."""
    asked: list[str] = []

    def without_lock(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if LOCK.search(sql):
            table = TABLE.search(sql)
            assert table is not None, sql
            asked.append(f"{table[1]} {params[0]}" if table[1] == "organization" else table[1])
        elif sql.startswith(("INSERT", "UPDATE", "DELETE")) and not asked:
            asked.append(f"written before any lock: {sql[:60]}")
        return execute(LOCK.sub("", sql), params, many, context)

    @contextmanager
    def watching() -> Iterator[None]:
        with monkeypatch.context() as patch, connection.execute_wrapper(without_lock):
            patch.setattr(connection.features, "has_select_for_update", True)
            patch.setattr(connection.features, "has_select_for_update_of", True)
            yield

    def watch(verb: Callable[[], object]) -> list[str]:
        asked.clear()
        with watching():
            verb()
        return list(asked)

    return watch


def test_a_month_locks_its_organization(shop: Organization, locks: Watch) -> None:
    memberships.rates()  # the catalogue comes by itself, once
    assert locks(lambda: memberships.start_period(shop, "gold", key="1")) == [f"organization {shop.pk}"]


def test_money_locks_its_purchase_then_the_delivery_its_organization(shop: Organization, locks: Watch) -> None:
    opened = order(shop, "gold", through="manual")
    money = Money("manual", "fact", 6600, "CNY", NOON)
    noted, *delivery = locks(lambda: settlement.receive(opened, money))
    assert noted == "purchase"
    owner = f"organization {shop.pk}"
    assert delivery == [owner, "purchase", owner]  # the last one is the month's own, held already
    assert locks(lambda: settlement.deliver(opened.pk)) == [owner, "purchase"]


def test_what_goes_back_locks_the_organization_first(shop: Organization, locks: Watch) -> None:
    transfer(shop, "gold")
    payment, owner = Payment.objects.get(), f"organization {shop.pk}"
    asked = locks(lambda: refunds.refund(payment, amount_fen=10, reason="x", by="ann"))
    assert asked[0] == owner
    told = {"fact": "dp_1", "amount_fen": 6590, "opened_at": timezone.now()}
    assert locks(lambda: disputes.seen(payment, state="open", **told))[0] == owner
    assert locks(lambda: disputes.seen(payment, state="won", **told))[0] == owner


def test_a_refund_that_is_settled_locks_the_organization_first(shop: Organization, locks: Watch) -> None:
    """Its credits pay other debts when it fails, and deliveries lock those in another order."""
    transfer(shop, "gold")
    row = refunds.refund(Payment.objects.get(), amount_fen=10, reason="x", by="ann")
    for state in (Refund.State.SUCCEEDED, Refund.State.FAILED):
        asked: Callable[[], object] = partial(refunds.settle_refund, row, state)
        assert locks(asked)[0] == f"organization {shop.pk}", state


@pytest.mark.parametrize("decide", [wishes.approve, wishes.decline])
def test_a_second_persons_answer_locks_the_organization_first(
    shop: Organization, settings: Any, locks: Watch, decide: Callable[..., object]
) -> None:
    settings.DESK_ALONE_CREDITS = 1
    wishes.propose(Wish(shop, StaffAction.Kind.ADJUST, credits=5), reason="x", by="ann", key="k")
    asked = locks(lambda: decide(StaffRequest.objects.get(), by="ben", note="seen"))
    assert asked[0] == f"organization {shop.pk}"


def test_ties_lock_the_agency_then_the_merchant(shop: Organization, locks: Watch) -> None:
    agency = open_agency()
    both = [f"organization {agency.pk}", f"organization {shop.pk}"]
    offered: list[Any] = []
    assert locks(lambda: offered.append(links.invite(agency, shop.public_id, PAYS))) == both
    assert locks(lambda: links.accept(offered[0], shop)) == both
