"""The example in docs/webhooks.md is run against a message that was really sent."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from creative import webhook_delivery, webhooks
from creative.domain.webhooks import EVENTS, TEST, WAITS
from tests.creative.receiver import Receiver, may_connect, receiver
from tests.creative.shops import Shop

__all__ = ["may_connect", "receiver"]
PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def verified() -> Callable[..., Any]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[..., Any] = names["verified"]
    return found


def test_the_example_verifies_what_was_sent_and_nothing_else(
    alice: Shop, receiver: Receiver, verified: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = webhooks.register(alice.organization, receiver.url)
    webhook_delivery.deliver(webhooks.send_test(endpoint).pk)
    ((_, headers, text),) = receiver.heard
    secret, body = webhooks.secret_of(endpoint), text.encode()
    assert verified(secret, headers, body)["type"] == TEST
    with pytest.raises(ValueError, match="not signed"):
        verified(secret, headers, body + b" ")
    with pytest.raises(ValueError, match="not signed"):
        verified("whsec_QUFBQQ==", headers, body)
    assert verified(secret, headers | {"webhook-signature": f"v1,x {headers['webhook-signature']}"}, body)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 400)
    with pytest.raises(ValueError, match="too old"):
        verified(secret, headers, body)


def test_every_event_is_in_the_table() -> None:
    table = PAGE[PAGE.index("## Events") : PAGE.index("## A message")]
    assert set(re.findall(r"`((?:ad|campaign|credits|membership|refund|dispute|webhook)\.\w+)`", table)) == {
        *EVENTS,
        TEST,
    }


def test_the_waits_are_those_of_the_page() -> None:
    assert [int(wait.total_seconds()) // 60 for wait in WAITS] == [1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60]
    assert "1, 5 and 30 minutes, 2, 6, 12 and 24 hours" in PAGE
