"""Which doubt about a compartment stays when another one comes.

A locker whose card is older than what has happened since, or is new, can't know what lies inside whatever its doors do:
that stays in doubt until somebody has looked. Locker and hub judge by the same rule.
"""

from __future__ import annotations

from typing import Literal

from locker.wire.facts import Doubt

_DEPTH: dict[Doubt, int] = {"new": 1, "fork": 2}


def deeper(known: Doubt | Literal[""] | None, told: Doubt) -> Doubt:
    """What a compartment is in doubt for that may have been so before, and now is for something else as well."""
    return known if known and _DEPTH.get(known, 0) > _DEPTH.get(told, 0) else told
