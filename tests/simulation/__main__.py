"""`./run simulate`: plays seeds, says what was found, and ends with one line of JSON where that is asked for."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.simulation import bugs
from tests.simulation.run import Outcome, Play, run, sum_up

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "planted-bugs.md"
AT_ONCE = 4


def main(argv: list[str] | None = None) -> int:
    """0: nothing was found (or, with --bite, every planted bug was)."""
    parser = argparse.ArgumentParser(prog="run simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="this one only, told in words")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: %(default)s)")
    parser.add_argument("--bug", default="", choices=["", *bugs.BUGS], help="with this bug planted")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--bite", action="store_true", help="search a seed for every planted bug, rewrite their table")
    parser.add_argument("--json", action="store_true", help="the last line is JSON")
    options = parser.parse_args(argv)
    if options.bite:
        return bite(options.seeds, options.jobs)
    if options.seed is not None:
        return one(options.seed, options.bug)
    began = time.perf_counter()
    outcomes = []
    for outcome in played(range(options.first, options.first + options.seeds), options.bug, options.jobs):
        outcomes.append(outcome)
        if outcome.violation:
            print(f"seed {outcome.seed}: {outcome.violation}\n    {outcome.where}", flush=True)
    summary = sum_up(outcomes) | {"wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps(summary) if options.json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 1 if summary["violations"] else 0


def one(seed: int, bug: str) -> int:
    """Plays one seed and tells what happened."""
    told: list[str] = []
    outcome = run(seed, bug, told)
    print("\n".join(told))
    print(json.dumps(outcome.as_dict()))
    return 1 if outcome.violation else 0


def played(seeds: range, bug: str, jobs: int) -> Iterator[Outcome]:
    """Many seeds, on several cores."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(Play(bug), seeds, chunksize=AT_ONCE)


def bite(seeds: int, jobs: int) -> int:
    """Looks for the first seed that finds each planted bug and wasn't failing before."""
    found: dict[str, tuple[int, str] | None] = {}
    for bug in bugs.BUGS:
        began = time.perf_counter()
        found[bug] = first_bite(bug, seeds, jobs)
        print(f"{bug}: {found[bug]} after {time.perf_counter() - began:.0f} s", flush=True)
    TABLE.write_text(bugs.table(found), encoding="utf-8")
    return 0 if all(found.values()) else 1


def first_bite(bug: str, seeds: int, jobs: int) -> tuple[int, str] | None:
    """The first seed that finds a bug, and what it says."""
    at_once = jobs * AT_ONCE * 3
    for start in range(0, seeds, at_once):
        for outcome in sorted(played(range(start, start + at_once), bug, jobs), key=lambda one: one.seed):
            if outcome.violation and not run(outcome.seed).violation:
                return outcome.seed, outcome.violation
    return None


if __name__ == "__main__":
    sys.exit(main())
