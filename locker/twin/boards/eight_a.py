"""The family whose frames begin with 8A and 80 (8 to 50 channels) as it answers, in both byte orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from locker.twin.boards.answers import NOTHING, Answer, Readings, Switch, bits, xor8
from locker.twin.boards.kerong import in_a_row

SHORTED, LOOSE = 0x11, 0x00
Order = Literal["high_first", "low_first"]
FIVE_BYTES = (0x80, 0x8A, 0x9A, 0x9B, 0x82)


@dataclass(slots=True)
class EightA:
    """`8A AA LL 11 BCC` unlocks and tells afterwards what the switch reads; `80 AA LL 33 BCC` asks (LL 0: all).

    `status_bytes` isn't what the channels need: boards with 8 channels send 3, those with 50 send 7.
    """

    address: int
    relays: int = 24
    status_bytes: int = 3
    order: Order = "high_first"
    pulse_ms: int = 300
    baud: int = 9_600

    @property
    def inputs(self) -> int:
        return self.relays

    def length(self, start: bytes) -> int:
        if start[0] == 0x90:
            return 3 + self.status_bytes
        if start[0] not in FIVE_BYTES:
            return 0
        # With seconds it has one byte more; the first five only look whole when they are.
        timed = start[0] == 0x8A and len(start) >= 5 and start[4:5] != xor8(start[:4])
        return 6 if timed and 1 <= start[4] <= 9 else 5

    def hear(self, frame: bytes, now_ms: int) -> Answer:  # noqa: ARG002 - this make has no memory
        if frame[-1:] != xor8(frame[:-1]) or frame[1] != self.address:
            return NOTHING
        if frame[0] == 0x90:
            return Answer(switches=in_a_row_of(self._asked(frame[2:-1]), self.pulse_ms))
        command, lock, last = frame[0], frame[2], frame[3]
        if command == 0x80 and last == 0x33 and lock <= self.relays:
            return Answer(lambda readings: self._one(0x80, lock, readings) if lock else self._all(readings))
        if command == 0x8A and last == 0x11 and lock <= self.relays:
            return self._unlock(lock, frame[4] * 1000 if len(frame) == 6 else self.pulse_ms)
        if command in (0x9A, 0x9B) and 1 <= lock <= self.relays:
            held = None if command == 0x9A else 0
            return Answer(lambda readings: self._one(command, lock, readings), switches=(Switch(lock, held),))
        return NOTHING

    def unasked(self, channel: int, readings: Readings) -> bytes:
        return self._one(0x82, channel, readings)

    def forget(self) -> None:
        """Nothing to forget."""

    def readdressed(self, reply: bytes) -> bytes:
        told = reply[:1] + bytes([self.address + 1]) + reply[2:-1]
        return told + xor8(told)

    def _unlock(self, lock: int, pulse_ms: int) -> Answer:
        switches = (Switch(lock, pulse_ms),) if lock else in_a_row(range(1, self.relays + 1), pulse_ms)
        done_ms = switches[-1].after_ms + pulse_ms
        return Answer(lambda readings: self._one(0x8A, lock, readings), done_ms, switches)

    def _one(self, command: int, lock: int, readings: Readings) -> bytes:
        shorted = readings[lock - 1] if lock else all(readings)
        told = bytes([command, self.address, lock, SHORTED if shorted else LOOSE])
        return told + xor8(told)

    def _all(self, readings: Readings) -> bytes:
        state = bits(readings, self.status_bytes)
        told = bytes([0x80, self.address]) + (state[::-1] if self.order == "high_first" else state) + b"\x33"
        return told + xor8(told)

    def _asked(self, mask: bytes) -> list[int]:
        number = int.from_bytes(mask, "little")
        return [n for n in range(1, self.relays + 1) if number >> (n - 1) & 1]


def in_a_row_of(channels: list[int], pulse_ms: int) -> tuple[Switch, ...]:
    """These, one behind the other."""
    return tuple(Switch(n, pulse_ms, at * (pulse_ms + 100)) for at, n in enumerate(channels))
