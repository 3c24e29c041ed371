"""How long a parcel may wait in a locker, by the hub's clock. No door depends on any of this."""

from __future__ import annotations

HOUR_S = 3_600
# Long enough for a weekend, short enough that lockers turn over.
STAY_S = 72 * HOUR_S
EXTENSION_S = 48 * HOUR_S
# What one act of an operator may add for everybody; InPost gave 48 h in a storm, and twice of it.
ALL_EXTENDED_MAX_S = 7 * 24 * HOUR_S
# A clock that stood so long has moved somebody's plans: they are told of the new deadline.
STANDSTILL_TOLD_S = 6 * HOUR_S
# With these nobody may have got at the parcel. A door that is only unseen, too warm or forced still opens.
STOPPING_FAULTS = ("jammed", "lock_silent", "broken")
# Who a parcel was for is known for complaints, then for nobody; on request nearly at once.
KEPT_S = 30 * 24 * HOUR_S
ERASED_AFTER_S = 24 * HOUR_S


def deadline_s(ready_s: int) -> int:
    """Until when a parcel that is told of now may stay."""
    return ready_s + STAY_S


def extended_s(current_s: int, now_s: int) -> int:
    """The deadline after an extension; one that was asked for late counts from now."""
    return max(current_s, now_s) + EXTENSION_S


def lengthened_s(current_s: int, now_s: int, by_s: int) -> int:
    """The deadline after everybody at a locker got more time; whose was over counts from now."""
    assert 0 < by_s <= ALL_EXTENDED_MAX_S, "checked where it came in"
    return max(current_s, now_s) + by_s


def gone_on_s(moment_s: int, stopped_s: int, now_s: int) -> int:
    """A deadline or reminder after its clock has stood still from `stopped_s` until now: later by as much."""
    return moment_s + max(0, now_s - stopped_s)
