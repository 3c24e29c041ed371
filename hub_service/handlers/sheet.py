"""Plain reports of many lockers, taken together: what each comes to is written in a few statements for all of them.

Whatever isn't plain is taken entry by entry (`reports`), after the sheet was written for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hub_service.domain import standing
from hub_service.domain.standing import Position, Standing
from hub_service.handlers import facts
from hub_service.handlers.contents import Report
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene
from hub_service.store import lockers, reports
from hub_service.store.records import LockerRecord
from hub_service.store.reports import Entry
from hub_service.store.sql import Connection, OperationalError
from locker.wire.codec import WireError, fact_from_json
from locker.wire.facts import Fact


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
    _doors: dict[tuple[str, int], bool] = field(default_factory=dict)
    _entries: list[tuple[str, Entry, int]] = field(default_factory=list)

    def load(self, names: Iterable[str]) -> None:
        """Looks at these lockers as they are now."""
        wanted = sorted(set(names))
        self._lockers |= {one.id: one for one in lockers.find_all(self.db, wanted)}
        self._troubled = reports.troubled(self.db, wanted)

    def locker(self, locker_id: str) -> LockerRecord | None:
        """A locker with all that was taken of it so far."""
        return self._lockers.get(locker_id)

    def take(self, locker: LockerRecord, entries: Sequence[Entry]) -> bool:
        """Takes entries behind the head of a locker; False, with nothing done, where they aren't plain."""
        if locker.id in self._troubled:
            return False
        try:
            told = [fact_from_json(entry.fact) for entry in entries]
        except WireError:
            return False
        if not standing.are_plain(told) or not self._decided(locker.id, entries, told):
            return False
        stands = Position(locker.stands_epoch, locker.stands_order, locker.stands_digest)
        self._note(locker, entries, standing.after(locker.epoch, stands, told))
        return True

    def save(self) -> None:
        """Writes what is still to be written."""
        now_ms = self.hub.now_ms()
        reports.add_all(self.db, self._entries, now_ms)
        lockers.save_doors(self.db, self._doors)
        lockers.save_told(self.db, [(self._lockers[name], reached) for name, reached in self._told.items()], now_ms)
        self._entries, self._doors, self._told = [], {}, {}

    def _decided(self, locker_id: str, entries: Sequence[Entry], told: Sequence[Fact]) -> bool:
        deciding = [
            (entry, fact) for entry, fact in zip(entries, told, strict=True) if isinstance(fact, facts.ABOUT_CONTENTS)
        ]
        if not deciding:
            return True
        self.db.execute("SAVEPOINT batch")
        try:
            for entry, fact in deciding:
                scene = Scene(self.db, self.hub, locker_id, fact.at.wall_ms)
                facts.apply(Report(scene, locker_id, entry.digest, self.alone), fact)
        except OperationalError:
            # The disk is full or the like: nothing is taken, and the lockers send it again.
            raise
        except Exception:  # noqa: BLE001 - whoever takes it entry by entry finds out which one can't be applied
            self.db.execute("ROLLBACK TO batch")
            self.db.execute("RELEASE batch")
            return False
        self.db.execute("RELEASE batch")
        return True

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
