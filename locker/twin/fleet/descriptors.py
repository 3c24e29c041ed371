"""How many connections this process may hold: every locker needs a file descriptor, and so does the broker for it."""

from __future__ import annotations

import resource

SPARE = 200
"""Files, pipes and HTTP connections beside the lockers'."""


def raised() -> int:
    """Raises the soft limit to the hard one, for this process and its children; returns how many lockers fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = 1_048_576
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - SPARE
