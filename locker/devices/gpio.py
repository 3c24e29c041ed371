"""Sees door contacts on the pins of a Raspberry Pi, through gpiozero; the panel's pins come along."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from gpiozero import DigitalInputDevice

from locker.cabinet.events import DoorClosed, DoorOpened, SensorFailed
from locker.devices.contact import Contact, Opinion
from locker.devices.panel import GpioPanel
from locker.devices.pin_factory import open_factory
from locker.devices.ports import Tell
from locker.settings import Settings

__all__ = ["GpioDoorSensors", "GpioPanel"]


class GpioDoorSensors:
    """Door contacts that short their pin to ground. Made and used in the daemon's event loop.

    The pins' own thread does nothing but wake the loop, where a contact is read again once it has come to rest.
    """

    def __init__(self, settings: Settings, tell: Tell) -> None:
        self._loop = asyncio.get_running_loop()
        self._tell = tell
        self._poll_s = settings.gpio.poll_s
        self._open_is_high = {box.n: settings.gpio.door_open_is_high != box.inverted for box in settings.compartment}
        factory = open_factory(settings.gpio)
        # The pull-up makes a cut wire read as high; bounce_time would be done differently by every pin factory.
        self._inputs = {
            box.n: DigitalInputDevice(box.door_pin, pull_up=True, bounce_time=None, pin_factory=factory)
            for box in settings.compartment
            if box.board_sensor is None and not box.door_chip
        }
        debounce_s = settings.gpio.debounce_ms / 1000
        self._contacts = {n: Contact(self._is_open(n), debounce_s) for n in self._inputs}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        for n, contact in self._inputs.items():
            contact.when_activated = contact.when_deactivated = self._waker(n)
        self._poll = self._loop.call_later(self._poll_s, self._look_at_all)

    def read(self) -> dict[int, bool | None]:
        return {n: contact.open for n, contact in self._contacts.items()}

    async def close(self) -> None:
        self._poll.cancel()
        for timer in self._timers.values():
            timer.cancel()
        for contact in self._inputs.values():
            contact.close()

    def _is_open(self, n: int) -> bool:
        # Pulled up, the device is active when its pin is low.
        return bool(self._inputs[n].value) != self._open_is_high[n]

    def _waker(self, n: int) -> Callable[[], None]:
        def wake() -> None:
            # An exception here would end the thread that tells all edges; a closed loop means that nobody listens.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._edge, n)

        return wake

    def _edge(self, n: int) -> None:
        self._say(n, self._contacts[n].edge(time.monotonic()))
        self._look_later(n)

    def _look_later(self, n: int) -> None:
        look_at = self._contacts[n].look_at
        if look_at is not None and n not in self._timers and not self._inputs[n].closed:
            # time.monotonic is the loop's own clock.
            self._timers[n] = self._loop.call_at(look_at, self._look, n)

    def _look(self, n: int) -> None:
        # Edges in the meantime have moved `look_at`; then settling says nothing and a new timer is set.
        del self._timers[n]
        self._judge(n, self._contacts[n].settle)

    def _look_at_all(self) -> None:
        for n, contact in self._contacts.items():
            self._judge(n, contact.polled)
        self._poll = self._loop.call_later(self._poll_s, self._look_at_all)

    def _judge(self, n: int, opinion_of: Callable[[bool, float], Opinion | None]) -> None:
        try:
            is_open = self._is_open(n)
        except Exception:  # noqa: BLE001 - each pin library has its own errors; what can't be read can't be believed
            if self._contacts[n].fail():
                self._tell(SensorFailed(n=n))
            return
        self._say(n, opinion_of(is_open, time.monotonic()))
        self._look_later(n)

    def _say(self, n: int, opinion: Opinion | None) -> None:
        if opinion == "opened":
            self._tell(DoorOpened(n=n))
        elif opinion == "closed":
            self._tell(DoorClosed(n=n))
        elif opinion == "failed":
            self._tell(SensorFailed(n=n, flickers=True))
