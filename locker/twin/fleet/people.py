"""Couriers and recipients of a fleet: whole parcel lives, each announced over HTTP, brought to a locker and fetched.

Everybody uses a locker as people do: a code before the scanner (or typed), the open door, the hand that shuts it.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import httpx

from locker.cabinet.events import ChoiceMade, CodeEntered, Scanned
from locker.twin.fleet.locker import Locker
from locker.twin.fleet.tally import Tally
from locker.wire.access_tag import access_tag

PATIENCE_S, RETRY_S, LOOK_S = 30.0, 20.0, 0.1
NO_ROOM = 409
SIZES_MM = ((300, 60, 200), (350, 120, 300), (370, 180, 500))


class GaveUp(Exception):
    """Somebody waited in vain; the text names for what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How people are. Times in seconds; `pins` is the share of recipients that type their PIN."""

    hands_s: float = 1.0
    dwell_s: float = 10.0
    pins: float = 0.05


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Where carriers announce: equal workers of one hub, one after the other; and their keys, in turn as well."""

    api: httpx.AsyncClient
    urls: tuple[str, ...]
    keys: tuple[str, ...]
    turns: asyncio.Semaphore

    async def announce(self, number: int, body: dict[str, Any]) -> httpx.Response:
        """Sends one announcement."""
        headers = {"Authorization": f"Bearer {self.keys[number % len(self.keys)]}"}
        # The client's own queue looks at every connection for each who waits: hundreds would keep the loop busy.
        async with self.turns:
            return await self.api.post(f"{self.urls[number % len(self.urls)]}/v1/parcels", json=body, headers=headers)


class People:
    """Starts parcels' lives at a rate, each at a locker that is drawn."""

    def __init__(
        self, lockers: list[Locker], door: FrontDoor, habits: Habits, chance: random.Random, tally: Tally
    ) -> None:
        self._lockers, self._door, self._habits, self._chance, self._tally = lockers, door, habits, chance, tally
        self._prefix = f"FLT{chance.getrandbits(32):08X}"
        self._begun = 0
        self._living: set[asyncio.Task[None]] = set()
        self.resting = 0
        """How many of them wait for a lock that was pulsed too often."""

    @property
    def living(self) -> int:
        """How many parcels are under way now."""
        return len(self._living)

    async def begin(self, rate: float, seconds: float) -> None:
        """Begins so many lives a second, at random moments, for so long."""
        loop = asyncio.get_running_loop()
        until_s = due_s = loop.time()
        until_s += seconds
        # By the clock, not by pauses: a late start must not lower the rate.
        while (due_s := due_s + self._chance.expovariate(rate)) < until_s:
            if (pause_s := due_s - loop.time()) > 0:
                await asyncio.sleep(pause_s)
            task = loop.create_task(self._life())
            self._living.add(task)
            task.add_done_callback(self._living.discard)
        await asyncio.sleep(max(0.0, until_s - loop.time()))

    async def finish(self, patience_s: float) -> int:
        """Waits until all that were begun are fetched, but for those whose lock rests; returns how many others aren't.

        A rest takes two minutes by design, of which a run learns nothing.
        """
        until_s = self._now_s() + patience_s
        while (late := self.living - self.resting) and self._now_s() < until_s:
            await asyncio.sleep(LOOK_S)
        for task in self._living:
            task.cancel()
        return late

    async def _life(self) -> None:
        try:
            locker = self._chance.choice(self._lockers)
            parcel = await self._announced(locker)
            if parcel is None:
                self._tally.no_room += 1
                return
            await self._brought(locker, parcel)
            await asyncio.sleep(self._chance.expovariate(1 / self._habits.dwell_s))
            await self._fetched(locker, parcel["pickup"])
        except (GaveUp, httpx.HTTPError) as error:
            self._tally.errors[f"{type(error).__name__}: {error}"[:80]] += 1

    async def _announced(self, locker: Locker) -> Any:
        self._begun += 1
        began_s = self._now_s()
        size_mm = self._chance.choice(SIZES_MM)
        body = {
            "tracking_number": f"{self._prefix}{self._begun}",
            "carrier": "fleet",
            "recipient": {"name": "Ada", "email": f"r{self._begun}@example.org"},
            "size_mm": dict(zip(("width", "height", "depth"), size_mm, strict=True)),
            "locker_id": locker.identity.id,
        }
        answer = await self._door.announce(self._begun, body)
        if answer.status_code == NO_ROOM:
            return None
        answer.raise_for_status()
        self._tally.announce_s.append(self._now_s() - began_s)
        self._tally.announced += 1
        parcel = answer.json()
        await self._until(locker, lambda: locker.expects(parcel["tracking_number"]), "order")
        self._tally.known_s.append(self._now_s() - began_s)
        return parcel

    async def _brought(self, locker: Locker, parcel: Any) -> None:
        label = parcel["tracking_number"]
        async with locker.front:
            locker.take(Scanned(text=label, visit=locker.visit()))
            n = await self._opened(locker, "deposit")
            locker.doors.steel.put(n, label)
            closed_s = await self._shut(locker, n)
            locker.time_until_known(closed_s)
            locker.take(ChoiceMade(choice="done"))
        self._tally.deposited += 1

    async def _fetched(self, locker: Locker, pickup: Any) -> None:
        while not await self._took(locker, pickup):
            # A lock that was pulsed three times rests for two minutes; whoever comes then tries again a little later.
            self._tally.lock_rested += 1
            self.resting += 1
            try:
                await asyncio.sleep(RETRY_S)
            finally:
                self.resting -= 1
        self._tally.collected += 1

    async def _took(self, locker: Locker, pickup: Any) -> bool:
        """Whether a recipient has got the parcel; not if its lock has to rest."""
        async with locker.front:
            if self._chance.random() < self._habits.pins:
                tag = await asyncio.to_thread(access_tag, pickup["pin"], locker.identity.code_key)
                locker.take(CodeEntered(tag=tag, visit=locker.visit()))
            else:
                locker.take(Scanned(text=pickup["ticket"], visit=locker.visit()))
            try:
                n = await self._opened(locker, "collect")
            except GaveUp:
                if not locker.rests():
                    raise
                locker.take(ChoiceMade(choice="done"))
                return False
            for label in list(locker.doors.steel.doors[n].content):
                locker.doors.steel.take(n, label)
            await self._shut(locker, n)
            locker.take(ChoiceMade(choice="done"))
            return True

    async def _opened(self, locker: Locker, purpose: str) -> int:
        """The door that the screen names, once it is open."""
        screen = locker.cabinet.screen
        if screen.name == "refused":
            raise GaveUp(f"{purpose} refused: {screen.params['refusal']}")

        def is_open() -> bool:
            screen = locker.cabinet.screen
            return screen.name == "open" and screen.params.get("purpose") == purpose and locker.doors.is_open(screen.n)

        await self._until(locker, lambda: is_open() or locker.rests(), f"{purpose} door")
        if not is_open():
            raise GaveUp(f"the lock rests: {purpose}")
        return locker.cabinet.screen.n

    async def _shut(self, locker: Locker, n: int) -> float:
        """Shuts a door; returns when the hand did it, once the locker has noticed."""
        await asyncio.sleep(max(self._habits.hands_s, locker.doors.energised_s(n)))
        closed_s = self._now_s()
        locker.doors.shut(n)
        await self._until(locker, lambda: n not in locker.cabinet.open_doors, "shut door")
        return closed_s

    async def _until(self, locker: Locker, holds: Any, what: str) -> None:
        try:
            await locker.until(holds, PATIENCE_S)
        except TimeoutError:
            raise GaveUp(f"waited {PATIENCE_S:.0f} s for: {what} ({locker.cabinet.screen.name})") from None

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()
