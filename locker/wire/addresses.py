"""Where a broker is, in one line of settings: a name, or the nodes of a cluster, of which any will do."""

from __future__ import annotations

Address = tuple[str, int]


def addresses(hosts: str, port: int) -> tuple[Address, ...]:
    """The addresses in `hosts`: names divided by commas, each with `port` or with one of its own behind a colon.

    An IPv6 address with a port of its own stands in brackets. Raises ValueError where there is none.
    """
    found = tuple(_address(host.strip(), port) for host in hosts.split(",") if host.strip())
    if not found:
        raise ValueError("a broker has a name or an address")
    return found


def address(hosts: str, port: int, turn: int) -> Address:
    """The one to try in this turn, counted from 0: after the last one it is the first one's again."""
    known = addresses(hosts, port)
    return known[turn % len(known)]


def _address(host: str, port: int) -> Address:
    name, colon, own = host.rpartition(":")
    # More than one colon without brackets is an IPv6 address, and all of it the name.
    if colon and own.isdigit() and (":" not in name or name.startswith("[")):
        return name.strip("[]"), int(own)
    return host.strip("[]"), port
