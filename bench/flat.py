"""What a report costs in processor time in stores of very different sizes: few lockers or many, few parcels or many.

All stores lie on one PostgreSQL server (in files where there is none) and take turns, so that whatever else the machine
does meets all of them alike. Each time the same number of reports is taken, from lockers all over the store.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import filling
from bench.speakers import FACTS_A_LIFE, MESSAGES_A_LIFE, Message, Speaker
from hub_service.handlers.hub import Hub, open_hub
from hub_service.intake import Intake
from hub_service.store import keys
from hub_service.store.location import DATABASE, Server
from tests.servers.postgresql import PostgreSQL, on_disk, programs, running

SEED = 6
AT_ONCE = 64
"""So many lockers' messages are taken together, in every store: one of each, as no locker has two under way."""

RUNS, WARM_UP = 5, 2
LOCKERS_ASIDE, PARCELS_ASIDE = 1_000, 10_000
"""How many of the one there are where stores differ in the other."""

LONG_AGO_S = 30 * 86_400
_QUARTER_MIB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**22
SERVER = {
    # A quarter of the machine's memory, as in deploy/postgresql.
    "shared_buffers": f"{max(128, min(4096, _QUARTER_MIB))}MB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB",
}  # fmt: skip
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sizes:
    """The stores that are compared, and how many parcels live at each in one turn (a multiple of `AT_ONCE`)."""

    lockers: tuple[int, ...]
    parcels: tuple[int, ...]
    lives: int


SHORT = Sizes(lockers=(100, 6_000), parcels=(10_000, 50_000), lives=64)
FULL = Sizes(lockers=(100, 1_000, 10_000, 60_000), parcels=(10_000, 100_000, 1_000_000, 10_000_000), lives=256)


def measure(folder: Path, sizes: Sizes) -> dict[str, object]:
    """The curves in microseconds a report, and the dearest size over the cheapest of each."""
    if programs() is None:
        return _curves(sizes, lambda name: _Place(folder / name, None))
    with running(durable=True, folder=on_disk(), settings=SERVER) as server:
        return _curves(sizes, lambda name: _Place(folder / name, server))


def _curves(sizes: Sizes, place: Callable[[str], _Place]) -> dict[str, object]:
    lockers = {many: _Store(place(f"lockers{many}"), many, PARCELS_ASIDE) for many in sizes.lockers}
    greeting_us = lockers[max(sizes.lockers)].greeted_us()
    by_lockers = _curve(lockers, sizes.lives)
    parcels = {many: _Store(place(f"parcels{many}"), LOCKERS_ASIDE, many) for many in sizes.parcels}
    by_parcels = _curve(parcels, sizes.lives)
    return {
        "greeting_us": greeting_us,
        "flat_lockers": _dearest_over_cheapest(by_lockers),
        "flat_parcels": _dearest_over_cheapest(by_parcels),
        "report_us_by_lockers": by_lockers,
        "report_us_by_parcels": by_parcels,
    }


def _dearest_over_cheapest(curve: dict[str, dict[str, float]]) -> float:
    medians = [point["us"] for point in curve.values()]
    return round(max(medians) / min(medians), 2)


def _curve(stores: dict[int, _Store], lives: int) -> dict[str, dict[str, float]]:
    """Medians over all runs, with the cheapest and the dearest run; the sizes take turns."""
    try:
        for one in stores.values():
            # Statements are planned and caches filled: a hub does that once a start, not once a report.
            one.taken_us(WARM_UP * lives)
        found: dict[int, list[tuple[float, float]]] = {many: [] for many in stores}
        for _ in range(RUNS):
            for many, one in stores.items():
                found[many].append(one.taken_us(lives))
    finally:
        for one in stores.values():
            one.close()
    return {str(many): _point(runs) for many, runs in found.items()}


def _point(runs: Sequence[tuple[float, float]]) -> dict[str, float]:
    whole = [hub_us + server_us for hub_us, server_us in runs]
    return {
        "us": round(statistics.median(whole), 1),
        "hub_us": round(statistics.median(hub_us for hub_us, _ in runs), 1),
        "server_us": round(statistics.median(server_us for _, server_us in runs), 1),
        "least_us": round(min(whole), 1),
        "most_us": round(max(whole), 1),
    }


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    server: PostgreSQL | None

    def open(self) -> Hub:
        self.folder.mkdir(parents=True)
        keys.create(self.folder)
        if self.server is None:
            return open_hub(self.folder, self.folder / DATABASE)
        self.server.run(f"CREATE DATABASE {self.folder.name}")
        return open_hub(self.folder, Server(url=self.server.url(self.folder.name)))

    def tidy(self) -> None:
        """What the server does by itself, a minute after so much has come; nothing of it is left for later."""
        if self.server is not None:
            self.server.run("VACUUM ANALYZE", self.folder.name)
            # Once: behind each checkpoint every page is logged whole, which in a large store are many more at first.
            self.server.run("CHECKPOINT")

    def server_s(self) -> float:
        """Processor seconds of the server so far: of all its processes, also of those that have ended."""
        process = self.server.process if self.server else None
        return 0.0 if process is None else sum(_cpu_s(pid) for pid in (process.pid, *_children(process.pid)))


@dataclass(slots=True)
class _Store:
    """One store of a size, and the lockers of it that speak."""

    place: _Place
    lockers: int
    parcels: int
    hub: Hub = field(init=False)
    _speakers: list[Speaker] = field(init=False)
    _turn: int = 0

    def __post_init__(self) -> None:
        began_s = time.monotonic()
        self.hub, store_size = self.place.open(), f"{self.lockers} lockers, {self.parcels} parcels"
        # All over the store, and as many as one turn needs, where there are so many.
        speaking = min(self.lockers // AT_ONCE * AT_ONCE, 4 * AT_ONCE)
        numbers = random.Random(SEED).sample(range(1, self.lockers + 1), speaking)
        self._speakers = [Speaker(number) for number in numbers]
        country = filling.Country(SEED)
        store, known = self.hub.store, {one.number: one.public_key for one in self._speakers}
        filling.add_lockers(store, [country.place() for _ in range(self.lockers)], known)
        filling.add_compartments(store, self.lockers, empty=True)
        filling.add_finished(store, (1, self.parcels), self.lockers, self.hub.now_s() - LONG_AGO_S)
        self.place.tidy()
        print(f"  {store_size}: filled in {time.monotonic() - began_s:.0f} s", file=sys.stderr)

    def taken_us(self, lives: int) -> tuple[float, float]:
        """The processor time of one report of a turn, here and at the server, in microseconds."""
        told: list[list[Message]] = []
        while lives:
            some = [self._next() for _ in range(AT_ONCE)]
            with self.hub.store.write() as db:
                lives_told = [one.expects(db, self.hub) for one in some]
            # Of each locker the first message, then of each the one behind it.
            told += [list(messages) for messages in zip(*lives_told, strict=True)]
            lives -= AT_ONCE
        hub_s, server_s = self._taken_s(told)
        reports = sum(len(messages) for messages in told) // MESSAGES_A_LIFE * FACTS_A_LIFE
        return hub_s * 1e6 / reports, server_s * 1e6 / reports

    def greeted_us(self) -> dict[str, float]:
        """The processor time of a greeting that is no news, here and at the server, in microseconds; median of some."""
        told = [
            [one.greets() for one in self._speakers[start : start + AT_ONCE]]
            for start in range(0, len(self._speakers), AT_ONCE)
        ]
        # The first greeting of each is news.
        found = [self._taken_s(told) for _ in range(WARM_UP + RUNS)][WARM_UP:]
        hub_us, server_us = (statistics.median(some) * 1e6 / len(self._speakers) for some in zip(*found, strict=True))
        return {"us": round(hub_us + server_us, 1), "hub_us": round(hub_us, 1), "server_us": round(server_us, 1)}

    def _taken_s(self, told: Sequence[Sequence[Message]]) -> tuple[float, float]:
        """Processor seconds that the messages take that come together, here and at the server."""
        intake = Intake(self.hub)
        gc.collect()
        server_s, hub_s = self.place.server_s(), time.process_time()
        for messages in told:
            answers = intake.taken(messages)
            assert len(answers) == len(messages), "each is answered"
        return time.process_time() - hub_s, self.place.server_s() - server_s

    def close(self) -> None:
        """What was told counts only if all of it was taken for what it is."""
        with self.hub.store.read() as db:
            told = "SELECT COUNT(*) FROM parcels WHERE carrier = 'bench'"
            done = db.execute(f"{told} AND status = 'collected'").fetchone()[0]
            assert done == db.execute(told).fetchone()[0] > 0, "every parcel was collected"
            assert db.execute("SELECT COUNT(*) FROM parked").fetchone()[0] == 0, "nothing was set aside"
        self.hub.store.close()

    def _next(self) -> Speaker:
        self._turn += 1
        return self._speakers[self._turn % len(self._speakers)]


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    if not fields:
        return 0.0
    own_s, ended_s = (sum(map(int, some)) / _TICKS_PER_S for some in (fields[11:13], fields[13:15]))
    # Where the kernel counts it finer than in hundredths, that; these processes have one thread each.
    finer = _read(Path(f"/proc/{pid}/schedstat")).split()
    return ended_s + (int(finer[0]) / 1e9 if finer else own_s)


def _children(pid: int) -> list[int]:
    return [int(word) for task in Path(f"/proc/{pid}/task").glob("*/children") for word in _read(task).split()]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
