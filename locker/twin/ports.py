"""Ports for programs that are about to be started."""

from __future__ import annotations

import errno
import random
import socket

# Linux gives the ports from 32768 on to outgoing connections and to servers that ask for any: one that was looked up
# there may belong to somebody else by the time that its program has loaded.
_FIRST, _LAST = 20_000, 31_999
_TRIES = 200


def free_port(chance: random.Random | None = None) -> int:
    """A port of the loopback that nobody uses, and that nobody is given before the program that it is for listens.

    Raises `OSError` when hundreds of ports in a row were taken.
    """
    chance = chance or random.SystemRandom()
    for _ in range(_TRIES):
        port = chance.randint(_FIRST, _LAST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
    raise OSError(errno.EADDRINUSE, f"{_TRIES} ports between {_FIRST} and {_LAST} are in use")
