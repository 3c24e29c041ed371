"""`./run siege`: hub, lockers and Mosquitto as real processes, killed and cut off from each other while people go on.

At the end everything heals, and within a minute hub, lockers and steel agree. The programs die in an order that the
seed draws; when exactly is the machine's affair, so a seed is a recipe here, not a replay.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from locker.twin import demo, story
from locker.twin.processes import Processes
from locker.twin.sites import SITES as ALL_SITES
from locker.twin.stage import Stage
from tests.siege.faults import Siege
from tests.siege.people import Crowd
from tests.siege.proxy import Wire
from tests.siege.truth import violations

SITES = ALL_SITES[:2]
"""Two lockers: eight programs, which is what a small machine can run while they start again and again."""

SAYS_EVERY_S = 10.0
AGREE_S, LOOK_S = 60.0, 0.5
ENDS_S = 300.0
"""How long people may take to finish what they were at once everything works again."""


def main(argv: list[str] | None = None) -> int:
    """0: everything agreed in time, and nothing was lost, doubled, left energised or told."""
    parser = argparse.ArgumentParser(prog="./run siege", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="the last line is JSON")
    parser.add_argument("--data-dir", type=Path, help="where everything is written (default: a folder that goes)")
    parser.add_argument(
        "--same-cards", action="store_true",
        help="no card is replaced by an older copy: what that leaves in doubt takes an operator minutes to look at",
    )  # fmt: skip
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="siege-") as folder:
        place = (options.data_dir or Path(folder)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        report = asyncio.run(_run(place, options.minutes * 60, options.seed, not options.same_cards))
    print(json.dumps(report) if options.json else "\n".join(f"{name}: {value}" for name, value in report.items()))
    return 1 if report["violations"] else 0


async def _run(folder: Path, lasts_s: float, seed: int, old_cards: bool) -> dict[str, Any]:
    chance = random.Random(seed)
    async with httpx.AsyncClient(timeout=5) as web, httpx.AsyncClient(timeout=5) as api:
        stage = Stage(folder, False, Processes(folder / "logs"), api, web)
        wires: dict[str, Wire] = {}

        async def lay_wires() -> None:
            for name in ("hub", *(site.id for site in SITES)):
                wires[name] = Wire(stage.broker_port, chance)
                await wires[name].open()
                stage.by_way_of[name] = wires[name].port

        try:
            await demo.bring_up(stage, True, SITES, lay_wires)
            siege = Siege(stage, chance, wires, old_cards=old_cards)
            return await _besieged(stage, siege, lasts_s) | {"seed": seed}
        finally:
            await stage.processes.stop()
            for wire in wires.values():
                await wire.close()


async def _besieged(stage: Stage, siege: Siege, lasts_s: float) -> dict[str, Any]:
    crowds = [Crowd(stage, place.id) for place in stage.lockers]
    living = [asyncio.create_task(crowd.live()) for crowd in crowds]
    raging, began = asyncio.create_task(siege.rage()), time.monotonic()
    while (passed_s := time.monotonic() - began) < lasts_s:
        await asyncio.sleep(min(SAYS_EVERY_S, lasts_s - passed_s))
        print(f"{passed_s:.0f} of {lasts_s:.0f} s, {sum(map(_moved, crowds))} parcels moved, {dict(siege.done)}",
              file=sys.stderr, flush=True)  # fmt: skip
    raging.cancel()
    await asyncio.gather(raging, return_exceptions=True)
    await siege.heal()
    stage.say("healing ...")
    for crowd in crowds:
        crowd.stop = True
    async with asyncio.timeout(ENDS_S):
        await asyncio.gather(*living)
        await asyncio.gather(*(crowd.finish() for crowd in crowds))
    healed = time.monotonic()
    # Looks until all agree, for a minute at most; what is left then is a violation.
    found = await story.disagreements(stage)
    # Boxes that look alike on both sides say nothing of reports that are still on their way.
    while (wrong := await violations(stage, crowds, siege.lost)) and time.monotonic() - healed < AGREE_S:
        await asyncio.sleep(LOOK_S)
    agreed_s = time.monotonic() - healed
    found += wrong
    for violation in found:
        stage.say(f"VIOLATION {violation}")
    return {
        "violations": len(found), "what": found, "faults": dict(sorted(siege.done.items())),
        "parcels": sum(len(crowd.parcels) for crowd in crowds), "moves": sum(map(_moved, crowds)),
        "agreed_after_s": round(agreed_s, 1), "wall_s": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _moved(crowd: Crowd) -> int:
    return sum({"outside": 0, "inside": 1, "fetched": 2}[parcel.place] for parcel in crowd.parcels)


if __name__ == "__main__":
    sys.exit(main())
