"""`./run bench`: measures, and writes what it has measured to `build/bench.json`."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
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
STORM, STORM_FULL = 100, 10_000


Measure = Callable[[Path, argparse.Namespace], dict[str, object]]
MEASURES: dict[str, Measure] = {
    "scan to lock": lambda folder, asked: scan_to_lock.measure(folder, 2_000 if asked.full else 80),
    "scan to a lock on a bus": lambda folder, asked: board_bus.measure(folder, 200 if asked.full else 8),
    "deposit to notice": lambda folder, asked: deposit_to_notice.measure(folder, 200 if asked.full else 12),
    "drain": lambda folder, asked: drain.measure(folder, 100_000 if asked.full else 4_000),
    "reports": lambda folder, asked: reports.measure(folder, *((10, 5, 8) if asked.full else (2, 2, 2))),
    "orders": lambda folder, asked: orders.measure(folder, *((8.0, 5) if asked.full else (2.0, 1))),
    "lives": lambda folder, asked: lives.measure(
        folder, *((lives.rates(), 30.0, 300.0) if asked.full else ((40.0,), 6.0))
    ),
    "choice": lambda folder, asked: choice.measure(
        folder, 2_000 if asked.full else 200, lockers=60_000 if asked.full else 20_000, crowded=asked.full
    ),
    "flat": lambda folder, asked: flat.measure(folder, flat.FULL if asked.full else flat.SHORT),
    "daemon": lambda folder, asked: daemon.measure(folder, 7 if asked.full else 3),
    "storm": lambda folder, asked: fleet.storm(folder, asked.lockers or (STORM_FULL if asked.full else STORM)),
}
ALSO_FULL: dict[str, Measure] = {"sizing": lambda folder, asked: fleet.sizing(folder, fleet.ROWS, fleet.ROW_S)}


def main() -> int:
    """Runs all measurements, or one of them; 0 when all have run, whatever they say."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument(
        "--only", nargs="+", choices=[*MEASURES, *ALSO_FULL], default=[], metavar="NAME",
        help=f"these measurements; the file keeps the others: {', '.join([*MEASURES, *ALSO_FULL])}",
    )  # fmt: skip
    parser.add_argument("--lockers", type=int, help="lockers that lose their broker at once (100; with --full 10000)")
    parser.add_argument("--full", action="store_true", help="the figures of the docs, which take an hour")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}, too")
    asked = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    report: dict[str, object] = json.loads(REPORT.read_text()) if asked.only and REPORT.exists() else {}
    report["machine"] = told.machine()
    for name in asked.only or [*MEASURES, *(ALSO_FULL if asked.full else ())]:
        print(f"{name} ...", file=sys.stderr)
        began_s = time.monotonic()
        report |= (MEASURES | ALSO_FULL)[name](FOLDER.resolve() / name.replace(" ", "_"), asked)
        print(f"{name}: {time.monotonic() - began_s:.0f} s", file=sys.stderr)
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
