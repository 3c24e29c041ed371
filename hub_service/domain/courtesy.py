"""When people may be bothered: quiet hours, and how often they are reminded. Pure; times are Unix seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from hub_service.domain.deadlines import HOUR_S

# Answers to what the person has just done, or what has to be noticed at once if it was somebody else.
URGENT = frozenset(
    {"open_asked", "door_opened", "extended", "collected", "handed_over", "drop_off", "dropped_off", "taken_back"}
)
# What nobody needs to hear any more once the parcel is out of the locker, or will never be in it.
STALE = frozenset(
    {
        "announced", "redirected", "ready", "reminder", "expired", "more_time", "substitute", "hold_over",
        "missed", "drop_off", "drop_off_moved", "wanted_back",
    }
)  # fmt: skip
OVERTAKING = frozenset(
    {
        "collected", "cancelled", "handed_over", "sent_back", "dropped_off", "drop_off_lapsed",
        "drop_off_called_off", "picked_up", "taken_back",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Courtesy:
    """An operator's choice. Nothing rings from `quiet_from_hour` to `quiet_until_hour` of `zone`; the same: always may.

    `remind_before_s`: how long before the deadline a parcel is remembered, each once.
    """

    zone: tzinfo = UTC
    quiet_from_hour: int = 0
    quiet_until_hour: int = 0
    remind_before_s: tuple[int, ...] = (24 * HOUR_S,)

    def may_leave_s(self, kind: str, channel: str, now_s: int) -> int:
        """When a notice may leave: now, or at the end of the quiet hours for one that would ring."""
        # A mail makes no sound that its reader hasn't asked for.
        if channel == "email" or kind in URGENT:
            return now_s
        return self.awake_s(now_s)

    def next_reminder_s(self, deadline_s: int, after_s: int) -> int | None:
        """When to remind next of a parcel that may stay until `deadline_s`; None: never again."""
        moments = sorted(deadline_s - before_s for before_s in self.remind_before_s)
        return next((moment for moment in moments if moment > after_s), None)

    def awake_s(self, now_s: int) -> int:
        """When somebody may be woken: now, or at the end of the quiet hours."""
        here = datetime.fromtimestamp(now_s, self.zone)
        if not self._quiet(here.hour):
            return now_s
        morning = here.replace(hour=self.quiet_until_hour, minute=0, second=0, microsecond=0)
        # The same wall clock a day later, whatever the clocks do in the night between.
        return int((morning if morning > here else morning + timedelta(days=1)).timestamp())

    def _quiet(self, hour: int) -> bool:
        begin, end = self.quiet_from_hour, self.quiet_until_hour
        return begin <= hour < end if begin <= end else hour >= begin or hour < end
