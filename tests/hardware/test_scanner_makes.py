"""Every make of scanner as an emulator on a pseudo-terminal, read by the driver: codes, triggers, a pulled plug."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locker.devices.onlookers import Signs
from locker.devices.scanner import SerialScanner
from locker.settings import Scanner
from locker.twin.scanners.de2120 import De2120
from locker.twin.scanners.device import Code, Device, Manner
from locker.twin.scanners.gm65 import Gm65
from locker.twin.scanners.newland import Newland
from locker.twin.scanners.plain import Datalogic, Honeywell, Plain
from locker.twin.scanners.ssi import Ssi
from locker.twin.serial_port import SerialPort

PATIENCE_S = 10.0
WAITS = Manner(triggered=True)
LABEL = Code(b"00376130321109103420", "C1")
MAKES: dict[str, Callable[[Manner], Device]] = {
    "plain": Plain, "zebra": Plain, "zebra-ssi": Ssi, "honeywell": Honeywell, "newland": Newland,
    "datalogic": Datalogic, "gm65": Gm65, "gm67": Ssi, "de2120": De2120,
}  # fmt: skip


class Bench:
    """One emulated scanner at its cable, and what the driver tells of it."""

    def __init__(self, folder: Path, make: str, triggered: bool) -> None:
        self.scans: list[tuple[str, str]] = []
        self.told: list[Any] = []
        self.device = MAKES[make](WAITS if triggered and make != "gm65" else Manner())
        self.port = SerialPort(folder / "scanner", self._hear)
        settings: Any = {"port": folder / "scanner", "make": make, "triggered": triggered, "same_code_s": 0.2}
        self.driver = SerialScanner(Scanner(**settings), lambda *scan: self.scans.append(scan), self.told.append)

    def show(self, code: Code) -> None:
        """Holds a code before it."""
        self.port.put(self.device.see(code, self._now_ms()))

    def attend(self, attended: bool) -> None:
        """Somebody comes, or goes."""
        self.driver.sees(Signs(attended=attended, open_doors=frozenset()))

    async def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, (self.scans, self.told, self.device.told)
            await asyncio.sleep(0.005)

    def _hear(self, data: bytes) -> None:
        self.port.put(self.device.hear(data, self._now_ms()))

    def _now_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def play(bench: Bench, story: Callable[[Bench], Any]) -> None:
    async def go() -> None:
        bench.port.plug_in()
        reading = asyncio.get_running_loop().create_task(bench.driver.run())
        try:
            await story(bench)
        finally:
            reading.cancel()
            bench.port.unplug()

    asyncio.run(go())


@pytest.mark.parametrize("make", MAKES)
def test_a_label_is_read_also_after_the_plug_was_out(tmp_path: Path, make: str) -> None:
    async def story(bench: Bench) -> None:
        await asyncio.sleep(0.02)
        bench.show(LABEL)
        await bench.until(lambda: bench.scans == [("00376130321109103420", "C1")])
        bench.port.unplug()
        await bench.until(lambda: len(bench.told) == 1)
        bench.port.plug_in()
        await bench.until(lambda: len(bench.told) == 2)
        bench.show(Code(b"RR473124829GB", "C0"))
        await bench.until(lambda: bench.scans[1:] == [("RR473124829GB", "C0")])

    play(Bench(tmp_path, make, triggered=False), story)


@pytest.mark.parametrize("make", sorted(set(MAKES) - {"plain", "zebra"}))
def test_a_triggered_scanner_reads_for_who_is_there_and_for_nobody_else(tmp_path: Path, make: str) -> None:
    async def story(bench: Bench) -> None:
        if make == "gm65":
            await bench.until(lambda: bench.device.told == ["zone 00 d5"])
        bench.attend(True)
        await bench.until(lambda: bench.device.lit and "on" in bench.device.told)
        bench.show(LABEL)
        await bench.until(lambda: bench.scans == [("00376130321109103420", "C1")])
        bench.attend(False)
        await bench.until(lambda: not bench.device.lit and "off" in bench.device.told)
        assert bench.device.see(LABEL, 10**9) == b""

    play(Bench(tmp_path, make, triggered=True), story)
