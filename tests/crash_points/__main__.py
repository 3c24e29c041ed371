"""`python -m tests.crash_points`: stops in each kind of transaction at every moment there is, and prints how many.

docs/reference/crash-points.md lists the kinds; `--write` writes it anew.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.crash_points import hub_kinds, locker_kinds
from tests.crash_points.kind import crash_everywhere

KINDS = (*locker_kinds.KINDS, *hub_kinds.KINDS)
TABLE = Path(__file__).parents[2] / "docs" / "reference" / "crash-points.md"
HEAD = """# Crash points

In each of these transactions locker or hub is stopped at every single moment - each write, truncation and sync of its
disk, each gap between two actions, each message sent - and starts again from what a disk that forgets and tears has
left, in three ways that are drawn for each moment. Afterwards nothing that was acknowledged is lost, nothing has
happened twice, both databases are whole, and the story goes on to its end. `python -m tests.crash_points --write` plays
all of them and writes this table; the tests play some of the moments of each. The number of moments
changes with the program.

| side | transaction | moments | how each story ends |
|---|---|---:|---|
"""


def main() -> int:
    """0: every story came to its end."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash_points", description=__doc__)
    parser.add_argument(
        "--tears", type=int, default=3, help="what unsynced writes leave is drawn so often (%(default)s)"
    )
    parser.add_argument("--kind", default="", help="this one only")
    parser.add_argument("--write", action="store_true", help="write the table in docs/reference")
    options = parser.parse_args()
    rows = []
    for kind in KINDS:
        if options.kind in ("", kind.name):
            began = time.monotonic()
            moments = crash_everywhere(kind, options.tears)
            print(f"{kind.side:<7} {kind.name:<28} {moments:>5} moments, {time.monotonic() - began:.1f} s", flush=True)
            rows.append(f"| {kind.side} | {kind.name} | {moments} | {_ends(kind.go_on.__doc__)} |")
    if options.write:
        TABLE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return 0


def _ends(sentence: str | None) -> str:
    assert sentence
    return sentence.splitlines()[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
