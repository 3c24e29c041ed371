"""A scanner is found again wherever its plug goes: behind the same name, behind another, behind none for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from locker.cabinet.events import DeviceFailed, DeviceRecovered
from locker.devices import plugged
from locker.devices.onlookers import Signs
from locker.devices.scanner import SerialScanner
from locker.settings import Scanner
from locker.twin.serial_port import SerialPort

PATIENCE_S = 10.0


class Desk:
    """A scanner's program, what it has told, and what the scanner was sent."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        self.scans: list[str] = []
        self.told: list[object] = []
        self.sent = b""
        settings = Scanner(port=folder / "usb-Scanner*", **options)  # type: ignore[arg-type]
        self.scanner = SerialScanner(settings, lambda text, _: self.scans.append(text), self.told.append)

    def port(self, name: str) -> SerialPort:
        port = SerialPort(self.folder / name, self._hear)
        port.plug_in()
        return port

    async def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, (self.scans, self.told, self.sent)
            await asyncio.sleep(0.005)

    def _hear(self, data: bytes) -> None:
        self.sent += data


def play(desk: Desk, story: Callable[[], Awaitable[None]]) -> None:
    async def go() -> None:
        reading = asyncio.get_running_loop().create_task(desk.scanner.run())
        try:
            await story()
        finally:
            reading.cancel()

    asyncio.run(go())


def test_it_is_found_again_behind_another_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def story() -> None:
        first = desk.port("usb-Scanner-if00")
        await asyncio.sleep(0)
        await first.send(b"ONE\r")
        await desk.until(lambda: desk.scans == ["ONE"])
        first.unplug()
        await desk.until(lambda: [type(event) for event in desk.told] == [DeviceFailed])
        second = desk.port("usb-Scanner-if01")
        await desk.until(lambda: isinstance(desk.told[-1], DeviceRecovered))
        await second.send(b"TWO\r")
        await desk.until(lambda: desk.scans == ["ONE", "TWO"])
        second.unplug()

    play(desk, story)


def test_a_scanner_that_comes_back_is_told_again_what_it_was_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, make="newland", triggered=True)

    async def story() -> None:
        port = desk.port("usb-Scanner")
        await desk.until(lambda: desk.sent == b"~\x010000#SCNMOD0;\x03")
        desk.scanner.sees(Signs(attended=True, open_doors=frozenset()))
        await desk.until(lambda: desk.sent.endswith(b"#SCNTRG1;\x03"))
        port.unplug()
        await desk.until(lambda: desk.told)
        desk.sent = b""
        port = desk.port("usb-Scanner")
        await desk.until(lambda: desk.sent == b"~\x010000#SCNMOD0;\x03~\x010000#SCNTRG1;\x03")
        desk.scanner.sees(Signs(attended=False, open_doors=frozenset()))
        await desk.until(lambda: desk.sent.endswith(b"#SCNTRG0;\x03"))
        port.unplug()

    play(desk, story)


def test_in_presentation_mode_nobody_is_triggered_but_bad_codes_are_signalled(tmp_path: Path) -> None:
    desk = Desk(tmp_path, make="datalogic")

    async def story() -> None:
        port = desk.port("usb-Scanner")
        await desk.until(lambda: desk.sent == b"E")
        desk.scanner.sees(Signs(attended=True, open_doors=frozenset(), sounds=("no",)))
        await desk.until(lambda: desk.sent == b"EF")
        port.unplug()

    play(desk, story)


def test_a_port_that_nobody_has_is_told_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def story() -> None:
        await desk.until(lambda: desk.told)
        desk.scanner.sees(Signs(attended=True, open_doors=frozenset(), sounds=("no",)))
        assert [type(event) for event in desk.told] == [DeviceFailed]

    play(desk, story)


def test_a_pattern_means_whatever_fits_it_now(tmp_path: Path) -> None:
    (tmp_path / "b-1").touch()
    (tmp_path / "a-1").touch()
    assert plugged.candidates(tmp_path / "*-1") == [str(tmp_path / "a-1"), str(tmp_path / "b-1")]
    assert plugged.candidates(tmp_path / "c-1") == [str(tmp_path / "c-1")]
    assert plugged.candidates(None) == []
