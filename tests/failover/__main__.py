"""`./run failover [postgres|broker|nats]`: something is taken away while people bring and fetch parcels; they go on.

Real processes on this machine: PostgreSQL with a synchronous standby, Mosquitto, three nodes of NATS, hubs and daemons.
The figures say how many seconds after the blow the hub took the first report, answered the first announcement, sent the
first notice, and had the first parcel in a locker that was announced after it. At the end nothing may be lost, doubled
or told twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from locker.twin import demo, story
from locker.twin.processes import Processes
from locker.twin.sites import SITES
from locker.twin.stage import Stage
from tests.failover.blows import Blow, Broker, Nats, Postgres
from tests.siege.people import Crowd
from tests.siege.truth import _rows as rows
from tests.siege.truth import violations
from tests.workers.balancer import Balancer

KINDS: dict[str, Callable[[Path], Blow]] = {
    "postgres": lambda _: Postgres(),
    "broker": lambda _: Broker(),
    "nats": Nats,
}
LIMIT_S = 60.0
"""Within this the story has to go on."""

WARM_S, AGREE_S, ENDS_S, LOOK_S = 8.0, 60.0, 300.0, 0.5
_AFTER = {
    "first_report_s": "SELECT MIN(received_ms) FROM reports WHERE received_ms > {at_ms}",
    "first_answer_s": "SELECT MIN(hub_at_ms) FROM events WHERE kind = 'announced' AND hub_at_ms > {at_ms}",
    "first_notice_s": "SELECT MIN(sent_ms) FROM notices_outbox WHERE created_ms > {at_ms}",
    "story_goes_on_s": (
        "SELECT MIN(d.hub_at_ms) FROM events AS a JOIN events AS d ON d.parcel_id = a.parcel_id"
        " WHERE a.kind = 'announced' AND a.hub_at_ms > {at_ms} AND d.kind = 'deposited'"
    ),
}


def main(argv: list[str] | None = None) -> int:
    """0: each time the story went on within a minute, and nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="./run failover", description=__doc__.partition("\n")[0])
    parser.add_argument("kind", nargs="?", choices=KINDS, help="default: one after the other")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long people go on after the blow")
    parser.add_argument("--json", action="store_true", help="the last line is JSON")
    options = parser.parse_args(argv)
    reports = {}
    for kind in [options.kind] if options.kind else KINDS:
        with tempfile.TemporaryDirectory(prefix="failover-") as folder:
            reports[kind] = asyncio.run(_run(Path(folder), kind, options.seconds))
        print(f"{kind}: {json.dumps(reports[kind])}", file=sys.stderr, flush=True)
    found = sum(len(report["what"]) for report in reports.values())
    if options.json:
        print(json.dumps({"violations": found, **reports}))
    return 1 if found else 0


async def _run(folder: Path, kind: str, lasts_s: float) -> dict[str, Any]:
    began, balancer = time.monotonic(), Balancer()
    blow = KINDS[kind](folder)
    async with (
        httpx.AsyncClient(timeout=30, transport=balancer) as web,
        httpx.AsyncClient(timeout=30, transport=balancer) as api,
    ):
        stage = Stage(folder, True, Processes(folder / "logs"), api, web)
        try:
            await asyncio.to_thread(blow.prepare, stage)
            await demo.bring_up(stage, blow.mosquitto, SITES[:2])
            balancer.lead(stage.hub_url, stage.worker_urls)
            report = await _struck(stage, blow, lasts_s)
        finally:
            await stage.processes.stop()
            blow.stop()
    return report | {"wall_s": round(time.monotonic() - began, 1)}


async def _struck(stage: Stage, blow: Blow, lasts_s: float) -> dict[str, Any]:
    crowds = [Crowd(stage, place.id) for place in stage.lockers]
    living = [asyncio.create_task(crowd.live()) for crowd in crowds]
    await asyncio.sleep(WARM_S)
    before, at_ms = sum(len(crowd.parcels) for crowd in crowds), time.time_ns() // 1_000_000
    striking = asyncio.create_task(blow.strike(stage))
    await asyncio.sleep(lasts_s)
    await striking
    for crowd in crowds:
        crowd.stop = True
    async with asyncio.timeout(ENDS_S):
        await asyncio.gather(*living)
        await asyncio.gather(*(crowd.finish() for crowd in crowds))
    found = await _wrong(stage, crowds)
    figures = {name: _seconds(stage, query, at_ms) for name, query in _AFTER.items()}
    found += [f"{name}: {value}" for name, value in figures.items() if value is None or value > LIMIT_S]
    parcels = sum(len(crowd.parcels) for crowd in crowds)
    return {"what": found, **figures, "parcels_before": before, "parcels_after": parcels - before}


async def _wrong(stage: Stage, crowds: list[Crowd]) -> list[str]:
    # No card was replaced by an older copy here.
    found, lost = await story.disagreements(stage), {place.id: set[str]() for place in stage.lockers}
    deadline = time.monotonic() + AGREE_S
    while (wrong := await violations(stage, crowds, lost)) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_S)
    return found + wrong


def _seconds(stage: Stage, query: str, at_ms: int) -> float | None:
    first_ms = rows(stage, query.format(at_ms=at_ms))[0][0]
    return None if first_ms is None else round((first_ms - at_ms) / 1000, 1)


if __name__ == "__main__":
    sys.exit(main())
