"""What a run of the fleet has counted and timed, and the report that it makes of it. Takes times, reads no clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Tally:
    """Counts from the start of a run; times in seconds."""

    online: int = 0
    online_most: int = 0
    connects: Counter[int] = field(default_factory=Counter)
    """How many sessions began in each second of the loop's clock."""

    refused_connects: int = 0
    said: int = 0
    heard: int = 0
    dropped: int = 0
    facts: int = 0
    announced: int = 0
    deposited: int = 0
    collected: int = 0
    no_room: int = 0
    lock_rested: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    announce_s: list[float] = field(default_factory=list)
    known_s: list[float] = field(default_factory=list)
    notice_s: list[float] = field(default_factory=list)
    """From the hand that shut a door on a parcel until the hub's word that it is committed, notice and all."""

    def forget(self) -> None:
        """Counts from now on; who is online, and how they have come there, stays."""
        fresh = Tally(self.online, self.online_most, self.connects, self.refused_connects)
        for one in fields(fresh):
            setattr(self, one.name, getattr(fresh, one.name))

    def a_second(self, seconds: float) -> dict[str, float]:
        """Parcels a second so far. Those that still lie in lockers aren't collected: a short run ends with many."""
        counts = {"announced": self.announced, "deposited": self.deposited, "collected": self.collected}
        return {f"{name}_per_s": round(count / seconds, 2) for name, count in counts.items()}

    def connected(self, now_s: float) -> None:
        """A session has begun."""
        self.online += 1
        self.online_most = max(self.online_most, self.online)
        self.connects[int(now_s)] += 1

    def disconnected(self, now_s: float) -> None:  # noqa: ARG002 - the moment matters to nobody yet
        """A session has ended."""
        self.online -= 1


@dataclass(frozen=True, slots=True)
class Report:
    """A run's figures, made from what was counted during `seconds` of load."""

    tally: Tally
    seconds: float

    def figures(self) -> dict[str, object]:
        """For people and for programs; times in milliseconds."""
        tally = self.tally
        return {
            "seconds": round(self.seconds, 1),
            "announced": tally.announced,
            "deposited": tally.deposited,
            "collected": tally.collected,
            "no_room": tally.no_room,
            "lock_rested": tally.lock_rested,
            "facts": tally.facts,
            "messages_said": tally.said,
            "messages_heard": tally.heard,
            "announce_ms": spread_ms(tally.announce_s),
            "announced_to_known_ms": spread_ms(tally.known_s),
            "closed_to_notice_ms": spread_ms(tally.notice_s),
            "connects_peak_per_s": max(tally.connects.values(), default=0),
            "refused_connects": tally.refused_connects,
            "errors": dict(tally.errors),
        }


def spread_ms(times_s: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum in milliseconds; nothing for no times."""
    row = sorted(times_s)
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {
        name: round(row[min(len(row) - 1, int(len(row) * share))] * 1000, 1) for name, share in shares.items() if row
    }
