"""How many lockers may come back to a broker at once: those of a large fleet spread their connects, a few needn't."""

from __future__ import annotations

CONNECTS_PER_S = 20
SPREAD_S_MAX = 60
"""What lockers accept: nobody waits longer for a door to be opened from afar, or for an order, than a minute."""


def spread_s(lockers: int) -> int:
    """Over how many seconds so many lockers spread their connects (0: each comes as soon as it likes)."""
    return min(SPREAD_S_MAX, lockers // CONNECTS_PER_S)
