"""Drives a lamp and a ticking sounder near the doors: both lead to the one that stands open, without a word."""

from __future__ import annotations

import asyncio

from gpiozero import OutputDevice

from locker.devices.onlookers import Signs
from locker.devices.pin_factory import open_factory
from locker.parts import Beacon
from locker.settings import Gpio

TICK_S, PAUSE_S = 0.03, 0.97


class GpioBeacon:
    """Lit while a door stands open; ticks as long as somebody is there to hear it. What isn't wired does nothing."""

    def __init__(self, beacon: Beacon, gpio: Gpio) -> None:
        self._lamp, self._ticker = (
            OutputDevice(pin, pin_factory=open_factory(gpio)) if pin is not None else None
            for pin in (beacon.lamp_pin, beacon.tick_pin)
        )
        self._timer: asyncio.TimerHandle | None = None

    def sees(self, signs: Signs) -> None:
        """How things stand now."""
        if self._lamp:
            self._lamp.value = bool(signs.open_doors)
        # A door that nobody stands at may be open all night, next to somebody's bedroom.
        ticks = bool(signs.open_doors) and signs.attended
        if ticks and self._timer is None:
            self._tick(True)
        elif not ticks:
            self._hush()

    def close(self) -> None:
        self._hush()
        for device in (self._lamp, self._ticker):
            if device:
                device.off()
                device.close()

    def _tick(self, on: bool) -> None:
        if self._ticker:
            self._ticker.value = on
            self._timer = asyncio.get_running_loop().call_later(TICK_S if on else PAUSE_S, self._tick, not on)

    def _hush(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._ticker:
            self._ticker.off()
