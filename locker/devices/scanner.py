"""Drives a barcode scanner of any make on a serial port: the shell around its dialect and the cutting into codes."""

from __future__ import annotations

import asyncio
import logging
import time

from locker.devices.framing import Framing, Scan
from locker.devices.onlookers import Signs
from locker.devices.plugged import Place, Plugged
from locker.devices.ports import Tell, TellScan
from locker.devices.scanners.dialect import Heard
from locker.devices.scanners.makes import DIALECTS
from locker.settings import Scanner

log = logging.getLogger(__name__)

DEVICE = "scanner"


class SerialScanner:
    """A scanner in USB-serial or plain serial mode. Scans are told from the loop's reader, with no hop in between."""

    def __init__(self, scanner: Scanner, tell_scan: TellScan, tell: Tell) -> None:
        self._settings = scanner
        self._tell_scan = tell_scan
        self._framing = Framing(scanner.same_code_s)
        self._dialect = DIALECTS[scanner.make]()
        self._line = Plugged(Place(DEVICE, scanner.port, scanner.baud), self._readable, tell)
        self._line.opened, self._line.lost = self._begin, self._stop
        self._gap: asyncio.TimerHandle | None = None
        self._attended = False

    async def run(self) -> None:
        """Read until cancelled."""
        await self._line.run()

    def sees(self, signs: Signs) -> None:
        """Reads while somebody is there, if it is to be triggered, and says what became of a code."""
        if signs.attended != self._attended:
            self._attended = signs.attended
            self._trigger()
        if self._settings.signals and signs.sounds and signs.sounds[-1] in ("yes", "no"):
            self._line.write(self._dialect.signal(signs.sounds[-1] == "yes"))

    def _begin(self) -> None:
        self._line.write(self._dialect.begin(self._settings.triggered))
        if self._attended:
            self._trigger()

    def _trigger(self) -> None:
        if self._settings.triggered:
            self._line.write(self._dialect.trigger(self._attended))

    def _stop(self) -> None:
        self._stop_gap()
        self._framing.forget()
        # A new one for the device that comes next: what it was saying isn't finished by another.
        self._dialect = DIALECTS[self._settings.make]()

    def _readable(self, data: bytes) -> None:
        # A terminated scan goes out before anything else is done: somebody waits for their door.
        heard = self._take(self._dialect.feed(data))
        self._stop_gap()
        if heard or self._framing.unfinished or self._settings.make != "plain":
            self._gap = asyncio.get_running_loop().call_later(self._settings.idle_gap_ms / 1000, self._gap_over)

    def _take(self, heard: Heard) -> bool:
        # The answer first: it costs a system call, and a scanner that waits for it repeats itself.
        self._line.write(heard.reply)
        for scan in self._framing.feed(heard.text, time.monotonic()):
            self._say(scan)
        return bool(heard.reply)

    def _gap_over(self) -> None:
        self._gap = None
        self._take(self._dialect.gap())
        scans = self._framing.gap(time.monotonic())
        if self._framing.overlong:
            log.warning("scan of %d bytes is too long, cut", self._framing.overlong)
            self._framing.overlong = 0
        for scan in scans:
            self._say(scan)

    def _say(self, scan: Scan) -> None:
        self._tell_scan(scan.text, scan.symbology)

    def _stop_gap(self) -> None:
        if self._gap:
            self._gap.cancel()
            self._gap = None
