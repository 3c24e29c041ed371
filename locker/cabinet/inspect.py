"""An operator looks into compartments and says what is inside. A recipient's parcel stays shut unless something is
wrong with its compartment."""

from __future__ import annotations

from typing import Literal

from locker.cabinet.desk import Desk
from locker.cabinet.screens import refuse, rest
from locker.cabinet.talk import Opening
from locker.cabinet.visits import present, release, start, wait
from locker.wire import facts
from locker.wire.orders import Pass


def begin(desk: Desk, staff: Pass, visit: str) -> None:
    """An operator's code was entered: the list of compartments."""
    start(desk, visit, "operator", "pass", staff.who)
    wait(desk)
    desk.beep("yes")
    rest(desk)


def choose(desk: Desk, n: int) -> None:
    """The operator wants the door `n`."""
    box = desk.state.boxes.get(n)
    if box is None or not box.built or (box.inside and not box.faults):
        wait(desk)
        refuse(desk, "not_allowed", n=n)
        return
    release(desk, Opening(n, "inspect", tuple(box.contents)))


def opened(desk: Desk) -> None:
    """The operator is looking."""


def closed(desk: Desk) -> None:
    """The door is shut: what is inside?"""
    present(desk).goes("looked")
    wait(desk)
    rest(desk)


def silent(desk: Desk) -> None:
    """The door doesn't open: the operator knows best what to do."""
    wait(desk)
    rest(desk)


def judge(desk: Desk, verdict: Literal["is_empty", "holds_parcel", "cant_tell"]) -> None:
    """The operator says what lies in the compartment that they have just looked into."""
    talk = present(desk)
    assert talk.party == "operator", "nobody else judges"
    contents = tuple(desk.state.boxes[talk.n].contents)
    # "A parcel" can't be two people's: which of them it is, nobody has said, and a wrong code would open it.
    one_person = len(set(desk.state.boxes[talk.n].contents.values())) == 1
    if verdict == "is_empty":
        desk.record(facts.Inspected(at=desk.now, n=talk.n, visit=talk.visit))
    elif verdict == "holds_parcel" and one_person:
        desk.record(facts.Inspected(at=desk.now, n=talk.n, visit=talk.visit, deliveries=contents))
    else:
        desk.record(facts.ContentsUncertain(at=desk.now, n=talk.n, doubt="occupied", deliveries=contents))
    talk.goes("judged")
    wait(desk)
    rest(desk)


def repaired(desk: Desk, n: int) -> None:
    """The operator has mended what was wrong with a compartment."""
    talk = present(desk)
    box = desk.state.boxes.get(n or talk.n)
    for fault in sorted(box.faults) if box else ():
        # A door that stands open goes on standing open until somebody shuts it. And a sensor that still shows nothing
        # would make the next courier's open door a jammed one, and their parcel a forgotten one.
        stays = {"left_open": box is not None and box.open, "sensor": desk.door(n or talk.n).blind}
        stays["flicker"] = stays["sensor"]
        if not stays.get(fault):
            desk.record(facts.FaultCleared(at=desk.now, n=n or talk.n, fault=fault))
    desk.door(n or talk.n).happens("mended")
    if not talk.at_a_door:
        wait(desk)
    rest(desk)
