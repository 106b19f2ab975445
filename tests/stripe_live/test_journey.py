"""The journey against the fake, and (marker ``stripe_live``) against Stripe's test mode.

The live test was written from Stripe's documented API and has not been run by its authors, who have no way out to the
internet. A hosted Checkout page cannot be paid by API, so the money comes by a payment intent with the test card
``pm_card_visa`` and the purchase's metadata, as the page would make it; the session itself is opened, read and expired.
"""

import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_socket import enable_socket

from billing.models import Organization, Purchase, Refund
from billing.organizations import create_organization
from billing.providers.stripe.client import client
from billing.providers.stripe.provider import customer_of
from tests.billing.buying import account, fake
from tests.billing.stripe_fake import FakeStripe
from tests.stripe_live import journey
from tests.stripe_live.conftest import checked_key
from tests.studio import wait_until

__all__ = ["account", "fake"]


class Clicks:
    """The fake's hosted page."""

    def __init__(self, stripe: FakeStripe) -> None:
        self._stripe = stripe

    def pay(self, purchase: Purchase) -> None:
        self._stripe.account.pay(purchase.checkout_ref)


class TestCard:
    """Stripe's test card, by API."""

    __test__ = False

    def pay(self, purchase: Purchase) -> None:
        paid = client().v1.payment_intents.create(
            {
                "amount": purchase.due_fen,
                "currency": purchase.currency.lower(),
                "customer": customer_of(purchase.organization),
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"purchase": purchase.public_id},
            },
            {"idempotency_key": f"test-card:{purchase.public_id}"},
        )
        assert paid.status == "succeeded"


def at_once(words: str, ready: Callable[[], object]) -> None:
    assert ready(), words


def in_a_minute(words: str, ready: Callable[[], object]) -> None:
    wait_until(words, ready, seconds=60, every=2)


@pytest.fixture
def shop(db: None) -> Organization:
    return create_organization(f"Test {time.time():.0f}", owner=User.objects.create_user("alice"))


def test_the_journey_with_the_fake(shop: Organization, fake: FakeStripe) -> None:
    journey.whole(shop, Clicks(fake), f"{timezone.now():%Y-%m-%d}", at_once)
    assert fake.account.balance == 3300


@pytest.mark.stripe_live
def test_the_journey_with_stripe(stripe_key: str, shop: Organization) -> None:
    enable_socket()
    journey.whole(shop, TestCard(), f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}", in_a_minute)
    assert Refund.objects.of(shop).exists()


@pytest.mark.parametrize("key", ["", "sk_live_abc", "rk_live_abc", "pk_test_abc"])
def test_only_a_test_key_will_do(key: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="STRIPE_TEST_KEY"):
        checked_key(key)
    assert checked_key("sk_test_abc") == "sk_test_abc"
