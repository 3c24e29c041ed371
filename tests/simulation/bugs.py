"""Bugs that are planted one at a time into shipping code, to see that the simulation finds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation import hub_bugs, locker_bugs
from tests.simulation.plants import BUGS

__all__ = ["BUGS", "hub_bugs", "locker_bugs", "planted", "table"]


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


def table(found: dict[str, tuple[int, str] | None]) -> str:
    """The page in the docs."""
    rows = [
        f"| `{name}` | {BUGS[name][0]} | {hit[0] if hit else 'not found'} | {_short(hit[1]) if hit else ''} |"
        for name, hit in found.items()
    ]
    return "\n".join(
        [
            "# Planted bugs",
            "",
            "Bugs that `tests/simulation/bugs.py` plants into shipping code, one at a time, and the first seed that",
            "finds each. `./run simulate --bite` searches afresh and rewrites this table;",
            "`./run simulate --seed N --bug NAME` shows one.",
            "",
            "| bug | what is wrong | seed | what the simulation says |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _short(violation: str) -> str:
    return violation.replace("|", "/").replace("\n", " ")[:110]
