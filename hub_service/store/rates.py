"""How far each API key is ahead of its rate, for all workers together."""

from __future__ import annotations

from hub_service.domain.limits import Rate, granted
from hub_service.store.sql import Connection


def settle(db: Connection, caller: str, rate: Rate, owed: int, now_us: int) -> tuple[int, int]:
    """Pays what a worker owes, and takes a block where there is one: (how many may pass, microseconds to wait).

    The row stays locked until the transaction ends, so that two workers never take the same block.
    """
    # Further ahead than any debt can bring it: the clock was put back, and nobody shall wait for that.
    believed_us = now_us + 2 * rate.window_us
    row = db.execute(
        "INSERT INTO request_rates (caller, full_at_us) VALUES (?, ?) ON CONFLICT (caller) DO UPDATE SET full_at_us ="
        " CASE WHEN request_rates.full_at_us BETWEEN ? AND ? THEN request_rates.full_at_us ELSE ? END + ?"
        " RETURNING full_at_us",
        (caller, now_us + owed * rate.spacing_us, now_us, believed_us, now_us, owed * rate.spacing_us),
    ).fetchone()
    count, wait_us = granted(row["full_at_us"], rate, now_us)
    if count:
        db.execute(
            "UPDATE request_rates SET full_at_us = full_at_us + ? WHERE caller = ?", (count * rate.spacing_us, caller)
        )
    return count, wait_us
