"""The fake account of another process, asked over a socket: what a killed process has asked for stays done there.

A line of JSON each way: a question of the library and its answer, or a note (a text) that wants none.
"""

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import stripe

from tests.billing.stripe_fake.transport import FakeStripe

Around = Callable[[str], AbstractContextManager[None]]


def _nothing(name: str) -> AbstractContextManager[None]:
    return nullcontext()


class Pipe(stripe.HTTPClient):
    """The ``stripe.HTTPClient`` of a child process; ``around`` surrounds every question that changes something."""

    name = "pipe"

    def __init__(self, line: socket.socket) -> None:
        super().__init__()
        self._file = line.makefile("rw")
        self.around: Around = _nothing

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        if method.upper() == "GET":
            return self._ask(method, url, headers, post_data)
        path = url.partition("/v1/")[2].partition("?")[0]
        with self.around(f"Stripe: {method.upper()} {path}"):
            return self._ask(method, url, headers, post_data)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self._send([method, url, dict(headers or {}), post_data])
        answered = json.loads(self._file.readline())
        if isinstance(answered, str):
            raise stripe.APIConnectionError(answered, should_retry=True)
        body, status, named = answered
        return body, status, named

    def note(self, text: str) -> None:
        self._send(text)

    def _send(self, message: object) -> None:
        self._file.write(json.dumps(message) + "\n")
        self._file.flush()

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0

    def close(self) -> None:
        """It stays open for the next question."""


def answer(fake: FakeStripe, question: list[Any]) -> str:
    """The line that answers a question."""
    method, url, headers, post_data = question
    try:
        return json.dumps(fake.request(method, url, headers, post_data)) + "\n"
    except stripe.APIConnectionError as error:
        return json.dumps(str(error)) + "\n"
