"""Opens the parts around the doors that the config file names, and connects them with the daemon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from locker.daemon import Daemon
from locker.devices.inputs import open_inputs
from locker.devices.scanner import SerialScanner
from locker.settings import Settings


@dataclass(slots=True)
class Accessories:
    """What runs beside the daemon until it ends, and what has to be let go of then."""

    running: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)
    to_close: list[Callable[[], None]] = field(default_factory=list)
    to_end: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def close(self) -> None:
        for close in self.to_close:
            close()
        for end in self.to_end:
            await end()


def open_accessories(settings: Settings, daemon: Daemon) -> Accessories:
    """Raises what the pins raise; a part on a cable may be missing and is waited for."""
    parts = Accessories()
    scanner = SerialScanner(settings.scanner, daemon.scanned, daemon.take)
    daemon.onlookers.add(scanner.sees)
    parts.running.append(scanner.run)
    # Deferred, like the parts on pins: most lockers have none or one of them.
    if settings.pin_pad.device:
        from locker.devices.pin_pad import UsbPinPad

        parts.running.append(UsbPinPad(settings.pin_pad, daemon.front.press, daemon.take).run)
    if settings.card_reader.port:
        from locker.devices.card_reader import SerialCardReader

        parts.running.append(SerialCardReader(settings.card_reader, daemon.card_shown, daemon.take).run)
    if settings.thermometer:
        from locker.devices.temperature import SysfsThermometer

        parts.running += [SysfsThermometer(probe, daemon.take).run for probe in settings.thermometer]
    _on_pins(settings, daemon, parts)
    if settings.camera.command:
        from locker.devices.camera import StillCamera

        camera = StillCamera(settings.camera, settings.locker.data_dir)
        daemon.onlookers.add(camera.sees)
        parts.running.append(camera.tidy_for_ever)
        parts.to_end.append(camera.close)
    return parts


def _on_pins(settings: Settings, daemon: Daemon, parts: Accessories) -> None:
    parts.to_close += [one.close for one in open_inputs(settings.inputs, settings.gpio, daemon.take)]
    if settings.wiegand.data0_pin is not None:
        from locker.devices.wiegand import WiegandReader

        reader = WiegandReader(settings.wiegand, settings.gpio, daemon.front.press, daemon.card_shown)
        parts.to_close.append(reader.close)
    if settings.beacon.lamp_pin is not None or settings.beacon.tick_pin is not None:
        from locker.devices.beacon import GpioBeacon

        beacon = GpioBeacon(settings.beacon, settings.gpio)
        daemon.onlookers.add(beacon.sees)
        parts.to_close.append(beacon.close)
