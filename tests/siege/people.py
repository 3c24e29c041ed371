"""People at lockers that die under their hands. Each does one thing again and again until it is done, one at a time.

What they go by is what they see: doors, parcels, the screen. What they know of codes comes from the hub.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from locker.twin import life
from locker.twin.person import GaveUp, Person
from locker.twin.stage import Stage

PATIENCE_S = 60.0
LOOKING_S = 140.0
"""A lock that was pulsed three times rests for two minutes."""

TYPED_S = 0.6
DOOR_S = 4.0
LOOK_S = 0.15
HANDS_S = 0.8
"""Nobody is quicker between opening a door and shutting it; a lock board that is asked ten times a second sees it."""


@dataclass(slots=True)
class Parcel:
    """One parcel, and where it is in truth: nowhere yet, in a locker, or with its recipient."""

    label: str
    locker: str
    email: str
    place: str = "outside"
    told: dict[str, Any] = field(default_factory=dict)


class Crowd:
    """Couriers, recipients and an operator of one locker, one after the other."""

    def __init__(self, stage: Stage, locker: str) -> None:
        self.locker = locker
        self.parcels: list[Parcel] = []
        self._stage = stage
        self._person: Person = stage.person_at(locker)
        self.stop = False

    async def live(self) -> None:
        """Brings, fetches and looks until told to stop."""
        while not self.stop:
            parcel = await self._announced()
            if parcel is None or not await self._brought(parcel):
                await self.look()
                continue
            inside = [one for one in self.parcels if one.place == "inside"]
            # Some stay: a locker that is always empty would hide what is forgotten.
            if len(inside) > 2:
                await self._fetched(inside[0])

    async def finish(self) -> None:
        """What is doubted is looked into, and half of what lies there is fetched."""
        await self.look()
        for parcel in [one for one in self.parcels if one.place == "inside"][::2]:
            await self._fetched(parcel)
        await self.look()

    async def look(self) -> None:
        """An operator looks into every compartment that is in doubt, until none is."""
        deadline = time.monotonic() + LOOKING_S
        while time.monotonic() < deadline:
            try:
                if not await self._look_on():
                    return
            except (GaveUp, httpx.HTTPError):
                pass
            await asyncio.sleep(LOOK_S)

    async def _look_on(self) -> bool:
        """Does what the screen asks for next; whether there is more to do."""
        shown = await self._person.reads()
        screen = shown["screen"]
        if screen["name"] in ("opening", "stuck"):
            return True
        if await self._open_doors():
            # The screen asks for something else once it is shut.
            await self._shut_all()
            return True
        doubtful = [box["n"] for box in shown["compartments"] if box["content"] == "uncertain"]
        match screen["name"]:
            case "inspected":
                content = next(door["content"] for door in await self._doors() if door["n"] == screen["n"])
                await self._person.choose("holds_parcel" if content else "is_empty")
            case "operator_menu" if doubtful:
                await self._person.choose("inspect", doubtful[0])
                await self._opened()
            case "idle" if doubtful:
                await self._person.type(self._stage.operator_code)
                await asyncio.sleep(TYPED_S)
            case "idle":
                return False
            case "refused" | "opening":
                pass
            case _:
                await self._person.choose("done")
        return True

    async def _announced(self) -> Parcel | None:
        number = len(self.parcels)
        label = f"SIEGE-{self.locker}-{number}".upper()
        parcel = Parcel(label, self.locker, f"r{number}.{self.locker}")
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not self.stop:
            try:
                answer = await self._stage.api.get("/v1/parcels", params={"tracking_number": label})
                found = answer.json()["items"] if answer.is_success else []
                if not found:
                    found = [await life.announce(self._stage, label, life.SMALL, self.locker, parcel.email)]
                parcel.told = found[0]
                self.parcels.append(parcel)
                return parcel
            except httpx.HTTPStatusError:
                # No room: somebody has to fetch something, or to look into what is in doubt.
                return None
            except httpx.HTTPError:
                await asyncio.sleep(LOOK_S)
        return None

    async def _brought(self, parcel: Parcel) -> bool:
        """The courier scans until the parcel is in; gives up where the locker doesn't know it for a long time."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                # Whatever stands open belongs to somebody before: nothing is laid in there.
                await self._shut_all()
                if parcel.place == "inside":
                    return True
                if n := await self._opened(parcel.label):
                    if next(door["content"] for door in await self._doors() if door["n"] == n):
                        # A locker with an old card may think that it is empty.
                        await self._person.choose("occupied")
                        continue
                    await self._person.put(n, parcel.label)
                    parcel.place = "inside"
            except (GaveUp, httpx.HTTPError):
                await asyncio.sleep(LOOK_S)
            if self.stop and parcel.place == "outside":
                return False
        return False

    async def _fetched(self, parcel: Parcel) -> None:
        deadline, ticket = time.monotonic() + PATIENCE_S, parcel.told["pickup"]["ticket"]
        while time.monotonic() < deadline:
            try:
                await self._shut_all()
                if parcel.place == "fetched":
                    return
                if n := await self._opened(ticket):
                    content = next(door["content"] for door in await self._doors() if door["n"] == n)
                    if parcel.label in content:
                        await self._person.take(n, parcel.label)
                        parcel.place = "fetched"
            except (GaveUp, httpx.HTTPError):
                await asyncio.sleep(LOOK_S)

    async def _opened(self, code: str = "") -> int:
        """A door that stands open, after showing a code where none does (0: none opened)."""
        if code and not await self._open_doors():
            await self._person.scan(code)
        deadline = time.monotonic() + DOOR_S
        while time.monotonic() < deadline:
            if doors := await self._open_doors():
                return doors[0]
            await asyncio.sleep(LOOK_S)
        return 0

    async def _shut_all(self) -> None:
        """Shuts every door, and stays until the locker has noticed: a lock may still be given another pulse."""
        if await self._open_doors():
            await asyncio.sleep(HANDS_S)
        for n in await self._open_doors():
            await self._person.shuts(n)
        for _ in range(3):
            await asyncio.sleep(LOOK_S)
            for n in await self._open_doors():
                await self._person.shuts(n)

    async def _open_doors(self) -> list[int]:
        return [door["n"] for door in await self._doors() if door["open"]]

    async def _doors(self) -> list[dict[str, Any]]:
        doors: list[dict[str, Any]] = (await self._person.looks())["doors"]
        return doors
