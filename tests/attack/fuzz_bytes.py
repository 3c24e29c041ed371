"""`./run attack bytes`: broken byte sequences into every parser, on all cores, with what they cost in memory.

Nothing may crash, ask for a pulse, or keep what it was given.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.attack.parsers import Parser, cases, parsers

CASES, EACH = 10_000_000, 500_000
CHUNK = 25_000
# A parser warms up - caches, tables - and then gets as many bytes again without keeping more than this.
WARM_UP, WATCHED, KEPT_BYTES_MAX = 2_000, 4_000, 64 * 1024
SAYS_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one chunk of cases has done. `fault` is empty, or says what went wrong with which bytes."""

    parser: str
    cases: int
    fault: str = ""


def main(argv: list[str]) -> int:
    """0: nothing came of it."""
    words = argparse.ArgumentParser(prog="run attack bytes", description=__doc__)
    words.add_argument("--cases", type=int, default=CASES, help="in all (default: %(default)s)")
    words.add_argument("--seed", type=int, default=1, help="other sequences with another seed (default: %(default)s)")
    words.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    words.add_argument("--json", action="store_true", help="the last line is JSON")
    options = words.parse_args(argv)
    names = [parser.name for parser in parsers()]
    each = -(-options.cases // len(names))
    if options.cases >= CASES:
        each = max(each, EACH)
    began = time.perf_counter()
    outcomes = list(_with_progress(_played(names, each, options), each * len(names)))
    took_s = time.perf_counter() - began
    return _sum_up(outcomes, took_s, options.json)


def attack(parser: Parser, seed: int, count: int) -> Outcome:
    """Gives one parser so many sequences; the last of them while its memory is watched."""
    feed, done, data = parser.open(), 0, b""
    watched_from = max(0, count - WATCHED)
    before = 0
    try:
        for done, data in enumerate(cases(parser, seed, count)):
            if done == watched_from:
                gc.collect()
                tracemalloc.start()
            feed(data)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return Outcome(parser.name, done, f"{type(error).__name__}: {error} from {data.hex(' ')}")
    finally:
        tracemalloc.stop()
    if before > KEPT_BYTES_MAX and count > WARM_UP + WATCHED:
        return Outcome(parser.name, count, f"keeps {before} bytes after {WATCHED} sequences")
    return Outcome(parser.name, count)


def _played(names: list[str], each: int, options: argparse.Namespace) -> Iterator[Outcome]:
    chunks = [
        (place, options.seed * 1_000_003 + start, min(CHUNK, each - start))
        for start in range(0, each, CHUNK)
        for place in range(len(names))
    ]
    with multiprocessing.Pool(options.jobs) as pool:
        yield from pool.imap_unordered(_chunk, chunks)


def _chunk(what: tuple[int, int, int]) -> Outcome:
    place, seed, count = what
    return attack(parsers()[place], seed, count)


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    began = said = time.perf_counter()
    done = 0
    for outcome in outcomes:
        done += outcome.cases
        if outcome.fault:
            print(f"{outcome.parser}: {outcome.fault}", flush=True)
        if time.perf_counter() - said >= SAYS_EVERY_S:
            said = time.perf_counter()
            rate = done / (said - began)
            print(f"{done} of {total} sequences, {rate:,.0f} a second", file=sys.stderr, flush=True)
        yield outcome


def _sum_up(outcomes: list[Outcome], took_s: float, as_json: bool) -> int:
    by_parser: dict[str, int] = {}
    for outcome in outcomes:
        by_parser[outcome.parser] = by_parser.get(outcome.parser, 0) + outcome.cases
    faults = [f"{outcome.parser}: {outcome.fault}" for outcome in outcomes if outcome.fault]
    total = sum(by_parser.values())
    summary: dict[str, Any] = {
        "cases": total, "parsers": by_parser, "least": min(by_parser.values()), "faults": len(faults),
        "first_faults": faults[:5], "seconds": round(took_s, 1), "per_second": round(total / took_s),
    }  # fmt: skip
    if as_json:
        print(json.dumps(summary))
    else:
        print("\n".join(f"{name:20} {count:>10}" for name, count in by_parser.items()))
        print(f"{total} sequences in {took_s:.1f} s, {total / took_s:,.0f} a second: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
