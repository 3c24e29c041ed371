"""Lets what a locker has told take effect, or sets it aside: with a reason, an alarm and all that has to wait for it.

Later reports about the same delivery or compartment wait behind one that can't be applied; all others go on. Who
deposits into a compartment or looks into it starts it anew: such a report waits for its own deliveries only, and what
was parked about the compartment is tried once more before it, in order, and then holds the compartment up no longer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hub_service.domain import alarms
from hub_service.handlers import contents, facts
from hub_service.handlers.contents import CannotApply, Report
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene
from hub_service.store import events, lockers, reports
from hub_service.store.errors import OperationalError
from hub_service.store.reports import Entry, Parked
from hub_service.store.sql import Connection
from locker.wire.codec import WireError, fact_from_json

_log = logging.getLogger(__name__)
COMPARTMENT_MAX = 999
CONTENT_KINDS = ("deposited", "collected", "retrieved", "contents_uncertain", "inspected")
STARTING_ANEW = ("deposited", "inspected")
WAITS = "it waits behind an earlier one"
UNREADABLE = "this version doesn't know it"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """One locker's entries on their way into effect, within one transaction."""

    db: Connection
    hub: Hub
    locker_id: str

    def apply(self, entry: Entry) -> None:
        """Lets a new entry that is stored take effect, or parks it."""
        kind, n = kind_of(entry.fact), compartment_of(entry.fact)
        subjects = subjects_of(entry.fact)
        if kind not in STARTING_ANEW or not n:
            # An alarm is for a person, now; no order of reports makes it untrue.
            behind = () if kind == "alarmed" else subjects
            self._apply(entry, subjects, behind)
            return
        own = tuple(subject for subject in subjects if not _is_place(subject))
        if not reports.waits_behind(self.db, self.locker_id, own):
            self._start_anew(n)
        self._apply(entry, subjects, own)

    def retry(self, waiting: Iterable[Parked]) -> None:
        """Tries again what was parked, oldest first; what still can't be applied holds what it held before."""
        again = list(waiting)
        for one in again:
            reports.unpark(self.db, self.locker_id, one.entry.digest)
        for one in again:
            self._again(one, one.holds)

    def _start_anew(self, n: int) -> None:
        # In their order, and before the report that starts anew: what can be applied now is still followed by it.
        place = f"n:{n}"
        about = [one for one in reports.parked(self.db, self.locker_id) if place in one.holds]
        for one in about:
            reports.unpark(self.db, self.locker_id, one.entry.digest)
        for one in about:
            self._again(one, one.holds - {place})
        if about and not any(compartment_of(one.entry.fact) == n for one in reports.parked(self.db, self.locker_id)):
            events.close_alarms(self.db, self.locker_id, n, ("parked_report",), self.hub.now_ms())

    def _again(self, one: Parked, holds: frozenset[str]) -> None:
        n, kind = compartment_of(one.entry.fact), kind_of(one.entry.fact)
        # Somebody has looked or put something in since: of the compartment this entry says nothing any more.
        overtaken = kind in CONTENT_KINDS and n > 0 and f"n:{n}" not in one.holds
        subjects = tuple(sorted(holds))
        behind = tuple(subject for subject in subjects if kind not in STARTING_ANEW or not _is_place(subject))
        self._apply(one.entry, subjects, behind, overtaken)

    def _apply(self, entry: Entry, holds: tuple[str, ...], behind: tuple[str, ...], overtaken: bool = False) -> None:
        if reports.waits_behind(self.db, self.locker_id, behind):
            self._park(entry, holds, WAITS)
            return
        try:
            fact = fact_from_json(entry.fact)
        except WireError:
            # A locker that is newer than this hub: later reports about the same things needn't wait for it.
            self._distrust(entry, holds)
            self._park(entry, (), UNREADABLE)
            return
        scene = Scene(self.db, self.hub, self.locker_id, fact.at.wall_ms)
        report = Report(scene, self.locker_id, entry.digest)
        self.db.execute("SAVEPOINT entry")
        try:
            (contents.overtaken if overtaken else facts.apply)(report, fact)
        except OperationalError:
            # The disk is full or the like: nothing of the batch is taken, and the locker sends it again.
            raise
        except Exception as error:  # noqa: BLE001 - one report that can't be applied must not hold up all others
            self.db.execute("ROLLBACK TO entry")
            self._park(entry, holds, _reason(error))
        self.db.execute("RELEASE entry")

    def _park(self, entry: Entry, holds: tuple[str, ...], why: str) -> None:
        n, kind = compartment_of(entry.fact), kind_of(entry.fact)
        reports.park(self.db, self.locker_id, entry.digest, holds, why)
        _log.warning("a report of %s is parked: %s, %s", self.locker_id, kind, why)
        now_ms = self.hub.now_ms()
        events.raise_alarm(self.db, self.locker_id, n, "parked_report", alarms.sentence("parked_report"), now_ms)
        self._distrust(entry, holds)

    def _distrust(self, entry: Entry, holds: tuple[str, ...]) -> None:
        # Of a compartment that somebody has looked into since, an old report says nothing any more.
        n, kind = compartment_of(entry.fact), kind_of(entry.fact)
        if kind not in CONTENT_KINDS or f"n:{n}" not in holds:
            return
        known = lockers.compartment(self.db, self.locker_id, n)
        # The locker has to be told where its card can't know what lies inside, unless somebody has seen it since.
        if known is None or known.doubt != "fork" or kind in STARTING_ANEW:
            lockers.set_content(self.db, self.locker_id, n, "uncertain", "parked")


def subjects_of(fact: dict[str, Any]) -> tuple[str, ...]:
    """What a raw fact is about, whether this version knows its kind or not."""
    found = tuple(f"delivery:{name}" for name in deliveries_of(fact))
    n = compartment_of(fact)
    return (*found, f"n:{n}") if n else found


def deliveries_of(fact: dict[str, Any]) -> tuple[str, ...]:
    """The deliveries that a raw fact names."""
    names = fact.get("deliveries")
    found = [fact.get("delivery"), *(names if isinstance(names, list) else ())]
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str) and name))


def compartment_of(fact: dict[str, Any]) -> int:
    """Which compartment a raw fact is about; 0 where it says none, or one that can't be."""
    n = fact.get("n")
    return n if type(n) is int and 0 < n <= COMPARTMENT_MAX else 0


def kind_of(fact: dict[str, Any]) -> str:
    """What a raw fact calls itself, as far as it is reasonable."""
    return str(fact.get("kind"))[:60]


def _is_place(subject: str) -> bool:
    return subject.startswith("n:")


def _reason(error: Exception) -> str:
    # Only our own sentences: another error's text may hold what was in the report.
    return str(error) if isinstance(error, CannotApply) else type(error).__name__
