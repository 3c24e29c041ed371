"""The boards whose frames begin with `WKLY` as they answer: status first, locks from 1, 00 is open and 01 closed."""

from __future__ import annotations

from dataclasses import dataclass

from locker.twin.boards.answers import NOTHING, Answer, Readings, Switch, xor8
from locker.twin.boards.eight_a import in_a_row_of

HEAD = b"WKLY"
OK, FAILED = 0x00, 0xFF


@dataclass(slots=True)
class Wkly:
    """`57 4B 4C 59 LEN ADDR CMD DATA... XOR`; LEN counts the whole frame."""

    address: int
    relays: int = 24
    pulse_ms: int = 500
    baud: int = 9_600

    @property
    def inputs(self) -> int:
        return self.relays

    def length(self, start: bytes) -> int:
        if not HEAD.startswith(start[:4]):
            return 0
        return 8 if len(start) < 5 else start[4] if start[4] >= 8 else 0

    def hear(self, frame: bytes, now_ms: int) -> Answer:  # noqa: ARG002 - this make has no memory
        if frame[-1:] != xor8(frame[:-1]) or frame[5] != self.address:
            return NOTHING
        command, data = frame[6], frame[7:-1]
        match command:
            case 0x82 | 0x83 if len(data) == 1:
                return self._one(command, data[0])
            case 0x84 if not data:
                return Answer(lambda readings: self._frame(0x84, OK, self.relays, *map(int, readings)))
            case 0x80 | 0x87 if data and data[0] == len(data) - 1:
                return self._several(command, list(data[1:]))
            case 0x86 if not data:
                return self._several(command, list(range(1, self.relays + 1)))
            case 0x81 | 0x88 | 0x89 if len(data) == 1 and 1 <= data[0] <= self.relays:
                held = {0x88: (Switch(data[0], None),), 0x89: (Switch(data[0], 0),)}.get(command, ())
                return Answer(lambda _: self._frame(command, OK, data[0]), switches=held)
        return NOTHING

    def unasked(self, channel: int, readings: Readings) -> bytes:
        return self._frame(0x85, channel, int(readings[channel - 1]))

    def forget(self) -> None:
        """Nothing to forget."""

    def readdressed(self, reply: bytes) -> bytes:
        told = reply[:5] + bytes([self.address + 1]) + reply[6:-1]
        return told + xor8(told)

    def _one(self, command: int, lock: int) -> Answer:
        if not 1 <= lock <= self.relays:
            return Answer(lambda _: self._frame(command, FAILED, lock, FAILED))
        switches = (Switch(lock, self.pulse_ms),) if command == 0x82 else ()
        return Answer(
            lambda readings: self._frame(command, OK, lock, int(readings[lock - 1])),
            self.pulse_ms if switches else 0,
            switches,
        )

    def _several(self, command: int, locks: list[int]) -> Answer:
        if not all(1 <= lock <= self.relays for lock in locks):
            return Answer(lambda _: self._frame(command, FAILED))
        together = tuple(Switch(lock, self.pulse_ms) for lock in locks)
        switches = together if command == 0x80 else in_a_row_of(locks, self.pulse_ms)
        return Answer(lambda _: self._frame(command, OK), max(s.after_ms for s in switches) + self.pulse_ms, switches)

    def _frame(self, command: int, *data: int) -> bytes:
        told = HEAD + bytes([8 + len(data), self.address, command, *data])
        return told + xor8(told)
