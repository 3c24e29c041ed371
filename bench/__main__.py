"""`./run bench`: measures, and writes what it has measured to `build/bench.json`."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench import (
    board_bus,
    choice,
    daemon,
    deposit_to_notice,
    drain,
    flat,
    fleet,
    lives,
    orders,
    reports,
    scan_to_lock,
    told,
)

FOLDER = Path("build") / "bench"
REPORT = Path("build") / "bench.json"
PAGE, PICTURES = Path("docs") / "reference" / "speed.md", Path("docs") / "pictures"
STORM, STORM_FULL = 300, 10_000


Measure = Callable[[Path, argparse.Namespace], dict[str, object]]
MEASURES: dict[str, Measure] = {
    "scan to lock": lambda folder, asked: scan_to_lock.measure(folder, asked.scans),
    "scan to a lock on a bus": lambda folder, asked: board_bus.measure(folder, asked.unlocks),
    "deposit to notice": lambda folder, asked: deposit_to_notice.measure(folder, asked.deposits),
    "drain": lambda folder, asked: drain.measure(folder, asked.facts),
    "reports": lambda folder, asked: reports.measure(folder, runs=5 if asked.full else 3),
    "orders": lambda folder, asked: orders.measure(folder, *((8.0, 5) if asked.full else (3.0, 2))),
    "lives": lambda folder, asked: lives.measure(
        folder, *((lives.RATES, 30.0, 300.0) if asked.full else ((40.0,), 15.0))
    ),
    "choice": lambda folder, asked: choice.measure(folder, 2_000 if asked.full else 300, crowded=asked.full),
    "flat": lambda folder, asked: flat.measure(folder, flat.FULL if asked.full else flat.SHORT),
    "daemon": lambda folder, asked: daemon.measure(folder),
    "storm": lambda folder, asked: fleet.storm(folder, asked.lockers or (STORM_FULL if asked.full else STORM)),
}
ALSO_FULL: dict[str, Measure] = {"sizing": lambda folder, asked: fleet.sizing(folder, fleet.ROWS, fleet.ROW_S)}


def main() -> int:
    """Runs all measurements, or one of them; 0 when all have run, whatever they say."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--only", choices=[*MEASURES, *ALSO_FULL], help="one measurement; the file keeps the others")
    parser.add_argument("--scans", type=int, default=2_000, help="scans for scan to lock (even)")
    parser.add_argument("--unlocks", type=int, default=200, help="doors that are opened on a bus (even)")
    parser.add_argument("--deposits", type=int, default=200, help="deposits for deposit to notice")
    parser.add_argument("--facts", type=int, default=20_000, help="facts for drain")
    parser.add_argument("--lockers", type=int, help="lockers that lose their broker at once (300; with --full 10000)")
    parser.add_argument("--full", action="store_true", help="the figures of the docs, which take an hour")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}, too")
    asked = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    report: dict[str, object] = json.loads(REPORT.read_text()) if asked.only and REPORT.exists() else {}
    report["machine"] = told.machine()
    wanted = MEASURES | (ALSO_FULL if asked.full or asked.only in ALSO_FULL else {})
    for name, measure in wanted.items():
        if asked.only in (None, name):
            print(f"{name} ...", file=sys.stderr)
            report |= measure(FOLDER.resolve() / name.replace(" ", "_"), asked)
            # At once: what has taken an hour isn't lost with the measurement behind it.
            REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    print(told.table(report), file=sys.stderr)
    if asked.write:
        PAGE.write_text(told.page(report), encoding="utf-8")
        for name, picture in told.pictures(report).items():
            (PICTURES / name).write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
