"""Reads DS18B20 thermometers of cooled compartments from sysfs, and says how the cooling does. The judge is pure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from locker.cabinet.events import CoolingSeen
from locker.parts import Thermometer

Verdict = Literal["fine", "warm", "dead"]

LOWEST_C, HIGHEST_C = -55.0, 125.0
POWER_ON_MILLI_C = 85_000
"""What a probe says that has lost its power while it measured: no compartment that is cooled is that warm."""

DEAD_AFTER = 3
"""So many readings in a row without sense are a dead probe; one is a disturbance."""

HYSTERESIS_C = 0.5


def celsius(text: str) -> float | None:
    """The temperature in what sysfs gives (thousandths of a degree); None for what can't be one."""
    try:
        milli = int(text.strip())
    except ValueError:
        return None
    # -127 is what drivers make of a checksum that doesn't fit.
    if milli == POWER_ON_MILLI_C or not LOWEST_C <= milli / 1000 <= HIGHEST_C:
        return None
    return milli / 1000


class Cooling:
    """Judges the readings of one probe. A door that stands open for a minute is no broken cooling."""

    def __init__(self, warm_c: float, warm_after_s: float) -> None:
        self._warm_c, self._warm_after_s = warm_c, warm_after_s
        self._verdict: Verdict | None = None
        self._above_since: float | None = None
        self._faults = 0

    def reading(self, degrees: float | None, now: float) -> Verdict | None:
        """A reading, or that there was none (None), at a monotonic time in seconds; returns a verdict that is new."""
        verdict = self._judged(degrees, now)
        if verdict in (None, self._verdict):
            return None
        self._verdict = verdict
        return verdict

    def _judged(self, degrees: float | None, now: float) -> Verdict | None:
        if degrees is None:
            self._faults += 1
            return "dead" if self._faults >= DEAD_AFTER else None
        self._faults = 0
        if degrees <= self._warm_c - (HYSTERESIS_C if self._verdict == "warm" else 0.0):
            self._above_since = None
            return "fine"
        if self._above_since is None:
            self._above_since = now
        return "warm" if now - self._above_since >= self._warm_after_s else None


class SysfsThermometer:
    """One probe. A measurement takes 0.75 s, which the file's reader waits for: so it is read in a thread."""

    def __init__(self, probe: Thermometer, take: Callable[[CoolingSeen], None]) -> None:
        self._probe = probe
        self._take = take
        self._cooling = Cooling(probe.warm_c, probe.warm_after_min * 60)

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            text = await asyncio.to_thread(_read, self._probe.path)
            verdict = self._cooling.reading(celsius(text), time.monotonic())
            for n in self._probe.compartments if verdict else ():
                assert verdict is not None
                spoils_after_ms = int(self._probe.spoils_after_min * 60_000)
                self._take(CoolingSeen(n=n, verdict=verdict, spoils_after_ms=spoils_after_ms))
            await asyncio.sleep(self._probe.poll_s)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
