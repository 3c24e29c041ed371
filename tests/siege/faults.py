"""What is done to the programs and the wires between them, drawn from a seed, and counted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import resource
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from locker.twin.person import GaveUp
from locker.twin.stage import Stage
from tests.siege.proxy import TROUBLES, Wire
from tests.siege.truth import JOURNAL, entries_of, told

PAUSE_S = (1.0, 3.0)
LASTS_S = (0.5, 6.0)
DOWN_S = (0.1, 2.0)
FULL_BYTES = 4_096


class Siege:
    """Does harm until it is told to heal everything."""

    def __init__(self, stage: Stage, chance: random.Random, wires: dict[str, Wire], *, old_cards: bool = True) -> None:
        self._old_cards = old_cards
        self.done: Counter[str] = Counter()
        self._stage, self._chance, self._wires = stage, chance, wires
        self._under_way: set[asyncio.Task[None]] = set()
        self.lost: dict[str, set[str]] = {place.id: set() for place in stage.lockers}
        self._dark_ones = {place.id: asyncio.Lock() for place in stage.lockers}
        self._restarting = {"hub": asyncio.Lock(), "broker": asyncio.Lock()}

    async def rage(self) -> None:
        """One harm after the other, several at a time, until cancelled."""
        ways: tuple[Callable[[], Awaitable[None]], ...] = (
            self._bad_wire, self._kill_hub, self._kill_broker, self._kill_daemon, self._full_disk, self._old_card,
            self._power_cut, self._bad_wire, self._kill_guardian, self._bad_wire,
        )  # fmt: skip
        if not self._old_cards:
            ways = tuple(way for way in ways if way != self._old_card)
        turn = 0
        while True:
            # In turn at first, so that even a short siege knows every harm.
            way = ways[turn] if turn < len(ways) else self._chance.choice(ways)
            turn += 1
            task = asyncio.ensure_future(way())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.sleep(self._chance.uniform(*PAUSE_S))

    async def heal(self) -> None:
        """Waits until every harm is over: each mends what it broke."""
        for wire in self._wires.values():
            wire.heal()
        await asyncio.gather(*self._under_way)
        for wire in self._wires.values():
            wire.heal()

    async def _bad_wire(self) -> None:
        trouble = TROUBLES[sum(self.done[f"wire {one}"] for one in TROUBLES) % len(TROUBLES)]
        wire = self._chance.choice(list(self._wires.values()))
        if wire.trouble != "fine":
            return
        self.done[f"wire {trouble}"] += 1
        wire.suffer(trouble)
        await asyncio.sleep(self._chance.uniform(*LASTS_S))
        wire.heal()

    async def _kill_hub(self) -> None:
        await self._kill("hub")

    async def _kill_broker(self) -> None:
        # It keeps nothing on a disk: its sessions, queues and retained messages are gone with it.
        await self._kill("broker")

    async def _kill(self, name: str) -> None:
        if self._restarting[name].locked():
            return
        async with self._restarting[name]:
            self.done[f"{name} killed"] += 1
            await self._stage.processes.kill(name)
            await asyncio.sleep(self._chance.uniform(*DOWN_S))
            await self._stage.processes.again(name)

    async def _kill_daemon(self) -> None:
        daemons = children_of(self._twin())
        if daemons:
            self._end(daemons[0], "daemon killed")

    async def _kill_guardian(self) -> None:
        guardians = [one for daemon in children_of(self._twin()) for one in children_of(daemon)]
        if guardians:
            self._end(guardians[0], "guardian killed")

    async def _full_disk(self) -> None:
        """A daemon's files may grow no more: its next write fails, and it has to start again."""
        for daemon in children_of(self._twin())[:1]:
            with contextlib.suppress(ProcessLookupError):
                # As large as the journal's log has grown at its start: whatever it writes behind it fails.
                resource.prlimit(daemon, resource.RLIMIT_FSIZE, (FULL_BYTES, resource.RLIM_INFINITY))
                self.done["disk full"] += 1

    async def _old_card(self) -> None:
        """Somebody copies a locker's card while it has no power, and puts the copy in some time later."""
        place = self._chance.choice(self._stage.lockers)
        data = self._stage.folder / place.id / "data"
        async with self._dark(place.id):
            image = _card(data)
        await asyncio.sleep(self._chance.uniform(*LASTS_S))
        async with self._dark(place.id):
            before = entries_of(data)
            if not before.keys() <= {digest for digest, _, _ in told(self._stage, place.id)}:
                # What only this card knows nobody would know any more: that is no fault that can be mended.
                return
            for path in _card(data):
                path.unlink()
            for path, content in image.items():
                path.write_bytes(content)
            self.lost[place.id] |= before.keys() - entries_of(data).keys()
            self.done["old card"] += 1

    async def _power_cut(self) -> None:
        self.done["power cut"] += 1
        async with self._dark(self._chance.choice(self._stage.lockers).id):
            pass

    @contextlib.asynccontextmanager
    async def _dark(self, locker: str) -> AsyncIterator[None]:
        # One at a time: nobody puts a card into a computer that somebody else has just switched on.
        async with self._dark_ones[locker]:
            person = self._stage.person_at(locker)
            with contextlib.suppress(GaveUp):
                await person.power(False)
            await asyncio.sleep(self._chance.uniform(*DOWN_S))
            try:
                yield
            finally:
                await person.power(True)

    def _twin(self) -> int:
        return self._stage.processes.pid(f"twin-{self._chance.choice(self._stage.lockers).id}")

    def _end(self, pid: int, what: str) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.done[what] += 1


def _card(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in data.glob(f"{JOURNAL}*")}


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
