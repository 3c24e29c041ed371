"""One line of settings names one broker or the nodes of a cluster."""

from __future__ import annotations

import pytest

from locker.wire.addresses import address, addresses

SPELLED = {
    "broker.example.org": (("broker.example.org", 1883),),
    "a, b:1884,c": (("a", 1883), ("b", 1884), ("c", 1883)),
    "127.0.0.1:4222": (("127.0.0.1", 4222),),
    "::1": (("::1", 1883),),
    "[::1]:1885, [fe80::2]": (("::1", 1885), ("fe80::2", 1883)),
    "a,": (("a", 1883),),
}


@pytest.mark.parametrize("hosts", SPELLED)
def test_a_line_is_read_as_it_is_meant(hosts: str) -> None:
    assert addresses(hosts, 1883) == SPELLED[hosts]


def test_no_broker_is_no_setting() -> None:
    with pytest.raises(ValueError, match="a broker has a name"):
        addresses(" , ", 1883)


def test_turns_go_round() -> None:
    assert [address("a,b", 1, turn)[0] for turn in range(5)] == ["a", "b", "a", "b", "a"]
