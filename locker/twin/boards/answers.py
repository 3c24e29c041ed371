"""What a board does with a request: words for it, and the checksums that boards use. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Protocol

Readings = Sequence[bool]
"""Of every input of a board, channel 1 first: whether its circuit is shorted now."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A relay that gets current `after_ms` from now, for `for_ms` (0: it is let go; None: it stays on)."""

    channel: int
    for_ms: int | None
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request leads to. `say` makes the reply from what the inputs read when it is due (None: no reply)."""

    say: Callable[[Readings], bytes] | None = None
    after_ms: int = 0
    switches: tuple[Switch, ...] = ()


NOTHING = Answer()


class Dialect(Protocol):
    """One make's language, spoken by one board."""

    address: int

    @property
    def baud(self) -> int:
        """The speed that it leaves the factory with."""

    @property
    def relays(self) -> int:
        """How many locks it drives."""

    @property
    def inputs(self) -> int:
        """How many switches it reads."""

    def length(self, start: bytes) -> int:
        """Bytes of the frame that begins like this (0: none of mine does; more than there are: go on listening)."""

    def hear(self, frame: bytes, now_ms: int) -> Answer:
        """What a whole frame makes the board do. What isn't meant for it, or is damaged, makes it do nothing."""

    def unasked(self, channel: int, readings: Readings) -> bytes:
        """A frame that nobody has asked for: a change of an input where the make knows that, else a stray reply."""

    def forget(self) -> None:
        """The power is gone, and with it what isn't kept in the board's flash."""

    def readdressed(self, reply: bytes) -> bytes:
        """This reply as the next board would have said it: everything in it is right but who speaks."""


def sum8(data: bytes) -> bytes:
    """The low byte of the sum."""
    return bytes([sum(data) & 0xFF])


def xor8(data: bytes) -> bytes:
    """All bytes xored."""
    return bytes([reduce(xor, data, 0)])


def crc16(data: bytes) -> bytes:
    """Modbus' CRC, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def bits(readings: Readings, count: int) -> bytes:
    """Inputs as bytes, channel 1 in the lowest bit of the first; what isn't connected reads 0."""
    number = sum(1 << at for at, shorted in enumerate(readings[: count * 8]) if shorted)
    return number.to_bytes(count, "little")
