"""The other end of the twin's pins: which process holds which line at which level, and what is left when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

LINE_BYTES_MAX = 64
DEATH_TRAVELS_S = 0.1


class Lines:
    """All GPIO lines of one locker. `on_output(pin, level)` hears every change of an output (None: nobody drives it).

    A kernel either keeps the level of a line whose process has died, or releases it; Raspberry Pi kernels do either.
    """

    def __init__(self, keep_after_death: bool, on_output: Callable[[int, bool | None], None]) -> None:
        self._keep_after_death = keep_after_death
        self._on_output = on_output
        self._inputs: dict[int, bool | None] = {}
        self._holder: dict[int, _Holder] = {}
        self._claims: dict[int, _Holder] = {}
        self._holders: set[_Holder] = set()
        self._server: asyncio.Server | None = None

    async def start(self, path: Path) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Holder(self), path)

    async def close(self) -> None:
        # Without being cut off, a process that never hangs up would keep the server waiting.
        if self._server:
            self._server.close()
            for holder in tuple(self._holders):
                holder.cut_off()
            await self._server.wait_closed()

    def drive(self, pin: int, level: bool | None) -> None:
        """Set the level of an input (None: its wire ends in the air)."""
        self._inputs[pin] = level
        line = _level_line(pin, level)
        for holder in self._holders:
            holder.tell(line)

    def power_cut(self) -> None:
        """No line is at any level any more."""
        for pin in tuple(self._holder):
            del self._holder[pin]
            self._on_output(pin, None)

    def joined(self, holder: _Holder) -> None:
        """A process has opened the chip: it hears at which level the inputs are."""
        self._holders.add(holder)
        holder.tell("".join(_level_line(pin, level) for pin, level in self._inputs.items()) + "ready\n")

    def left(self, holder: _Holder) -> None:
        """A process has closed the chip, or has died."""
        self._holders.discard(holder)
        self._claims = {pin: one for pin, one in self._claims.items() if one is not holder}
        for pin in [pin for pin, one in self._holder.items() if one is holder]:
            if not self._keep_after_death:
                del self._holder[pin]
                self._on_output(pin, None)

    def said(self, holder: _Holder, line: str) -> None:
        """A process claims a line (`c 17`), makes it an input (`i 17`) or output (`o 17 1`), or lets it go (`f 17`)."""
        match line.split():
            case ["c", pin]:
                self._claim(holder, int(pin))
            case ["f", pin]:
                self._claims.pop(int(pin), None)
            # An input drives nothing: a relay on such a line rests, whatever it was before.
            case ["i", pin]:
                self._holder.pop(int(pin), None)
                self._on_output(int(pin), None)
            case ["o", pin, level]:
                self._holder[int(pin)] = holder
                self._on_output(int(pin), level == "1")
            case _:
                log.error("not understood from a process: %r", line[:LINE_BYTES_MAX])

    def _claim(self, holder: _Holder, pin: int, last_try: bool = False) -> None:
        other = self._claims.setdefault(pin, holder)
        if other is holder or last_try:
            holder.tell(f"{pin} {'ok' if other is holder else 'busy'}\n")
            return
        # A kernel frees the lines of a process before anybody can see its death; here that news may be on its way.
        asyncio.get_running_loop().call_later(DEATH_TRAVELS_S, self._claim, holder, pin, True)


class _Holder(asyncio.Protocol):
    """One process that has the chip open."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._lines.joined(self)

    def data_received(self, data: bytes) -> None:
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            self._lines.said(self, line.decode("ascii", "replace"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._lines.left(self)

    def tell(self, text: str) -> None:
        if self._transport:
            self._transport.write(text.encode("ascii"))

    def cut_off(self) -> None:
        if self._transport:
            self._transport.abort()


def _level_line(pin: int, level: bool | None) -> str:
    return f"{pin} {'-' if level is None else int(level)}\n"
