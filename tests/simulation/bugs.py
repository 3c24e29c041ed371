"""Bugs that are planted one at a time into shipping code, to see that the simulation finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulation import hub_bugs, link_bugs, locker_bugs
from tests.simulation.plants import BUGS

__all__ = ["BUGS", "hub_bugs", "link_bugs", "locker_bugs", "planted", "recorded", "table"]


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Shipping code with one bug in it."""
    replaced = BUGS[name][1]()
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in replaced]
    for owner, attribute, value in replaced:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)


@dataclass(frozen=True, slots=True)
class Hit:
    """A seed that finds a bug, and what it says."""

    seed: int
    violation: str

    @property
    def caught_by(self) -> str:
        """The invariant that was violated; `assert` where the shipping code stopped itself."""
        named = re.match(r"Violation: ([IP]\d+):", self.violation)
        return named.group(1) if named else "assert"

    @property
    def says(self) -> str:
        """In short, for a table."""
        said = re.sub(r"^Violation: \w+: ", "", self.violation)
        return said.replace("|", "/").replace("\n", " ")[:100]


HEAD = """# Planted bugs

Bugs that `tests/simulation/*_bugs.py` plants into shipping code, one at a time, and a seed that finds each;
the same seed finds nothing without the bug. I1 to I12 are the invariants that `tests/simulation/checkers.py` looks at,
P6 is agreement within a minute; `assert` means that shipping code itself refused to go on.

`./run simulate --bite --seeds 2000` searches afresh and rewrites this table; `./run simulate --seed N --bug NAME` tells
one story.

| bug | what is wrong | seed | caught by | what the simulation says |
|---|---|---|---|---|
"""


def recorded(page: Path) -> dict[str, int]:
    """Which seed finds which bug, says the page in the docs."""
    rows = re.findall(r"^\| `(\w+)` \|.*?\| (\d+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: int(seed) for name, seed in rows}


def table(found: dict[str, Hit | None], seeds: int) -> str:
    """The page in the docs."""
    rows = [
        f"| `{name}` | {BUGS[name][0]} | {hit.seed} | {hit.caught_by} | {hit.says} |\n"
        for name, hit in found.items()
        if hit
    ]
    missing = [name for name, hit in found.items() if not hit]
    tail = f"\nNot found in {seeds} seeds: {', '.join(f'`{name}`' for name in missing)}.\n" if missing else ""
    return HEAD + "".join(rows) + tail
