"""A port for a program that isn't there yet has to be free still when it is."""

from __future__ import annotations

import random
import socket

from locker.twin.ports import free_port


def test_a_port_where_somebody_listens_is_passed_over() -> None:
    first = free_port(random.Random(1))
    with socket.create_server(("127.0.0.1", first)):
        assert free_port(random.Random(1)) != first


def test_the_kernel_gives_none_of_them_to_anybody_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as anybody:
        assert free_port() < 32_768 <= anybody.getsockname()[1]
