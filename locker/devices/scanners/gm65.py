"""GM65 modules and their like: zones of bytes that are written; a code may follow the answer without a gap."""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass

from locker.devices.scanners.dialect import ANSWER_MAX, Heard

WRITE, SAVE = 8, 9
MODE, START, BAUD = 0x0000, 0x0002, 0x002A
COMMAND_MODE = 0xD5
"""As from the factory - sound, light when needed, aiming light - but reading on command (bits 1 and 0 are 01)."""

HEAD = b"\x02\x00\x00"
SKIPPED_CRC = b"\xab\xcd"


def command(kind: int, address: int, data: bytes) -> bytes:
    """`7E 00 TYPE LEN ADDRESS DATA CRC`; the checksum is CRC-16/XMODEM from the type on."""
    told = bytes([kind, len(data)]) + address.to_bytes(2, "big") + data
    return b"\x7e\x00" + told + crc_hqx(told, 0).to_bytes(2, "big")


def write(address: int, *values: int) -> bytes:
    return command(WRITE, address, bytes(values))


def save() -> bytes:
    """Keeps what was written over the next power cut. Not used while people are served: it wears out the memory."""
    return command(SAVE, 0, b"\0")


@dataclass(slots=True)
class Gm65:
    """Reads on command, or as it was set up by hand."""

    _held: bytes = b""

    def begin(self, triggered: bool) -> bytes:
        return write(MODE, COMMAND_MODE) if triggered else b""

    def trigger(self, on: bool) -> bytes:
        return write(START, 1 if on else 0)

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        data, self._held = self._held + data, b""
        text = b""
        while (at := data.find(HEAD)) >= 0:
            text, data = text + data[:at], data[at:]
            if len(data) < 4 or (len(data) < _length(data) <= ANSWER_MAX):
                self._held = data
                return Heard(text)
            data = data[_length(data) :] if _is_answer(data) else data[len(HEAD) :]
        keep = next((n for n in (2, 1) if data.endswith(HEAD[:n])), 0)
        cut = len(data) - keep
        self._held = data[cut:]
        return Heard(text + data[:cut])

    def gap(self) -> Heard:
        # Half an answer is none, and no printed code begins like one.
        self._held = b""
        return Heard()


def _length(answer: bytes) -> int:
    return 4 + answer[3] + 2


def _is_answer(data: bytes) -> bool:
    if _length(data) > min(len(data), ANSWER_MAX):
        return False
    told, crc = data[2 : _length(data) - 2], data[_length(data) - 2 : _length(data)]
    return crc in (SKIPPED_CRC, crc_hqx(told, 0).to_bytes(2, "big"))
