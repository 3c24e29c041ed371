"""What runs by the clock. Each piece is done once, whoever does it: the store holds the claim."""

from __future__ import annotations

import asyncio
import logging

from hub_service import telemetry
from hub_service.handlers import afterwards, alarm_desk, day_codes, history, repeats, waits
from hub_service.handlers.hub import Hub

LOOK_S = 5.0
CLEAN_UP_EVERY = 720
"""About once an hour."""

_log = logging.getLogger(__name__)


async def run(hub: Hub, keep_events_months: int = 0) -> None:
    """Looks every few seconds until cancelled."""
    turn = 0
    while True:
        try:
            with telemetry.caused_by(telemetry.draw_cause()), hub.measures.duties_s.time():
                await _turn(hub, turn)
                if turn % CLEAN_UP_EVERY == 0:
                    await asyncio.to_thread(history.tend, hub, keep_events_months)
        except Exception:  # noqa: BLE001 - a duty that fails now is due again in a moment
            _log.exception("duties wait")
            hub.measures.failed.labels("duties").inc()
        turn += 1
        await asyncio.sleep(LOOK_S)


async def _turn(hub: Hub, turn: int) -> None:
    await asyncio.to_thread(waits.run_due, hub)
    await asyncio.to_thread(waits.mark_silent, hub)
    await asyncio.to_thread(alarm_desk.look_for_silent, hub)
    await asyncio.to_thread(alarm_desk.tell_due, hub)
    await asyncio.to_thread(day_codes.keep, hub)
    # Seldom and in the quiet: forgetting is never urgent.
    if turn % CLEAN_UP_EVERY == 0:
        await asyncio.to_thread(waits.forget_old_orders, hub)
        await asyncio.to_thread(afterwards.erase_due, hub)
        await asyncio.to_thread(repeats.forget_old, hub)
