"""A journal that lies in memory: the chain of one locker's facts, as the link needs it.

What the hub has confirmed is let go, as a locker lets go of what is safe: a fleet that runs for hours mustn't grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from locker.wire import codec
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Fact


class MemoryJournal:
    """The facts that the hub hasn't confirmed yet. Positions count from 1 and go on counting behind what was let go."""

    def __init__(self) -> None:
        self.head = GENESIS
        self.position = 0
        self.confirmed_position = 0
        self._origin = GENESIS
        self._entries: dict[str, tuple[int, dict[str, Any]]] = {}

    def append(self, facts: Iterable[Fact]) -> None:
        """Adds these facts behind the newest."""
        for fact in facts:
            raw = codec.fact_to_json(fact)
            self.head, self.position = digest(self.head, raw), self.position + 1
            self._entries[self.head] = (self.position, raw)

    def place(self, digest: str) -> int | None:
        """See `link.Reports`."""
        if digest == GENESIS:
            return 0
        if digest == self._origin:
            return self.position - len(self._entries)
        entry = self._entries.get(digest)
        return entry[0] if entry else None

    def after(self, digest: str, limit: int) -> tuple[str, tuple[dict[str, Any], ...]]:
        """See `link.Reports`."""
        skipped = max(0, (self.place(digest) or 0) - (self.position - len(self._entries)))
        parent = digest if self.place(digest) else self._origin
        facts = tuple(raw for _, raw in islice(self._entries.values(), skipped, skipped + limit))
        return (parent if facts else self.head), facts

    def confirmed(self, known: str, safe: str = "") -> None:  # noqa: ARG002 - no card to keep facts on until they are safe
        """See `link.Reports`."""
        entry = self._entries.get(known)
        if entry is None:
            return
        self.confirmed_position = entry[0]
        while known in self._entries:
            self._origin = next(iter(self._entries))
            del self._entries[self._origin]
