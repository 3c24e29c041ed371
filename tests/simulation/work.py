"""What a worker process is given to do: it finds these by name, which the program that was started isn't for it."""

from __future__ import annotations

from tests.simulation.bugs import Hit
from tests.simulation.run import Outcome, run


class Play:
    """What a worker does with a seed."""

    def __init__(self, bug: str) -> None:
        self._bug = bug

    def __call__(self, seed: int) -> Outcome:
        return run(seed, self._bug)


class Search:
    """Looks for a seed that finds one planted bug, and that finds nothing without it: first the one that did before."""

    def __init__(self, first: int, seeds: int, before: dict[str, int]) -> None:
        self._seeds, self._before = range(first, first + seeds), before

    def __call__(self, bug: str) -> tuple[str, Hit | None]:
        known = [self._before[bug]] if bug in self._before else []
        for seed in (*known, *self._seeds):
            outcome = run(seed, bug)
            if outcome.violation and not run(seed).violation:
                return bug, Hit(seed, outcome.violation)
        return bug, None
