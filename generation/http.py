"""The one HTTP client of generation: whatever is said to another machine is said by ``Client``.

It talks to one origin that an operator has named, verifies TLS against the system's store, ignores proxies that the
environment names, and follows no redirect to another origin, so that neither a token nor a photo goes elsewhere. Every
wait has an end, every answer a size, and answers are taken uncompressed, because a small one could unpack to a huge one.

It raises ``ServerDown`` and ``ServerBusy`` (try again), ``ServerRefused`` and ``ServerMisbehaved`` (do not); their
messages name the server as ``name`` and neither its address nor the token: tenants read them.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx2

from generation.errors import ServerBusy, ServerDown, ServerMisbehaved, ServerRefused

log = logging.getLogger(__name__)
REDIRECTS = 3  # within one origin, such as to a path with a slash at its end
TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503
AGAIN = "try again in a few minutes, or choose another engine"


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes. ``silence``: without a byte; ``whole``: one request from its first byte to its last."""

    connect: float = 5.0
    silence: float = 30.0
    whole: float = 300.0
    answer: int = 1 << 20
    file: int = 1 << 29


@dataclass(frozen=True)
class Upload:
    """One file of a multipart form."""

    field: str
    filename: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Request:
    """A multipart form where there is a ``form``, JSON where there is a ``body``; ``path`` starts with a slash."""

    method: str
    path: str
    form: Mapping[str, str] | None = None
    uploads: Sequence[Upload] = ()
    body: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Answer:
    """Whatever came back; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """A context manager; ``base`` such as ``https://films.example:8091``. ``now``: a clock that never goes back.

    ``address``: where ``exchange`` connects to, instead of asking what the name of ``base`` resolves to; the certificate
    is still that of the name. For names that strangers give (``public_address``).
    """

    def __init__(
        self,
        base: str,
        name: str,
        *,
        token: str = "",
        limits: Limits | None = None,
        address: str = "",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._limits, self._now = name, limits or Limits(), now
        self._origin, self._prefix = origin(base), urlsplit(base).path.rstrip("/")
        self._address, self._host = address, urlsplit(base).netloc
        headers = {"Accept-Encoding": "identity", "User-Agent": "hitsmith"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(self._limits.silence, connect=self._limits.connect),
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_keepalive_connections=0),  # a server that was started anew knows no old connection
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, request: Request) -> object:
        """The JSON value of the answer; ``None`` for an empty one."""
        with self._answer(request) as answer:
            content = b"".join(self._chunks(answer, self._limits.answer))
        try:
            return json.loads(content) if content else None
        except ValueError as error:
            raise ServerDown(f"{self._name} answered in a language that is not agreed: {AGAIN}") from error

    def exchange(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """One request with these headers and bytes, and its answer, a refusal too; no redirect is followed."""
        url, named, extensions = f"{self._origin}{self._prefix}{path}", dict(headers), {}
        if self._address:
            there = urlsplit(url)
            literal = f"[{self._address}]" if ":" in self._address else self._address
            url = there._replace(netloc=f"{literal}:{there.port}").geturl()
            named["Host"], extensions["sni_hostname"] = self._host, there.hostname
        with (
            self._reached(),
            self._http.stream(method, url, headers=named, content=content or None, extensions=extensions) as answer,
        ):
            body = b"".join(self._chunks(answer, self._limits.answer))
            return Answer(answer.status_code, {name.lower(): text for name, text in answer.headers.items()}, body)

    def fetch(self, path: str, out: Path, pulse: Callable[[], None]) -> None:
        """The answer's bytes into the file ``out``, all of them or no file; ``pulse`` is called for every piece."""
        try:
            with self._answer(Request("GET", path)) as answer, out.open("wb") as file:
                for chunk in self._chunks(answer, self._limits.file):
                    file.write(chunk)
                    pulse()
        except BaseException:
            out.unlink(missing_ok=True)
            raise

    @contextmanager
    def _answer(self, request: Request) -> Iterator[httpx2.Response]:
        """An answer that is a success; its body is still to be read, which is why the errors of reading end here."""
        with self._reached(), self._followed(request) as answer:
            if not answer.is_success:
                raise self._refusal(answer)
            yield answer

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Raises ``ServerDown`` where no answer came, or not in time."""
        try:
            yield
        except httpx2.TimeoutException as error:
            raise ServerDown(f"{self._name} takes too long to answer: {AGAIN}") from error
        except httpx2.HTTPError as error:
            log.warning("%s: %s", self._name, error)  # such as a certificate that is not trusted: for the operator only
            raise ServerDown(f"{self._name} cannot be reached: {AGAIN}") from error

    @contextmanager
    def _followed(self, request: Request) -> Iterator[httpx2.Response]:
        url, parts = f"{self._origin}{self._prefix}{request.path}", _parts(request)
        for _ in range(REDIRECTS + 1):
            with self._http.stream(request.method, url, files=parts or None, json=request.body) as answer:
                if not answer.has_redirect_location:
                    yield answer
                    return
                url = self._next(request, answer)
        raise ServerMisbehaved(f"{self._name} sends us in circles: ask its operator to look at its address")

    def _next(self, request: Request, answer: httpx2.Response) -> str:
        try:
            target = str(answer.url.join(answer.headers["Location"]))
        except httpx2.InvalidURL:
            target = ""
        if request.method != "GET" or origin(target) != self._origin:
            raise ServerMisbehaved(f"{self._name} sends us to another address: ask its operator to name the right one")
        return target

    def _chunks(self, answer: httpx2.Response, most: int) -> Iterator[bytes]:
        """Raises ``ServerMisbehaved`` before more than ``most`` bytes are taken."""
        begun, taken = self._now(), 0
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ServerMisbehaved(f"{self._name} packs its answers unasked: ask its operator to turn that off")
        for chunk in answer.iter_raw():
            taken += len(chunk)
            if taken > most:
                raise ServerMisbehaved(f"{self._name} sent more than {most} bytes: ask its operator for smaller clips")
            if self._now() - begun > self._limits.whole:
                raise ServerDown(f"{self._name} sends too slowly: {AGAIN}")
            yield chunk

    def _refusal(self, answer: httpx2.Response) -> ServerDown | ServerRefused:
        status = answer.status_code
        if status in (TOO_MANY_REQUESTS, UNAVAILABLE):
            return ServerBusy(f"{self._name} has too much to do: {AGAIN}", _retry_after(answer))
        said = self._said(answer)
        if status >= 500:
            return ServerDown(f"{self._name} is in trouble ({status}{said}): {AGAIN}")
        if status in (401, 403):
            return ServerRefused(f"{self._name} does not know us ({status}): ask its operator for the token", status)
        return ServerRefused(f"{self._name} refuses this shot ({status}{said}): choose another engine", status)

    def _said(self, answer: httpx2.Response) -> str:
        """What a refusal says, as the end of a sentence; nothing where it says nothing that a person can read."""
        try:
            found = json.loads(b"".join(self._chunks(answer, self._limits.answer)))
        except (ValueError, ServerMisbehaved):
            return ""
        text = plain(message_in(found))
        return f", it says: {text}" if text else ""


def _parts(request: Request) -> list[tuple[str, tuple[str | None, bytes, str | None]]]:
    """The form as (field, (filename, content, type)); a part without a filename is a plain field."""
    fields = [(field, (None, value.encode(), None)) for field, value in (request.form or {}).items()]
    return fields + [(upload.field, (upload.filename, upload.content, upload.kind)) for upload in request.uploads]


def origin(url: str) -> str:
    """Scheme, host and port, such as ``http://10.0.0.7:8091``; "" for what is no address of a server."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def message_in(found: object) -> object:
    """The text of an error in the shapes that are common: ``{"error": {"message"}}``, ``{"detail"}``, ``{"error"}``."""
    for name in ("error", "detail", "message", "msg"):
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    return found


def plain(said: object, most: int = 160) -> str:
    """What a stranger says as one short line: no control characters, addresses or paths of its machine."""
    if not isinstance(said, str):
        return ""
    text = re.sub(r"\w+://\S+", "(address)", said[: 20 * most])
    text = re.sub(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\][\w.~+-]+){2,}[/\\]?", "(path)", text)
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = " ".join(words)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds; the header gives them, or a date (RFC 9110, 10.2.3)."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:6])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)
