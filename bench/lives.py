"""Whole lives of parcels a second: announced over HTTP, planned, brought, told of and fetched at a fleet of lockers.

All on one machine: the fleet with its couriers and recipients, two workers, PostgreSQL, Mosquitto. Rates are offered
one after the other until one isn't carried; what carried the last one, and what was full at the next, is told.

Codes are in stock, as in `orders`: what working them out costs is told beside it, as it bounds what a machine can
carry day after day.
"""

from __future__ import annotations

import asyncio
import os
import sys
import timeit
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.reports import SERVER
from hub_service.handlers import keys
from hub_service.handlers.code_stock import EACH
from hub_service.handlers.hub import open_hub
from hub_service.store.location import Server
from locker.twin.fleet import descriptors
from locker.twin.fleet.ground import Local, start_here
from locker.twin.fleet.people import Habits
from locker.twin.fleet.trial import Plan, Trial
from locker.wire.access_tag import access_tag
from tests.servers.postgresql import on_disk, programs, running

RATES = (20.0, 40.0, 60.0, 80.0, 100.0, 150.0, 200.0, 300.0)
EACH_CORE = 50.0
"""Lives a second that no core carries by far: a higher rate would only need more lockers, which take long to make."""

WORKERS, CARRIERS = 2, 8
COMPARTMENTS, LIVES_EACH_S = 20, 0.3
"""Of each locker: a deposit and a collection take a good second each, and its next visitor waits for that."""

REST_S, LIVES_EACH_REST = 120.0, 12
"""A lock is pulsed three times in so long, and each life pulses it twice. So many lives a locker bears, whose largest
parcels, a third, fit four of its compartments."""

PATIENCE_S = 30.0

NOTICE_MS_MAX, DRAIN_S_MAX = 1_000, 5.0
ANNOUNCED = 0.9
"""Of the lives that were begun, this share at least has to be announced while they are offered: a queue in front of the
hub is one as well."""

FULL = 0.9
"""A process that uses so much of one core, or of all together, has no room left."""

PEOPLE = Habits(hands_s=0.4, dwell_s=1.0, pins=0.0)
Figures = dict[str, Any]


def rates() -> tuple[float, ...]:
    """What is offered to this machine, slowest first."""
    return tuple(rate for rate in RATES if rate <= EACH_CORE * (os.cpu_count() or 1))


def measure(folder: Path, rates: tuple[float, ...], seconds: float = 20.0, last_s: float = 0.0) -> Figures:
    """Offers each rate for so long, and the highest that was carried once more for `last_s`, if that is asked for."""
    if programs() is None:
        return {}
    with running(durable=True, folder=on_disk(), settings=SERVER) as server:
        server.run("CREATE DATABASE lives")
        local = _ground(folder, server, max(rates), sum(rates) * seconds + max(rates) * last_s)
        return _told(*asyncio.run(_climbed(local, rates, seconds, last_s)))


async def _climbed(local: Local, rates: tuple[float, ...], seconds: float, last_s: float) -> tuple[Figures, Figures]:
    """What was carried last, and what wasn't carried any more; on one ground, as making it takes longest of all."""
    ground, identities = await start_here(local)
    try:
        ground.more_keys = await asyncio.to_thread(_carriers, local)
        trial = Trial(ground, identities, Plan(habits=PEOPLE, seed=1, patience_s=PATIENCE_S), lambda _: None)
        async with trial.everybody():
            carried, beyond = await _ladder(trial, rates, seconds)
            if carried and last_s:
                longer = await _offered(trial, carried["rate"], last_s)
                return (longer, beyond) if _holds(longer) else (carried, longer)
            return carried, beyond
    finally:
        await ground.stop()


async def _ladder(trial: Trial, rates: tuple[float, ...], seconds: float) -> tuple[Figures, Figures]:
    carried: Figures = {}
    for rate in rates:
        found = await _offered(trial, rate, seconds)
        if not _holds(found):
            return carried, found
        carried = found
    return carried, {}


async def _offered(trial: Trial, rate: float, seconds: float) -> Figures:
    found: Figures = dict(await trial.lived(rate, seconds))
    print(f"{rate:.0f} lives a second: {_short(found)}", file=sys.stderr)
    return found


def _told(carried: Figures, beyond: Figures) -> Figures:
    hash_s = min(timeit.repeat(lambda: access_tag("23456789", bytes(32)), number=1))
    figures: Figures = {
        # What working codes out allows on this machine if it did nothing else: stock only moves it to quiet hours.
        "lives_codes_per_s": round((os.cpu_count() or 1) / hash_s),
        "lives_per_s": _lives_per_s(carried) if carried else 0.0,
    }
    if carried:
        figures |= {
            "lives_seconds": carried["seconds"],
            "lives_notice_p99_ms": carried["closed_to_notice_ms"]["p99"],
            "lives_cores": _cores(carried),
        }
    # Said also where every rate was carried: an earlier run may have left another answer in the file.
    figures["lives_beyond"] = {}
    if beyond:
        figures["lives_beyond"] = {
            "offered_per_s": beyond["rate"], "lives_per_s": _lives_per_s(beyond),
            "notice_p99_ms": beyond["closed_to_notice_ms"].get("p99"), "cores": _cores(beyond), "full": full(beyond),
            "announced_per_s": beyond["announced_per_s"], "errors": beyond["errors"],
            "not_finished": beyond["not_finished"], "left_resting": beyond["left_resting"],
        }  # fmt: skip
    return figures


def _holds(found: Figures) -> bool:
    """Whether everybody was served in time, and nothing waits any more."""
    return (
        not found["errors"]
        and not found["not_finished"]
        and not found["unconfirmed_facts"]
        and found["announced_per_s"] >= ANNOUNCED * _lives_per_s(found)
        and found["drained_s"] <= DRAIN_S_MAX
        and found["closed_to_notice_ms"].get("p99", NOTICE_MS_MAX) < NOTICE_MS_MAX
    )


def _cores(found: Figures) -> dict[str, float]:
    """Cores that each part has used on average."""
    used = {name: use["cpu_s"] for name, use in found["use"].items()} | {"fleet": found["fleet_cpu_s"]}
    return {name: round(cpu_s / found["seconds"], 2) for name, cpu_s in used.items()}


def full(found: Figures) -> str:
    """Which part had no room left: all processors together, or a process that has one core only."""
    cores = _cores(found)
    if sum(cores.values()) >= FULL * (os.cpu_count() or 1):
        return "all processors; most of it " + max(cores, key=lambda name: cores[name])
    alone = [name for name, used in cores.items() if name != "postgresql" and used >= FULL]
    return ", ".join(alone) or "none: they wait for each other, or for other programs of this machine"


def _short(found: Figures) -> str:
    notice_ms, announced = found["closed_to_notice_ms"].get("p99"), found["announced_per_s"]
    left = {name: found[name] for name in ("errors", "not_finished", "left_resting") if found[name]}
    return (
        f"{announced} announced meanwhile, {_lives_per_s(found)} lived, notice p99 {notice_ms} ms,"
        f" cores {_cores(found)}" + (f", {left}" if left else "")
    )


def _lives_per_s(found: Figures) -> float:
    """Those that were begun while the rate was offered, and came to their end."""
    return round(float(found["collected"] / found["seconds"]), 1)


def _ground(folder: Path, server: Any, most_per_s: float, lives: float) -> Local:
    unrested = min(lives, most_per_s * REST_S) / LIVES_EACH_REST
    lockers = max(20, round(most_per_s / LIVES_EACH_S), round(unrested))
    assert lockers <= descriptors.raised(), "the hard limit of open files doesn't allow so many (ulimit -Hn)"
    return Local(
        folder=folder, lockers=lockers, compartments=COMPARTMENTS, workers=WORKERS, database=server.url("lives"),
        watched={"postgresql": server.process.pid},
        # Half as many again as an even share of each worker, and so many more that none has to be worked out.
        hub=("bench.floored", str(round(lives / lockers / WORKERS * 1.5) + EACH + 10)),
    )  # fmt: skip


def _carriers(local: Local) -> tuple[str, ...]:
    """Further keys: a single one may not announce as often as all of them together."""
    with closing((hub := open_hub(local.folder / "hub", Server(url=local.database))).store):
        return tuple(keys.add(hub, f"carrier {number}")[1] for number in range(CARRIERS))  # type: ignore[index]
