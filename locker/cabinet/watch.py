"""What the doors do, and what that means: for the visit that is at a door, and for doors where nobody should be."""

from __future__ import annotations

from locker.cabinet import afar, collect, deposit, inspect, latch, retrieve
from locker.cabinet.actions import Screen
from locker.cabinet.desk import Desk
from locker.cabinet.door import (
    ALARM_AFTER_MS,
    PULSES_MAX,
    PULSES_WINDOW_MS,
    REMIND_AFTER_MS,
    SAFETY_REST_MS,
    Door,
    may_pulse,
    remind_ms,
)
from locker.cabinet.records import Box
from locker.cabinet.screens import rest
from locker.cabinet.state import MEND_BY_THEMSELVES
from locker.cabinet.talk import Opening, Talk
from locker.cabinet.visits import ANSWER_MS, doubt, wait
from locker.wire import facts
from locker.wire.facts import Fault

UNSEEN: frozenset[Fault] = frozenset(("sensor", "flicker"))
"""With one of these nobody sees what the door does."""

PURPOSES = {
    "deposit": deposit,
    "collect": collect,
    "reopen": collect,
    "retrieve": retrieve,
    "inspect": inspect,
}


def opened(desk: Desk, n: int) -> None:
    """A door's sensor saw it open."""
    box, talk = desk.state.boxes.get(n), _at(desk, n)
    if box is None or (box.open and not (talk and talk.stage in ("unlocking", "asking"))):
        return
    door, allowed = desk.door(n), desk.state.allowed.get(n)
    door.blind = False
    meant = allowed is not None and desk.now.run_ms - allowed.at.run_ms <= PULSES_WINDOW_MS
    forced = not meant and not door.springs_back(desk.now.run_ms)
    desk.record(facts.Opened(at=desk.now, n=n, visit=allowed.visit if allowed and meant else "", forced=forced))
    door.saw_open(desk.now.run_ms)
    if forced:
        door.shut_ms, door.let_out = None, False
        tell_forced(desk, n, box)
        desk.beep("alarm")
    elif meant:
        door.shut_ms = None
        _mend(desk, n, box, MEND_BY_THEMSELVES)
        latch.held(desk, n)
        if allowed and allowed.reason == "remote":
            afar.opened(desk, n)
    else:
        _sprang_open(desk, n)
    # Whoever waits for a lock to cool down has nothing to do with a door that opens by itself, or seems to.
    if talk and (talk.stage in ("unlocking", "asking") or (talk.stage == "stuck" and meant)):
        talk.goes("opened")
        talk.idle_ms = 0
        PURPOSES[talk.opening.reason].opened(desk)
        rest(desk)


def _sprang_open(desk: Desk, n: int) -> None:
    latch.sprang_open(desk, n)
    if desk.talk is None or not desk.talk.at_a_door:
        desk.beep("remind")
        params: dict[str, object] = {"why": "wont_hold"} if "welded" in desk.state.boxes[n].faults else {}
        desk.show(Screen(name="please_close", n=n, params=params, until_run_ms=desk.now.run_ms + REMIND_AFTER_MS))


def closed(desk: Desk, n: int) -> None:
    """A door's sensor saw it shut."""
    box, talk = desk.state.boxes.get(n), _at(desk, n)
    if talk and talk.stage == "unlocking":
        _shut_unseen(desk, talk)
        return
    if box is None or not box.open:
        return
    waited_for = talk is not None and talk.stage == "asking"
    opener, left = desk.state.opened.get(n), "left_open" in box.faults
    desk.record(facts.Closed(at=desk.now, n=n, visit=opener.visit if opener else ""))
    _mend(desk, n, box, ("left_open",))
    door = desk.door(n)
    door.happens("closed")
    door.due_ms, door.blind = 0, False
    let_in = opener is not None and (opener.visit or opener.reason == "remote")
    theirs = bool(waited_for or let_in or door.shut_ms is not None or door.let_out)
    if theirs:
        # Only who was let in can have failed to latch the door; otherwise the next opening is a break-in.
        door.shut_ms = desk.now.run_ms
    # They may only have been slow: once it was released because they had left it open, it may be shut.
    door.let_out = theirs and left
    if talk and (waited_for or talk.stage == "open"):
        if waited_for:
            # The sensor couldn't show it opening; that it was shut now says that it was open.
            PURPOSES[talk.opening.reason].opened(desk)
        if left:
            # Whoever left it open for so long has gone, and somebody else has shut it: for them no other door opens.
            talk.queue.clear()
        talk.unwitnessed = left or waited_for
        talk.goes("closed")
        PURPOSES[talk.opening.reason].closed(desk)
        # An operator looks for as long as it takes, and is still asked what there is.
        if left and talk.party != "operator":
            _release_for_safety(desk, n, box)
    elif desk.talk and opener and opener.visit == desk.talk.visit:
        # The courier had been sent on from a door that then did open.
        doubt(desk, Opening(n, "deposit", opener.deliveries), "left_open")
    elif theirs:
        rest(desk)
        if left:
            _release_for_safety(desk, n, box)
    else:
        _release_for_safety(desk, n, box)


def _shut_unseen(desk: Desk, talk: Talk) -> None:
    # Shut without having been seen to open: that is what the door was before the pulse, and comes late. What the pulse
    # did only its person knows.
    box = desk.state.boxes[talk.n]
    if box.open:
        desk.record(facts.Closed(at=desk.now, n=talk.n, visit=talk.visit))
        _mend(desk, talk.n, box, ("left_open",))
    _ask(desk, talk)


def sensor_failed(desk: Desk, n: int, flickers: bool = False) -> None:
    """A door's sensor can't be believed any more."""
    box, talk = desk.state.boxes.get(n), _at(desk, n)
    if box is None:
        return
    find(desk, n, "flicker" if flickers else "sensor")
    desk.door(n).happens("lost_sight")
    desk.door(n).blind, desk.door(n).springs = True, 0
    if talk and talk.stage == "open":
        _ask(desk, talk)


def sensor_recovered(desk: Desk, n: int) -> None:
    """A door's sensor can be believed again: whoever looks after the locker needn't go there."""
    box = desk.state.boxes.get(n)
    if box is None:
        return
    door, talk = desk.door(n), _at(desk, n)
    door.blind = False
    _mend(desk, n, box, tuple(fault for fault in sorted(box.faults) if fault in UNSEEN))
    # Somebody who is asked what the door did answers first; else it is what it was when it was last seen.
    if door.phase == "unseen" and not (talk and talk.stage == "asking"):
        door.happens("opened" if box.open else "mended")


def pulse_ended(desk: Desk, n: int, given: bool) -> None:
    """The guardian has given a pulse, or couldn't."""
    desk.pulses.ended(n)
    desk.door(n).given = given
    talk = _at(desk, n)
    allowed = desk.state.allowed.get(n)
    if given and talk and talk.stage == "unlocking" and _is_unseen(desk, n):
        _ask(desk, talk)
    elif given and allowed and allowed.reason == "remote" and _is_unseen(desk, n):
        afar.unseen(desk, n)
    desk.pulse_waiting()


def insisted(desk: Desk) -> None:
    """The person says that a door is open that the locker takes for stuck: its sensor has lied."""
    talk = desk.talk
    assert talk is not None, "nobody to ask"
    _mend(desk, talk.n, desk.state.boxes[talk.n], MEND_BY_THEMSELVES)
    find(desk, talk.n, "sensor")
    desk.door(talk.n).blind = True
    _ask(desk, talk)


def confirmed(desk: Desk) -> None:
    """The person says that a door that can't be seen has opened, and is shut again."""
    talk = desk.talk
    assert talk is not None, "nobody to ask"
    box = desk.state.boxes[talk.n]
    purpose = PURPOSES[talk.opening.reason]
    if not all(delivery in desk.state.gone for delivery in talk.opening.deliveries):
        purpose.opened(desk)
    if box.open:
        desk.record(facts.Closed(at=desk.now, n=talk.n, visit=talk.visit))
    desk.door(talk.n).happens("answered")
    talk.unwitnessed = False
    talk.goes("confirmed")
    purpose.closed(desk)


def time(desk: Desk) -> None:
    """What becomes due at doors as time passes."""
    now_ms = desk.now.run_ms
    desk.pulses.expire(now_ms)
    desk.pulse_waiting()
    for n, door in list(desk.doors.items()):
        if door.due_ms and now_ms >= door.due_ms:
            _overdue(desk, n, door)
        if (at_ms := remind_ms(door)) is not None and now_ms >= at_ms:
            _remind(desk, n, door)
        if door.release_ms and now_ms >= door.release_ms:
            door.release_ms = 0
            _safety_pulse(desk, n)
        latch.time(desk, n)


def next_ms(desk: Desk) -> list[int]:
    """When something becomes due."""
    due = [ms for door in desk.doors.values() for ms in (door.due_ms, door.release_ms) if ms]
    due += [ms for door in desk.doors.values() if (ms := remind_ms(door)) is not None]
    due += [ms for n in desk.doors if (ms := latch.due_ms(desk, n)) is not None]
    return due + desk.pulses.due_ms()


def find(desk: Desk, n: int, fault: Fault) -> None:
    """A compartment has a fault, unless that is known."""
    if fault not in desk.state.boxes[n].faults:
        desk.record(facts.FaultFound(at=desk.now, n=n, fault=fault))


def tell_forced(desk: Desk, n: int, box: Box) -> None:
    """A door is open that nobody was allowed to open: an alarm, and nobody knows what is inside."""
    desk.record(facts.Alarmed(at=desk.now, alarm="forced_open", n=n))
    find(desk, n, "forced")
    desk.record(facts.ContentsUncertain(at=desk.now, n=n, doubt="forced", deliveries=tuple(box.contents)))


def _at(desk: Desk, n: int) -> Talk | None:
    return desk.talk if desk.talk and desk.talk.n == n else None


def _is_unseen(desk: Desk, n: int) -> bool:
    return desk.door(n).phase == "unseen" or not UNSEEN.isdisjoint(desk.state.boxes[n].faults)


def _ask(desk: Desk, talk: Talk) -> None:
    desk.door(talk.n).happens("lost_sight")
    desk.door(talk.n).due_ms = 0
    talk.goes("not_seen")
    wait(desk, ANSWER_MS)
    rest(desk)


def _mend(desk: Desk, n: int, box: Box, faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        if fault in box.faults:
            desk.record(facts.FaultCleared(at=desk.now, n=n, fault=fault))


def _overdue(desk: Desk, n: int, door: Door) -> None:
    # No opening within two seconds: once more, as often as the coil may; then another way out for the person.
    door.due_ms = 0
    talk, allowed = _at(desk, n), desk.state.allowed.get(n)
    if allowed is None:
        return
    if talk and talk.stage == "unlocking" and door.given and _is_unseen(desk, n):
        _ask(desk, talk)
    elif allowed.attempt < PULSES_MAX and may_pulse(door, desk.now.run_ms):
        desk.allow(
            facts.UnlockAuthorised(
                at=desk.now, n=n, reason=allowed.reason, visit=allowed.visit, deliveries=allowed.deliveries,
                attempt=allowed.attempt + 1,
            )
        )  # fmt: skip
    else:
        _give_up(desk, n, door)


def _give_up(desk: Desk, n: int, door: Door) -> None:
    # A hook that stays where it is was not pulled: then it isn't the door that sticks.
    find(desk, n, "jammed" if door.given and latch.pulled(door) else "lock_silent")
    door.happens("gave_up")
    talk = _at(desk, n)
    if talk and talk.stage == "unlocking":
        talk.goes("silent")
        desk.beep("no")
        PURPOSES[talk.opening.reason].silent(desk)


def _remind(desk: Desk, n: int, door: Door) -> None:
    if not door.reminded:
        door.reminded = True
        if _at(desk, n):
            desk.beep("remind")
            rest(desk)
    if desk.now.run_ms >= door.opened_ms + ALARM_AFTER_MS:
        door.happens("stood_open")
        find(desk, n, "left_open")
        desk.record(facts.Alarmed(at=desk.now, alarm="left_open", n=n))
        desk.beep("alarm")


def _release_for_safety(desk: Desk, n: int, box: Box) -> None:
    # Somebody may have climbed in. Only where no parcel is, and none may be.
    telling = box.doubt in (None, "forced", "left_open", "power_cut")
    if not (box.spec.holds_child and box.built and telling) or box.contents:
        return
    door = desk.door(n)
    rested_ms = door.pulses_ms[-1] + SAFETY_REST_MS if door.pulses_ms else 0
    if rested_ms > desk.now.run_ms:
        door.release_ms = rested_ms
    else:
        _safety_pulse(desk, n)


def _safety_pulse(desk: Desk, n: int) -> None:
    if desk.state.boxes[n].contents or desk.state.boxes[n].open:
        return
    assert not desk.state.boxes[n].contents, "only empty boxes open without a person's code"
    desk.record(facts.Alarmed(at=desk.now, alarm="safety_release", n=n))
    desk.allow(facts.UnlockAuthorised(at=desk.now, n=n, reason="safety"))
    desk.beep("alarm")
