"""Buying in tests: the fake account, its postman, and the short ways to a paid purchase."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing import ledger, purchases, transfers
from billing.models import (
    Dispute,
    FapiaoRequest,
    Invoice,
    MembershipPeriod,
    Organization,
    Payment,
    Purchase,
    Refund,
    Subscription,
    TradeIn,
    WebhookEvent,
)
from tests.billing.stripe_fake import Account, FakeStripe, Postman, use

BACK = "https://studio.example/purchases/back"
PAYMENT_TABLES = (
    Purchase,
    TradeIn,
    Payment,
    Refund,
    Dispute,
    Subscription,
    MembershipPeriod,
    Invoice,
    FapiaoRequest,
    WebhookEvent,
)


@pytest.fixture
def account(db: None) -> Account:
    return Account(lambda: timezone.now())


@pytest.fixture
def fake(account: Account, settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeStripe:
    return use(account, settings, monkeypatch)


@pytest.fixture
def post(fake: FakeStripe, client: Client) -> Postman:
    return Postman(fake.account, client)


@pytest.fixture
def money_rows(db: None) -> Callable[[], list[object]]:
    """All rows about money, to show that nothing changed."""
    return lambda: [list(model.objects.order_by("pk").values()) for model in PAYMENT_TABLES]


def transfer(shop: Organization, code: str, *, pack: bool = False) -> Purchase:
    """Buy by bank transfer, and let two people confirm it."""
    bought = order(shop, code, through="manual", pack=pack)
    for staff in ("ann", "ben")[: transfers.people_needed(bought)]:
        bought = transfers.confirm(
            bought, staff=staff, amount_fen=bought.due_fen, received_on=timezone.localdate(), note="ICBC 42"
        )
    return bought


def order(
    shop: Organization, code: str, *, through: str = "stripe", pack: bool = False, kind: str = "month"
) -> Purchase:
    if pack:
        opened = purchases.buy_pack(shop, code, by="alice", through=through)
    else:
        opened = purchases.buy_plan(shop, code, kind=kind, by="alice", through=through)
    return purchases.open_checkout(opened, BACK)


def bought(shop: Organization, fake: FakeStripe, post: Postman, code: str, **how: Any) -> Purchase:
    """Paid at Stripe, heard of and delivered."""
    opened = order(shop, code, **how)
    fake.account.pay(opened.checkout_ref)
    post.round()
    opened.refresh_from_db()
    assert opened.state == "granted", opened.problem
    return opened


def subscribed(shop: Organization, fake: FakeStripe, post: Postman, code: str = "gold") -> Subscription:
    bought(shop, fake, post, code, kind="subscription")
    found = purchases.subscription_of(shop)
    assert found is not None
    return found


def spend(shop: Organization, amount: int, key: str) -> None:
    ledger.settle(ledger.hold(shop, key=key, amount=amount).pk, used=amount)


def available(shop: Organization) -> int:
    return ledger.balance(shop).available
