"""The 8A/80 family: 8 to 50 locks a board, an XOR at the end. By several makers, under several names.

    unlock   8A AA LL 11 BCC      answer 8A AA LL ST BCC, ST the switch after the pulse: 11 shut, 00 open
    status   80 AA LL 33 BCC      answer 80 AA LL ST BCC
    all      80 AA 00 33 BCC      answer 80 AA S.. 33 BCC, 3 to 7 bytes S whatever the board has, a bit a lock
    told     82 AA LL ST BCC      by itself, with some firmware

Lock 0 is *all locks*. A 24-channel board sends its highest locks first, a 50-channel board its lowest. Answer and
command of an unlock can be the same five bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Changed, Command, Remark, Said, Switches, Unclear, Unlocked, bits
from locker.devices.boards.sums import xor_of
from locker.wiring import MAKES, StatusOrder, checked

MAKE = MAKES["8a"]
UNLOCK, STATUS, TOLD = 0x8A, 0x80, 0x82
SEVERAL, HOLD, LET_GO = 0x90, 0x9A, 0x9B
RELEASE, ASK, FIRMWARE = 0x11, 0x33, 0x22
STATES = {0x11: True, 0x00: False}
SHORT = 5
STATUS_BYTES = range(3, 8)
HIGH_FIRST_BYTES_MAX = 4


@dataclass(frozen=True, slots=True)
class Xor8a:
    """Codec for boards with so many channels; `status_order` None: as the known boards of that length have it."""

    channels: int = MAKE.channels
    status_order: StatusOrder | None = None
    asks_each = False
    answers_unlock = True

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:  # noqa: ARG002 - the board times it
        # The longer frame with whole seconds would burn no coil, but no cabinet lock needs a second either.
        checked(MAKE, address, lock, self.channels)
        return _request(UNLOCK, address, lock, RELEASE)

    def status(self, address: int, lock: int | None = None) -> bytes:
        checked(MAKE, address, lock, self.channels)
        return _request(STATUS, address, lock or 0, ASK)

    def at_start(self, address: int) -> bytes:  # noqa: ARG002 - it energises nothing by itself
        return b""

    def lengths(self, data: bytes) -> Iterable[int]:
        match data[:1]:
            case b"\x80":
                return (*(count + 4 for count in reversed(STATUS_BYTES)), SHORT)
            case b"\x8a":
                return (SHORT, 6)
            case b"\x82" | b"\x9a" | b"\x9b":
                return (SHORT,)
            case b"\x90":
                return tuple(count + 3 for count in reversed(STATUS_BYTES))
            case _:
                return ()

    def is_whole(self, said: Said) -> bool:
        # Whether seven bytes are a board of 24 or the beginning of one with 50, only silence tells.
        return not (isinstance(said, Switches) and len(said.shut) > 1)

    def decode(self, frame: bytes) -> Said:
        if len(frame) < SHORT or len(frame) not in self.lengths(frame):
            return Unclear(f"{len(frame)} bytes; no frame of this protocol has this beginning and so many")
        if frame[-1] != xor_of(frame[:-1]):
            return Unclear(f"the XOR is {frame[-1]:02X}, but it has to be {xor_of(frame[:-1]):02X}")
        if frame[1] not in MAKE.addresses:
            return Unclear(f"no board has address {frame[1]}")
        if frame[0] == SEVERAL:
            return Command(frame[1], "unlock several locks; this program never sends that")
        return self._all(frame) if len(frame) > 6 else _one(frame)

    def _all(self, frame: bytes) -> Said:
        if frame[-2] != ASK:
            return Unclear(f"a status ends with 33 and the XOR, not with {frame[-2]:02X}")
        states = frame[2:-2]
        order = self.status_order or ("high_first" if len(states) <= HIGH_FIRST_BYTES_MAX else "low_first")
        locks = bits(reversed(states) if order == "high_first" else states)
        return Switches(frame[1], {lock: shut for lock, shut in locks.items() if lock <= MAKE.channels_max})


def _request(kind: int, address: int, lock: int, end: int) -> bytes:
    assert lock or kind == STATUS, "0 is all locks"
    frame = bytes([kind, address, lock, end])
    return frame + bytes([xor_of(frame)])


def _one(frame: bytes) -> Said:
    kind, address, lock, state = frame[:4]
    if lock > MAKE.channels_max:
        return Unclear(f"no board has lock {lock}")
    if lock == 0 or len(frame) == 6 or state not in STATES or kind in (HOLD, LET_GO):
        return _command(frame)
    match kind:
        case 0x8A:
            return Unlocked(address, lock, shut=STATES[state])
        case 0x80:
            return Switches(address, {lock: STATES[state]})
        case _:
            return Changed(address, lock, STATES[state])


def _command(frame: bytes) -> Said:
    kind, address, lock, what = frame[:4]
    match (kind, what):
        case (0x8A, 0x11) if lock == 0:
            return Command(address, "DANGER, unlock every lock; this program never sends that")
        case (0x8A, 0x11) if len(frame) == 6:
            return Command(address, f"unlock lock {lock} for {frame[4]} s")
        case (0x80, 0x33):
            return Command(address, f"tell the state of lock {lock}" if lock else "tell the state of every lock")
        case (0x82, 0x22) if lock == 0:
            return Command(address, "tell the firmware's version")
        case (0x9A | 0x9B, 0x11) if lock:
            held = "keep it energised" if kind == HOLD else "let it go"
            return Command(address, f"lock {lock}, {held}; this program never sends that")
        case (0x8A, 0x00):
            return Remark(address, "it has unlocked every lock")
        case _:
            return Unclear("no such command")
