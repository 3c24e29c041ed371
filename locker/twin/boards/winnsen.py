"""Winnsen's boards as they answer: 16 locks, no checksum, and a coil that must cool down before it is pulsed again."""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.twin.boards.answers import NOTHING, Answer, Readings, Switch

DONE, FAILED, COOLING = 1, 0, 2
COOL_MS = 1_000


@dataclass(slots=True)
class Winnsen:
    """`90 06 FN ST LK 03`; station 1 to 4, lock 1 to 16."""

    address: int
    pulse_ms: int = 500
    baud: int = 9_600
    relays: int = 16
    inputs: int = 16
    warm_until: dict[int, int] = field(default_factory=dict)

    def length(self, start: bytes) -> int:
        return 6 if start[0] == 0x90 and start[1:2] in (b"", b"\x06") else 0

    def hear(self, frame: bytes, now_ms: int) -> Answer:
        _, _, command, station, lock, end = frame
        if end != 0x03 or station != self.address:
            return NOTHING
        if command == 0x12 and 1 <= lock <= 16:
            return Answer(lambda readings: self.unasked(lock, readings))
        if command == 0x05:
            return self._unlock(lock, now_ms)
        return NOTHING

    def unasked(self, channel: int, readings: Readings) -> bytes:
        # State and lock change places in this reply.
        return bytes([0x90, 0x07, 0x92, self.address, 0 if readings[channel - 1] else 1, channel, 0x03])

    def forget(self) -> None:
        self.warm_until.clear()

    def readdressed(self, reply: bytes) -> bytes:
        return reply[:3] + bytes([self.address % 4 + 1]) + reply[4:]

    def _unlock(self, lock: int, now_ms: int) -> Answer:
        if not 1 <= lock <= 16:
            return self._result(lock, FAILED)
        if now_ms < self.warm_until.get(lock, 0):
            return self._result(lock, COOLING)
        self.warm_until[lock] = now_ms + self.pulse_ms + COOL_MS
        return self._result(lock, DONE, (Switch(lock, self.pulse_ms),))

    def _result(self, lock: int, result: int, switches: tuple[Switch, ...] = ()) -> Answer:
        told = bytes([0x90, 0x07, 0x85, self.address, lock, result, 0x03])
        return Answer(lambda _: told, self.pulse_ms if switches else 0, switches)
