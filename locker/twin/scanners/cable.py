"""The scanner that the settings name, at its cable: a device of its make, or one that sends codes just as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from locker.settings import Scanner
from locker.twin.scanners.de2120 import De2120
from locker.twin.scanners.device import Code, Device, Manner
from locker.twin.scanners.gm65 import Gm65
from locker.twin.scanners.newland import Newland
from locker.twin.scanners.plain import Datalogic, Honeywell
from locker.twin.scanners.ssi import RESEND_MS, Ssi
from locker.twin.serial_port import SerialPort

MAKES: dict[str, Callable[[Manner], Device]] = {
    "zebra-ssi": Ssi, "honeywell": Honeywell, "newland": Newland, "datalogic": Datalogic,
    "gm65": Gm65, "gm67": Ssi, "de2120": De2120,
}  # fmt: skip


class ScannerAtItsCable:
    """`port` is the cable; `device` is None where the make is told nothing, so that hands choose every byte."""

    def __init__(self, scanner: Scanner, path: Path) -> None:
        self._make = MAKES.get(scanner.make)
        self._manner = Manner(triggered=scanner.triggered)
        self.device = self._new()
        self.port = SerialPort(path, self._hear if self.device else None)
        self._timer: asyncio.TimerHandle | None = None

    def plug_in(self) -> None:
        if not self.port.plugged:
            # What it was told and never saved is forgotten without current.
            self.device = self._new()
            self.port.plug_in()

    def unplug(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.port.unplug()

    def read(self, code: Code, end: bytes) -> bytes:
        """What it sends of a code that is held before it: nothing while it is dark. Its own make ends its own codes."""
        if self.device is None:
            return Manner(end).spelled(code)
        sent = self.device.see(code, _now_ms())
        if sent:
            self._look_later()
        return sent

    def _new(self) -> Device | None:
        return self._make(self._manner) if self._make else None

    def _hear(self, data: bytes) -> None:
        assert self.device is not None
        self.port.put(self.device.hear(data, _now_ms()))

    def _look_later(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(RESEND_MS / 1000, self._send_again)

    def _send_again(self) -> None:
        # A packet that nobody has acknowledged comes again.
        if self.device and (data := self.device.due(_now_ms())):
            self.port.put(data)
            self._look_later()


def _now_ms() -> int:
    return int(asyncio.get_running_loop().time() * 1000)
