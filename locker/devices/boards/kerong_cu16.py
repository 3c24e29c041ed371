"""KERONG CU16: 16 locks a board, board and lock in one byte, a sum at the end. Four independent programs agree on it.

    request  02 BL CMD 03 SUM                    B board 0 to 9, L lock from 0; CMD 30 status, 31 unlock
    reply    02 BL 35 D1 D2 D3 D4 03 SUM         D1 D2 hooks (1 = locked), D3 D4 what infrared sensors see

A lock one beyond the last would be the first of the next board, and CMD 33 unlocks a whole board: neither is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Command, Said, Switches, Unclear, bits
from locker.devices.boards.sums import sum_of
from locker.wiring import MAKES, checked

MAKE = MAKES["kerong-cu16"]
START, END = 0x02, 0x03
STATUS, UNLOCK = 0x30, 0x31
REPLIES = (0x35, 0x36)
ALL_BOARDS = 15
REPLY_BYTES = 9
# Requests carry no, one or two bytes of data.
REQUESTS = {
    (5, 0x30): "tell the state of every lock",
    (5, 0x32): "all boards, tell the state of every lock",
    (5, 0x33): "DANGER, unlock every lock of a board; this program never sends that",
    (7, 0x37): "set the time of a pulse",
    (6, 0x39): "set a delay before unlocking",
    (6, 0x40): "set the speed",
}


@dataclass(frozen=True, slots=True)
class KerongCu16:
    """Codec for boards of which `channels` locks are used."""

    channels: int = MAKE.channels
    asks_each = False
    # Some boards answer, most don't, none can be relied on.
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
        return (REPLY_BYTES, 7, 6, 5) if data[:1] == bytes([START]) else ()

    def is_whole(self, said: Said) -> bool:  # noqa: ARG002 - every frame has its length
        return True

    def decode(self, frame: bytes) -> Said:
        if len(frame) not in (5, 6, 7, REPLY_BYTES):
            return Unclear(f"{len(frame)} bytes; a request has 5 to 7, a reply {REPLY_BYTES}")
        if frame[0] != START or frame[-2] != END:
            return Unclear("it doesn't begin with 02 and end with 03 and a sum")
        if frame[-1] != sum_of(frame[:-1]):
            return Unclear(f"the sum is {frame[-1]:02X}, but it has to be {sum_of(frame[:-1]):02X}")
        return _reply(frame) if len(frame) == REPLY_BYTES else _command(frame)


def _request(address: int, lock_from_0: int, command: int) -> bytes:
    assert address < ALL_BOARDS and lock_from_0 < 16, "one lock of one board"
    frame = bytes([START, address << 4 | lock_from_0, command, END])
    return frame + bytes([sum_of(frame)])


def _reply(frame: bytes) -> Said:
    address = frame[1] >> 4
    if frame[2] not in REPLIES:
        return Unclear(f"a reply has 35 or 36 in its third byte, not {frame[2]:02X}")
    if address not in MAKE.addresses:
        return Unclear(f"no board has address {address}")
    return Switches(address, bits(frame[3:5]), bits(frame[5:7]))


def _command(frame: bytes) -> Said:
    address, lock, command = frame[1] >> 4, (frame[1] & 0x0F) + 1, frame[2]
    if address == ALL_BOARDS and command == UNLOCK and len(frame) == 5:
        return Command(address, "DANGER, every board, unlock; this program never sends that")
    if command == UNLOCK and len(frame) == 5:
        return Command(address, f"unlock lock {lock}")
    text = REQUESTS.get((len(frame), command))
    return Command(address, text) if text else Unclear("no such command")
