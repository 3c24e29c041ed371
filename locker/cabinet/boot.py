"""What a start finds: the journal says what had been allowed, the sensors say what is open now. Nothing is pulsed."""

from __future__ import annotations

from locker.cabinet import watch
from locker.cabinet.desk import Desk
from locker.cabinet.door import Door
from locker.cabinet.events import Booted
from locker.cabinet.screens import rest
from locker.wire import facts
from locker.wire.facts import UnlockAuthorised


def booted(desk: Desk, event: Booted) -> None:
    """The daemon has started."""
    state = desk.state
    interrupted = state.allowed | state.opened
    desk.record(facts.RunStarted(at=desk.now, run=event.run, locker=event.locker, software=event.software))
    known = tuple(box.spec for box in state.boxes.values() if box.built)
    if state.number != event.number or known != event.compartments:
        desk.record(facts.Described(at=desk.now, number=event.number, compartments=event.compartments))
    desk.doors = {n: Door() for n in state.boxes}
    # Sensors first: a doubt must not be taken back by what they say.
    forced = False
    for n in state.boxes:
        forced |= _door(desk, n, event.doors_open.get(n), interrupted.get(n))
    for n in sorted(interrupted.keys() & state.boxes.keys()):
        _interrupted(desk, n, interrupted[n])
    if state.visit is not None:
        desk.record(facts.VisitEnded(at=desk.now, visit=state.visit.visit, how="power_cut"))
    # Behind all facts: cut off between two of them, a start would have forgotten what the run before had allowed.
    if forced:
        desk.beep("alarm")
    desk.talk = None
    rest(desk)


def _door(desk: Desk, n: int, is_open: bool | None, allowed: UnlockAuthorised | None) -> bool:
    """Believes what a door's sensor says at the start; whether somebody has forced it."""
    box = desk.state.boxes[n]
    if is_open is None:
        watch.find(desk, n, "sensor")
        return False
    if is_open:
        desk.door(n).saw_open(desk.now.run_ms)
    if is_open and not box.open:
        _found_open(desk, n, allowed)
        return allowed is None
    if box.open and not is_open:
        desk.record(facts.Closed(at=desk.now, n=n, visit=allowed.visit if allowed else ""))
        if "left_open" in box.faults:
            desk.record(facts.FaultCleared(at=desk.now, n=n, fault="left_open"))
    return False


def _found_open(desk: Desk, n: int, allowed: UnlockAuthorised | None) -> None:
    visit = allowed.visit if allowed else ""
    desk.record(facts.Opened(at=desk.now, n=n, visit=visit, forced=allowed is None))
    if allowed is None:
        watch.tell_forced(desk, n, desk.state.boxes[n])
    elif allowed.reason == "collect":
        # It has opened for its recipient, who was there before the power went.
        pickup = desk.state.pickup_of(allowed.deliveries[0]) if allowed.deliveries else ""
        desk.record(facts.Collected(at=desk.now, n=n, visit=visit, pickup=pickup, deliveries=allowed.deliveries))


def _interrupted(desk: Desk, n: int, allowed: UnlockAuthorised) -> None:
    # The door may have opened, and shut again, while nobody was looking.
    deliveries = tuple(dict.fromkeys((*desk.state.boxes[n].contents, *allowed.deliveries)))
    desk.record(facts.ContentsUncertain(at=desk.now, n=n, doubt="power_cut", deliveries=deliveries))
