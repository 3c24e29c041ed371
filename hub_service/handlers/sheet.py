"""Plain reports of many lockers, taken together: what each comes to is written in a few statements for all of them.

Whatever isn't plain is taken entry by entry (`reports`), after the sheet was written for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hub_service.domain import standing
from hub_service.domain.standing import Position, Standing
from hub_service.handlers.hub import Hub
from hub_service.handlers.stays_together import StaysTogether, Told
from hub_service.store import lockers, reports
from hub_service.store.records import LockerRecord
from hub_service.store.reports import Entry
from hub_service.store.sql import Connection
from locker.wire.chain import canonical, link
from locker.wire.codec import WireError, fact_as_spelled
from locker.wire.facts import Collected, Deposited, Fact
from locker.wire.messages import Batch


@dataclass(slots=True)
class Sheet:
    """One transaction's lockers as they stand, and what is still to be written of them."""

    db: Connection
    hub: Hub
    alone: bool
    """Nobody else writes meanwhile: what is about other lockers as well can be done."""

    _lockers: dict[str, LockerRecord] = field(default_factory=dict)
    _troubled: set[str] = field(default_factory=set)
    _told: dict[str, bool] = field(default_factory=dict)
    _heard: set[str] = field(default_factory=set)
    _doors: dict[tuple[str, int], bool] = field(default_factory=dict)
    _entries: list[tuple[str, Entry, int]] = field(default_factory=list)
    _chains: dict[int, list[Entry]] = field(default_factory=dict)
    _stays: StaysTogether = field(init=False)

    def __post_init__(self) -> None:
        self._stays = StaysTogether(self.db, self.hub)

    def load(self, names: Iterable[str]) -> None:
        """Looks at these lockers as they are now, and at all stays: what isn't plain may change another locker's."""
        wanted = sorted(set(names))
        self._lockers |= {one.id: one for one in lockers.find_all(self.db, wanted)}
        self._troubled = self._troubled.difference(wanted) | reports.troubled(self.db, wanted)
        self._stays.look_again()

    def expect(self, coming: Iterable[tuple[str, Batch]]) -> None:
        """Looks at all that these batches of lockers are about."""
        quiet = self._lockers.keys() - self._troubled
        known = [(name, self.entries(batch)) for name, batch in coming if name in quiet]
        self._stays.load([one for name, entries in known for one in self._of_stays(name, entries)])

    def entries(self, batch: Batch) -> list[Entry]:
        """The entries of a batch, each with its hash, and read as far as this version can."""
        if id(batch) not in self._chains:
            self._chains[id(batch)] = _chained(batch)
        return self._chains[id(batch)]

    def locker(self, locker_id: str) -> LockerRecord | None:
        """A locker with all that was taken of it so far."""
        return self._lockers.get(locker_id)

    def take(self, locker: LockerRecord, entries: Sequence[Entry]) -> bool:
        """Takes entries behind the head of a locker; False, with nothing done, where they aren't plain."""
        told = [entry.read for entry in entries]
        if locker.id in self._troubled or not standing.are_plain(told):
            return False
        if not self._stays.take(self._of_stays(locker.id, entries)):
            return False
        stands = Position(locker.stands_epoch, locker.stands_order, locker.stands_digest)
        self._note(locker, entries, standing.after(locker.epoch, stands, told))
        return True

    def hear(self, locker_id: str) -> None:
        """A locker has said that it is there, and nothing else."""
        self._heard.add(locker_id)

    def save(self) -> None:
        """Writes what is still to be written."""
        now_ms = self.hub.now_ms()
        self._stays.save()
        reports.add_all(self.db, self._entries, now_ms)
        lockers.save_doors(self.db, self._doors)
        lockers.save_told(self.db, [(self._lockers[name], reached) for name, reached in self._told.items()], now_ms)
        lockers.save_heard(self.db, sorted(self._heard), now_ms)
        self._entries, self._doors, self._told, self._heard = [], {}, {}, set()

    def _of_stays(self, locker_id: str, entries: Sequence[Entry]) -> list[Told]:
        return [
            Told(self._lockers[locker_id], entry.read, entry.digest)
            for entry in entries
            if isinstance(entry.read, Deposited | Collected)
        ]

    def _note(self, locker: LockerRecord, entries: Sequence[Entry], after: Standing) -> None:
        self._entries += [(locker.id, entry, locker.reports + place) for place, entry in enumerate(entries, 1)]
        self._doors |= {(locker.id, n): is_open for n, is_open in after.doors.items()}
        self._told[locker.id] = after.reached or self._told.get(locker.id, False)
        self._lockers[locker.id] = replace(
            locker,
            head=entries[-1].digest if entries else locker.head,
            reports=locker.reports + len(entries),
            stands_epoch=after.position.epoch,
            stands_order=after.position.number,
            stands_digest=after.position.digest,
        )


def _chained(batch: Batch) -> list[Entry]:
    parent, entries = batch.parent, []
    for fact in batch.facts:
        spelled = canonical(fact)
        own = link(parent, spelled)
        entries.append(Entry(digest=own, parent=parent, fact=fact, spelled=spelled.decode(), read=_read(spelled)))
        parent = own
    return entries


def _read(spelled: bytes) -> Fact | None:
    try:
        return fact_as_spelled(spelled)
    except WireError:
        return None
