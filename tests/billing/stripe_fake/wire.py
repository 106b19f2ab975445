"""The studio's way to the hosted fake: ``STRIPE_TRANSPORT=tests.billing.stripe_fake.wire.Wire``, ``FAKE_STRIPE=URL``."""

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe


class Wire(stripe.HTTPClient):
    name = "wire"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        target = f"{os.environ['FAKE_STRIPE']}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        content = post_data.encode() if isinstance(post_data, str) else post_data
        asked = urllib.request.Request(target, content or None, dict(headers or {}), method=method.upper())
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.read().decode(), answer.status, {"request-id": "req_fake"}
        except urllib.error.HTTPError as refusal:
            return refusal.read().decode(), refusal.code, {"request-id": "req_fake"}

    def close(self) -> None:
        """Every request closes its own connection."""
