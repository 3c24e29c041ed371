"""One run of a fleet: everybody connects, people come at a rate, the broker dies if asked to; then the figures."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from locker.twin.fleet.gauges import Use
from locker.twin.fleet.ground import FleetError, Ground
from locker.twin.fleet.locker import Chances, Identity, Locker
from locker.twin.fleet.people import FrontDoor, Habits, People
from locker.twin.fleet.tally import Report, Tally

LOOK_AFTER_S = 4.0
PIECES = 40
SETTLE_S, DRAIN_S = 600.0, 20.0
LOOK_S = 0.1
HTTP_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be tried. `connects_per_s` paces the first connects; later ones follow the lockers' own rule."""

    rate: float = 0.0
    seconds: float = 0.0
    habits: Habits = field(default_factory=Habits)
    connects_per_s: float = 200.0
    at_once: int = 50
    """So many lockers may be new to the hub at a time: each tells its whole machine, and is told its neighbours."""

    kill_broker: bool = False
    seed: int = 0
    patience_s: float = 120.0


class Trial:
    """A fleet on its ground. `show` is called about once a second with a line for people."""

    def __init__(self, ground: Ground, identities: list[Identity], plan: Plan, show: Callable[[str], None]) -> None:
        self.tally = Tally()
        self._ground, self._plan, self._show = ground, plan, show
        self._chance = random.Random(plan.seed)
        chances = Chances(id=lambda: f"{self._chance.getrandbits(64):016x}", share=self._chance.random)
        self.lockers = [Locker(one, chances, self.tally) for one in identities]
        self._tasks: list[asyncio.Task[None]] = []
        self._phase, self._began_s = "connecting", 0.0
        self.people: People | None = None

    async def run(self) -> dict[str, object]:
        """Runs it all; the figures. Raises FleetError where lockers and hub don't come together."""
        async with self.everybody() as figures:
            if self._plan.rate > 0:
                figures |= await self.lived(self._plan.rate, self._plan.seconds)
            if self._plan.kill_broker:
                figures |= await self._storm()
        return figures

    @asynccontextmanager
    async def everybody(self) -> AsyncIterator[dict[str, object]]:
        """All lockers are connected within it; gives what that took. Raises FleetError where they don't come together.

        Several loads are offered to the same lockers by calling `lived` several times.
        """
        loop = asyncio.get_running_loop()
        self._began_s = loop.time()
        self._tasks = [loop.create_task(self._look_after()), loop.create_task(self._progress())]
        try:
            yield await self._connected()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # What is tried

    async def _connected(self) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        began_s, before = loop.time(), self._ground.use()
        begun: set[Locker] = set()
        for number, locker in enumerate(self.lockers, 1):
            while len(begun) >= self._plan.at_once:
                begun = {one for one in begun if not one.settled}
                await asyncio.sleep(LOOK_S / 4)
            begun.add(locker)
            self._tasks.append(loop.create_task(locker.live(self._ground.broker)))
            await asyncio.sleep(max(0.0, began_s + number / self._plan.connects_per_s - loop.time()))
        await self._all("settled")
        return {
            "lockers": len(self.lockers),
            "online_s": round(loop.time() - began_s, 1),
            "connects_peak_per_s": max(self.tally.connects.values()),
            "use_connecting": _used(before, self._ground.use()),
        }

    async def lived(self, rate: float, seconds: float) -> dict[str, object]:
        """The figures of so many lives a second that are begun for so long; returns when their last fact is known."""
        plan, loop = self._plan, asyncio.get_running_loop()
        self._phase = "load"
        self.tally.forget()
        keys = (self._ground.api_key, *self._ground.more_keys)
        limits = httpx.Limits(max_connections=HTTP_AT_ONCE, max_keepalive_connections=HTTP_AT_ONCE)
        before, own_s, began_s = self._ground.use(), time.process_time(), loop.time()
        async with httpx.AsyncClient(timeout=30.0, limits=limits, trust_env=False) as api:
            door = FrontDoor(api, self._ground.hub_urls, keys, asyncio.Semaphore(HTTP_AT_ONCE))
            self.people = People(self.lockers, door, plan.habits, self._chance, self.tally)
            await self.people.begin(rate, seconds)
            lasted_s, facts, rates = loop.time() - began_s, self.tally.facts, self.tally.a_second(loop.time() - began_s)
            after, own_s = self._ground.use(), time.process_time() - own_s
            self._phase = "finishing"
            left = await self.people.finish(plan.patience_s)
            resting = self.people.resting
            drained_s = await self._drained()
        figures = Report(self.tally, lasted_s).figures()
        return figures | {
            "rate": rate,
            **rates,
            "not_finished": left,
            "left_resting": resting,
            "drained_s": round(drained_s, 1),
            "unconfirmed_facts": sum(one.journal.position - one.journal.confirmed_position for one in self.lockers),
            "use": _used(before, after),
            "cpu_us_per_report": {
                name: round((after[name].cpu_s - before[name].cpu_s) * 1e6 / max(1, facts)) for name in after
            },
            "fleet_cpu_s": round(own_s, 1),
        }

    async def _drained(self) -> float:
        """How long until the hub has confirmed what the last people did, at most `DRAIN_S`."""
        began_s = asyncio.get_running_loop().time()
        while not all(one.settled for one in self.lockers):
            if (lasted_s := asyncio.get_running_loop().time() - began_s) > DRAIN_S:
                return lasted_s
            await asyncio.sleep(LOOK_S)
        return asyncio.get_running_loop().time() - began_s

    async def _storm(self) -> dict[str, object]:
        """The broker is killed and started again; how long until everybody is back and the hub knows."""
        self._phase, loop = "storm", asyncio.get_running_loop()
        processes = self._ground.processes
        if processes is None:
            raise FleetError("only a broker that was started here is killed: leave --kill-broker out, or --hub")
        before = {name: use for name, use in self._ground.use().items() if name != "broker"}
        await processes.kill("broker")
        await self._all("offline")
        self.tally.connects.clear()
        back_s = loop.time()
        await processes.again("broker")
        await self._all("online")
        online_s = loop.time() - back_s
        await self._all("settled")
        after = {name: self._ground.use()[name] for name in before}
        return {
            "storm": {
                "all_online_s": round(online_s, 1),
                "all_settled_s": round(loop.time() - back_s, 1),
                "connects_peak_per_s": max(self.tally.connects.values(), default=0),
                "hub_cpu_s": round(sum(after[one].cpu_s - before[one].cpu_s for one in after if "hub" in one), 1),
            }
        }

    async def _all(self, how: str) -> None:
        holds: Callable[[], bool] = {
            "settled": lambda: self.tally.online == len(self.lockers) and all(one.settled for one in self.lockers),
            "online": lambda: self.tally.online == len(self.lockers),
            "offline": lambda: self.tally.online == 0,
        }[how]
        try:
            async with asyncio.timeout(SETTLE_S):
                while not holds():
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            settled = sum(one.settled for one in self.lockers)
            raise FleetError(
                f"after {SETTLE_S:.0f} s {self.tally.online} lockers are online and {settled} settled, "
                f"not all {how}: look at the hub's log"
            ) from None

    # What goes on beside it

    async def _look_after(self) -> None:
        """Pings for all connections, a piece of the fleet at a time."""
        while True:
            for piece in range(PIECES):
                for locker in self.lockers[piece::PIECES]:
                    if locker.line:
                        locker.line.look_after()
                await asyncio.sleep(LOOK_AFTER_S / PIECES)

    async def _progress(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            tally, elapsed_s = self.tally, asyncio.get_running_loop().time() - self._began_s
            living = self.people.living if self.people else 0
            notice = Report(tally, 1.0).figures()["closed_to_notice_ms"]
            assert isinstance(notice, dict)
            self._show(
                f"{elapsed_s:5.0f} s {self._phase:<10} online {tally.online}/{len(self.lockers)}"
                f"  announced {tally.announced}  in {tally.deposited}  out {tally.collected}  under way {living}"
                f"  notice p99 {notice.get('p99', 0):.0f} ms  errors {sum(tally.errors.values())}"
            )


def _used(before: dict[str, Use], after: dict[str, Use]) -> dict[str, dict[str, float]]:
    return {
        name: {"cpu_s": round(use.cpu_s - before[name].cpu_s, 2), "memory_mb": round(use.memory_mb, 1)}
        for name, use in after.items()
    }
