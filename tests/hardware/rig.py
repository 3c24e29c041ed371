"""The daemon's side of the devices, without a daemon: the real drivers in a process of their own.

Takes `unlock N MS`, `read`, `light 0|1`, `beep MS...` and `close` on standard input, prints every event as one line.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from locker import settings as config
from locker.devices.gpio import GpioDoorSensors, GpioPanel
from locker.devices.locks import GuardedLocks
from locker.devices.scanner import SerialScanner


def say(*words: object) -> None:
    """One line for the test."""
    print(*words, flush=True)


async def run(path: Path) -> None:
    """Drives everything until standard input ends."""
    settings = config.load(path)
    os.environ["GPIOZERO_PIN_FACTORY"] = settings.gpio.pin_factory
    locks = GuardedLocks(settings, path, say)
    sensors = GpioDoorSensors(settings, say)
    panel = GpioPanel(settings.gpio)
    scanner = SerialScanner(settings.scanner, lambda text, symbology: say("scan", symbology or "-", text), say)
    reading = asyncio.create_task(scanner.run())
    await locks.start()
    say("up", locks._process.pid if locks._process else 0)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := (await commands.readline()).decode():
        match line.split():
            case ["unlock", n, pulse_ms]:
                locks.unlock(int(n), int(pulse_ms))
            case ["read"]:
                say("doors", sensors.read())
            case ["light", on]:
                panel.light(on == "1")
            case ["beep", *times_ms]:
                panel.beep(tuple(map(int, times_ms)))
            case ["guardian"]:
                say("guardian", locks._process.pid if locks._process else 0)
    reading.cancel()
    for device in (locks, sensors, panel):
        await device.close()
    say("closed")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(run(Path(sys.argv[1])))
