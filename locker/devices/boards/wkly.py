"""WKLY boards: 12 or 24 locks, frames that begin with the letters WKLY and hold their own length. XOR at the end.

    57 4B 4C 59 LEN ADDR CMD DATA.. XOR          LEN is the whole frame's
    82 unlock: lock -> status, lock, state       83 one: lock -> status, lock, state
    84 all: nothing -> status, count, states     85 by itself: lock, state

Status 00 is fine. State 01 shut, 00 open, FF a fault. Commands that open several or all locks exist and are never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Changed, Command, Refused, Remark, Said, Switches, Unclear, Unlocked
from locker.devices.boards.sums import xor_of
from locker.wiring import MAKES, checked

MAKE = MAKES["wkly"]
START = b"WKLY"
HEAD, LEAST = 7, 8
UNLOCK, STATUS, STATUS_ALL, TOLD = 0x82, 0x83, 0x84, 0x85
OPENS_MORE = {0x80: "open several locks at once", 0x86: "open every lock", 0x87: "open several locks"}
OTHERS = {0x81: "blink a lamp", 0x88: "hold a channel on", 0x89: "switch a channel off"}
STATES = {0x01: True, 0x00: False}
LONGEST = LEAST + 2 + MAKE.channels_max


@dataclass(frozen=True, slots=True)
class Wkly:
    """Codec for boards of which `channels` locks are used."""

    channels: int = MAKE.channels
    asks_each = False
    answers_unlock = True

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:  # noqa: ARG002 - the board times it
        checked(MAKE, address, lock, self.channels)
        return _request(address, UNLOCK, bytes([lock]))

    def status(self, address: int, lock: int | None = None) -> bytes:
        checked(MAKE, address, lock, self.channels)
        return _request(address, STATUS, bytes([lock])) if lock else _request(address, STATUS_ALL, b"")

    def at_start(self, address: int) -> bytes:  # noqa: ARG002 - it energises nothing by itself
        return b""

    def lengths(self, data: bytes) -> Iterable[int]:
        return (data[4],) if data[:4] == START and len(data) > 4 and LEAST <= data[4] <= LONGEST else ()

    def is_whole(self, said: Said) -> bool:  # noqa: ARG002 - every frame says its length
        return True

    def decode(self, frame: bytes) -> Said:
        if frame[:4] != START or len(frame) < LEAST:
            return Unclear("it doesn't begin with 57 4B 4C 59, or is too short")
        if frame[4] != len(frame):
            return Unclear(f"it says that it has {frame[4]} bytes, but has {len(frame)}")
        if frame[-1] != xor_of(frame[:-1]):
            return Unclear(f"the XOR is {frame[-1]:02X}, but it has to be {xor_of(frame[:-1]):02X}")
        if frame[5] not in MAKE.addresses:
            return Unclear(f"no board has address {frame[5]}")
        return _meaning(frame[5], frame[6], frame[HEAD:-1])


def _request(address: int, command: int, data: bytes) -> bytes:
    frame = START + bytes([LEAST + len(data), address, command]) + data
    return frame + bytes([xor_of(frame)])


def _meaning(address: int, command: int, data: bytes) -> Said:
    match (command, len(data)):
        case (0x82 | 0x83, 1):
            does = "unlock" if command == UNLOCK else "tell the state of"
            return Command(address, f"{does} lock {data[0]}")
        case (0x84, 0):
            return Command(address, "tell the state of every lock")
        case (0x82 | 0x83, 3):
            return _one(address, command, data)
        case (0x84, _) if len(data) >= 2 and len(data) == data[1] + 2:
            return _all(address, data)
        case (0x85, 2) if 1 <= data[0] <= MAKE.channels_max:
            return Changed(address, data[0], STATES.get(data[1]))
        case (0x80 | 0x86 | 0x87, 1) | (0x81 | 0x88 | 0x89, 2):
            return Remark(address, f"done: {(OPENS_MORE | OTHERS)[command]}")
        case (0x80 | 0x86 | 0x87, _):
            return Command(address, f"DANGER, {OPENS_MORE[command]}; this program never sends that")
        case (0x81 | 0x88 | 0x89, _):
            return Command(address, f"{OTHERS[command]}; this program never sends that")
        case _:
            return Unclear(f"command {command:02X} with {len(data)} bytes of data")


def _one(address: int, command: int, data: bytes) -> Said:
    status, lock, state = data
    if not 1 <= lock <= MAKE.channels_max:
        return Unclear(f"no board has lock {lock}")
    shut = STATES.get(state)
    if command == UNLOCK:
        return Unlocked(address, lock, accepted=status == 0, shut=shut, why="" if status == 0 else "it says: failed")
    return Switches(address, {lock: shut}) if status == 0 else Refused(address, f"lock {lock} can't be read")


def _all(address: int, data: bytes) -> Said:
    if data[0] != 0:
        return Refused(address, "the locks can't be read")
    return Switches(address, {lock: STATES.get(state) for lock, state in enumerate(data[2:], 1)})
