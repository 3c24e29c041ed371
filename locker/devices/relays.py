"""Drives the relays of locks on the pins of a Raspberry Pi, through gpiozero.

All that the guardian needs of the pins: no event loop, no events, so that it is ready soon.
"""

from __future__ import annotations

import logging

from gpiozero import OutputDevice

from locker.devices.pin_factory import open_factory
from locker.settings import Settings

log = logging.getLogger(__name__)


class GpioOutputs:
    """The relays of all locks, claimed at rest. Only the guardian may have one."""

    def __init__(self, settings: Settings) -> None:
        factory = open_factory(settings.gpio)
        # initial_value False claims a line at rest; None would leave an active-low relay on.
        self._relays = {
            box.n: OutputDevice(
                box.lock_pin, active_high=settings.gpio.relay_active_high, initial_value=False, pin_factory=factory
            )
            for box in settings.compartment
            if box.lock_pin is not None and not box.lock_chip
        }

    def set(self, n: int, energised: bool) -> None:
        self._relays[n].value = energised

    def close(self) -> None:
        for n, relay in self._relays.items():
            try:
                relay.off()
            except Exception:  # each pin library has its own errors, and one broken line must not keep the others on
                log.exception("lock %d: its line can't be released", n)
        # Only when all are off: closing a line takes its time, and a lock may be energised.
        for relay in self._relays.values():
            relay.close()
