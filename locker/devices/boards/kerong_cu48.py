"""KERONG CU48: 48 locks a board, a sum at the end, no answer to an unlock. Protocol V2.1 of the maker, 2020.

    request  02 ADDR LOCK CMD 03 SUM             ADDR 0 to 9, LOCK from 0; CMD 50 status, 51 unlock
    reply    02 ADDR xx 65 D1 .. D6 03 SUM       lowest bit of D1 = lock 1, 1 = hook locked

LOCK 30 hex is *all locks*, one beyond lock 48, and ADDR 0A is all boards: the ranges keep both out of reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Command, Said, Switches, Unclear, bits
from locker.devices.boards.sums import sum_of
from locker.wiring import MAKES, checked

MAKE = MAKES["kerong-cu48"]
START, END = 0x02, 0x03
STATUS, UNLOCK, STATUS_REPLY = 0x50, 0x51, 0x65
ALL_LOCKS, ALL_BOARDS = 0x30, 0x0A
REQUEST_BYTES, REPLY_BYTES = 6, 12


@dataclass(frozen=True, slots=True)
class KerongCu48:
    """Codec for boards of which `channels` locks are used."""

    channels: int = MAKE.channels
    asks_each = False
    answers_unlock = False

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:  # noqa: ARG002 - the board times it
        checked(MAKE, address, lock, self.channels)
        return _request(address, lock - 1, UNLOCK)

    def status(self, address: int, lock: int | None = None) -> bytes:
        checked(MAKE, address, lock, self.channels)
        return _request(address, 0, STATUS)

    def at_start(self, address: int) -> bytes:  # noqa: ARG002 - it energises nothing by itself
        return b""

    def lengths(self, data: bytes) -> Iterable[int]:
        return (REPLY_BYTES, REQUEST_BYTES) if data[:1] == bytes([START]) else ()

    def is_whole(self, said: Said) -> bool:  # noqa: ARG002 - every frame has its length
        return True

    def decode(self, frame: bytes) -> Said:
        if len(frame) not in (REQUEST_BYTES, REPLY_BYTES):
            return Unclear(f"{len(frame)} bytes; a request has {REQUEST_BYTES}, a reply {REPLY_BYTES}")
        if frame[0] != START or frame[-2] != END:
            return Unclear("it doesn't begin with 02 and end with 03 and a sum")
        if frame[-1] != sum_of(frame[:-1]):
            return Unclear(f"the sum is {frame[-1]:02X}, but it has to be {sum_of(frame[:-1]):02X}")
        return _command(frame) if len(frame) == REQUEST_BYTES else _reply(frame)


def _request(address: int, lock_from_0: int, command: int) -> bytes:
    assert address < ALL_BOARDS and lock_from_0 < ALL_LOCKS, "one lock of one board"
    frame = bytes([START, address, lock_from_0, command, END])
    return frame + bytes([sum_of(frame)])


def _reply(frame: bytes) -> Said:
    if frame[3] != STATUS_REPLY:
        return Unclear(f"a reply has 65 in its fourth byte, not {frame[3]:02X}")
    if frame[1] not in MAKE.addresses:
        return Unclear(f"no board has address {frame[1]}")
    # The third byte is meaningless by the maker's own word.
    return Switches(frame[1], bits(frame[4:10]))


def _command(frame: bytes) -> Said:
    _, address, lock, command, _, _ = frame
    if address > ALL_BOARDS or lock > ALL_LOCKS or command not in (STATUS, UNLOCK):
        return Unclear("no such command")
    if command == STATUS:
        return Command(address, "tell the state of every lock")
    if lock == ALL_LOCKS or address == ALL_BOARDS:
        return Command(address, "DANGER, unlock every lock it reaches; this program never sends that")
    return Command(address, f"unlock lock {lock + 1}")
