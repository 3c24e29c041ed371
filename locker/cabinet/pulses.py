"""Which lock is energised now, and which has to wait: never more at once than the power supply can feed."""

from __future__ import annotations

from dataclasses import dataclass, field

LOST_AFTER_MS = 1_000
"""A pulse whose end nobody reports is taken as over so long after it should have been."""


@dataclass(slots=True)
class Pulses:
    """The queue of locks. `energised` says until when each is taken to be, in run time."""

    pulse_ms: int
    energised_max: int
    energised: dict[int, int] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)

    def ask(self, n: int) -> None:
        """A lock is to be pulsed as soon as there is power for it."""
        # One pulse serves both wishes.
        if n not in self.waiting:
            self.waiting.append(n)

    def next_up(self, now_ms: int) -> int | None:
        """The lock to energise now, if any; it is taken as energised from here on."""
        if len(self.energised) >= self.energised_max:
            return None
        n = next((n for n in self.waiting if n not in self.energised), None)
        if n is not None:
            self.waiting.remove(n)
            self.energised[n] = now_ms + self.pulse_ms + LOST_AFTER_MS
        return n

    def ended(self, n: int) -> None:
        """A pulse is over, or was not given."""
        self.energised.pop(n, None)

    def expire(self, now_ms: int) -> None:
        """Gives up waiting for the end of pulses that must be over."""
        self.energised = {n: until for n, until in self.energised.items() if until > now_ms}
