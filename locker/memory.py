"""Memory that was needed for a moment goes back to the system: glibc would keep it, other C libraries don't.

Checking a PIN takes 19 MB. Freed once, glibc takes such pieces from the thread's own heap from then on, and each thread
that has ever checked one keeps them for good.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # of malloc.h; to set it also ends its growing with what was freed
_LARGE_BYTES = 1_048_576
_M_ARENA_MAX = -8


def give_back_large() -> None:
    """From now on every large piece is the system's again as soon as it is freed. Call it before threads begin."""
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        # The daemon's threads hardly ever work at the same time; a heap for each is half a megabyte of nothing.
        library.mallopt(_M_ARENA_MAX, 1)


def give_back_now() -> None:
    """What has been freed so far goes back, some megabytes after everything was loaded; takes under a millisecond."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
