"""The FAKE of Stripe over HTTP, for a studio that runs in processes of its own and for a real browser.

It serves the API to ``wire.Wire`` (the studio's transport), shows a hosted payment page that says on it that it is a
fake, and delivers signed messages to the studio. No money moves, and nothing leaves this machine.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import stripe

from tests.billing.stripe_fake.account import Account
from tests.billing.stripe_fake.messages import SECRET
from tests.billing.stripe_fake.transport import FakeStripe

THERE = "https://checkout.stripe.example/"  # where the fake's sessions say that their page is
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>FAKE Stripe</title><style>
* {{ box-sizing: border-box }} body {{ margin: 0; font: 16px/1.6 system-ui, "Noto Sans SC", sans-serif; background: #f3f3f7 }}
.fake {{ background: #b00020; color: #fff; text-align: center; padding: .7rem 1rem; font-weight: 700 }}
main {{ max-width: 26rem; margin: 2.5rem auto; background: #fff; border-radius: 12px; padding: 1.6rem; margin-inline: auto }}
@media (max-width: 30rem) {{ main {{ margin: 1rem }} }}
h1 {{ font-size: 2.2rem; margin: 0 }} p {{ margin: .3rem 0 1rem; color: #555 }}
button {{ width: 100%; padding: .9rem; border: 0; border-radius: 8px; font: inherit; font-weight: 700; cursor: pointer }}
.pay {{ background: #1a1a2e; color: #fff; margin-bottom: .7rem }} .back {{ background: #eee }}</style></head><body>
<p class="fake" style="color:#fff;margin:0">测试用的假支付页，不收钱 · FAKE Stripe: no money moves</p>
<main><p>{what}</p><h1>{amount}</h1><p>{number}</p>
<form method="post" action="/pay/{number}"><button class="pay">付款 Pay</button></form>
<form method="post" action="/cancel/{number}"><button class="back">不付，返回 Back</button></form></main></body></html>"""


class HostedFake(ThreadingHTTPServer):
    """``account`` is what buyers, banks and time act on; ``studio``: where messages go, "" = nowhere (they get lost)."""

    daemon_threads = True

    def __init__(self) -> None:
        self.account = Account(lambda: datetime.now(UTC))
        self.stripe = FakeStripe(self.account)
        self.studio = ""
        self.lock = Lock()
        self._told = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        """One request of the API."""
        with self.lock:
            text, status, _ = self.stripe.request(method, f"https://api.stripe.com{path}", headers, body or None)
        return status, text.replace(THERE, f"{self.url}/pay/")

    def page(self, session_id: str) -> str:
        session, fen = self.account.rows[session_id], self.account.due(session_id)
        what = "每月自动扣款 Subscription" if session["mode"] == "subscription" else "一次付款 One payment"
        return PAGE.format(what=what, amount=f"¥{fen // 100}.{fen % 100:02d}", number=escape(session_id))

    def pay(self, session_id: str) -> str:
        """The buyer pays; the messages go out before the buyer is back. Returns where the buyer goes."""
        with self.lock:
            self.account.pay(session_id)
        self.deliver()
        return str(self.account.asked[session_id]["success_url"])

    def deliver(self) -> None:
        """Send every message that there is since the last time, signed with the library's own function."""
        with self.lock:
            waiting = self.account.events[self._told :]
            self._told = len(self.account.events)
        for event in waiting if self.studio else []:
            text = json.dumps(event)
            signed = stripe.WebhookSignature.generate_signature_header(text, SECRET, int(time.time()))
            headers = {"Content-Type": "application/json", "Stripe-Signature": signed}
            request = urllib.request.Request(f"{self.studio}/billing/webhooks/stripe", text.encode(), headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200


class _Handler(BaseHTTPRequestHandler):
    server: HostedFake

    def do_GET(self) -> None:
        if self.path.startswith("/pay/"):
            self._say(200, self.server.page(self.path.removeprefix("/pay/")), "text/html; charset=utf-8")
        elif self.path == "/favicon.ico":  # every browser asks for it
            self._say(200, "", "image/x-icon")
        else:
            self._api()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.startswith("/pay/"):
            self._go(self.server.pay(self.path.removeprefix("/pay/")))
        elif self.path.startswith("/cancel/"):
            self._go(str(self.server.account.asked[self.path.removeprefix("/cancel/")]["cancel_url"]))
        else:
            self._api(body)

    def do_DELETE(self) -> None:
        self._api(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _api(self, body: str = "") -> None:
        status, text = self.server.answer(self.command, self.path, dict(self.headers), body)
        self._say(status, text, "application/json")

    def _say(self, status: int, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _go(self, where: str) -> None:
        self.send_response(303)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def hosted() -> Iterator[HostedFake]:
    server = HostedFake()
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
