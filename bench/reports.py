"""How many reports of lockers the hub takes, decides and commits a second, from signed bytes to signed answers.

Lockers report what they really report: the orders that they have applied, then visit after visit, each as one batch.
Parcels are announced before, without the slow hash for each, because their PINs are never typed.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.long_journal import stay
from bench.time_spent import TimeSpent
from hub_service.handlers import announce, promises
from hub_service.handlers.hub import Hub, open_hub
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.locker_link import TAKEN_AT_ONCE, Bus, LockerLink
from hub_service.store import deliveries, keys, lockers, orders
from hub_service.store.location import DATABASE, Server
from hub_service.store.records import DeliveryRecord
from locker.wire import codec, facts, topics
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import CompartmentSpec, Fact, Moment
from locker.wire.messages import Batch
from tests.servers.postgresql import PostgreSQL, on_disk, programs, running

BOXES, LOCKERS = 20, 128
WORKERS = 2
SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
STARTED_MS = 1_750_000_000_000


def measure(folder: Path, parcels_each: int, runs: int, rival_s: int) -> dict[str, object]:
    """Takes what lockers tell of some parcels each: with SQLite, and with two workers on PostgreSQL beside pgbench.

    Medians over `runs`; pgbench's TPC-B-like transactions (`rival_s` each) and the reports take turns on one server.
    """
    size = (LOCKERS, parcels_each)
    alone = [_taken(_hub_in(folder / f"sqlite{turn}"), size, 1) for turn in range(runs)]
    figures: dict[str, object] = {
        "reports_per_s_on_sqlite": round(statistics.median(alone)),
        "report_time_on_sqlite": _spent(_hub_in(folder / "watched_sqlite"), size),
    }
    if programs() is None:
        return figures
    rates, rivals = [], []
    with running(durable=True, folder=on_disk(), settings=SERVER) as server:
        pgbench(server, "-i", "-q", "-s", "20")
        for turn in range(runs):
            rivals.append(pgbench(server, "-c", "32", "-j", "2", "-M", "simple", "-T", str(rival_s)))
            server.run(f"CREATE DATABASE hub{turn}")
            hub = _hub_in(folder / f"hub{turn}", Server(url=server.url(f"hub{turn}")))
            rates.append(_taken(hub, size, WORKERS))
            rivals.append(pgbench(server, "-c", "32", "-j", "2", "-M", "simple", "-T", str(rival_s)))
        server.run("CREATE DATABASE watched")
        spent = _spent(_hub_in(folder / "watched", Server(url=server.url("watched"))), size)
    ratios = [rate * 2 / (rivals[2 * turn] + rivals[2 * turn + 1]) for turn, rate in enumerate(rates)]
    return figures | {
        "reports_per_s": round(statistics.median(rates)),
        "pgbench_per_s": round(statistics.median(rivals)),
        "reports_over_pgbench": round(statistics.median(ratios), 2),
        "report_time_on_postgresql": spent,
    }


def pgbench(server: PostgreSQL, *words: str) -> float:
    """Runs PostgreSQL's own measure against this server; its transactions a second (0 while it only prepares)."""
    program = programs()
    assert program is not None
    where = ("-h", "127.0.0.1", "-p", str(server.port), "-U", "hub", "postgres")
    done = subprocess.run([str(program / "pgbench"), *words, *where], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    return float(found.group(1)) if found else 0.0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a hub lies: its keys, and its database."""

    folder: Path
    database: Path | Server

    def open(self) -> Hub:
        return open_hub(self.folder, self.database)


def _hub_in(folder: Path, server: Server | None = None) -> _Place:
    folder.mkdir(parents=True)
    keys.create(folder)
    return _Place(folder, server or folder / DATABASE)


def _taken(place: _Place, size: tuple[int, int], workers: int, spent: TimeSpent | None = None) -> float:
    """Reports a second, from the first worker's start to the last one's end."""
    lockers_count, parcels_each = size
    hub = place.open()
    with closing(hub.store):
        told = [_told(hub, number, parcels_each) for number in range(1, lockers_count + 1)]
        # Visit by visit over all lockers: what is taken at once comes from many of them.
        shares = [list(chain.from_iterable(zip(*told[share::workers], strict=True))) for share in range(workers)]
        if workers == 1:
            with spent.watching() if spent else nullcontext():
                spans = [_work(place, shares[0])]
        else:
            with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
                # The first round starts the processes, and is no part of the measure.
                list(pool.map(_work, [place] * workers, [[]] * workers))
                spans = list(pool.map(_work, [place] * workers, shares))
        count = sum(facts_in for share in shares for _, _, facts_in in share)
        with hub.store.read() as db:
            assert db.execute("SELECT COUNT(*) FROM reports").fetchone()[0] == count, "all are kept"
            assert db.execute("SELECT COUNT(*) FROM parked").fetchone()[0] == 0, "nothing was set aside"
            ended = db.execute("SELECT COUNT(*) FROM parcels WHERE status = 'collected'").fetchone()[0]
        assert ended == lockers_count * parcels_each, "every parcel was collected"
    return count / (max(end for _, end in spans) - min(start for start, _ in spans))


def _spent(place: _Place, size: tuple[int, int]) -> dict[str, dict[str, float]]:
    """Where the time of one report goes, in microseconds, with one worker that is watched."""
    spent = TimeSpent()
    rate = _taken(place, size, 1, spent)
    return spent.table(1e6 / rate)


def _work(place: _Place, messages: list[tuple[str, bytes, int]]) -> tuple[float, float]:
    """What one worker does; when it began and ended, by the clock that all processes share."""
    hub = place.open()
    with closing(hub.store):
        link, left, began = LockerLink(hub, Bus("127.0.0.1", 0)), iter(messages), time.monotonic()
        while some := list(islice(left, TAKEN_AT_ONCE)):
            answers = link.taken_all([(topic, raw) for topic, raw, _ in some])
            assert len(answers) == len(some), "each is confirmed"
        return began, time.monotonic()


def _told(hub: Hub, number: int, parcels: int) -> list[tuple[str, bytes, int]]:
    """All messages of one locker's life, each with the number of its facts."""
    key, locker_id = Ed25519PrivateKey.generate(), f"bench-{number}"
    row = {
        "id": locker_id, "number": number, "name": locker_id, "place": "bench", "epoch": hub.draws.epoch(),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }  # fmt: skip
    boxes = tuple(
        CompartmentSpec(n=n, size_class="M", width_mm=400, height_mm=200, depth_mm=500) for n in range(1, BOXES + 1)
    )
    with hub.store.write() as db:
        lockers.add(db, hub.store, row, bytes(32))
        lockers.describe(db, locker_id, boxes)
        for n in range(1, BOXES + 1):
            lockers.set_content(db, locker_id, n, "empty")
        place = lockers.find(db, locker_id)
        assert place is not None
        for which in range(parcels):
            parcel = announce._add_parcel(db, hub, _wish(locker_id, number, which))
            promises.promise(db, hub, parcel, place, promises.Code(f"{number:04d}{which:04d}", f"{which:032x}"))
        coming = deliveries.live_at(db, locker_id)
        bodies = orders.after(db, locker_id, place.epoch, 0, 10_000)
    life = list(_life(place.epoch, bodies, coming))
    parent, messages = GENESIS, []
    for visit in life:
        raw = tuple(codec.fact_to_json(fact) for fact in visit)
        batch = Batch(locker=locker_id, parent=parent, facts=raw)
        messages.append((topics.topic_of(locker_id, "batch"), codec.encode(batch, key), len(raw)))
        for fact in raw:
            parent = digest(parent, fact)
    return messages


def _life(epoch: str, bodies: list[dict[str, object]], coming: list[DeliveryRecord]) -> Iterator[list[Fact]]:
    clock = iter(range(0, 2**50, 1_000))

    def at() -> Moment:
        run_ms = next(clock)
        return Moment(run_ms=run_ms, wall_ms=STARTED_MS + run_ms, trusted=True)

    last, number = GENESIS, 0
    applied = iter(bodies)
    for delivery in coming:
        row: list[Fact] = []
        # Two orders for each parcel: who may open, and what is to come.
        for body in islice(applied, 2):
            number, last = number + 1, digest(last, body)
            order = codec.order_from_json(body)
            row.append(facts.OrderApplied(at=at(), epoch=epoch, number=number, digest=last, order=order))
        yield row
        yield from _visits(at, delivery)


def _visits(at: Callable[[], Moment], delivery: DeliveryRecord) -> Iterator[list[Fact]]:
    assert delivery.n, "there is room for all"
    both = list(stay(at, delivery.n, delivery.id, delivery.pickup_id))
    half = len(both) // 2
    yield both[:half]
    yield both[half:]


def _wish(locker_id: str, number: int, which: int) -> Announcement:
    who = Recipient(name=f"Ada {number} {which}", email=f"ada{number}-{which}@example.org")
    return Announcement(
        tracking_number=f"BENCH-{number}-{which}", carrier="bench", locker_id=locker_id, width_mm=300, height_mm=60,
        depth_mm=200, recipient=who,
    )  # fmt: skip
