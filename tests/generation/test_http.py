"""The one HTTP client: what it refuses, and what its messages give away."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from generation.errors import GenerationError, ServerBusy, ServerDown, ServerMisbehaved, ServerRefused
from generation.http import Client, Limits, Request, Upload, message_in, origin, plain
from tests.generation.video_server import may_connect
from tests.local_server import LocalServer, Quiet, serving

__all__ = ["may_connect"]
NOON = "2026-11-25T12:00:00+00:00"


class Script(LocalServer):
    """Answers each path with (status, headers, body); ``heard``: method, path, headers and body of each request."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.heard: list[tuple[str, str, dict[str, str], bytes]] = []
        super().__init__(_Scripted)


class _Scripted(Quiet):
    server: Script

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.server.heard.append((self.command, self.path, dict(self.headers), self.body()))
        self.reply(*self.server.answers.get(self.path, (404, {}, b"")))


@pytest.fixture
def script(may_connect: None) -> Iterator[Script]:
    script = Script()
    with serving(script):
        yield script


def client(script: Script, **options: Any) -> Client:
    return Client(script.url, "remote-x", **options)


def refusal(script: Script, error: type[GenerationError], path: str = "/x", method: str = "GET", **options: Any) -> Any:
    with client(script, **options) as http, pytest.raises(error) as caught:
        http.ask(Request(method, path))
    assert type(caught.value) is error
    assert script.url not in str(caught.value)
    return caught.value


def test_a_question_is_answered_in_json(script: Script) -> None:
    script.answers["/base/x"] = (200, {}, b'{"a": [1]}')
    with Client(f"{script.url}/base/", "remote-x", token="t0ken") as http:
        assert http.ask(Request("POST", "/x", body={"b": 2})) == {"a": [1]}
    ((method, path, headers, body),) = script.heard
    assert (method, path, body) == ("POST", "/base/x", b'{"b":2}')
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Accept-Encoding"] == "identity"


def test_a_form_is_multipart_even_without_a_file(script: Script) -> None:
    script.answers["/x"] = (200, {}, b"{}")
    with client(script) as http:
        http.ask(Request("POST", "/x", form={"prompt": "红瓶子"}))
        http.ask(Request("POST", "/x", form={}, uploads=[Upload("f", "f.png", "image/png", b"\x89PNG")]))
    (_, _, headers, first), (_, _, _, second) = script.heard
    assert headers["Content-Type"].startswith("multipart/form-data")
    assert "红瓶子".encode() in first
    assert b"filename" not in first
    assert b'name="f"; filename="f.png"' in second
    assert b"\x89PNG" in second


def test_without_a_token_nothing_is_said_of_one(script: Script) -> None:
    script.answers["/x"] = (200, {}, b"{}")
    with client(script) as http:
        http.ask(Request("GET", "/x"))
    assert "Authorization" not in script.heard[0][2]


def test_a_redirect_within_the_server_is_followed(script: Script) -> None:
    script.answers["/x"] = (307, {"Location": "/x/"}, b"")
    script.answers["/x/"] = (200, {}, b"7")
    with client(script) as http:
        assert http.ask(Request("GET", "/x")) == 7


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "https://{host}/x", "//example.com/x", "file:///etc/passwd", "http://["]
)
def test_a_redirect_elsewhere_is_refused(script: Script, target: str) -> None:
    script.answers["/x"] = (302, {"Location": target.format(host=script.url[7:])}, b"")
    refusal(script, ServerMisbehaved, token="t0ken")
    assert len(script.heard) == 1


def test_a_redirected_submission_and_a_circle_are_refused(script: Script) -> None:
    script.answers["/x"] = (307, {"Location": "/x"}, b"")
    refusal(script, ServerMisbehaved, method="POST")
    assert len(script.heard) == 1
    assert "in circles" in str(refusal(script, ServerMisbehaved))
    assert len(script.heard) == 5


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, b'{"error": {"message": "bad size"}}', ServerRefused, "(400, it says: bad size)"),
        (422, b'{"detail": [{"msg": "field required"}]}', ServerRefused, "(422, it says: field required)"),
        (404, b"", ServerRefused, "(404)"),
        (413, b"<html>too large</html>", ServerRefused, "(413)"),
        (401, b"", ServerRefused, "ask its operator for the token"),
        (500, b'{"detail": "/srv/a/b.py broke"}', ServerDown, "(500, it says: (path) broke)"),
        (502, b"", ServerDown, "in trouble (502)"),
        (503, b"", ServerBusy, "too much to do"),
        (429, b"", ServerBusy, "too much to do"),
        (200, b"<html>", ServerDown, "not agreed"),
        (200, b"\xff\xfe", ServerDown, "not agreed"),
    ],
)
def test_each_refusal_has_its_class(
    script: Script, status: int, body: bytes, error: type[GenerationError], words: str
) -> None:
    script.answers["/x"] = (status, {}, body)
    raised = refusal(script, error)
    assert words in str(raised)
    if isinstance(raised, ServerRefused):
        assert raised.answered == status


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Wed, 25 Nov 2026 12:01:30 GMT", 90.0), ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0), ("soon", None)],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(script: Script, header: str, seconds: float | None) -> None:
    script.answers["/x"] = (503, {"Retry-After": header}, b"")
    with time_machine.travel(NOON, tick=False):
        assert refusal(script, ServerBusy).retry_after == seconds


def test_nobody_there_is_a_server_down(script: Script) -> None:
    script.answers["/x"] = (200, {}, b"1")
    with Client("http://127.0.0.1:1", "remote-x") as http, pytest.raises(ServerDown, match="cannot be reached"):
        http.ask(Request("GET", "/x"))


def test_a_silent_server_is_left_after_a_while(may_connect: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with Client(url, "remote-x", limits=Limits(silence=0.05)) as http, pytest.raises(ServerDown, match="too long"):
            http.ask(Request("GET", "/x"))


def test_an_answer_that_ends_early_is_no_answer(script: Script) -> None:
    script.answers["/x"] = (200, {"Content-Length": "5"}, b"1")
    assert "cannot be reached" in str(refusal(script, ServerDown))


def test_too_large_an_answer_is_cut_off_whether_it_says_so_or_not(script: Script, tmp_path: Path) -> None:
    script.answers["/x"] = (200, {}, b"1" * 5000)
    refusal(script, ServerMisbehaved, limits=Limits(answer=4999))
    out = tmp_path / "film.mp4"
    with client(script, limits=Limits(file=4999)) as http, pytest.raises(ServerMisbehaved, match="more than 4999"):
        http.fetch("/x", out, lambda: None)
    assert not out.exists()
    with client(script, limits=Limits(file=5000)) as http:
        http.fetch("/x", out, lambda: None)
    assert out.stat().st_size == 5000


def test_an_answer_that_is_packed_unasked_is_refused(script: Script) -> None:
    script.answers["/x"] = (200, {"Content-Encoding": "gzip"}, b"1")
    assert "packs its answers unasked" in str(refusal(script, ServerMisbehaved))


def test_a_server_that_drips_is_left(script: Script) -> None:
    script.answers["/x"] = (200, {}, b"1")
    ticks = iter([0.0, 301.0])
    assert "too slowly" in str(refusal(script, ServerDown, now=lambda: next(ticks)))


def test_a_fetch_that_is_interrupted_leaves_no_file(script: Script, tmp_path: Path) -> None:
    script.answers["/x"] = (200, {}, b"1" * 100)

    def stop() -> None:
        raise KeyboardInterrupt

    with client(script) as http, pytest.raises(KeyboardInterrupt):
        http.fetch("/x", tmp_path / "film.mp4", stop)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://10.0.0.7:8091/base", "http://10.0.0.7:8091"),
        ("https://films.example", "https://films.example:443"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("ftp://films.example", ""),
        ("http://user:pass@films.example", ""),
        ("films.example:80", ""),
        ("http://films.example:port", ""),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, found: str) -> None:
    assert origin(url) == found


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("  out\nof \x00memory ", "out of memory"),
        ("see https://internal:8080/a?token=1 now", "see (address) now"),
        ("no file /models/wan/x.safetensors here", "no file (path) here"),
        (r"C:\models\wan broke", "(path) broke"),
        ("4/5 frames", "4/5 frames"),
        ("a" * 300, "a" * 159 + "…"),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_what_a_stranger_says_is_made_plain(said: object, text: str) -> None:
    assert plain(said) == text


def test_a_message_is_found_in_the_usual_shapes() -> None:
    assert message_in({"error": {"code": 1, "message": "a"}}) == "a"
    assert message_in({"detail": [{"loc": ["x"], "msg": "b"}]}) == "b"
    assert message_in({"error": "c"}) == "c"
    assert message_in("d") == "d"
    assert message_in(None) is None


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script.answers["/x"] = (200, {}, b"1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    script.socket = context.wrap_socket(script.socket, server_side=True)
    with Client(script.url.replace("http:", "https:"), "remote-x", token="t0ken") as http, pytest.raises(ServerDown):
        http.ask(Request("GET", "/x"))
    assert script.heard == []
    assert "certificate" in caplog.text.lower()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"
