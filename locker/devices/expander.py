"""Drives relays and door switches on GPIO expanders that the kernel offers as gpiochips (MCP23017), through gpiod."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import gpiod
from gpiod.line import Bias, Direction, Value

from locker.cabinet.events import DoorClosed, DoorOpened, SensorFailed, SensorRecovered
from locker.devices.contact import Contact, Opinion
from locker.devices.ports import Tell
from locker.settings import Compartment, Settings
from locker.wiring import Expander

log = logging.getLogger(__name__)

CONSUMER = "locker"
# An expander's interrupt is seldom wired, and sixteen inputs are one short message on its bus.
LOOK_EVERY_S = 0.1
LOST_AFTER_LOOKS = 10


class Lines(Protocol):
    """Some lines of one chip, held by this process."""

    def set_value(self, line: int, value: Value) -> None:
        """Make an output active, or let it rest."""
        ...

    def get_values(self, lines: Iterable[int]) -> list[Value]:
        """What inputs read now."""
        ...

    def release(self) -> None:
        """Give the lines back."""
        ...


Claim = Callable[[str, Mapping[int, gpiod.LineSettings]], Lines]
"""Takes lines of a chip in one step, with their direction and first level. OSError where another process has them."""


def claim(device: str, lines: Mapping[int, gpiod.LineSettings]) -> Lines:
    """As the kernel does it."""
    config: dict[Iterable[int | str] | int | str, gpiod.LineSettings | None] = {}
    for line, wanted in lines.items():
        config[line] = wanted
    return gpiod.request_lines(device, consumer=CONSUMER, config=config)


class ExpanderOutputs:
    """The relays of locks that hang on expanders, claimed at rest. Only the guardian may have one."""

    def __init__(self, settings: Settings, take: Claim = claim) -> None:
        resting = gpiod.LineSettings(
            direction=Direction.OUTPUT,
            active_low=not settings.gpio.relay_active_high,
            output_value=Value.INACTIVE,
        )
        self._lines: dict[int, tuple[Lines, int]] = {}
        self._held: list[Lines] = []
        for expander, pins in _by_chip(settings, lambda box: (box.lock_chip, box.lock_pin)):
            # As inputs first: a chip that has lost its power has forgotten that these are outputs, and the kernel,
            # which believes to know, would not tell it again. Nothing moves: an input leaves a relay at rest.
            take(str(expander.device), {pin: gpiod.LineSettings(direction=Direction.INPUT) for pin in pins}).release()
            held = take(str(expander.device), dict.fromkeys(pins, resting))
            self._held.append(held)
            self._lines |= {n: (held, pin) for pin, n in pins.items()}

    def set(self, n: int, energised: bool) -> None:
        lines, pin = self._lines[n]
        lines.set_value(pin, Value.ACTIVE if energised else Value.INACTIVE)

    def close(self) -> None:
        for n in self._lines:
            try:
                self.set(n, False)
            except OSError:  # one chip that has lost its bus must not keep the others on
                log.exception("lock %d: its line can't be released", n)
        for held in self._held:
            held.release()


class ExpanderDoorSensors:
    """Door switches on expanders that short their line to ground. Looked at ten times a second, off the event loop."""

    def __init__(self, settings: Settings, tell: Tell, take: Claim = claim) -> None:
        self._tell = tell
        open_is_high = settings.gpio.door_open_is_high
        self._open_is_high = {box.n: open_is_high != box.inverted for box in settings.compartment}
        self._debounce_s = settings.gpio.debounce_ms / 1000
        pulled = gpiod.LineSettings(direction=Direction.INPUT, bias=Bias.PULL_UP)
        self._held = [
            (take(str(expander.device), dict.fromkeys(pins, pulled)), pins)
            for expander, pins in _by_chip(settings, lambda box: (box.door_chip, box.door_pin))
        ]
        self._contacts: dict[int, Contact] = {}
        self._failed: dict[int, int] = {}
        for lines, pins in self._held:
            self._take(pins, _levels(lines, pins))
        self._looking = asyncio.get_running_loop().create_task(self._look_for_ever())

    def read(self) -> dict[int, bool | None]:
        return {n: contact.open for n, contact in self._contacts.items()}

    async def close(self) -> None:
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        for lines, _ in self._held:
            lines.release()

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for place, (lines, pins) in enumerate(self._held):
                try:
                    # In a thread: a chip that doesn't answer holds up its reader for a second.
                    levels = await asyncio.to_thread(_levels, lines, pins)
                except Exception as error:  # noqa: BLE001 - the loop's edge: what can't be read can't be believed
                    self._unread(place, pins, error)
                    continue
                self._failed[place] = 0
                self._take(pins, levels)

    def _take(self, pins: Mapping[int, int], levels: list[bool]) -> None:
        now = asyncio.get_running_loop().time()
        for n, is_high in zip(pins.values(), levels, strict=True):
            is_open = is_high == self._open_is_high[n]
            contact = self._contacts.get(n)
            if contact is None:
                self._contacts[n] = Contact(is_open, self._debounce_s)
                continue
            blind = contact.open is None
            opinion = contact.polled(is_open, now) or contact.settle(is_open, now)
            if blind and contact.open is not None:
                self._tell(SensorRecovered(n=n))
            self._say(n, opinion)

    def _unread(self, place: int, pins: Mapping[int, int], error: Exception) -> None:
        self._failed[place] = self._failed.get(place, 0) + 1
        if self._failed[place] != LOST_AFTER_LOOKS:
            return
        log.error("an expander can't be read: %s", error)
        for n in pins.values():
            if self._contacts[n].lose():
                self._tell(SensorFailed(n=n))

    def _say(self, n: int, opinion: Opinion | None) -> None:
        if opinion == "failed":
            self._tell(SensorFailed(n=n, flickers=True))
        elif opinion:
            self._tell(DoorOpened(n=n) if opinion == "opened" else DoorClosed(n=n))


def _levels(lines: Lines, pins: Mapping[int, int]) -> list[bool]:
    return [value == Value.ACTIVE for value in lines.get_values(pins)]


def _by_chip(
    settings: Settings, wire: Callable[[Compartment], tuple[str, int | None]]
) -> Iterable[tuple[Expander, dict[int, int]]]:
    """Each expander with its lines (pin to compartment) of one kind."""
    for expander in settings.expander:
        pins = {
            pin: box.n
            for box in settings.compartment
            for chip, pin in (wire(box),)
            if chip == expander.name and pin is not None
        }
        if pins:
            yield expander, pins
