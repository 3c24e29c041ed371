"""The shell around boards on one cable: a pseudo-terminal that takes as long as the wire, and as an adapter, would.

A pseudo-terminal knows no baud rate: everything would arrive at once. So a request is heard when its last bit would
be, and a reply delivered when its last bit would have come; behind a USB adapter, with the adapter's next packet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from locker.twin.boards.answers import Answer, Readings, Switch
from locker.twin.boards.board import Board
from locker.twin.serial_port import SerialPort

BITS_A_BYTE = 10
BABBLE_EVERY_S = 0.2
BABBLE = bytes.fromhex("55 00 8A FF 02 57 90 13")
AT_ONCE_BYTE_S = 1e-6


class Wires(Protocol):
    """What boards are connected to."""

    def relay(self, board: str, channel: int, on: bool) -> None:
        """A relay of this board switches."""

    def readings(self, board: str) -> Readings:
        """What the inputs of this board read now."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take: `baud` 0 is no time; `burst_ms` is how often a USB adapter hands over (0: at once)."""

    baud: int = 0
    burst_ms: int = 0
    think_ms: float = 1.0


@dataclass(slots=True)
class _Saying:
    """What is on the wire towards the program now, and until when."""

    board: str
    data: bytes
    begun: float
    until: float
    end: asyncio.TimerHandle


class Bus:
    """Boards on one cable at `path`. Without power the plug stays in, but nobody answers."""

    def __init__(self, path: Path, boards: Sequence[Board], wires: Wires, pace: Pace) -> None:
        self.port = SerialPort(path, self._written)
        self.boards = {board.name: board for board in boards}
        self.pace = pace
        self.echo = False
        self._babbling: set[str] = set()
        self._wires = wires
        self._powered = False
        self._written_until = 0.0
        self._free: dict[str, float] = {}
        self._saying: _Saying | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._relays: dict[tuple[str, int], list[asyncio.TimerHandle]] = {}

    @property
    def babbling(self) -> frozenset[str]:
        return frozenset(self._babbling)

    def power(self, on: bool) -> None:
        """Current for all boards of this cable, or none: then every relay drops and every timer is forgotten."""
        self._powered = on
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._relays.clear()
        self._free.clear()
        self._saying = None
        self._written_until = 0.0
        for board in self.boards.values():
            if not on:
                board.dialect.forget()
            elif board.name in self._babbling:
                self._babble(board.name)

    def babble(self, name: str, on: bool) -> None:
        """Let a board send noise all the time, also into the replies of the others."""
        if on and name not in self._babbling:
            self._babbling.add(name)
            self._babble(name)
        elif not on:
            self._babbling.discard(name)

    def say_unasked(self, name: str, channel: int = 1) -> None:
        """A board speaks without being asked."""
        self._begin(name, self.boards[name].dialect.unasked(channel, self._wires.readings(name)))

    def _written(self, data: bytes) -> None:
        if not self._powered:
            return
        now = self._now()
        self._written_until = max(now, self._written_until) + len(data) * self._byte_s()
        self._at(self._written_until, self._arrived, data)

    def _arrived(self, data: bytes) -> None:
        if self.echo:
            self._hand_over(data)
        for position, board in enumerate(self.boards.values()):
            for answer in board.hear(data, round(self._now() * 1000)):
                self._do(board, answer, position)

    def _do(self, board: Board, answer: Answer, position: int) -> None:
        for switch in answer.switches:
            self._switch(board.name, switch)
        # No two boards think equally fast.
        think_ms = self.pace.think_ms + 0.4 * position
        self._at(self._now() + (answer.after_ms + think_ms) / 1000, self._reply, board, answer)

    def _switch(self, name: str, switch: Switch) -> None:
        key = name, switch.channel
        # Only what was begun or planned for this very relay is overruled.
        for timer in self._relays.pop(key, []):
            timer.cancel()
        on_at = self._now() + switch.after_ms / 1000
        timers = [self._at(on_at, self._wires.relay, *key, switch.for_ms != 0)]
        if switch.for_ms:
            timers.append(self._at(on_at + switch.for_ms / 1000, self._wires.relay, *key, False))
        self._relays[key] = timers

    def _reply(self, board: Board, answer: Answer) -> None:
        for delay_ms, data in board.speak(answer, self._wires.readings(board.name)):
            # A board says one thing after the other, whatever it has to say.
            start = max(self._now() + delay_ms / 1000, self._free.get(board.name, 0.0))
            self._free[board.name] = start + len(data) * self._byte_s() + AT_ONCE_BYTE_S
            self._at(start, self._begin, board.name, data)

    def _begin(self, name: str, data: bytes) -> None:
        now = self._now()
        until = now + len(data) * self._byte_s()
        said = self._saying
        if said and said.until > now and said.board != name:
            # Two drivers on one pair of wires: neither is understood.
            said.end.cancel()
            data = clash(said.data, data, int((now - said.begun) / self._byte_s()))
            until = max(until, said.until)
        self._saying = _Saying(name, data, now, until, self._at(until, self._hand_over, data))

    def _hand_over(self, data: bytes) -> None:
        burst_s = self.pace.burst_ms / 1000
        if burst_s:
            self._at((self._now() // burst_s + 1) * burst_s, self.port.put, data)
        else:
            self.port.put(data)

    def _babble(self, name: str) -> None:
        if name in self._babbling and self._powered:
            self._begin(name, BABBLE)
            self._at(self._now() + BABBLE_EVERY_S, self._babble, name)

    def _byte_s(self) -> float:
        return BITS_A_BYTE / self.pace.baud if self.pace.baud else AT_ONCE_BYTE_S

    def _at(self, when: float, deed: Callable[..., object], *what: object) -> asyncio.TimerHandle:
        timer = asyncio.get_running_loop().call_at(when, deed, *what)
        self._timers = {old for old in self._timers if old.when() >= self._now() and not old.cancelled()} | {timer}
        return timer

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def clash(first: bytes, second: bytes, offset: int) -> bytes:
    """What is heard when two speak at once: the wire's dominant level wins, and the bits aren't even in step."""
    both = bytearray(first.ljust(offset + len(second), b"\xff"))
    for at, byte in enumerate(second, offset):
        both[at] &= (byte << 1 | 1) & 0xFF
    return bytes(both)
