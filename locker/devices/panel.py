"""Drives the lamp and the buzzer of the panel. Neither can hurt anybody, so the daemon holds their pins itself."""

from __future__ import annotations

import asyncio

from gpiozero import OutputDevice

from locker.devices.pin_factory import open_factory
from locker.settings import Gpio


class GpioPanel:
    """A lamp and a buzzer on a pin each; what isn't wired stays dark and silent. Used in the daemon's event loop."""

    def __init__(self, gpio: Gpio) -> None:
        factory = open_factory(gpio) if gpio.led_pin is not None or gpio.buzzer_pin is not None else None
        self._lamp = OutputDevice(gpio.led_pin, pin_factory=factory) if gpio.led_pin is not None else None
        self._buzzer = OutputDevice(gpio.buzzer_pin, pin_factory=factory) if gpio.buzzer_pin is not None else None
        self._next: asyncio.TimerHandle | None = None

    def light(self, on: bool) -> None:
        if self._lamp:
            self._lamp.value = on

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """Sound the buzzer: on, off, on, ... for these times. A new pattern replaces the one that sounds."""
        if self._next:
            self._next.cancel()
        self._sound(pattern_ms, True)

    async def close(self) -> None:
        if self._next:
            self._next.cancel()
        for device in (self._lamp, self._buzzer):
            if device:
                device.off()
                device.close()

    def _sound(self, pattern_ms: tuple[int, ...], on: bool) -> None:
        if self._buzzer is None:
            return
        self._buzzer.value = on and bool(pattern_ms)
        self._next = None
        if pattern_ms:
            loop = asyncio.get_running_loop()
            self._next = loop.call_later(pattern_ms[0] / 1000, self._sound, pattern_ms[1:], not on)
