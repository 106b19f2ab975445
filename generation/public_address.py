"""Where a name that a stranger gave leads to, if that is a public machine.

A customer's webhook could name our own network (a database, a cloud's metadata service), or a name that changes its
meaning between our look and our call. So the name is resolved here, every address must be public, and the caller
connects to the very address that was looked at (``Client(address=...)``). Redirects are not followed.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from generation.errors import AddressRefused, ServerDown

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
# IANA's registries of special addresses have these; ``is_global`` of older Pythons does not: the first holds a cloud's
# metadata service, the second is the old private network of IPv6 (RFC 3879).
SPECIAL = (IPv4Network("192.0.0.0/24"), IPv6Network("fec0::/10"))
ADVICE = "name a server that the whole internet can reach"


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises AddressRefused unless all of the name's are public, ServerDown if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ServerDown(f"the name {host} does not resolve: check it") from error
    addresses = [str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found]
    if not addresses:
        raise ServerDown(f"the name {host} does not resolve: check it")
    if not all(map(is_public, addresses)):
        raise AddressRefused(f"{host} leads into a private network: {ADVICE}")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether everybody can reach this address; what is mapped into IPv6 counts as what it stands for."""
    address: IPv4Address | IPv6Address = ip_address(text)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None:
            return False
    special = address.is_multicast or address.is_reserved or any(address in network for network in SPECIAL)
    return address.is_global and not special


def _nat64(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
