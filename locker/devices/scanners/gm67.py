"""GM67 modules: commands like Zebra's packets, codes as plain text or, if it was set up so, as packets as well."""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.devices.scanners import ssi
from locker.devices.scanners.dialect import Heard
from locker.devices.scanners.ssi import Codes

PACKETS = frozenset({ssi.ACK, ssi.NAK, 0xF3, 0xF4})


@dataclass(slots=True)
class Gm67:
    """Its packets are told from text by their second and third byte: no printed code has such a pair."""

    _held: bytearray = field(default_factory=bytearray)
    _codes: Codes = field(default_factory=Codes)

    def begin(self, triggered: bool) -> bytes:  # noqa: ARG002 - its mode is set with its own codes
        self._held.clear()
        self._codes.forget()
        return b""

    def trigger(self, on: bool) -> bytes:
        return ssi.packet(ssi.START_SESSION if on else ssi.STOP_SESSION)

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        self._held += data
        text = reply = b""
        while self._held:
            at = _packet_at(self._held)
            text += bytes(self._held[:at])
            del self._held[:at]
            if len(self._held) < 3 or len(self._held) < self._held[0] + ssi.CHECKSUM_BYTES:
                break
            one = bytes(self._held[: self._held[0] + ssi.CHECKSUM_BYTES])
            del self._held[: len(one)]
            if ssi.checksum(one[:-2]) != one[-2:]:
                reply = ssi.packet(ssi.NAK, ssi.DAMAGED)
            elif one[1] in (0xF3, 0xF4):
                text += self._codes.take(one[:-2])
                reply = ssi.packet(ssi.ACK)
        return Heard(text, reply)

    def gap(self) -> Heard:
        held = bytes(self._held)
        self._held.clear()
        return Heard() if len(held) > 1 and held[1] in PACKETS else Heard(held)


def _packet_at(held: bytearray) -> int:
    """Where the next packet begins, or may begin with the last two bytes; the length where none does."""
    for at in range(len(held)):
        pair = held[at + 1 : at + 3]
        begins = held[at] >= ssi.LENGTH_MIN and (len(pair) < 1 or pair[0] in PACKETS) and (len(pair) < 2 or not pair[1])
        # A last byte that ends a line is no beginning: whoever waits for their door shall not wait for the gap.
        if begins and (len(pair) or held[at] not in b"\r\n"):
            return at
    return len(held)
