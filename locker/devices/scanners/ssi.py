"""Zebra's packets (SSI): `LEN OPCODE SOURCE STATUS data CKSUM`, summed and acknowledged in both ways.

LEN counts all but the checksum, which is the negated sum of the bytes before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.devices.scanners.dialect import Heard

START_SESSION, STOP_SESSION, BEEP, ENABLE = 0xE4, 0xE5, 0xE6, 0xE9
ACK, NAK, DECODED, EVENT = 0xD0, 0xD1, 0xF3, 0xF6
HOST, SCANNER = 0x04, 0x00
SENT_AGAIN, MORE_FOLLOWS = 0x01, 0x02
DAMAGED = b"\x01"
"""Why a packet has to come again."""

LENGTH_MIN, CHECKSUM_BYTES = 4, 2
BEEP_HIGH, BEEP_LOW = 0x00, 0x0A
AIM = {
    0x01: b"A0", 0x03: b"C0", 0x06: b"I0", 0x0A: b"E4", 0x0B: b"E0", 0x0F: b"C1", 0x11: b"L0", 0x1B: b"d1", 0x1C: b"Q1",
}  # fmt: skip
"""Zebra's code types, as far as labels and tickets have them, by the AIM identifier that other makes send."""


def packet(opcode: int, data: bytes = b"", status: int = 0) -> bytes:
    told = bytes([LENGTH_MIN + len(data), opcode, HOST, status]) + data
    return told + checksum(told)


def checksum(told: bytes) -> bytes:
    return (-sum(told) & 0xFFFF).to_bytes(CHECKSUM_BYTES, "big")


@dataclass(slots=True)
class Received:
    """Packets cut from a stream: those that are whole, and whether something was damaged."""

    packets: list[bytes] = field(default_factory=list)
    damaged: bool = False


def cut(buffer: bytearray) -> Received:
    """Takes whole packets from the front of a buffer; what can't be a packet is dropped byte by byte."""
    found = Received()
    while buffer:
        length = buffer[0]
        # A line that was joined in the middle must find a beginning again.
        if length < LENGTH_MIN or (len(buffer) > 2 and buffer[2] not in (SCANNER, HOST)):
            del buffer[0]
            continue
        if len(buffer) < length + CHECKSUM_BYTES:
            break
        one = bytes(buffer[: length + CHECKSUM_BYTES])
        if checksum(one[:-CHECKSUM_BYTES]) != one[-CHECKSUM_BYTES:]:
            found.damaged = True
            del buffer[0]
            continue
        # Our own words, echoed by the line, are answered by nobody: that would never end.
        if one[2] == SCANNER:
            found.packets.append(one[:-CHECKSUM_BYTES])
        del buffer[: len(one)]
    return found


@dataclass(slots=True)
class Codes:
    """Puts decoded packets together to codes. One that is sent again because our ACK was lost counts once."""

    _parts: bytes = b""
    _last: bytes = b""

    def take(self, one: bytes) -> bytes:
        """The text of the code that this packet ends, with an end of line; nothing while more follows."""
        again, same = bool(one[3] & SENT_AGAIN), one[4:] == self._last
        self._last = one[4:]
        if again and same:
            return b""
        self._parts += one[4:]
        if one[3] & MORE_FOLLOWS:
            return b""
        code, self._parts = self._parts, b""
        return _spelled(code) + b"\r"

    def forget(self) -> None:
        self._parts = self._last = b""


def _spelled(code: bytes) -> bytes:
    text = code[1:].rstrip(b"\r\n")
    # A scanner may be set up to send the AIM identifier by itself.
    aim = b"" if text.startswith(b"]") else AIM.get(code[0] if code else 0, b"")
    return b"]" + aim + text if aim else text


@dataclass(slots=True)
class ZebraSsi:
    """A scanner that sends packets only. It repeats each until it hears an ACK."""

    _buffer: bytearray = field(default_factory=bytearray)
    _codes: Codes = field(default_factory=Codes)

    def begin(self, triggered: bool) -> bytes:  # noqa: ARG002 - its trigger mode is set with its own codes
        self._buffer.clear()
        self._codes.forget()
        return packet(ENABLE)

    def trigger(self, on: bool) -> bytes:
        return packet(START_SESSION if on else STOP_SESSION)

    def signal(self, good: bool) -> bytes:
        return packet(BEEP, bytes([BEEP_HIGH if good else BEEP_LOW]))

    def feed(self, data: bytes) -> Heard:
        self._buffer += data
        received = cut(self._buffer)
        text = b"".join(self._codes.take(one) for one in received.packets if one[1] == DECODED)
        # Acknowledging an ACK would never end; and a scanner waits for one before it sends the next packet.
        if any(one[1] not in (ACK, NAK) for one in received.packets):
            return Heard(text, packet(ACK))
        return Heard(text, packet(NAK, DAMAGED) if received.damaged and not received.packets else b"")

    def gap(self) -> Heard:
        if not self._buffer:
            return Heard()
        # The rest of this packet isn't coming.
        self._buffer.clear()
        return Heard(reply=packet(NAK, DAMAGED))
