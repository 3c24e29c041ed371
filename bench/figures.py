"""How a row of measured times is told: its median, its tail, its worst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 99th percentile and maximum, in microseconds."""

    p50_us: float
    p99_us: float
    max_us: float

    @classmethod
    def of_ns(cls, times_ns: list[int]) -> Spread:
        """Of times in nanoseconds, at least one."""
        assert times_ns
        row = sorted(times_ns)
        return cls(*(row[min(len(row) - 1, int(len(row) * share))] / 1000 for share in (0.5, 0.99, 1.0)))

    def figures(self) -> dict[str, float]:
        """For the report."""
        return {"p50": round(self.p50_us, 1), "p99": round(self.p99_us, 1), "max": round(self.max_us, 1)}
