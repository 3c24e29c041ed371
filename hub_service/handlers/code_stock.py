"""Access codes that were worked out before anybody needed them, a few for each locker, in this process's memory only.

A code's tag costs a slow hash. In memory, because a code that was given must never come back: a database that is
restored, or a standby that lags behind, would give it to somebody else as well.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EACH = 20
"""What a locker is announced within some hours; a hub that has none left works its codes out as they are needed."""

MOST = 50_000
"""Of all lockers together: some 15 MB. Where they are so many that it isn't enough, each gets its share."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """A PIN, and its tag under the key of the locker that it is for."""

    pin: str
    tag: str


@dataclass(slots=True)
class _Shelf:
    """A locker's codes. `key` is its code key as the store has sealed it: another machine has another one."""

    key: bytes = b""
    codes: deque[Stocked] = field(default_factory=deque)


class CodeStock:
    """Codes by locker. Safe to use from any thread; each code is given once."""

    def __init__(self, each: int = EACH, most: int = MOST) -> None:
        self._each, self._most = each, most
        self._turn = threading.Lock()
        # Lockers that were asked for codes lately stand behind: they are filled first.
        self._shelves: dict[str, _Shelf] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def take(self, locker_id: str, key: bytes) -> Stocked | None:
        """A code that nobody had; None: work one out. `key` is the locker's, sealed, as it is now."""
        with self._turn:
            shelf = self._shelves.pop(locker_id, None) or _Shelf()
            self._shelves[locker_id] = shelf
            if shelf.key != key:
                self._count -= len(shelf.codes)
                shelf.codes.clear()
            if not shelf.codes:
                return None
            self._count -= 1
            return shelf.codes.popleft()

    def put(self, locker_id: str, key: bytes, codes: Iterable[Stocked]) -> None:
        """Adds codes that were worked out under this key."""
        with self._turn:
            shelf = self._shelves.setdefault(locker_id, _Shelf())
            if shelf.key != key:
                self._count -= len(shelf.codes)
                shelf.key, shelf.codes = key, deque()
            before = len(shelf.codes)
            shelf.codes.extend(codes)
            self._count += len(shelf.codes) - before

    def lacking(self, known: Sequence[str], limit: int) -> list[str]:
        """Whose codes are to be worked out next, a locker once for each code; first who was asked for last.

        `known` are all lockers, which get theirs when nobody waits for any.
        """
        with self._turn:
            room = min(limit, self._most - self._count)
            # Else those that were filled first would have all, and the others would wait for a hash each time.
            share = max(1, self._most // max(1, len(known), len(self._shelves)))
            each = min(self._each, share)
            found: list[str] = []
            for locker_id in (*reversed(self._shelves), *(one for one in known if one not in self._shelves)):
                if len(found) >= room:
                    break
                shelf = self._shelves.get(locker_id)
                found += [locker_id] * (each - (len(shelf.codes) if shelf else 0))
            return found[: max(0, room)]
