"""Reads 125 kHz cards with an RDM6300: 14 bytes a card, again and again while it is there. The decoder is pure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import reduce
from operator import xor

from locker.devices.plugged import Place, Plugged
from locker.devices.ports import Tell
from locker.parts import CardReader

DEVICE = "card_reader"
SAME_CARD_S = 3.0
FRAME_BYTES = 14
_FRAME = re.compile(rb"\x02([0-9A-F]{10})([0-9A-F]{2})\x03")


class Rdm6300:
    """Cuts the bytes of one reader into card numbers (ten capital hex digits). Times: seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._held = b""
        self._last, self._last_s = "", 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """Cards that were newly shown; one that stays in the field is one."""
        data = self._held + data
        frames = list(_FRAME.finditer(data))
        # Only the tail of what was looked through can begin another frame.
        self._held = data[frames[-1].end() if frames else 0 :][-(FRAME_BYTES - 1) :]
        return [number for frame in frames if (number := self._new(frame, now))]

    def forget(self) -> None:
        """The reader was unplugged."""
        self._held = b""

    def _new(self, frame: re.Match[bytes], now: float) -> str:
        number = frame[1].decode("ascii")
        if reduce(xor, bytes.fromhex(number)) != int(frame[2], 16):
            return ""
        again = number == self._last and now - self._last_s < SAME_CARD_S
        self._last, self._last_s = number, now
        return "" if again else number


class SerialCardReader:
    """A reader on a serial port. A card's number goes straight to where it is hashed: it is nobody else's business."""

    def __init__(self, reader: CardReader, shown: Callable[[str], None], tell: Tell) -> None:
        self._shown = shown
        self._decoder = Rdm6300()
        self._line = Plugged(Place(DEVICE, reader.port, reader.baud), self._heard, tell)
        self._line.lost = self._decoder.forget

    async def run(self) -> None:
        """Read until cancelled."""
        await self._line.run()

    def _heard(self, data: bytes) -> None:
        for number in self._decoder.feed(data, time.monotonic()):
            self._shown(number)
