"""Where what strangers have named may be: at public addresses. The one that was checked is the one that is used.

A name is looked up once for each attempt; whoever could answer a check with one address and a connection with another
would reach the hub's own network.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


class NotATarget(Exception):
    """Nothing is sent there; the text says why, without the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL with the checked address in place of the name, and the name for the Host header and the certificate."""

    url: str
    host_header: str
    name: str


def resolved(url: str, allow_private: bool) -> Target:
    """The target of a stranger's URL. Looks the name up, so it may take a while. Raises NotATarget."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotATarget("its name has no address") from None
    addresses = [str(one[4][0]) for one in found]
    # All of them: one public address must not vouch for a private one beside it.
    if not allow_private and not all(map(is_public, addresses)):
        raise NotATarget("its address is private")
    return Target(_with_address(parts, addresses[0], port), parts.netloc, name)


def is_public(address: str) -> bool:
    """Whether anybody on the internet could connect there: neither loopback, private, link-local nor reserved."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # An IPv4 address in IPv6's clothes is judged as what it is.
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return inner.is_global and not inner.is_multicast


def _with_address(parts: SplitResult, address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{host}:{port}").geturl()
