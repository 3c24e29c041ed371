"""What many seeds come to: how much was simulated, what went wrong, what was injected, and what was never reached."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.simulation.coverage import every_cell
from tests.simulation.world import DAY_MS

if TYPE_CHECKING:
    from tests.simulation.run import Outcome

TIMES_MIN, SEEDS_FOR_TIMES = 100, 10_000
"""Each kind of fault is to be injected so often in so many seeds, or the last line names it."""

YEAR_MS = 365 * DAY_MS


def sum_up(outcomes: list[Outcome]) -> dict[str, Any]:
    """The last line."""
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        faults.update(outcome.faults)
    reached = {cell for outcome in outcomes for cell in outcome.cells}
    rare = len(outcomes) * TIMES_MIN // SEEDS_FOR_TIMES
    years = sum(one.simulated_ms * one.lockers for one in outcomes) / YEAR_MS
    cpu_s = sum(one.cpu_s for one in outcomes)
    return {
        "seeds": len(outcomes),
        "violations": sum(bool(one.violation) for one in outcomes),
        "failing_seeds": sorted(one.seed for one in outcomes if one.violation)[:50],
        "locker_years": round(years, 2),
        "locker_years_per_hour_and_core": round(years / cpu_s * 3600, 1) if cpu_s else 0,
        "cpu_ms_per_seed": round(1000 * cpu_s / max(1, len(outcomes)), 1),
        "pulses": sum(one.pulses for one in outcomes),
        "parcels": sum(one.parcels for one in outcomes),
        "faults": dict(sorted(faults.items())),
        "faults_too_rare": sorted(kind for kind, times in faults.items() if times < max(1, rare)),
        "cells_reached": len(reached & set(every_cell())),
        "cells_not_reached": [cell for cell in every_cell() if cell not in reached],
    }
