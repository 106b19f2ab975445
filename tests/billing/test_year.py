"""A year under bad delivery: our books, the provider's and the bank's agree to the fen for every customer."""

from datetime import timedelta

import pytest
from django.test import Client

from billing.models import Lot, Payment
from tests.billing.clock import NEW_YEAR, Clock
from tests.billing.stripe_fake import FakeStripe
from tests.billing.year import Year
from tests.billing.year_books import bank_statement, differences


@pytest.fixture
def frozen(clock: Clock) -> Clock:
    clock.now = NEW_YEAR
    return clock


def live(fake: FakeStripe, client: Client, clock: Clock, *, customers: int, steps: int, seed: int) -> Year:
    year = Year(fake, client, clock, customers=customers, seed=seed)
    year.run(steps)
    year.settle()
    assert clock.now >= NEW_YEAR + timedelta(days=365)
    return year


@pytest.mark.parametrize(
    ("customers", "steps", "seed"),
    [
        pytest.param(60, 52, 1, id="60 customers", marks=pytest.mark.slow),
        pytest.param(4, 13, 3, id="4 customers"),
    ],
)
def test_a_year(fake: FakeStripe, client: Client, frozen: Clock, customers: int, steps: int, seed: int) -> None:
    year = live(fake, client, frozen, customers=customers, steps=steps, seed=seed)
    assert differences(year) == []
    assert sum(bank_statement(year).values()) > 0


def test_the_books_notice_a_fen_and_a_credit(fake: FakeStripe, client: Client, frozen: Clock) -> None:
    """The check itself can fail: one fen more in our books, and one credit that nobody has granted."""
    year = live(fake, client, frozen, customers=4, steps=13, seed=3)
    paid = Payment.objects.earliest("id")
    Payment.objects.filter(pk=paid.pk).update(amount_fen=paid.amount_fen + 1)
    name = paid.organization.name
    assert [line.split(":")[0] for line in differences(year)][:2] == [name, name]
    Payment.objects.filter(pk=paid.pk).update(amount_fen=paid.amount_fen)
    lot = Lot.objects.earliest("id")
    Lot.objects.filter(pk=lot.pk).update(spent=lot.spent + 1, amount=lot.amount + 1)
    assert any("I2" in line for line in differences(year))
