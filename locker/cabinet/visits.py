"""What all visits have in common: how they start, release a door, give way to the next person, and end."""

from __future__ import annotations

from typing import Literal

from locker.cabinet.actions import Refusal
from locker.cabinet.desk import Desk
from locker.cabinet.door import may_pulse
from locker.cabinet.screens import rest
from locker.cabinet.talk import Opening, Talk
from locker.wire import facts
from locker.wire.facts import Doubt, Party

IDLE_MS = 30_000
ANSWER_MS = 60_000
"""How long a person is waited for who is asked what a door did."""

Proof = Literal["ticket", "pin", "label", "deposit_ticket", "pass", "phone", "card", "delegate"]


def start(desk: Desk, visit: str, party: Party, by: Proof, who: str = "") -> Talk:
    """Somebody has shown who they are; whoever was there before is gone."""
    if desk.talk is not None:
        end(desk, "next_person")
    desk.record(facts.VisitStarted(at=desk.now, visit=visit, party=party, by=by, who=who))
    desk.talk = Talk(visit=visit, party=party, who=who)
    return desk.talk


def release(desk: Desk, opening: Opening) -> None:
    """Opens one door for the visit, with a fact on the disk before the pulse."""
    talk = present(desk)
    talk.opening, talk.complaint, talk.idle_ms = opening, "", 0
    talk.goes("released")
    if not desk.mains:
        # What would be authorised now would open a door at some later time, in front of nobody.
        talk.goes("silent")
        wait(desk)
        rest(desk)
        return
    if not may_pulse(desk.door(opening.n), desk.now.run_ms):
        # The coil has to cool down: the person may try again in a while, and nothing is authorised for later.
        talk.goes("silent")
        other_door_or_wait(desk)
        return
    desk.allow(
        facts.UnlockAuthorised(
            at=desk.now, n=opening.n, reason=opening.reason, visit=talk.visit, deliveries=opening.deliveries
        )
    )
    desk.light(True)
    desk.beep("yes")
    rest(desk)


def other_door_or_wait(desk: Desk) -> None:
    """A door doesn't open: what waits behind another one needn't wait for it."""
    talk = present(desk)
    if talk.queue:
        talk.unopened.append(talk.opening)
        release(desk, talk.queue.pop(0))
        return
    wait(desk)
    rest(desk)


def again(desk: Desk) -> None:
    """The person wants the same door once more."""
    release(desk, present(desk).opening)


def end(desk: Desk, how: Literal["done", "left", "next_person"]) -> None:
    """The visit is over; what can't be told about its doors is recorded."""
    talk = present(desk)
    if talk.stage == "open":
        doubt(desk, talk.opening, "left_open")
    elif talk.stage == "asking":
        doubt(desk, talk.opening, "dead_sensor")
        desk.door(talk.n).happens("answered")
    for n, opener in desk.state.opened.items():
        if opener.visit == talk.visit and n != talk.n:
            # It has opened after its person was sent on to another one: who shuts it, and when, nobody will know.
            doubt(desk, Opening(n, opener.reason, opener.deliveries), "left_open")
    for n in [n for n, allowed in desk.state.allowed.items() if allowed.visit == talk.visit]:
        desk.door(n).due_ms = 0
    desk.record(facts.VisitEnded(at=desk.now, visit=talk.visit, how=how))
    desk.talk = None
    desk.light(False)
    rest(desk)


def doubt(desk: Desk, opening: Opening, why: Doubt) -> None:
    """Nobody can tell what the door of this opening leaves behind it."""
    contents = desk.state.boxes[opening.n].contents
    deliveries = tuple(dict.fromkeys((*contents, *opening.deliveries)))
    desk.record(facts.ContentsUncertain(at=desk.now, n=opening.n, doubt=why, deliveries=deliveries))


def wait(desk: Desk, ms: int = IDLE_MS) -> None:
    """The person is waited for, and taken to have gone after so long."""
    present(desk).idle_ms = desk.now.run_ms + ms


def hindrance(desk: Desk) -> Refusal | None:
    """Why somebody else can't begin now, if so."""
    talk = desk.talk
    if talk is None or not talk.at_a_door:
        return None
    if talk.stage == "unlocking":
        return "someone_else"
    # A door that can't be shut must not keep everybody else from their parcels for ever.
    return None if desk.door(talk.n).phase == "left_open" else "close_first"


def time(desk: Desk) -> None:
    """Ends the visit of somebody who has left."""
    talk = desk.talk
    if talk and talk.idle_ms and desk.now.run_ms >= talk.idle_ms:
        assert not talk.at_a_door, "nobody leaves an open door"
        end(desk, "left")


def present(desk: Desk) -> Talk:
    """The visit that is going on."""
    assert desk.talk is not None, "nobody is there"
    return desk.talk
