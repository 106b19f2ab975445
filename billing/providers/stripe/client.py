"""The connection to Stripe: one pinned API version, the house's HTTP client, and Stripe's errors as ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import stripe
from django.conf import settings
from django.utils.module_loading import import_string

from billing.errors import NothingToRefund, ProviderDown

SECONDS = 30.0
AGAIN = "Nothing was charged. Try again in a few minutes, or choose a bank transfer."


class HouseTransport(stripe.HTTPClient):
    """Stripe's requests through ``settings.BILLING_HTTP``, the only way out of this house."""

    name = "hitsmith"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """(body, status, headers); the names of headers are in small letters. Raises stripe.APIConnectionError."""
        content = post_data.encode() if isinstance(post_data, str) else post_data or b""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        exchange = import_string(settings.BILLING_HTTP)
        try:
            status, answered, body = exchange(
                f"{parts.scheme}://{parts.netloc}", target, method.upper(), headers or {}, content, SECONDS
            )
        except ProviderDown as error:
            raise stripe.APIConnectionError(str(error), should_retry=True) from error
        return body.decode(), status, answered

    def close(self) -> None:
        """Every exchange closes its own connection."""


def client() -> stripe.StripeClient:
    """A client for the account of ``settings.STRIPE_SECRET_KEY``."""
    transport: stripe.HTTPClient = import_string(settings.STRIPE_TRANSPORT)()
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=settings.STRIPE_API_VERSION,
        max_network_retries=2,
        http_client=transport,
    )


def is_live() -> bool:
    """Whether our key moves real money; Stripe writes it into the key."""
    return "_live_" in settings.STRIPE_SECRET_KEY


@contextmanager
def asking() -> Iterator[None]:
    """Turn Stripe's errors into ours: ProviderDown for what may work later, NothingToRefund for a refused refund."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code in ("charge_already_refunded", "charge_disputed", "refund_disputed_payment"):
            raise NothingToRefund(f"Stripe will not send this money back: {error.user_message}") from error
        raise ProviderDown(f"Stripe refuses: {error.user_message}. {AGAIN}") from error
    except stripe.StripeError as error:
        raise ProviderDown(f"Stripe does not answer as it should. {AGAIN}") from error
