"""Who hears of an alarm, and when: first who is on call, and if nobody says "mine", all who can help. Pure."""

from __future__ import annotations

from hub_service.domain.courtesy import Courtesy
from hub_service.domain.runbook import Urgency

SILENT_FOR_MS = 10 * 60_000
"""A locker is missed after so long: shorter cuts happen daily, and nobody can do anything about them."""
UNANSWERED_S: dict[Urgency, int] = {"now": 15 * 60, "today": 24 * 3_600, "note": 0}


def told_level(urgency: Urgency, raised_s: int, now_s: int, courtesy: Courtesy) -> int:
    """How far an alarm that nobody looks after has come: 0 nobody, 1 who is on call, 2 everybody who can help."""
    if urgency == "note":
        return 0
    # What can wait for the morning does.
    first_s = raised_s if urgency == "now" else courtesy.awake_s(raised_s)
    if now_s < first_s:
        return 0
    return 2 if now_s >= first_s + UNANSWERED_S[urgency] else 1
