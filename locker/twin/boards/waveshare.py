"""Waveshare's Modbus RTU relay boards as they answer: 8, 16 or 32 relays that time their own pulses, perhaps inputs."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from locker.twin.boards.answers import NOTHING, Answer, Readings, Switch, bits, crc16

ON, OFF, TOGGLE = 0xFF00, 0x0000, 0x5500
FLASH_ON, FLASH_OFF, ALL = 0x0200, 0x0400, 0x00FF
ADDRESS, VERSION = 0x4000, 0x8000
NO_FUNCTION, NO_ADDRESS, NO_VALUE = 1, 2, 3
TICK_MS = 100


@dataclass(slots=True)
class Waveshare:
    """One Modbus slave. Without relays it is an input board. `on` are the relays that were switched on to stay."""

    address: int
    relays: int = 8
    inputs: int = 8
    baud: int = 9_600
    on: set[int] = field(default_factory=set)

    def length(self, start: bytes) -> int:
        if len(start) < 2:
            return 8
        if start[1] == 0x0F:
            return 9 if len(start) < 7 else 9 + start[6]
        return 8 if 1 <= start[1] <= 6 else 0

    def hear(self, frame: bytes, now_ms: int) -> Answer:  # noqa: ARG002 - its relays' timers are the bus's
        if crc16(frame[:-2]) != frame[-2:] or frame[0] not in (self.address, 0):
            return NOTHING
        function, first, value = struct.unpack(">BHH", frame[1:6])
        if frame[0] == 0 and not (function in (3, 6) and first == ADDRESS):
            # The manual names broadcasts for the address alone.
            return NOTHING
        match function:
            case 1 if self.relays and first + value <= self.relays:
                lit = [n in self.on for n in range(first + 1, first + value + 1)]
                return self._bits(function, lit)
            case 2 if self.inputs and first + value <= self.inputs:
                return Answer(lambda readings: self._counted(function, readings[first : first + value]))
            case 3 if first in (ADDRESS, VERSION) and value == 1:
                return self._word(frame[0], self.address if first == ADDRESS else 200)
            case 5 if self.relays:
                return self._single(frame, first, value)
            case 6 if first == ADDRESS and 1 <= value <= 255:
                self.address = value
                return Answer(lambda _: frame)
            case 15 if self.relays and first + value <= self.relays:
                return self._several(frame, first, value)
        return self._problem(function, NO_FUNCTION if function not in (1, 2, 3, 5, 6, 15) else NO_ADDRESS)

    def unasked(self, channel: int, readings: Readings) -> bytes:  # noqa: ARG002 - it always tells all
        return self._counted(2, readings or [False])

    def forget(self) -> None:
        self.on.clear()

    def readdressed(self, reply: bytes) -> bytes:
        told = bytes([self.address + 1]) + reply[1:-2]
        return told + crc16(told)

    def _single(self, frame: bytes, coil: int, value: int) -> Answer:
        kind, n = coil & 0xFF00, (coil & 0xFF) + 1
        if kind in (FLASH_ON, FLASH_OFF) and n <= self.relays:
            # Its own clock counts in tenths of a second, whatever the program does meanwhile.
            return self._echo(frame, (Switch(n, value * TICK_MS if kind == FLASH_ON else 0),))
        if value not in (ON, OFF, TOGGLE):
            return self._problem(5, NO_VALUE)
        if coil == ALL:
            return self._echo(frame, tuple(self._set(n, value) for n in range(1, self.relays + 1)))
        if coil < self.relays:
            return self._echo(frame, (self._set(n, value),))
        return self._problem(5, NO_ADDRESS)

    def _several(self, frame: bytes, first: int, count: int) -> Answer:
        number = int.from_bytes(frame[7:-2], "little")
        switches = tuple(self._set(first + at + 1, ON if number >> at & 1 else OFF) for at in range(count))
        told = frame[:6]
        return Answer(lambda _: told + crc16(told), 0, switches)

    def _set(self, n: int, value: int) -> Switch:
        lit = value == ON or (value == TOGGLE and n not in self.on)
        self.on = self.on | {n} if lit else self.on - {n}
        return Switch(n, None if lit else 0)

    def _echo(self, frame: bytes, switches: tuple[Switch, ...]) -> Answer:
        return Answer(lambda _: frame, 0, switches)

    def _bits(self, function: int, lit: Readings) -> Answer:
        return Answer(lambda _: self._counted(function, lit))

    def _counted(self, function: int, readings: Readings) -> bytes:
        count = -(-len(readings) // 8)
        told = bytes([self.address, function, count]) + bits(readings, count)
        return told + crc16(told)

    def _word(self, address: int, word: int) -> Answer:
        told = struct.pack(">BBBH", address, 3, 2, word)
        return Answer(lambda _: told + crc16(told))

    def _problem(self, function: int, code: int) -> Answer:
        told = bytes([self.address, function | 0x80, code])
        return Answer(lambda _: told + crc16(told))
