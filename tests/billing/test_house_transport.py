"""Stripe's requests leave by the house's one HTTP client, with the pinned version, and its failures are told as ours."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from billing.errors import ProviderDown
from billing.providers.stripe.client import asking, client
from tests.billing.buying import order

asked: list[tuple[str, str, str, Mapping[str, str], bytes]] = []
answers: list[tuple[int, bytes]] = []


def exchange(
    base: str, path: str, method: str, headers: Mapping[str, str], content: bytes, seconds: float
) -> tuple[int, Mapping[str, str], bytes]:
    """Stands in for config.wiring.exchange."""
    asked.append((base, path, method, headers, content))
    if not answers:
        raise ProviderDown("no way out")
    status, body = answers.pop(0)
    return status, {"request-id": "req_1"}, body


@pytest.fixture(autouse=True)
def wired(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_house"
    settings.BILLING_HTTP = f"{__name__}.exchange"
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *_: 0.0)
    asked.clear()
    answers.clear()


def test_what_is_sent() -> None:
    answers.append((200, json.dumps({"id": "cus_1", "object": "customer"}).encode()))
    made = client().v1.customers.create({"name": "沐羽 & Co"}, {"idempotency_key": "customer:org_1"})
    assert made.id == "cus_1"
    [(base, path, method, headers, content)] = asked
    assert (base, path, method) == ("https://api.stripe.com", "/v1/customers", "POST")
    assert content == b"name=%E6%B2%90%E7%BE%BD+%26+Co"
    assert headers["Authorization"] == "Bearer sk_test_house"
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert headers["Idempotency-Key"] == "customer:org_1"


def test_queries_stay_in_the_address() -> None:
    answers.append((200, b'{"object": "list", "data": [], "has_more": false, "url": "/v1/prices"}'))
    client().v1.prices.list({"lookup_keys": ["gold:1"], "limit": 1})
    assert asked[0][1:3] == ("/v1/prices?lookup_keys[0]=gold%3A1&limit=1", "GET")
    assert asked[0][4] == b""


def test_silence_and_trouble_are_tried_again_and_then_told() -> None:
    with pytest.raises(ProviderDown, match="Nothing was charged"), asking():
        client().v1.customers.retrieve("cus_1")
    assert len(asked) == 3
    answers.extend([(503, b"{}"), (200, b'{"id": "cus_1", "object": "customer"}')])
    assert client().v1.customers.retrieve("cus_1").id == "cus_1"


def test_a_refusal_is_told_with_its_reason(shop: Any) -> None:
    answers.append((400, b'{"error": {"type": "invalid_request_error", "message": "No such currency"}}'))
    with pytest.raises(ProviderDown, match="No such currency"):
        order(shop, "gold")
