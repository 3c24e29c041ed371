"""One locker as it stands at its place: steel, scanner, network cable and mains, around a daemon that runs in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locker.settings import Settings
from locker.twin.around import Around
from locker.twin.machine import Machine
from locker.twin.network import Network
from locker.twin.physics import CantBeDone
from locker.twin.pins import SOCKET_VARIABLE
from locker.twin.power import Power
from locker.twin.scanners.cable import ScannerAtItsCable
from locker.twin.scanners.device import Code

SCAN_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What surrounds the locker: its settings, the real broker, the daemon's command, a path for the pins' socket."""

    settings: Settings
    broker: tuple[str, int]
    pins: Path
    daemon: Sequence[str]
    keep_after_death: bool = True
    restart: bool = True


class Installation:
    """Everything that hands can touch."""

    def __init__(self, site: Site) -> None:
        settings = site.settings
        self.settings = settings
        self.kiosk_url = f"http://{settings.kiosk.host}:{settings.kiosk.port}"
        self.machine = Machine(settings, site.keep_after_death, self._note)
        self.around = Around(settings, self.machine.lines.drive)
        self.scanner = ScannerAtItsCable(settings.scanner, settings.scanner.port) if settings.scanner.port else None
        self.network = Network((settings.broker.host, settings.broker.port), site.broker)
        self.power = Power(site.daemon, {SOCKET_VARIABLE: str(site.pins)}, site.restart, self._died)
        self.exit_code: int | None = None
        self._pins = site.pins
        self._scanner_in_place = True
        self._version = 0
        self._watchers: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Offer pins and network; the power is still off."""
        self.around.begin()
        await self.machine.start(self._pins)
        await self.network.plug_in()

    async def close(self) -> None:
        await self.power.close()
        await self.network.close()
        if self.scanner:
            self.scanner.unplug()
        self.around.plug(False)
        await self.machine.close()
        self._note()

    async def switch(self, on: bool) -> None:
        if on:
            self._plug_scanner(self._scanner_in_place)
            self.around.plug(True)
            self.machine.power_on()
            await self.power.plug_in()
        else:
            # The processes first: one that still lived could drive a line that has no level any more.
            await self.power.unplug()
            self.machine.power_cut()
            self._plug_scanner(False)
            self.around.plug(False)
        self._note()

    async def cable(self, up: bool) -> None:
        await (self.network.plug_in() if up else self.network.unplug())
        self._note()

    def plug_scanner(self, plugged: bool) -> None:
        """Put the scanner's plug in, or pull it. Without power it stays dark either way."""
        self._scanner_in_place = plugged
        self._plug_scanner(plugged and self.power.on)
        self._note()

    def board(self, name: str, what: str, *, times: int, channel: int, value: int) -> dict[str, Any]:
        """Pliers, plugs and bad luck at a lock board; returns how it is now."""
        self.machine.boards.do(name, what, times=times, channel=channel, value=value)
        self._note()
        return next(board for board in self.machine.boards.picture() if board["name"] == name)

    def switch_input(self, name: str, on: bool) -> None:
        """A hand at the fuse box, or at the case. KeyError where that isn't wired."""
        self.around.switch(name, on)
        self._note()

    async def scan(self, code: Code, end: bytes, pieces: int) -> None:
        """Hold a code before the scanner; returns when the daemon has read it."""
        if self.scanner is None:
            raise CantBeDone("This locker has no scanner.")
        if not self.scanner.port.plugged:
            raise CantBeDone("The scanner is dark: it has no power, or its plug is out.")
        data = self.scanner.read(code, end)
        if not data and self.scanner.device:
            raise CantBeDone("The scanner reads nothing: its light is off until somebody touches the screen.")
        try:
            async with asyncio.timeout(SCAN_TIMEOUT_S):
                await self.scanner.port.send(data, pieces)
                await self.scanner.port.read_by_somebody()
        except TimeoutError:
            self.scanner.port.discard()
            raise CantBeDone("Nobody reads the scanner.") from None
        except BrokenPipeError:
            raise CantBeDone("The scanner was unplugged in the middle of it.") from None

    def picture(self) -> dict[str, Any]:
        """What can be seen and measured from outside, as `GET /state` gives it."""
        return {
            "power": self.power.on,
            "network": self.network.up,
            "doors": [door.picture() for door in self.machine.steel.doors.values()],
        }

    def panel(self) -> dict[str, Any]:
        """The small things: lamp, buzzer, scanner, and the faults that hands have made."""
        doors = self.machine.steel.doors.values()
        return {
            "lamp": self.machine.lamp,
            "buzzer": self.machine.buzzer,
            "scanner": bool(self.scanner and self.scanner.port.plugged),
            "inputs": dict(self.around.inputs),
            "daemon": self.power.pid is not None,
            "burnt": [door.n for door in doors if door.burnt],
            "welded": [door.n for door in doors if door.sticky],
            "boards": self.machine.boards.picture(),
        }

    @property
    def version(self) -> int:
        return self._version

    async def changed(self, seen_version: int) -> int:
        """Waits until there is something newer than `seen_version`; returns what is newest."""
        while self._version == seen_version:
            waiting = asyncio.get_running_loop().create_future()
            self._watchers.add(waiting)
            try:
                await waiting
            finally:
                self._watchers.discard(waiting)
        return self._version

    def _plug_scanner(self, plugged: bool) -> None:
        if self.scanner and plugged:
            self.scanner.plug_in()
        elif self.scanner:
            self.scanner.unplug()

    def _died(self, code: int) -> None:
        self.exit_code = code
        self._note()

    def _note(self) -> None:
        self._version += 1
        for waiting in self._watchers:
            if not waiting.done():
                waiting.set_result(None)
