"""`./run bench`: measures, and writes what it has measured to `build/bench.json`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

from bench import board_bus, daemon, deposit_to_notice, drain, fleet, scan_to_lock

FOLDER = Path("build") / "bench"
STORM, STORM_FULL = 300, 10_000


def main() -> int:
    """Runs all measurements; 0 when all have run, whatever they say."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--scans", type=int, default=2_000, help="scans for scan_to_lock (even)")
    parser.add_argument("--unlocks", type=int, default=200, help="doors that board_bus opens (even)")
    parser.add_argument("--deposits", type=int, default=200, help="deposits for deposit_to_notice")
    parser.add_argument("--facts", type=int, default=20_000, help="facts for drain")
    parser.add_argument("--lockers", type=int, help="lockers that lose their broker at once (300; with --full 10000)")
    parser.add_argument("--full", action="store_true", help="the figures of the docs, which take an hour")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    report: dict[str, object] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    }
    print("scan to lock ...", file=sys.stderr)
    report |= scan_to_lock.measure(FOLDER.resolve() / "scan_to_lock", options.scans)
    print("scan to a lock on a bus ...", file=sys.stderr)
    report |= board_bus.measure(FOLDER.resolve() / "board_bus", options.unlocks)
    print("deposit to notice ...", file=sys.stderr)
    report |= deposit_to_notice.measure(FOLDER.resolve() / "deposit_to_notice", options.deposits)
    print("drain ...", file=sys.stderr)
    report |= drain.measure(FOLDER.resolve() / "drain", options.facts)
    print("the daemon's memory, idling and start ...", file=sys.stderr)
    report |= daemon.measure(FOLDER.resolve() / "daemon")
    print("a fleet that loses its broker ...", file=sys.stderr)
    lockers = options.lockers or (STORM_FULL if options.full else STORM)
    report |= fleet.storm(FOLDER.resolve() / "storm", lockers)
    if options.full:
        print("what fleets of several sizes use ...", file=sys.stderr)
        report |= fleet.sizing(FOLDER.resolve() / "sizing", fleet.ROWS, fleet.ROW_S)
    text = json.dumps(report, indent=2)
    Path("build/bench.json").write_text(text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
