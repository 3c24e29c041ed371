"""A device that talks by itself and may be pulled out: read from the event loop, found again, also by another name.

Scanners and card readers on serial ports, number pads on input devices; lock boards on buses are driven elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import os
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import serial

from locker.cabinet.events import DeviceFailed, DeviceRecovered
from locker.devices.ports import Tell

log = logging.getLogger(__name__)

RETRY_S, RETRY_MAX_S = 0.5, 10.0
READ_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is: what it is called in events, its port (a path or a pattern of paths), its speed."""

    device: str
    port: Path | None
    baud: int = 9_600


class Port(Protocol):
    """An opened device."""

    def fileno(self) -> int:
        """Where it is read, without waiting."""

    def close(self) -> None:
        """Let go of it."""


class Plugged:
    """One device. `heard` gets its bytes, `opened` is called whenever it was found, `lost` when it has gone."""

    def __init__(
        self, place: Place, heard: Callable[[bytes], None], tell: Tell, open_port: Callable[[str], Port] | None = None
    ) -> None:
        self.opened: Callable[[], None] = lambda: None
        self.lost: Callable[[], None] = lambda: None
        self._place = place
        self._heard = heard
        self._open_port = open_port or self._open_serial
        self._tell = tell
        self._fd: int | None = None
        self._failed = False

    async def run(self) -> None:
        """Read until cancelled. Without a port in the settings there is nothing to read, and it only waits."""
        wait_s = RETRY_S
        while True:
            if port := self._open():
                wait_s = RETRY_S
                await self._read_until_lost(port)
            # Also after a loss: a plug that is pulled halfway comes and goes for a while.
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_MAX_S)

    def write(self, data: bytes) -> None:
        """Send a command, if somebody is there to hear it. What finds no room is lost: commands are short and rare."""
        if self._fd is None or not data:
            return
        try:
            sent = os.write(self._fd, data)
        except OSError as error:
            # A device that has gone is noticed by its reader, which tells it.
            log.warning("%s doesn't take a command: %s", self._place.device, type(error).__name__)
            return
        if sent < len(data):
            log.warning("%s took %d of %d bytes", self._place.device, sent, len(data))

    def _open_serial(self, path: str) -> Port:
        # Exclusive: two readers of one port would each get half of a code.
        return serial.Serial(path, self._place.baud, timeout=0, exclusive=True)

    def _open(self) -> Port | None:
        error: Exception | None = None
        for path in candidates(self._place.port):
            try:
                port = self._open_port(path)
            except (OSError, ValueError, termios.error) as fault:
                error = error or fault
                continue
            if self._failed:
                self._failed = False
                self._tell(DeviceRecovered(device=self._place.device))
            return port
        if self._place.port is not None:
            self._fail(error or FileNotFoundError(f"nothing fits {self._place.port}"))
        return None

    async def _read_until_lost(self, port: Port) -> None:
        loop = asyncio.get_running_loop()
        gone: asyncio.Future[OSError] = loop.create_future()
        self._fd = fd = port.fileno()
        loop.add_reader(fd, self._readable, fd, gone)
        try:
            self.opened()
            self._fail(await gone)
        finally:
            self._fd = None
            loop.remove_reader(fd)
            # Closed at once: as long as the dead device is held open, a replugged one gets another name.
            port.close()
            self.lost()

    def _readable(self, fd: int, gone: asyncio.Future[OSError]) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            data, why = b"", error
        else:
            why = OSError("the device has gone")
        if data:
            self._heard(data)
        elif not gone.done():
            gone.set_result(why)

    def _fail(self, error: Exception) -> None:
        # Said once, not at every attempt to find it again.
        if not self._failed:
            self._failed = True
            why = type(error).__name__ + ": " + (str(error) or "no reason given")
            self._tell(DeviceFailed(device=self._place.device, why=why))


def candidates(port: Path | None) -> list[str]:
    """The paths that a port's setting means now, in the order in which they are tried."""
    if port is None:
        return []
    if not set("*?[") & set(str(port)):
        return [str(port)]
    return sorted(map(str, Path(port.anchor).glob(str(port.relative_to(port.anchor)))))
