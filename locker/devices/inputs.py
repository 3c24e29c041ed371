"""Drives slow inputs: mains-fail contact and case loop, believed when they have been the same for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from gpiozero import DigitalInputDevice

from locker.cabinet.events import LoopSeen, MainsSeen
from locker.devices.pin_factory import open_factory
from locker.parts import Inputs
from locker.settings import Gpio

LOOKS = 4
"""How often an input is read while it is waited for to settle."""

POLL_S = 2.0


class Settled:
    """Decides when a level is believed: when it has been read the same for `debounce_s`. Pure."""

    def __init__(self, debounce_s: float) -> None:
        self._debounce_s = debounce_s
        self._told: bool | None = None
        self._level: bool | None = None
        self._since = 0.0

    @property
    def unsettled(self) -> bool:
        """Whether the level has to be read again soon."""
        return self._level != self._told

    def read(self, level: bool, now: float) -> bool | None:
        """The level was read now (seconds of a monotonic clock); returns it where it is news, and believed."""
        if level != self._level:
            self._level, self._since = level, now
        if level == self._told or now - self._since < self._debounce_s:
            return None
        self._told = level
        return level


@dataclass(frozen=True, slots=True)
class Contact:
    """One input: its pin, its rest (pulled up or down), and how long it has to be the same."""

    pin: int
    pull_up: bool
    debounce_s: float


class GpioInput:
    """One slow input. Edges wake it, a slow look heals a missed one. Made and used in the event loop."""

    def __init__(self, contact: Contact, gpio: Gpio, told: Callable[[bool], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = told
        self._contact = contact
        self._settled = Settled(contact.debounce_s)
        self._line = DigitalInputDevice(
            contact.pin, pull_up=contact.pull_up, bounce_time=None, pin_factory=open_factory(gpio)
        )
        self._line.when_activated = self._line.when_deactivated = self._wake
        self._timer = self._loop.call_soon(self._look)

    def close(self) -> None:
        self._timer.cancel()
        self._line.close()

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        if self._line.closed:
            return
        self._timer.cancel()
        # gpiozero calls a line that is pulled up active when it is low.
        news = self._settled.read(bool(self._line.value) != self._contact.pull_up, time.monotonic())
        if news is not None:
            self._told(news)
        wait_s = self._contact.debounce_s / LOOKS if self._settled.unsettled else POLL_S
        self._timer = self._loop.call_later(wait_s, self._look)


def open_inputs(inputs: Inputs, gpio: Gpio, take: Callable[[MainsSeen | LoopSeen], None]) -> list[GpioInput]:
    """The inputs that are wired. Each is pulled to the side of trouble, so that a cut wire isn't silent."""
    found = []
    if inputs.mains_pin is not None:
        high = inputs.mains_there_is_high
        mains = Contact(inputs.mains_pin, not high, inputs.mains_debounce_ms / 1000)
        found.append(GpioInput(mains, gpio, lambda level: take(MainsSeen(there=level == high))))
    if inputs.tamper_pin is not None:
        # The loop connects the pin to ground; whoever opens it lets it rise.
        loop = Contact(inputs.tamper_pin, True, inputs.tamper_debounce_ms / 1000)
        found.append(GpioInput(loop, gpio, lambda level: take(LoopSeen(closed=not level))))
    return found
