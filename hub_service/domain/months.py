"""Calendar months (UTC) as spans of Unix milliseconds, and which of them a history keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year."""

    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.year:04}_{self.number:02}"

    @property
    def start_ms(self) -> int:
        return int(datetime(self.year, self.number, 1, tzinfo=UTC).timestamp()) * 1000

    def plus(self, months: int) -> Month:
        """So many months later; earlier where it is negative."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)


def month_of(at_ms: int) -> Month:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return Month(at.year, at.month)


def kept_from_ms(now_ms: int, months: int) -> int | None:
    """When the oldest month begins of those that are kept beside this one; None: all are kept (0 months)."""
    return month_of(now_ms).plus(-months).start_ms if months else None
