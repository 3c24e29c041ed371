"""A front that shows what a test tells it to, with cabinets of any size."""

from __future__ import annotations

import asyncio
from typing import Any


def column(count: int, n: int = 1, x_mm: int = 20) -> list[dict[str, Any]]:
    """Compartments of one column, numbered from `n`."""
    heights = [[90, 90, 200, 420][(n + i) % 4] for i in range(count)]
    return [
        {
            "n": n + i, "size_class": "M", "x_mm": x_mm, "y_mm": 20 + sum(heights[:i]) + 20 * i,
            "front_width_mm": 380, "front_height_mm": height, "reach": "middle", "module": "A", "content": "empty",
            "door": "shut", "in_service": True, "faults": [],
        }
        for i, height in enumerate(heights)
    ]  # fmt: skip


def cabinet(columns: int, each: int) -> list[dict[str, Any]]:
    """A cabinet of `columns` times `each` compartments."""
    return [box for c in range(columns) for box in column(each, 1 + c * each, 20 + 400 * c)]


class StandIn:
    """A front in memory. `pressed` and `chosen` are what the kiosk handed on."""

    def __init__(self, columns: int = 3, each: int = 4) -> None:
        self.pressed: list[str] = []
        self.chosen: list[tuple[str, int]] = []
        self._news = asyncio.Event()
        self._picture: dict[str, Any] = {
            "version": 1,
            "screen": {"name": "idle", "n": 0, "params": {}, "choices": []},
            "site": {"name": "Elm Street 12", "where": "left of the bakery", "help_phone": "030 555 0199"},
            "online": True, "compartments": cabinet(columns, each), "typed": 0, "sound": None, "run_ms": 5_000,
        }  # fmt: skip

    def show(self, name: str, n: int = 0, choices: tuple[str, ...] = (), **params: object) -> None:
        """Shows a screen."""
        self.tell(screen={"name": name, "n": n, "params": params, "choices": list(choices)})

    def tell(self, **parts: object) -> None:
        """Changes parts of the picture. May be called from any thread."""
        self._picture = {**self._picture, **parts, "version": self._picture["version"] + 1}

    def picture(self) -> dict[str, object]:
        return self._picture

    async def changed(self, seen_version: int) -> None:
        while self._picture["version"] == seen_version:
            await asyncio.sleep(0.005)

    def press(self, key: str) -> None:
        self.pressed.append(key)
        typed = 0 if key == "clear" else (self._picture["typed"] + 1) % 8
        self.tell(typed=typed, screen={"name": "typing" if typed else "idle", "n": 0, "params": {}, "choices": []})

    def choose(self, choice: str, n: int) -> None:
        self.chosen.append((choice, n))
