"""A wire between two programs that can be bad: slow, cut in the middle of a packet, half open, deaf on one side."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Coroutine
from typing import Literal

Trouble = Literal["fine", "slow", "cut", "half_open", "deaf", "mute"]
TROUBLES: tuple[Trouble, ...] = ("slow", "cut", "half_open", "deaf", "mute")
"""`cut`: some bytes more, then a reset. `half_open`: nothing passes any more, and nobody is told. `deaf` and `mute`:
nothing passes to, or from, the one who has connected."""

CHUNK_BYTES = 65_536


class Wire:
    """A port that leads to another one. Trouble begins with `suffer` and ends with `heal`."""

    def __init__(self, to_port: int, chance: random.Random) -> None:
        self.trouble: Trouble = "fine"
        self.port = 0
        self._to_port = to_port
        self._chance = chance
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """From now on it leads there."""
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nothing leads anywhere any more."""
        assert self._server is not None
        self._server.close()
        self._reset()

    def suffer(self, trouble: Trouble) -> None:
        """It is bad from now on, for those who are connected as well as for new ones."""
        self.trouble = trouble

    def heal(self) -> None:
        """It is fine; what was half open is told at last."""
        was, self.trouble = self.trouble, "fine"
        if was in ("half_open", "deaf", "mute"):
            # Bytes are missing in the middle: nobody could go on reading.
            self._reset()

    def _reset(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), self._kept(writer):
            there, away = await asyncio.open_connection("127.0.0.1", self._to_port)
            for end in (writer, away):
                end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._kept(away):
                await _first_to_end(self._carry(reader, away, "mute"), self._carry(there, writer, "deaf"))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stopped_by: Trouble) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                if self.trouble == "slow":
                    await asyncio.sleep(self._chance.uniform(0.01, 1.5))
                if self.trouble in ("half_open", stopped_by):
                    continue
                if self.trouble == "cut":
                    writer.write(data[: self._chance.randrange(len(data))])
                    with contextlib.suppress(OSError):
                        await writer.drain()
                    self._reset()
                    return
                writer.write(data)
                await writer.drain()

    @contextlib.contextmanager
    def _kept(self, end: asyncio.StreamWriter):  # type: ignore[no-untyped-def]
        self._ends.add(end)
        try:
            yield
        finally:
            self._ends.discard(end)
            end.close()


async def _first_to_end(*ways: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
