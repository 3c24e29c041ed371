"""Requests over connections that stay open, as quickly as they are answered; little more than sockets.

A client of the standard kind would take more of the processor than the server that is measured beside it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, further headers and its JSON body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    def raw(self) -> bytes:
        """As it is sent."""
        body = json.dumps(self.body).encode()
        lines = [f"POST {self.path} HTTP/1.1", "host: hub", "content-type: application/json"]
        lines += [f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join(lines).encode() + _END + body


@dataclass(slots=True)
class Answered:
    """How many answers there were of each status, how long each took, and how long all of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    took_ns: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def per_s(self, status: int) -> float:
        """Answers of this status a second."""
        return self.statuses[status] / self.seconds


class _Connection(asyncio.Protocol):
    """Asks the next thing as soon as it has the whole answer to the last one, until `until_s`."""

    def __init__(self, ask: Callable[[], Asked], answered: Answered, until_s: float) -> None:
        self._ask, self._answered, self._until_s = ask, answered, until_s
        self._began_ns, self._came = 0, b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, rest = self._came.partition(_END)
        if not found:
            return
        place = head.index(_LENGTH) + len(_LENGTH)
        if len(rest) < int(head[place:].split(b"\r", 1)[0]):
            return
        self._answered.statuses[int(head[9:12])] += 1
        self._answered.took_ns.append(time.perf_counter_ns() - self._began_ns)
        self._came = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionError("the server has hung up"))

    def _next(self) -> None:
        if time.monotonic() >= self._until_s:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._began_ns = time.perf_counter_ns()
        self._transport.write(self._ask().raw())


def offered(ports: tuple[int, ...], ask: Callable[[int], Asked], connections: int, seconds: float) -> Answered:
    """Asks over so many connections, to one server after the other, for so long; `ask` gets the connection's number."""
    return asyncio.run(_offered(ports, ask, connections, seconds))


async def _offered(ports: tuple[int, ...], ask: Callable[[int], Asked], connections: int, seconds: float) -> Answered:
    loop, answered, began_s = asyncio.get_running_loop(), Answered(), time.monotonic()

    def asker(number: int) -> Callable[[], Asked]:
        return lambda: ask(number)

    made = [
        await loop.create_connection(
            lambda number=number: _Connection(asker(number), answered, began_s + seconds),
            "127.0.0.1", ports[number % len(ports)],
        )
        for number in range(connections)
    ]  # fmt: skip
    await asyncio.gather(*(connection.ended for _, connection in made))
    answered.seconds = time.monotonic() - began_s
    return answered
