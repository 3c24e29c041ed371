"""Drives a USB number pad: grabbed, so that nothing else on this machine sees what people type."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from io import FileIO

from locker.devices.key_events import KeyEvents
from locker.devices.plugged import Place, Plugged, Port
from locker.devices.ports import Tell
from locker.parts import PinPad

DEVICE = "pin_pad"
EVIOCGRAB = 0x40044590
"""linux/input.h: _IOW('E', 0x90, int)."""


def open_grabbed(path: str) -> Port:
    """The input device, for this program alone. Raises OSError where it can't be had alone."""
    device = FileIO(path, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))
    try:
        # Not grabbed, each digit would also reach the kiosk's browser, and be typed twice.
        fcntl.ioctl(device.fileno(), EVIOCGRAB, 1)
    except OSError:
        device.close()
        raise
    return device


class UsbPinPad:
    """A number pad whose keys are those of the kiosk's keypad."""

    def __init__(
        self,
        pad: PinPad,
        press: Callable[[str], None],
        tell: Tell,
        open_port: Callable[[str], Port] = open_grabbed,
    ) -> None:
        self._press = press
        self._events = KeyEvents()
        self._line = Plugged(Place(DEVICE, pad.device), self._heard, tell, open_port)
        self._line.lost = self._events.forget

    async def run(self) -> None:
        """Read until cancelled."""
        await self._line.run()

    def _heard(self, data: bytes) -> None:
        for key in self._events.feed(data):
            self._press(key)
