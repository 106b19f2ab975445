"""Alice owns a shop with credits, Charlie owns another. The clock stands still unless a test moves it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from billing import ledger
from billing.ledger import at_once
from billing.models import Entry, Hold, Lot, Organization
from billing.organizations import create_organization
from tests.billing.buying import account, fake, money_rows, post
from tests.billing.clock import NOON, Clock
from tests.billing.desk import looker

__all__ = ["NOON", "Clock", "account", "fake", "looker", "money_rows", "post"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOON)
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests lie in a transaction, where PostgreSQL writes step by step: let the ledger write at once there, too."""
    monkeypatch.setattr(at_once, "possible", lambda: connection.vendor == "postgresql")
    for verb in ("hold", "spend"):
        monkeypatch.setattr(at_once, verb, transaction.atomic(getattr(at_once, verb)))


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def shop(alice: User) -> Organization:
    return create_organization("Alice's shop", owner=alice)


@pytest.fixture
def charlies_shop(db: None) -> Organization:
    return create_organization("Charlie's shop", owner=User.objects.create_user("charlie"))


def lot(organization: Organization, amount: int, key: str = "lot", hours: int | None = 24, **more: object) -> Lot:
    """Give credits that end after some hours."""
    expires_at = None if hours is None else timezone.now() + timedelta(hours=hours)
    return ledger.grant(organization, key=key, amount=amount, kind="topup", expires_at=expires_at, **more)


def columns(row: Lot) -> tuple[int, int, int, int]:
    """(free, held, spent, lapsed) as the database has them now."""
    row.refresh_from_db()
    return row.free, row.held, row.spent, row.lapsed


def everything() -> list[list[tuple[object, ...]]]:
    """All rows of the ledger, to show that nothing changed."""
    return [list(model.objects.order_by("pk").values_list()) for model in (Organization, Lot, Hold, Entry)]


@pytest.fixture
def unchanged(db: None) -> Callable[[], AbstractContextManager[None]]:
    """A context: the ledger is the same at its end, or the test fails."""

    @contextmanager
    def context() -> Iterator[None]:
        before = everything()
        yield
        assert everything() == before

    return context
