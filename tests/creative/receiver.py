"""A customer's system in tests: a real HTTP server that hears webhooks, answers as it is told, and can be slow."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from tests.generation.video_server import may_connect
from tests.local_server import LocalServer, Quiet, serving

__all__ = ["Receiver", "may_connect", "receiver", "verified"]


class Receiver(LocalServer):
    """``answers``: what comes back, in order, then 200 for ever: (status, headers, body). ``heard``: (path, headers, body)."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.slow = False
        self.enough = Event()
        super().__init__(_Handler)


class _Handler(Quiet):
    server: Receiver

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        self.server.heard.append((self.path, headers, self.body().decode()))
        if self.server.slow:
            self.server.enough.wait(30)
        self.reply(*(self.server.answers.pop(0) if self.server.answers else (200, {}, b"ok")))


@pytest.fixture
def receiver(may_connect: None, settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORK = True
    server = Receiver()
    with serving(server):
        yield server
        server.enough.set()


def verified(secret: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """The message, if its signature is right; as docs/webhooks.md tells integrators to do it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split(" "))
    found: dict[str, Any] = json.loads(body)
    return found
