"""Keeps the past out of the way of the present; what an operator doesn't want to keep is forgotten."""

from __future__ import annotations

from hub_service.domain.months import kept_from_ms
from hub_service.handlers.hub import Hub


def tend(hub: Hub, keep_months: int) -> None:
    """To be done now and then, by whichever worker. `keep_months`: of events, beside this month; 0 keeps all."""
    now_ms = hub.now_ms()
    while hub.store.tend(now_ms, kept_from_ms(now_ms, keep_months)):
        # In small pieces: others write between two of them.
        continue
