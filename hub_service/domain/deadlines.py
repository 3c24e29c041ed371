"""How long a parcel may wait in a locker, by the hub's clock. No door depends on any of this."""

from __future__ import annotations

HOUR_S = 3_600
# Long enough for a weekend, short enough that lockers turn over.
STAY_S = 72 * HOUR_S
EXTENSION_S = 48 * HOUR_S
REMIND_BEFORE_S = 24 * HOUR_S
# Who a parcel was for is known for complaints, then for nobody; on request nearly at once.
KEPT_S = 30 * 24 * HOUR_S
ERASED_AFTER_S = 24 * HOUR_S


def deadline_s(ready_s: int) -> int:
    """Until when a parcel that is told of now may stay."""
    return ready_s + STAY_S


def extended_s(current_s: int, now_s: int) -> int:
    """The deadline after an extension; one that was asked for late counts from now."""
    return max(current_s, now_s) + EXTENSION_S


def reminder_s(deadline: int) -> int:
    return deadline - REMIND_BEFORE_S
