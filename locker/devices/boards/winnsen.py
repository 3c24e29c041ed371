"""Winnsen boards: 16 locks, up to four boards, no check sum, a coil that is protected by the board.

    unlock   90 06 05 ST LK 03       answer 90 07 85 ST LK RES 03      RES 1 done, 0 failed, 2 the coil has to cool
    status   90 06 12 ST LK 03       answer 90 07 92 ST STATE LK 03    STATE 0 shut, 1 open; fields are swapped

Without a check sum length, head, tail and both fixed values have to be right, and the lock the one that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Command, Said, Switches, Unclear, Unlocked
from locker.wiring import MAKES, checked

MAKE = MAKES["winnsen"]
START, END = 0x90, 0x03
UNLOCK, STATUS = 0x05, 0x12
REPLY = 0x80
REQUEST_BYTES, REPLY_BYTES = 6, 7
RESULTS = {1: "", 0: "it says: failed", 2: "its coil has to cool first"}
STATES = {0: True, 1: False}


@dataclass(frozen=True, slots=True)
class Winnsen:
    """Codec for boards of which `channels` locks are used."""

    channels: int = MAKE.channels
    asks_each = True
    answers_unlock = True

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:  # noqa: ARG002 - the board times it
        checked(MAKE, address, lock, self.channels)
        return bytes([START, REQUEST_BYTES, UNLOCK, address, lock, END])

    def status(self, address: int, lock: int | None = None) -> bytes:
        checked(MAKE, address, 1 if lock is None else lock, self.channels)
        return bytes([START, REQUEST_BYTES, STATUS, address, 1 if lock is None else lock, END])

    def at_start(self, address: int) -> bytes:  # noqa: ARG002 - it energises nothing by itself
        return b""

    def lengths(self, data: bytes) -> Iterable[int]:
        known = len(data) > 1 and data[0] == START and data[1] in (REQUEST_BYTES, REPLY_BYTES)
        return (data[1],) if known else ()

    def is_whole(self, said: Said) -> bool:  # noqa: ARG002 - every frame says its length
        return True

    def decode(self, frame: bytes) -> Said:
        if len(frame) not in (REQUEST_BYTES, REPLY_BYTES) or frame[1] != len(frame):
            return Unclear(f"{len(frame)} bytes; a request has {REQUEST_BYTES}, a reply {REPLY_BYTES}, and says so")
        if frame[0] != START or frame[-1] != END:
            return Unclear("it doesn't begin with 90 and end with 03")
        if frame[3] not in MAKE.addresses:
            return Unclear(f"no board is station {frame[3]}")
        return _command(frame) if len(frame) == REQUEST_BYTES else _reply(frame)


def _command(frame: bytes) -> Said:
    _, _, command, station, lock, _ = frame
    if not 1 <= lock <= MAKE.channels_max or command not in (UNLOCK, STATUS):
        return Unclear("no such command")
    return Command(station, f"{'unlock' if command == UNLOCK else 'tell the state of'} lock {lock}")


def _reply(frame: bytes) -> Said:
    _, _, kind, station, first, second, _ = frame
    if kind == REPLY | UNLOCK and second in RESULTS and 1 <= first <= MAKE.channels_max:
        return Unlocked(station, first, accepted=second == 1, why=RESULTS[second])
    if kind == REPLY | STATUS and first in STATES and 1 <= second <= MAKE.channels_max:
        return Switches(station, {second: STATES[first]})
    return Unclear("no such reply")
