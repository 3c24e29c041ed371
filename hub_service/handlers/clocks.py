"""The demo's time machine."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import waits
from hub_service.handlers.hub import Hub, MovedClock

HOURS_MAX = 24 * 365
SUM_MAX_S = 5 * HOURS_MAX * 3600
"""Far enough to see everything fall due, and near enough for times in tickets (32 bits)."""


def wait(hub: Hub, hours: int) -> int | Refusal:
    """Lets hours pass at once, with everything that falls due in them; returns the new time. A demo's hub only."""
    assert isinstance(hub.clock, MovedClock), "only a demo's time can be moved"
    assert 0 <= hours <= HOURS_MAX, "checked where it came in"
    if hub.clock.moved_s + hours * 3600 > SUM_MAX_S:
        return Refusal("too_far", "The demo's clock is five years ahead already: start the demo anew.")
    hub.clock.move(hours * 3600)
    waits.run_due(hub)
    return hub.now_s()
