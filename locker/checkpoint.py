"""What all facts so far amount to, written down: so that a start needn't replay years, nor the card keep them.

Two sums lie beside the facts in the journal. The *checkpoint* is a short cut and nothing else: made by other rules than
today's, it is dropped, and everything is replayed. The *origin* stands for facts that are gone; it moves on only over
facts that are both in a completed backup of the hub and older than `KEEP_MS`. So whatever the hub may still ask for,
and all that a fork could be told by, is kept as facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from locker import cabinet, telemetry, wire
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.records import State
from locker.cabinet.state import apply
from locker.journal import Journal, JournalError, Sum
from locker.wire.facts import Fact, Moment

CHECKPOINT_FACTS = 2_000
"""So many facts more, and a new checkpoint is worth its 300 kB; they replay in a tenth of a second."""

LET_GO_FACTS = 500
"""So many facts are let go at a time: some 20 ms in a quiet moment, and one writing of the origin."""

LOOK_FACTS = 2_000
LOOK_EVERY_MS = 60_000
DAY_MS = 24 * 60 * 60 * 1000
KEEP_MS = 35 * DAY_MS

_STATE: TypeAdapter[State] = TypeAdapter(State)


@cache
def rules() -> str:
    """Names this version's way of adding facts up: a sum that was made by other words than these is none of ours."""
    # More words than matter: a replay too many after an update is cheap, a start from a wrong state is not.
    folders = (Path(folder) for package in (cabinet, wire) for folder in package.__path__)
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def spelled(state: State) -> str:
    """A state as it is stored."""
    return _STATE.dump_json(state).decode()


def state_of(stored: Sum) -> State:
    """The state that a sum describes. Raises JournalError for one that this version can't read."""
    if not stored.position:
        return State()
    try:
        return _STATE.validate_json(stored.content)
    except ValidationError as error:
        raise JournalError(
            "the journal's beginning isn't known to this version of the program; install the newer one"
        ) from error


def newest(journal: Journal) -> tuple[State, Iterable[Fact]]:
    """Where a start may begin, and the facts that are still to be replayed behind it."""
    stored = journal.checkpoint()
    if stored.position > journal.origin.position and stored.rules == rules():
        try:
            return state_of(stored), journal.facts(stored.position)
        except JournalError:
            pass  # a short cut that leads nowhere: the long way is still there
    return state_of(journal.origin), journal.facts(journal.origin.position)


def replay(journal: Journal, into: Cabinet) -> None:
    """Brings a new cabinet to where its journal ends. Raises JournalError where that can't be believed."""
    state, rest = newest(journal)
    into.replay(rest, state)


class Housekeeping:
    """The quiet moment's work on a journal, one small piece at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._checked_at = self._last_checkpoint()
        self._looked_at = self._old_until = journal.origin.position
        self._look_ms = 0

    def work(self, state: State, now: Moment) -> bool:
        """Does one piece, if there is any; whether something was written. `state` is that of the newest fact."""
        if self._journal.position - self._checked_at >= CHECKPOINT_FACTS:
            self._journal.add_up(rules(), spelled(state))
            self._checked_at = self._journal.position
            return True
        if now.run_ms < self._look_ms:
            return False
        if self._let_go(now):
            return True
        self._look_ms = now.run_ms + LOOK_EVERY_MS
        return False

    def _last_checkpoint(self) -> int:
        stored = self._journal.checkpoint()
        # One of other rules is replaced as soon as there is time: until then each start replays what lies behind it.
        return stored.position if stored.rules == rules() else self._journal.origin.position

    def _let_go(self, now: Moment) -> bool:
        origin, until = self._journal.origin, self._journal.origin.position + LET_GO_FACTS
        if self._journal.safe_position < until or self._older_until(now, until) < until:
            return False
        state = state_of(origin)
        for fact in islice(self._journal.facts(origin.position), LET_GO_FACTS):
            apply(state, fact)
        content = spelled(state)
        if _STATE.validate_json(content) != state:
            telemetry.warn("journal_grows", why="the sum of its oldest facts doesn't read back as what was written")
            return False
        self._journal.let_go(until, rules(), content)
        return True

    def _older_until(self, now: Moment, wanted: int) -> int:
        """Up to which position facts are certainly old: one that has a trusted time is, and none before is younger."""
        if not now.trusted:
            return 0
        if self._old_until < wanted:
            for position, wall_ms, trusted in self._journal.times(self._looked_at, LOOK_FACTS):
                if trusted and now.wall_ms - wall_ms < KEEP_MS:
                    break
                self._looked_at = position
                self._old_until = position if trusted else self._old_until
        return self._old_until
