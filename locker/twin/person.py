"""People in front of a twin: they hold codes before the scanner, put parcels in, shut doors and read the screen.

Everything goes through the same HTTP hands that any other program would use.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx

PATIENCE_S = 20.0
LOOK_S = 0.03


class GaveUp(Exception):
    """What a person waited for didn't happen; the text says what, and what they saw instead."""


class Person:
    """Somebody at one locker. All waiting ends after `PATIENCE_S` with GaveUp."""

    def __init__(self, web: httpx.AsyncClient, twin_url: str, kiosk_url: str) -> None:
        self._web = web
        self.twin_url = twin_url.rstrip("/")
        self.kiosk_url = kiosk_url.rstrip("/")

    async def scan(self, text: str) -> None:
        """Holds a code before the scanner."""
        await self._do("scan", {"text": text})

    async def type(self, digits: str) -> None:
        """Types on the kiosk's keypad."""
        await self._do("keys", {"text": digits})

    async def choose(self, choice: str, n: int = 0) -> None:
        """Presses a button of the kiosk."""
        await self._do("choices", {"choice": choice, "n": n})

    async def put(self, n: int, what: str) -> None:
        """Puts something into an open compartment."""
        await self._do(f"compartments/{n}", {"put": what})

    async def take(self, n: int, what: str) -> None:
        """Takes something out of an open compartment."""
        await self._do(f"compartments/{n}", {"take": what})

    async def shut(self, n: int) -> None:
        """Pushes a door shut, once its lock has let go: before that it would spring open again."""
        await self._until(
            f"lock {n} to let go", lambda seen: any(d["n"] == n and not d["energised"] for d in seen["doors"])
        )
        await self._do(f"doors/{n}", {"do": "close"})

    async def network(self, up: bool) -> None:
        """Plugs the network cable in or out."""
        await self._do("network", {"up": up})

    async def power(self, on: bool) -> None:
        """Pulls the power plug, or puts it in again."""
        await self._do("power", {"on": on})

    async def looks(self) -> dict[str, Any]:
        """What the cabinet looks like from outside."""
        answer = await self._web.get(f"{self.twin_url}/state")
        answer.raise_for_status()
        seen: dict[str, Any] = answer.json()
        return seen

    async def reads(self) -> dict[str, Any]:
        """What the kiosk shows."""
        answer = await self._web.get(f"{self.kiosk_url}/state")
        answer.raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown

    async def open_door(self) -> int:
        """Waits until a door stands open, and says which."""
        doors = await self._until("a door to open", lambda seen: [d for d in seen["doors"] if d["open"]])
        n: int = doors[0]["n"]
        # No hand is so quick that it shuts a door before a board was asked what its switch reads.
        await self.until_screen(f"door {n} to be noticed open", lambda shown: _door_seen_open(shown, n))
        return n

    async def deposits(self, label: str) -> int:
        """A courier: scans a parcel, puts it in, shuts the door; returns the compartment's number."""
        await self.scan(label)
        n = await self.open_door()
        await self.put(n, label)
        await self.shuts(n)
        return n

    async def collects(self, code: str) -> tuple[int, list[str]]:
        """A recipient: shows a ticket or types a PIN, takes everything out, shuts the door."""
        await (self.type(code) if code.isdigit() else self.scan(code))
        return await self.takes_all()

    async def takes_all(self) -> tuple[int, list[str]]:
        """Somebody at the door that opens: takes everything out and shuts it."""
        n = await self.open_door()
        content: list[str] = next(d["content"] for d in (await self.looks())["doors"] if d["n"] == n)
        for what in content:
            await self.take(n, what)
        await self.shuts(n)
        return n, content

    async def shuts(self, n: int) -> None:
        """Pushes a door shut and waits until the locker has noticed."""
        await self.shut(n)
        await self.until_screen(f"door {n} to be noticed shut", lambda shown: not _door_open(shown, n))

    async def until_screen(self, what: str, holds: Callable[[dict[str, Any]], Any]) -> Any:
        """Waits until the kiosk's picture satisfies `holds`, and returns what that says."""
        return await self._wait(what, self.reads, holds)

    async def _until(self, what: str, holds: Callable[[dict[str, Any]], Any]) -> Any:
        return await self._wait(what, self.looks, holds)

    async def _wait(self, what: str, look: Callable[[], Any], holds: Callable[[dict[str, Any]], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                found = holds(await look())
            except httpx.TransportError:
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                raise GaveUp(f"waited {PATIENCE_S:.0f} s for {what}; the screen shows {await self._screen()}")
            await asyncio.sleep(LOOK_S)

    async def _screen(self) -> str:
        try:
            screen = (await self.reads())["screen"]
        except httpx.HTTPError as error:
            return f"nothing ({type(error).__name__})"
        return f"{screen['name']} {screen['n']} {screen['params']}"

    async def _do(self, hand: str, what: dict[str, Any]) -> None:
        answer = await self._web.post(f"{self.twin_url}/{hand}", json=what)
        if answer.is_error:
            raise GaveUp(f"{hand} {what}: {answer.status_code} {answer.text}")


def _door_seen_open(shown: dict[str, Any], n: int) -> bool:
    return any(box["n"] == n and box["door"] in ("open", "left_open") for box in shown["compartments"])


def _door_open(shown: dict[str, Any], n: int) -> bool:
    return any(box["n"] == n and box["door"] not in ("shut", "closed", "locked") for box in shown["compartments"])
