"""Drives a barcode scanner on a serial port, and finds it again after it was unplugged."""

from __future__ import annotations

import asyncio
import logging
import os
import termios
import time

import serial

from locker.cabinet.events import DeviceFailed, DeviceRecovered
from locker.devices.framing import Framing, Scan
from locker.devices.ports import Tell, TellScan
from locker.settings import Scanner

log = logging.getLogger(__name__)

DEVICE = "scanner"
RETRY_S, RETRY_MAX_S = 0.5, 10.0
READ_BYTES = 4_096


class SerialScanner:
    """A scanner in USB-serial or plain serial mode. Scans are told from the loop's reader, with no hop in between."""

    def __init__(self, scanner: Scanner, tell_scan: TellScan, tell: Tell) -> None:
        self._settings = scanner
        self._tell_scan = tell_scan
        self._tell = tell
        self._framing = Framing(scanner.same_code_s)
        self._gap: asyncio.TimerHandle | None = None
        self._failed = False

    async def run(self) -> None:
        """Read until cancelled. Without a port in the settings there is nothing to read, and it only waits."""
        wait_s = RETRY_S
        while True:
            port = self._open()
            if port:
                wait_s = RETRY_S
                await self._read_until_lost(port)
            # Also after a loss: a plug that is pulled halfway comes and goes for a while.
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_MAX_S)

    def _open(self) -> serial.Serial | None:
        if self._settings.port is None:
            return None
        try:
            # Exclusive: two readers of one port would each get half of a code.
            port = serial.Serial(str(self._settings.port), self._settings.baud, timeout=0, exclusive=True)
        except (OSError, ValueError, termios.error) as error:
            self._fail(error)
            return None
        if self._failed:
            self._failed = False
            self._tell(DeviceRecovered(device=DEVICE))
        return port

    async def _read_until_lost(self, port: serial.Serial) -> None:
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[OSError] = loop.create_future()
        fd = port.fileno()
        loop.add_reader(fd, self._readable, fd, lost)
        try:
            self._fail(await lost)
        finally:
            loop.remove_reader(fd)
            # Closed at once: as long as the dead device is held open, a replugged one gets another name.
            port.close()
            self._stop_gap()
            self._framing.forget()

    def _readable(self, fd: int, lost: asyncio.Future[OSError]) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(lost, error)
            return
        if not data:
            self._lose(lost, OSError("the device has gone"))
            return
        # A terminated scan goes out before anything else is done: somebody waits for their door.
        for scan in self._framing.feed(data, time.monotonic()):
            self._say(scan)
        self._stop_gap()
        if self._framing.unfinished:
            self._gap = asyncio.get_running_loop().call_later(self._settings.idle_gap_ms / 1000, self._gap_over)

    def _lose(self, lost: asyncio.Future[OSError], error: OSError) -> None:
        if not lost.done():
            lost.set_result(error)

    def _gap_over(self) -> None:
        self._gap = None
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

    def _fail(self, error: Exception) -> None:
        # Said once, not at every attempt to find it again.
        if not self._failed:
            self._failed = True
            self._tell(DeviceFailed(device=DEVICE, why=type(error).__name__ + ": " + (str(error) or "no reason given")))
