"""The locker's network cable: a relay between the port that the daemon takes for the broker and the real one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterator

from locker.wire.addresses import addresses

CHUNK_BYTES = 65_536


class Network:
    """A cable that can be pulled: connections break at once, and new ones are refused until it is back."""

    def __init__(self, here: tuple[str, int], broker: tuple[str, int]) -> None:
        self._here = here
        self._broker = broker
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def up(self) -> bool:
        return self._server is not None

    async def plug_in(self) -> None:
        if self._server is None:
            held, self._held = self._held or self._bound(), None
            self._server = await asyncio.start_server(self._relay, sock=held)

    async def unplug(self) -> None:
        """Break every connection, and refuse new ones."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for end in self._ends:
            end.transport.abort()
        # Bound without listening refuses connections, and keeps the port ours.
        self._held = self._bound()

    async def close(self) -> None:
        await self.unplug()
        if self._held:
            self._held.close()

    def _bound(self) -> socket.socket:
        held = socket.socket(socket.AF_INET6 if ":" in self._here[0] else socket.AF_INET)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(self._here)
        held.setblocking(False)
        return held

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._watched(writer), contextlib.suppress(OSError):
            # A broker that is away ends the connection; whoever made it tries again by itself.
            there, away = await _reached(*self._broker)
            with self._watched(away):
                # The cable may have been pulled while the far end was being dialled.
                if self.up:
                    await _first_to_end(_pass_on(reader, away), _pass_on(there, writer))

    @contextlib.contextmanager
    def _watched(self, end: asyncio.StreamWriter) -> Iterator[None]:
        self._ends.add(end)
        try:
            yield
        finally:
            self._ends.discard(end)
            end.close()


async def _reached(hosts: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # The cable leads to whichever node of a cluster lives, as a load balancer's does.
    *first, last = addresses(hosts, port)
    for host, own_port in first:
        with contextlib.suppress(OSError):
            return await asyncio.open_connection(host, own_port)
    return await asyncio.open_connection(*last)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()


async def _first_to_end(*ways: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
