"""A customer's system in tests: a real HTTP server that hears webhooks, answers as it is told, and can be slow."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from tests.generation.video_server import may_connect

__all__ = ["Receiver", "may_connect", "receiver", "verified"]


class Receiver(ThreadingHTTPServer):
    """``answers``: what comes back, in order, then 200 for ever: (status, headers, body). ``heard``: (path, headers, body)."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.slow = False
        self.enough = Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *args: object) -> None:
        """A sender that hangs up is meant here."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.heard.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
        if self.server.slow:
            self.server.enough.wait(30)
        status, headers, content = self.server.answers.pop(0) if self.server.answers else (200, {}, b"ok")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def receiver(may_connect: None, settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORK = True
    server = Receiver()
    thread = Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    yield server
    server.enough.set()
    server.shutdown()
    thread.join()
    server.server_close()


def verified(secret: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """The message, if its signature is right; as docs/webhooks.md tells integrators to do it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split(" "))
    found: dict[str, Any] = json.loads(body)
    return found
