"""Names that strangers give: every address must be public, and the caller connects to the one that was looked at."""

import socket
import ssl
from pathlib import Path

import pytest

from generation.errors import AddressRefused, ServerDown
from generation.http import Client
from generation.public_address import is_public, public_address
from tests.generation.test_http import Script, may_connect, script, self_signed

__all__ = ["may_connect", "script"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:53aa:64c:0:7f:3f57:fefe", False),
        ("192.0.0.192", False),
        ("fec0::1", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr("generation.public_address.socket.getaddrinfo", lambda *args, **kwargs: found)


def test_the_first_of_public_addresses_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, "93.184.215.14", "93.184.215.15")
    assert public_address("hooks.example", 443) == "93.184.215.14"


def test_one_private_address_among_them_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(AddressRefused, match="private network"):
        public_address("hooks.example", 443)


def test_a_name_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*args: object, **kwargs: object) -> None:
        raise socket.gaierror("no such name")

    monkeypatch.setattr("generation.public_address.socket.getaddrinfo", nothing)
    with pytest.raises(ServerDown, match="does not resolve"):
        public_address("hooks.example", 443)


def test_the_client_connects_to_the_address_and_asks_for_the_name(script: Script) -> None:
    script.answers["/x?a=1"] = (204, {}, b"")
    port = script.server_address[1]
    with Client(f"http://hooks.example:{port}", "the endpoint", address="127.0.0.1") as http:
        assert http.exchange("POST", "/x?a=1", {"A": "b"}, b"{}").status == 204
    ((method, path, headers, body),) = script.heard
    assert (method, path, headers["Host"], headers["A"], body) == (
        "POST",
        "/x?a=1",
        f"hooks.example:{port}",
        "b",
        b"{}",
    )


def test_over_tls_the_certificate_is_asked_for_by_name_and_checked(script: Script, tmp_path: Path) -> None:
    named: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    context.sni_callback = lambda connection, name, _: named.append(name)
    script.socket = context.wrap_socket(script.socket, server_side=True)
    port = script.server_address[1]
    with (
        Client(f"https://hooks.example:{port}", "the endpoint", address="127.0.0.1") as http,
        pytest.raises(ServerDown, match="cannot be reached"),
    ):
        http.exchange("POST", "/x", {}, b"{}")
    assert (named, script.heard) == (["hooks.example"], [])
