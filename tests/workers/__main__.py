"""`./run workers`: the three stories on PostgreSQL, Mosquitto and several equal hubs, one of them killed all the time.

People reach whichever worker lives, as through an operator's load balancer. At the end every report is at the hub once,
nobody was told twice, and hub, lockers and steel agree.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from locker.twin import demo, story
from locker.twin.processes import Processes
from locker.twin.stage import Stage
from tests.servers.postgresql import PostgreSQL, on_disk
from tests.siege.people import Crowd
from tests.workers.balancer import Balancer
from tests.workers.truth import violations

AGREE_S, ENDS_S, LOOK_S = 60.0, 300.0, 0.5
PAUSE_S = (2.0, 4.0)
"""Between two kills: every few seconds, and one that starts again takes a second or two."""


def main(argv: list[str] | None = None) -> int:
    """0: the stories went as they should, and nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="./run workers", description=__doc__)
    parser.add_argument("--workers", type=int, default=3, help="how many hubs (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long others come and go after the stories")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="the last line is JSON, and there is no other")
    options = parser.parse_args(argv)
    database = PostgreSQL(durable=True, folder=on_disk())
    try:
        with tempfile.TemporaryDirectory(prefix="workers-") as folder:
            report = asyncio.run(_run(Path(folder), database, options))
    finally:
        database.remove()
    print(json.dumps(report) if options.json else "\n".join(f"{name}: {value}" for name, value in report.items()))
    return 1 if report["violations"] else 0


async def _run(folder: Path, database: PostgreSQL, options: argparse.Namespace) -> dict[str, Any]:
    began, balancer = time.monotonic(), Balancer()
    async with (
        httpx.AsyncClient(timeout=90, transport=balancer) as web,
        httpx.AsyncClient(timeout=90, transport=balancer) as api,
    ):
        stage = Stage(folder, options.json, Processes(folder / "logs"), api, web)
        stage.database, stage.workers = database.url(), options.workers
        try:
            await demo.bring_up(stage, mosquitto=True)
            balancer.lead(stage.hub_url, stage.worker_urls)
            kills: list[str] = []
            killing = asyncio.create_task(_kill(stage, random.Random(options.seed), kills))
            told = await story.told(stage)
            crowds = await _live(stage, options.seconds)
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            found = [wrong for one in told for wrong in one.violations] + await story.disagreements(stage)
            found += await _agreed(stage, database, crowds)
        finally:
            await stage.processes.stop()
    return {
        "violations": len(found), "what": found, "workers": options.workers, "killed": len(kills),
        "asked_again": balancer.asked_again, "parcels": sum(len(crowd.parcels) for crowd in crowds),
        "steps": sum(len(one.steps) for one in told), "wall_s": round(time.monotonic() - began, 1),
    }  # fmt: skip


async def _live(stage: Stage, lasts_s: float) -> list[Crowd]:
    """Couriers and recipients at every locker, for as long as that and until they are through."""
    crowds = [Crowd(stage, place.id) for place in stage.lockers]
    living = [asyncio.create_task(crowd.live()) for crowd in crowds]
    await asyncio.sleep(lasts_s)
    for crowd in crowds:
        crowd.stop = True
    async with asyncio.timeout(ENDS_S):
        await asyncio.gather(*living)
        await asyncio.gather(*(crowd.finish() for crowd in crowds))
    return crowds


async def _agreed(stage: Stage, database: PostgreSQL, crowds: list[Crowd]) -> list[str]:
    deadline = time.monotonic() + AGREE_S
    while (wrong := await violations(stage, database, crowds)) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_S)
    return wrong


async def _kill(stage: Stage, chance: random.Random, kills: list[str]) -> None:
    names = ["hub", *(f"hub-{number}" for number in range(2, stage.workers + 1))]
    while True:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        name = chance.choice(names)
        await stage.processes.kill(name)
        kills.append(name)
        stage.say(f"  {name} is killed")
        # Whoever ends the killing must find it running again.
        starting = asyncio.ensure_future(stage.processes.again(name))
        with suppress(asyncio.CancelledError):
            await asyncio.shield(starting)
            continue
        await starting
        return


if __name__ == "__main__":
    sys.exit(main())
