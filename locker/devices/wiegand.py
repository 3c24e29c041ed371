"""What comes over two Wiegand lines: keys in 4 or 8 bits, cards in 26 or 34. The decoder is pure, the driver thin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from gpiozero import DigitalInputDevice

from locker.devices.pin_factory import open_factory
from locker.parts import Wiegand
from locker.settings import Gpio

GAP_S = 0.03
"""Bits come every one or two milliseconds; a pause of this length ends a burst."""

BITS_MAX = 64
_SPECIAL_KEYS = {10: "clear", 11: "ok"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the kiosk's keypad."""

    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card's number without its parity bits, in capital hex digits."""

    number: str


def decode(bits: str) -> Key | Card | None:
    """The meaning of one burst, written as 0s and 1s; None for one that is damaged or of another length."""
    if len(bits) == 4:
        return _key(int(bits, 2))
    if len(bits) == 8:
        high, low = int(bits[:4], 2), int(bits[4:], 2)
        # The first four bits say the opposite of the last.
        return _key(low) if high == low ^ 0xF else None
    if len(bits) in (26, 34):
        half = len(bits) // 2
        even, odd = bits[:half].count("1") % 2, bits[half:].count("1") % 2
        number = bits[1:-1]
        return Card(f"{int(number, 2):0{len(number) // 4}X}") if (even, odd) == (0, 1) else None
    return None


def _key(code: int) -> Key | None:
    if code < 10:
        return Key(str(code))
    return Key(_SPECIAL_KEYS[code]) if code in _SPECIAL_KEYS else None


class WiegandReader:
    """A keypad or reader on two pins that are pulled low for some 50 us for a 0 or a 1."""

    def __init__(self, wired: Wiegand, gpio: Gpio, press: Callable[[str], None], shown: Callable[[str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._press, self._shown = press, shown
        self._bits = ""
        self._gap: asyncio.TimerHandle | None = None
        factory = open_factory(gpio)
        self._lines = [
            DigitalInputDevice(pin, pull_up=True, bounce_time=None, pin_factory=factory)
            for pin in (wired.data0_pin, wired.data1_pin)
        ]
        for bit, line in zip("01", self._lines, strict=True):
            line.when_activated = self._waker(bit)

    def close(self) -> None:
        if self._gap:
            self._gap.cancel()
        for line in self._lines:
            line.close()

    def _waker(self, bit: str) -> Callable[[], None]:
        # Edges come on the pins' own thread, one after the other for both lines: their order is kept.
        return lambda: self._from_thread(bit)

    def _from_thread(self, bit: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._came, bit)

    def _came(self, bit: str) -> None:
        # A line that trembles for ever must not fill the memory: what is too long is no burst anyway.
        self._bits = (self._bits + bit)[-BITS_MAX:]
        if self._gap:
            self._gap.cancel()
        self._gap = self._loop.call_later(GAP_S, self._over)

    def _over(self) -> None:
        self._gap, bits, self._bits = None, self._bits, ""
        match decode(bits):
            case Key(name):
                self._press(name)
            case Card(number):
                self._shown(number)
