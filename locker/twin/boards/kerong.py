"""KERONG's boards as they answer: CU48 with 48 locks, CU16 with 16. Neither answers an unlock."""

from __future__ import annotations

from dataclasses import dataclass

from locker.twin.boards.answers import NOTHING, Answer, Readings, Switch, bits, sum8

STX, ETX = 0x02, 0x03
SEQUENCE_GAP_MS = 100


def in_a_row(channels: range, pulse_ms: int) -> tuple[Switch, ...]:
    """All of them, one behind the other: a supply that feeds them all at once is rare."""
    return tuple(Switch(n, pulse_ms, at * (pulse_ms + SEQUENCE_GAP_MS)) for at, n in enumerate(channels))


@dataclass(slots=True)
class Cu48:
    """`02 ADDR LOCK CMD 03 SUM`: address 0 to 9 (10: all boards), lock from 0 (48: all of a board)."""

    address: int
    pulse_ms: int = 500
    baud: int = 19_200
    relays: int = 48
    inputs: int = 48

    def length(self, start: bytes) -> int:
        return 6 if start[0] == STX else 0

    def hear(self, frame: bytes, now_ms: int) -> Answer:  # noqa: ARG002 - this make has no memory
        _, address, lock, command, end, _ = frame
        if end != ETX or frame[-1:] != sum8(frame[:-1]) or address not in (self.address, 0x0A):
            return NOTHING
        if command == 0x50:
            # Asked all together, they answer one after the other.
            return Answer(self._status, 10 * self.address if address == 0x0A else 0)
        if command == 0x51 and lock < 48:
            return Answer(switches=(Switch(lock + 1, self.pulse_ms),))
        if command == 0x51 and lock == 48:
            return Answer(switches=in_a_row(range(1, 49), self.pulse_ms))
        return NOTHING

    def unasked(self, channel: int, readings: Readings) -> bytes:  # noqa: ARG002 - it always tells all
        return self._status(readings)

    def forget(self) -> None:
        """Nothing to forget."""

    def readdressed(self, reply: bytes) -> bytes:
        told = reply[:1] + bytes([(self.address + 1) % 10]) + reply[2:-1]
        return told + sum8(told)

    def _status(self, readings: Readings) -> bytes:
        # The third byte means nothing: whoever takes it for a lock is wrong.
        told = bytes([STX, self.address, 0x2A, 0x65]) + bits(readings, 6) + bytes([ETX])
        return told + sum8(told)


@dataclass(slots=True)
class Cu16:
    """`02 ADDR CMD 03 SUM`: board in the high half of the address, lock (from 0) in the low one; board 15 is all."""

    address: int
    pulse_ms: int = 500
    baud: int = 19_200
    relays: int = 16
    inputs: int = 16

    def length(self, start: bytes) -> int:
        if start[0] != STX:
            return 0
        # Settings carry data behind the command.
        return 5 if len(start) < 3 else 5 + {0x37: 2, 0x39: 1, 0x40: 1}.get(start[2], 0)

    def hear(self, frame: bytes, now_ms: int) -> Answer:  # noqa: ARG002 - this make has no memory
        board, lock, command = frame[1] >> 4, frame[1] & 0x0F, frame[2]
        if frame[-2] != ETX or frame[-1:] != sum8(frame[:-1]) or board not in (self.address, 0x0F):
            return NOTHING
        if command == 0x30 and board == self.address:
            return Answer(lambda readings: self._status(0x35, readings))
        if command == 0x32 and board == 0x0F:
            return Answer(lambda readings: self._status(0x36, readings), 8 * self.address)
        if command == 0x31 and board == self.address:
            return Answer(switches=(Switch(lock + 1, self.pulse_ms),))
        if command == 0x33:
            return Answer(switches=in_a_row(range(1, 17), self.pulse_ms))
        if command == 0x37:
            self.pulse_ms = 10 * int.from_bytes(frame[3:5])
        return NOTHING

    def unasked(self, channel: int, readings: Readings) -> bytes:  # noqa: ARG002 - it always tells all
        return self._status(0x35, readings)

    def forget(self) -> None:
        """Nothing to forget."""

    def readdressed(self, reply: bytes) -> bytes:
        told = reply[:1] + bytes([(self.address + 1) % 10 << 4]) + reply[2:-1]
        return told + sum8(told)

    def _status(self, code: int, readings: Readings) -> bytes:
        told = bytes([STX, self.address << 4, code]) + bits(readings, 2) + bytes([0, 0, ETX])
        return told + sum8(told)
