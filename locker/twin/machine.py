"""Wires the steel to pins and boards, and lets time pass: what stands between a locker's programs and its doors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from locker.settings import Settings
from locker.twin.boards.wall import Boards
from locker.twin.lines import Lines
from locker.twin.physics import Steel


class Machine:
    """Doors, locks and contacts of one locker, on the pins and boards of its settings. `on_change` hears of changes."""

    def __init__(self, settings: Settings, keep_after_death: bool, on_change: Callable[[], None]) -> None:
        self.steel = Steel(box.n for box in settings.compartment)
        self.lines = Lines(keep_after_death, self._output)
        self.boards = Boards(settings, self._relay, self._closed, self._caught)
        self._locks = {box.lock_pin: box.n for box in settings.compartment if box.lock_pin is not None}
        self._contacts = {
            box.n: box.door_pin for box in settings.compartment if box.door_pin is not None and box.board_sensor is None
        }
        self._open_is_high = {box.n: settings.gpio.door_open_is_high != box.inverted for box in settings.compartment}
        self._gpio = settings.gpio
        self._on_change = on_change
        self._timer: asyncio.TimerHandle | None = None
        self.lamp = False
        self.buzzer = False

    async def start(self, path: Path) -> None:
        for n in self._contacts:
            self._drive(n)
        await self.lines.start(path)

    async def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.boards.power(False)
        await self.lines.close()

    def act(self, hand: Callable[[int], Any]) -> None:
        """Let a hand (or a current) do something now: `hand` gets the time in ms."""
        now_ms = _now_ms()
        # What is due comes before the hand, and what the hand has caused at once comes right after it.
        self._pass_time(now_ms)
        try:
            hand(now_ms)
        finally:
            self._pass_time(now_ms)
            self._on_change()

    def cut(self, n: int, is_cut: bool) -> None:
        self.act(lambda _: self.steel.cut(n, is_cut))
        self._drive(n)

    def power_on(self) -> None:
        """Boards and adapters have current; the pins get theirs with the programs."""
        self.boards.power(True)

    def power_cut(self) -> None:
        """No line, no board and no relay has current any more."""
        self.lines.power_cut()
        self.boards.power(False)
        self.act(self.steel.power_cut)

    def _relay(self, n: int, on: bool) -> None:
        self.act(lambda now_ms: self.steel.relay(n, on, now_ms))

    def _closed(self, n: int) -> bool | None:
        # A board looks when it is asked, not when something happens.
        self._pass_time(_now_ms())
        door = self.steel.doors[n]
        return None if door.cut else not door.contact_open

    def _caught(self, n: int) -> bool:
        self._pass_time(_now_ms())
        return not self.steel.doors[n].hook_open

    def _output(self, pin: int, level: bool | None) -> None:
        if pin in self._locks:
            on = level is not None and level == self._gpio.relay_active_high
            self._relay(self._locks[pin], on)
        elif pin == self._gpio.led_pin:
            self.lamp = bool(level)
            self._on_change()
        elif pin == self._gpio.buzzer_pin:
            self.buzzer = bool(level)
            self._on_change()

    def _pass_time(self, now_ms: int) -> None:
        for edge in self.steel.advance(now_ms):
            self._drive(edge.n, edge.open)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self.steel.next_ms is not None:
            self._timer = asyncio.get_running_loop().call_at(self.steel.next_ms / 1000, self._time_is_up)

    def _time_is_up(self) -> None:
        self.act(lambda _: None)

    def _drive(self, n: int, is_open: bool | None = None) -> None:
        if n not in self._contacts:
            return
        door = self.steel.doors[n]
        level = (door.contact_open if is_open is None else is_open) == self._open_is_high[n]
        self.lines.drive(self._contacts[n], None if door.cut else level)


def _now_ms() -> int:
    # The loop's clock is the one that its timers go by; a test may let it run ahead.
    # A millisecond that has come but for a rounding error has come, or its timer would be set again for ever.
    return int(asyncio.get_running_loop().time() * 1000 + 0.01)
