"""What an account shows, what the verbs refuse outright, and what the database itself refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from billing import ledger
from billing.models import Organization
from tests.billing.conftest import Clock, lot

pytestmark = pytest.mark.usefixtures("as_if_alone")


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
