"""A courier takes out what its carrier wants back: expired parcels, and those to be returned."""

from __future__ import annotations

from locker.cabinet.desk import Desk
from locker.cabinet.screens import refuse, rest, retrievable
from locker.cabinet.talk import Opening
from locker.cabinet.visits import doubt, present, release, start, wait
from locker.wire import facts
from locker.wire.orders import Pass


def begin(desk: Desk, staff: Pass, visit: str) -> None:
    """A courier's code was entered: the list of what there is to take."""
    talk = start(desk, visit, "courier", "pass", staff.who)
    talk.carrier = staff.carrier
    wait(desk)
    desk.beep("yes")
    rest(desk)


def choose(desk: Desk, n: int) -> None:
    """The courier wants the door `n`, or the next one on the list (0)."""
    talk = present(desk)
    there = retrievable(desk, talk.carrier) if talk.who else {}
    chosen = n or min(there, default=0)
    if chosen not in there:
        wait(desk)
        refuse(desk, "nothing_to_retrieve")
        return
    release(desk, Opening(chosen, "retrieve", there[chosen]))


def opened(desk: Desk) -> None:
    """The door is open; the parcel counts as taken when it has closed."""


def missing(desk: Desk) -> None:
    """The courier says that nothing lies behind the open door."""
    present(desk).complaint = "was_empty"
    rest(desk)


def closed(desk: Desk) -> None:
    """The courier has taken the parcel out; or has looked again behind a door that counts as emptied."""
    talk = present(desk)
    if talk.unwitnessed:
        # Nobody gets a receipt for a door that somebody else may have shut; it stays on the list.
        doubt(desk, talk.opening, "left_open")
    elif talk.complaint == "was_empty":
        # Nobody gets a receipt for what wasn't there; a person looks for it.
        desk.record(facts.Inspected(at=desk.now, n=talk.n, visit=talk.visit))
    elif desk.state.boxes[talk.n].contents:
        desk.record(
            facts.Retrieved(
                at=desk.now, n=talk.n, visit=talk.visit, deliveries=talk.opening.deliveries, courier=talk.who
            )
        )  # fmt: skip
    talk.complaint = ""
    wait(desk)
    rest(desk)


def silent(desk: Desk) -> None:
    """The door doesn't open: the courier tries again, or takes another."""
    wait(desk)
    rest(desk)
