"""`POST /v1/parcels` beside a route of the same server that checks the same body and does nothing.

Each request has a key of its own and goes to a locker: caller, repeat, room, plan, code, orders, events, commit. Codes
are in stock, as for whoever announces after a quiet hour; `code_hash_ms` says what each has cost a core before.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.figures import Spread
from bench.floored import FLOOR
from bench.offering import Answered, Asked, offered
from bench.reports import SERVER
from hub_service.handlers import keys
from hub_service.handlers.code_stock import EACH
from hub_service.handlers.hub import Hub, open_hub
from hub_service.store import announcing, lockers
from hub_service.store.location import DATABASE, Server
from hub_service.store.sql import Connection
from locker.twin.fleet.gauges import use_of
from locker.twin.ports import free_port
from locker.wire.access_tag import access_tag
from locker.wire.facts import CompartmentSpec
from tests.servers.postgresql import on_disk, programs, running

CONNECTIONS, BOXES, LOCKERS = 32, 20, 1_000
PATH = "/v1/parcels"
BOX = asdict(CompartmentSpec(n=1, size_class="M", width_mm=400, height_mm=200, depth_mm=500)) | {"holds_child": 0}


@dataclass(frozen=True, slots=True)
class _Served:
    """A hub's workers: where they listen, who they are, and the keys of its callers."""

    ports: tuple[int, ...]
    pids: dict[str, int]
    keys: tuple[str, ...]


def measure(folder: Path, seconds: float = 3.0, turns: int = 3) -> dict[str, object]:
    """With two workers on PostgreSQL, and with one on SQLite. The floor and the parcels take turns."""
    figures = _figures(folder / "sqlite", None, 1, (seconds, turns))
    found: dict[str, object] = {f"{name}_on_sqlite": figure for name, figure in figures.items()}
    found["code_hash_ms"] = round(min(timeit.repeat(lambda: access_tag("23456789", bytes(32)), number=1)) * 1000, 1)
    if programs() is None:
        return found
    with running(durable=True, folder=on_disk(), settings=SERVER) as server:
        server.run("CREATE DATABASE orders")
        assert server.process is not None
        place = (Server(url=server.url("orders")), server.process.pid)
        return _figures(folder / "postgresql", place, 2, (seconds, turns)) | found


def _figures(
    folder: Path, server: tuple[Server, int] | None, workers: int, turns: tuple[float, int]
) -> dict[str, object]:
    folder.mkdir(parents=True)
    seconds, count = turns
    with _serving(folder, server, workers) as served:
        floor, parcels = _asks(served.keys, FLOOR), _asks(served.keys, PATH)
        # What a worker does for the first time takes longer, and isn't what is measured.
        for ask in (floor, parcels):
            offered(served.ports, ask, CONNECTIONS, 1.0)
        floors, rates, ratios, spent, times = [], [], [], [], list[int]()
        for _ in range(count):
            floors.append(_rate(offered(served.ports, floor, CONNECTIONS, seconds / 2)))
            before = _cpu_s(served)
            answered = offered(served.ports, parcels, CONNECTIONS, seconds)
            rates.append(_rate(answered))
            spent.append(
                {name: (after - before[name]) / answered.statuses[201] for name, after in _cpu_s(served).items()}
            )
            times += answered.took_ns
            floors.append(_rate(offered(served.ports, floor, CONNECTIONS, seconds / 2)))
            ratios.append(rates[-1] * 2 / (floors[-1] + floors[-2]))
    return {
        "post_parcels_over_floor": round(statistics.median(ratios), 3),
        "post_parcels_per_s": round(statistics.median(rates)),
        "floor_per_s": round(statistics.median(floors)),
        "post_parcels_ms": Spread.of_ns([took // 1000 for took in times]).figures(),
        "post_parcels_cpu_us": {name: round(statistics.median(one[name] for one in spent) * 1e6) for name in spent[0]},
    }


def _rate(answered: Answered) -> float:
    assert set(answered.statuses) == {201}, f"all are taken, but: {answered.statuses}"
    return answered.per_s(201)


def _cpu_s(served: _Served) -> dict[str, float]:
    return {name: use_of(pid).cpu_s for name, pid in served.pids.items()}


def _asks(secrets: tuple[str, ...], path: str) -> Callable[[int], Asked]:
    numbers, chance = itertools.count(1), random.Random(path)

    def ask(connection: int) -> Asked:
        number = next(numbers)
        # As many callers as connections: each has a rate that one alone would exceed.
        headers = {"authorization": f"Bearer {secrets[connection]}", "idempotency-key": f"order-{number}"}
        return Asked(path, headers, _body(number, chance.randrange(1, LOCKERS + 1)))

    return ask


def _body(number: int, locker: int) -> dict[str, object]:
    return {
        "tracking_number": f"ORDER{number:08d}",
        "carrier": "bench",
        "recipient": {"name": f"Ada {number}", "email": f"ada{number}@example.org"},
        "size_mm": {"width": 300, "height": 60, "depth": 200},
        "locker_id": f"bench-{locker}",
    }


@contextmanager
def _serving(folder: Path, server: tuple[Server, int] | None, workers: int) -> Iterator[_Served]:
    """The hub's real processes, on a broker that has no lockers."""
    data = str(folder / "hub")
    where = ("--database", server[0].url) if server else ()
    broker, ports = free_port(), tuple(free_port() for _ in range(workers))
    subprocess.run(
        [sys.executable, "-m", "hub_service", "init", "--data-dir", data, *where], check=True, capture_output=True
    )
    secrets = _filled(Path(data), server[0] if server else Path(data) / DATABASE)
    children, log = [], (folder / "log").open("wb")
    try:
        words = ["run", "--data-dir", data, "--broker-port", str(broker)]
        children.append(_started(["locker.twin.mosquitto", "--port", str(broker)], log))
        for port in ports:
            children.append(_started(["bench.floored", str(BOXES + EACH), *words, "--port", str(port)], log))
        pids = {f"hub-{number}": child.pid for number, child in enumerate(children[1:], 1)}
        yield _Served(ports, pids | ({"postgresql": server[1]} if server else {}), secrets)
    finally:
        for child in children:
            child.terminate()
            child.communicate()
        log.close()


def _started(words: list[str], log: object) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, stderr=log)  # type: ignore[call-overload]
    assert child.stdout is not None
    json.loads(child.stdout.readline())
    return child  # type: ignore[no-any-return]


def _filled(data: Path, database: Path | Server) -> tuple[str, ...]:
    """Lockers that are empty, and a caller for each connection."""
    with closing((hub := open_hub(data, database)).store):
        with hub.store.write() as db:
            for number in range(1, LOCKERS + 1):
                _add_locker(db, hub, number)
            boxes = [
                {**BOX, "locker_id": f"bench-{one}", "n": n}
                for one in range(1, LOCKERS + 1)
                for n in range(1, BOXES + 1)
            ]
            announcing.add(db, "compartments", boxes)
        made = [keys.add(hub, f"bench {number}") for number in range(CONNECTIONS)]
    return tuple(one[1] for one in made if isinstance(one, tuple))


def _add_locker(db: Connection, hub: Hub, number: int) -> None:
    row = {
        "id": f"bench-{number}", "number": number, "name": f"Bench {number}", "place": "", "epoch": f"{number:016x}",
        "public_key": f"{number:064x}",
    }  # fmt: skip
    lockers.add(db, hub.store, row, number.to_bytes(32, "big"))
