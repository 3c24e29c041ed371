"""Doors that are opened from afar: never late, never twice, never in another run; the rest is as it is at the kiosk.

A challenge lives for a few seconds in this run's memory only, so whatever the broker kept back finds nothing to answer.
"""

from __future__ import annotations

from locker.cabinet import collect
from locker.cabinet.actions import Show, Tell
from locker.cabinet.challenges import Asked
from locker.cabinet.desk import Desk
from locker.cabinet.door import may_pulse
from locker.cabinet.events import Knocked, OpenNowReceived
from locker.cabinet.visits import hindrance
from locker.wire import facts
from locker.wire.messages import Message
from locker.wire.opening import Answered, Challenge, OpenNow, Outcome


def time(desk: Desk, chance: float | None) -> None:
    """Changes the number on the screen when its minute is over."""
    if chance is not None and desk.afar.is_due(desk.now.run_ms):
        desk.afar.draw(chance, desk.now.run_ms)
        desk.actions.append(Show(screen=desk.screen))


def knocked(desk: Desk, event: Knocked) -> None:
    """The hub asks for a challenge. The same request gets the same one while that lives."""
    known = desk.afar.find(event.request)
    if known and known.outcome:
        # The answer was lost on its way.
        _answer(desk, known, known.outcome)
        return
    if known is None or not known.lives(desk.now.run_ms):
        known = desk.afar.ask(event.request, event.nonce, desk.now.run_ms)
    state = desk.state
    challenge = Challenge(
        locker=state.locker, run=state.run, request=known.request, nonce=known.nonce, numbers=desk.afar.numbers
    )
    _tell(desk, challenge)


def received(desk: Desk, event: OpenNowReceived) -> None:
    """The hub says: open. What is late, repeated or of another run is as if it had never come."""
    order = event.message
    asked = desk.afar.find(order.request)
    if asked is None or asked.outcome or not asked.lives(desk.now.run_ms):
        return
    if (order.locker, order.run, order.nonce) != (desk.state.locker, desk.state.run, asked.nonce):
        return
    refused = _refused(desk, order)
    if refused is None:
        (_for_recipient if order.pickup else _for_operator)(desk, order, event.visit)
    _answer(desk, asked, refused or "opening")


def opened(desk: Desk, n: int) -> None:
    """A door that an operator has opened from afar stands open: nobody knows any more what lies behind it."""
    contents = tuple(desk.state.boxes[n].contents)
    if contents:
        desk.record(facts.ContentsUncertain(at=desk.now, n=n, doubt="remote", deliveries=contents))


def unseen(desk: Desk, n: int) -> None:
    """The same, where no sensor tells whether the door has opened."""
    desk.door(n).happens("lost_sight")
    desk.door(n).due_ms = 0
    opened(desk, n)


def _refused(desk: Desk, order: OpenNow) -> Outcome | None:
    box = desk.state.boxes.get(order.n)
    if box is None or not box.built:
        return "unknown_compartment"
    if "locks" in desk.lost or not desk.mains:
        return "out_of_order"
    return _refused_recipient(desk, order) if order.pickup else _refused_operator(desk, order)


def _refused_recipient(desk: Desk, order: OpenNow) -> Outcome | None:
    admit = desk.state.admits.get(order.pickup)
    if admit and order.generation < admit.generation:
        return "outdated"
    if order.n not in (door.n for door in collect.openings(desk, order.pickup)):
        there = desk.state.boxes[order.n].contents.values()
        return "uncertain" if order.pickup in there else "not_here"
    # As at the kiosk: one person after the other.
    why = hindrance(desk)
    return None if why is None else "close_first" if why == "close_first" else "someone_else"


def _refused_operator(desk: Desk, order: OpenNow) -> Outcome | None:
    box = desk.state.boxes[order.n]
    if not order.may_hold and not box.empty:
        # The hub may not have heard yet what was put in.
        return "occupied"
    if desk.talk and desk.talk.n == order.n and desk.talk.at_a_door:
        return "someone_else"
    if box.open:
        return "already_open"
    return None if may_pulse(desk.door(order.n), desk.now.run_ms) else "resting"


def _for_recipient(desk: Desk, order: OpenNow, visit: str) -> None:
    _admit(desk, order, visit)
    doors = collect.openings(desk, order.pickup)
    # The door that was shown on the telephone comes first, the others one after the other behind it.
    doors.sort(key=lambda door: door.n != order.n)
    collect.begin(desk, order.pickup, doors, visit, "phone")


def _for_operator(desk: Desk, order: OpenNow, _visit: str) -> None:
    # No visit: nobody at the screen has to wait for it, or is asked about it.
    _admit(desk, order, "")
    contents = tuple(desk.state.boxes[order.n].contents)
    desk.allow(facts.UnlockAuthorised(at=desk.now, n=order.n, reason="remote", deliveries=contents))
    desk.beep("remind")


def _admit(desk: Desk, order: OpenNow, visit: str) -> None:
    desk.record(
        facts.AdmittedFromAfar(
            at=desk.now, request=order.request, n=order.n, visit=visit, pickup=order.pickup, who=order.who
        )
    )


def _answer(desk: Desk, asked: Asked, outcome: Outcome) -> None:
    asked.outcome = outcome
    _tell(desk, Answered(locker=desk.state.locker, run=desk.state.run, request=asked.request, outcome=outcome))


def _tell(desk: Desk, message: Message) -> None:
    desk.actions.append(Tell(message=message))
