"""A fleet at the hub of this machine: how much it carries, and how it comes back when all lose the broker at once."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from locker.twin.fleet import descriptors
from locker.twin.fleet.ground import Local, start_here
from locker.twin.fleet.people import Habits
from locker.twin.fleet.trial import Plan, Trial

BACK_WITHIN_S = 90
ROWS = ((100, 1.0), (300, 3.0), (1_000, 3.0), (1_000, 10.0), (3_000, 10.0))
"""Lockers, and parcels a second among them, of the table that an operator sizes a machine by."""

ROW_S = 120.0


def run(local: Local, plan: Plan) -> dict[str, object]:
    """One trial of a fleet on a hub that is started for it; its figures."""
    assert local.lockers <= descriptors.raised(), "the hard limit of open files doesn't allow so many (ulimit -Hn)"
    return asyncio.run(_run(local, plan))


async def _run(local: Local, plan: Plan) -> dict[str, object]:
    ground, identities = await start_here(local)
    try:
        return await Trial(ground, identities, plan, lambda _: None).run()
    finally:
        await ground.stop()


def storm(folder: Path, lockers: int) -> dict[str, object]:
    """So many lockers connect, the broker is killed and started again: all are back, and how fast, how thickly."""
    figures = run(Local(folder=folder, lockers=lockers, compartments=4), Plan(kill_broker=True))
    found = figures["storm"]
    assert isinstance(found, dict)
    return {
        "storm_lockers": lockers,
        "storm_back_s": found["all_online_s"],
        "storm_settled_s": found["all_settled_s"],
        "storm_back_over_90_s": round(found["all_online_s"] / BACK_WITHIN_S, 2),
        "storm_peak_connects_per_s": found["connects_peak_per_s"],
        "storm_hub_cpu_s": found["hub_cpu_s"],
        "storm_memory": figures["use_connecting"],
    }


def sizing(folder: Path, rows: tuple[tuple[int, float], ...], seconds: float) -> dict[str, object]:
    """A table of lockers and parcels a second, and what the hub's machine uses for each; parcels stay a minute."""
    table = []
    for number, (lockers, rate) in enumerate(rows):
        local, plan = Local(folder=folder / str(number), lockers=lockers), _load(rate, seconds)
        figures = run(local, plan)
        disk = sum(file.stat().st_size for file in (local.folder / "hub").rglob("*") if file.is_file())
        print(f"{lockers} lockers, {rate} a second: {figures['deposited_per_s']} deposits a second", file=sys.stderr)
        wanted = (
            "lockers", "rate", "announced_per_s", "deposited_per_s", "collected_per_s", "announce_ms",
            "closed_to_notice_ms", "unconfirmed_facts",
            "not_finished", "errors", "no_room", "lock_rested", "use", "cpu_us_per_report", "fleet_cpu_s", "seconds",
        )  # fmt: skip
        table.append({name: figures[name] for name in wanted} | {"disk_mb": round(disk / 1e6, 1)})
    return {"sizing": table, "sizing_cores": os.cpu_count()}


def _load(rate: float, seconds: float) -> Plan:
    return Plan(rate=rate, seconds=seconds, habits=Habits(dwell_s=20.0))
