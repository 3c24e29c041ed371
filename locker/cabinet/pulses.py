"""Which lock is energised now, and which has to wait: for power, or until its coil has rested."""

from __future__ import annotations

from dataclasses import dataclass, field

SPACING_MS = 2_000
"""From one pulse of a lock to its next: somebody who comes right behind another person waits for so long."""

LOST_AFTER_MS = 1_000
"""A pulse whose end nobody reports is taken as over so long after it should have been."""


@dataclass(slots=True)
class Pulses:
    """The queue of locks. `energised`: until when each is taken to be; `rested`: when each may be again (run time)."""

    pulse_ms: int
    energised_max: int
    energised: dict[int, int] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    rested: dict[int, int] = field(default_factory=dict)

    def ask(self, n: int) -> None:
        """A lock is to be pulsed as soon as there is power for it and it has rested."""
        # One pulse serves both wishes.
        if n not in self.waiting:
            self.waiting.append(n)

    def next_up(self, now_ms: int) -> int | None:
        """The lock to energise now, if any; it is taken as energised from here on."""
        if len(self.energised) >= self.energised_max:
            return None
        may = (n for n in self.waiting if n not in self.energised and self.rested.get(n, now_ms) <= now_ms)
        n = next(may, None)
        if n is not None:
            self.waiting.remove(n)
            self.energised[n] = now_ms + self.pulse_ms + LOST_AFTER_MS
            self.rested[n] = now_ms + SPACING_MS
        return n

    def due_ms(self) -> list[int]:
        """When there is something to be done: a pulse that must be over, a waiting lock that has rested."""
        return [*self.energised.values(), *(self.rested[n] for n in self.waiting if n in self.rested)]

    def ended(self, n: int) -> None:
        """A pulse is over, or was not given."""
        self.energised.pop(n, None)

    def expire(self, now_ms: int) -> None:
        """Gives up waiting for the end of pulses that must be over."""
        self.energised = {n: until for n, until in self.energised.items() if until > now_ms}
