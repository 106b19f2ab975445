"""The audit finds what somebody did to the rows behind the ledger's back, and nothing else."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing import ledger
from billing.append_only import close_table, open_table
from billing.models import Organization
from tests.billing.conftest import Clock, lot

pytestmark = pytest.mark.usefixtures("as_if_alone")


@pytest.fixture
def open_journal(db: None) -> Iterator[None]:
    """Somebody with the rights of the database's owner lifts the journal's lock."""
    open_table(connection, "billing_entry")
    yield
    close_table(connection, "billing_entry")


@pytest.fixture
def books(shop: Organization, clock: Clock) -> Organization:
    """20 credits: a hold of 10 was settled at 6 of which 1 was refunded, a hold of 3 is open."""
    lot(shop, 20)
    first = ledger.hold(shop, key="first", amount=10)
    ledger.settle(first.pk, used=6)
    ledger.refund(first.pk, amount=1, key="r")
    ledger.hold(shop, key="second", amount=3)
    return shop


TAMPERING = [
    ("UPDATE billing_lot SET free = free + 1, spent = spent - 1", {"I2"}),
    ("UPDATE billing_lot SET free = free + 1, amount = amount + 1", {"I2"}),
    ("UPDATE billing_hold SET captured = captured + 1 WHERE key = 'first'", {"I2"}),
    ("UPDATE billing_hold SET refunded = 0", {"I2"}),
    ("UPDATE billing_hold SET amount = amount + 1", {"I2"}),
    ("UPDATE billing_hold SET parts = '[]' WHERE key = 'first'", {"I2"}),
    ("UPDATE billing_hold SET parts = '[[1000000, 10]]' WHERE key = 'first'", {"I2"}),
    ("UPDATE billing_hold SET state = 'released' WHERE key = 'second'", {"I2"}),
    ("UPDATE billing_lot SET expires_at = '2020-01-01 00:00:00'", {"I7"}),
    ("UPDATE billing_lot SET starts_at = '2030-01-01 00:00:00'", {"I7"}),
    ("DELETE FROM billing_entry WHERE kind = 'grant'", {"I2"}),
    ("DELETE FROM billing_entry WHERE kind = 'capture'", {"I2"}),
    (
        "DELETE FROM billing_entry WHERE kind = 'hold' AND d_held = 3",
        {"I2"},
    ),
    ("UPDATE billing_entry SET d_spent = d_spent + 1, d_held = d_held - 1 WHERE kind = 'capture'", {"I2"}),
]


@pytest.mark.usefixtures("open_journal")
@pytest.mark.parametrize(("change", "invariants"), TAMPERING, ids=[change for change, _ in TAMPERING])
def test_tampering_is_found(books: Organization, change: str, invariants: set[str]) -> None:
    assert ledger.audit(books) == []
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert {finding.invariant for finding in ledger.audit(books)} == invariants


@pytest.mark.usefixtures("open_journal")
def test_anothers_journal_lines_are_found(books: Organization, charlies_shop: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_entry SET organization_id = %s WHERE kind = 'refund'", [charlies_shop.pk])
    subjects = {finding.subject.split()[0] for finding in ledger.audit()}
    assert subjects == {"lot", "hold"}


def test_a_missing_reaper_is_found_but_parks_nobody(books: Organization, clock: Clock, unchanged) -> None:
    clock.passes(minutes=34)
    assert ledger.audit(books) == []
    clock.passes(minutes=2)
    with unchanged():
        findings = ledger.audit(books, park=True)
    assert [finding.invariant for finding in findings] == ["I9"]
    ledger.reap()
    assert ledger.audit(books) == []


def test_parking_hits_only_whose_books_are_wrong(books: Organization, charlies_shop: Organization) -> None:
    lot(charlies_shop, 20)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_lot SET free = free - 1, lapsed = lapsed + 1 WHERE organization_id = %s", [books.pk]
        )
    assert ledger.audit(charlies_shop, park=True) == []
    findings = ledger.audit(park=True)
    assert [finding.organization_id for finding in findings] == [books.pk]
    books.refresh_from_db()
    charlies_shop.refresh_from_db()
    assert books.parked_reason == str(findings[0])
    assert charlies_shop.parked_reason == ""


def test_the_command_says_that_all_is_well(books: Organization) -> None:
    out = StringIO()
    call_command("audit_ledger", stdout=out)
    assert out.getvalue() == "ledger clean: 1 organizations, 1 lots, 6 entries\n"
    out = StringIO()
    call_command("audit_ledger", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"clean": True, "findings": [], "organizations": 1, "lots": 1, "entries": 6}


def test_the_command_fails_with_a_line_per_finding(books: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_lot SET free = free - 1, lapsed = lapsed + 1")
    out = StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("audit_ledger", stdout=out)
    assert ending.value.code == 1
    assert out.getvalue().splitlines() == [str(finding) for finding in ledger.audit()]
    books.refresh_from_db()
    assert books.parked_reason == ""
    with pytest.raises(SystemExit):
        call_command("audit_ledger", "--park", "--json", stdout=StringIO())
    books.refresh_from_db()
    assert "I2 lot" in books.parked_reason
