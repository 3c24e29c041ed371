"""`./run simulate`: plays seeds on all cores, says what was found, and ends with one line of JSON if asked."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.simulation import bugs
from tests.simulation.figures import sum_up
from tests.simulation.run import Outcome, run
from tests.simulation.work import Play, Search

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "planted-bugs.md"
AT_ONCE = 8
SAYS_EVERY_S = 20.0
TOLD_MAX = 20
"""So many violations are printed in words; the others are in the last line."""


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
        return bite(options.first, options.seeds, options.jobs)
    if options.seed is not None:
        return one(options.seed, options.bug)
    return many(range(options.first, options.first + options.seeds), options.bug, options.jobs, options.json)


def many(seeds: range, bug: str, jobs: int, as_json: bool) -> int:
    """Plays seeds and sums up."""
    began, told = time.perf_counter(), 0
    outcomes: list[Outcome] = []
    # Who breaks off a long run wants to know what it has come to.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        for outcome in _with_progress(played(seeds, bug, jobs), len(seeds)):
            outcomes.append(outcome)
            if outcome.violation and (told := told + 1) <= TOLD_MAX:
                print(f"seed {outcome.seed}: {outcome.violation[:300]}\n    {outcome.where}", flush=True)
    summary = sum_up(outcomes) | {"wall_s": round(time.perf_counter() - began, 1)}
    print(json.dumps(summary) if as_json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 1 if summary["violations"] else 0


def one(seed: int, bug: str) -> int:
    """Plays one seed and tells what happened."""
    told: list[str] = []
    outcome = run(seed, bug, told)
    print("\n".join(line.encode("ascii", "backslashreplace").decode() for line in told))
    print(json.dumps(outcome.as_dict()))
    return 1 if outcome.violation else 0


def played(seeds: range, bug: str, jobs: int) -> Iterator[Outcome]:
    """Many seeds, on several cores."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(Play(bug), seeds, chunksize=AT_ONCE)


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Says now and then on stderr how far it is, and how long the rest will take."""
    began = said = time.perf_counter()
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        now = time.perf_counter()
        if now - said >= SAYS_EVERY_S:
            said, rest_s = now, (now - began) / done * (total - done)
            print(f"{done} of {total} seeds, {rest_s / 60:.1f} minutes to go", file=sys.stderr, flush=True)


def bite(first: int, seeds: int, jobs: int) -> int:
    """Searches a seed for every planted bug, several bugs at a time, and rewrites their table.

    The seed that has found it before comes first: what still finds it is kept.
    """
    found: dict[str, bugs.Hit | None] = dict.fromkeys(bugs.BUGS)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for bug, hit in pool.imap_unordered(Search(first, seeds, bugs.recorded(TABLE)), bugs.BUGS):
            found[bug] = hit
            print(f"{bug}: {f'seed {hit.seed}: {hit.violation[:120]}' if hit else 'not found'}", flush=True)
    TABLE.write_text(bugs.table(found, seeds), encoding="utf-8")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
