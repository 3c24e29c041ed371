"""Memory that was needed for a moment goes back to the system: glibc would keep it, other C libraries don't.

Hashing a code takes 19 MB. Freed once, glibc takes such pieces from the thread's own heap from then on, and each thread
that has ever hashed one keeps them for good: with forty of them 760 MB.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # of malloc.h; to set it also ends its growing with what was freed
_LARGE_BYTES = 1_048_576


def give_back_large() -> None:
    """From now on every large piece is the system's again as soon as it is freed. Call it once, at the start."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
