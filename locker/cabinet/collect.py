"""A recipient takes parcels out: one code opens every compartment that holds something of its pickup, one by one.

A delivery is spent when its door has opened. For three minutes the same code opens the same door again.
"""

from __future__ import annotations

from locker.cabinet.actions import Screen
from locker.cabinet.desk import Desk
from locker.cabinet.door import seen_lately
from locker.cabinet.records import REOPEN_MS, Box
from locker.cabinet.screens import THANKS_MS
from locker.cabinet.talk import Opening
from locker.cabinet.visits import Proof, end, other_door_or_wait, present, release, start
from locker.wire import facts


def openings(desk: Desk, pickup: str) -> list[Opening]:
    """The doors that a code of this pickup opens now, in the order in which they open."""
    state = desk.state
    held = [_opening(desk, n, box, pickup) for n, box in state.boxes_of(pickup) if not _is_beyond_telling(desk, n, box)]
    if held:
        # What is still inside comes first: an open door to an empty box would only confuse.
        return held
    lately = [
        (box.taken.run_ms, n, box.taken.deliveries)
        for n, box in state.boxes.items()
        if box.taken and box.taken.pickup == pickup and desk.now.run_ms - box.taken.run_ms <= REOPEN_MS and box.empty
    ]
    return [Opening(n, "reopen", deliveries) for _, n, deliveries in sorted(lately, reverse=True)]


def begin(desk: Desk, pickup: str, doors: list[Opening], visit: str, by: Proof) -> None:
    """A good code was shown."""
    start(desk, visit, "recipient", by, pickup)
    present(desk).queue = doors[1:]
    release(desk, doors[0])


def opened(desk: Desk) -> None:
    """The door has opened: its deliveries are spent."""
    talk = present(desk)
    if talk.opening.reason == "collect":
        desk.record(
            facts.Collected(
                at=desk.now,
                n=talk.n,
                visit=talk.visit,
                pickup=talk.who,
                deliveries=talk.opening.deliveries,
                delegate=talk.delegate,
            )
        )


def closed(desk: Desk) -> None:
    """The door is shut: the next one opens, or the visit is over."""
    talk = present(desk)
    box = desk.state.boxes[talk.n]
    told_apart = box.doubt not in (None, "fork") and box.contents.keys() <= set(talk.opening.deliveries)
    if told_apart and not talk.unwitnessed:
        # Whoever the contents belong to has had the door open: what was in doubt has been taken. Where history has
        # forked meanwhile, something may lie here that this card has never heard of.
        desk.record(facts.Inspected(at=desk.now, n=talk.n, visit=talk.visit))
    if talk.queue:
        release(desk, talk.queue.pop(0))
        return
    unopened = talk.unopened
    end(desk, "done")
    until_ms = desk.now.run_ms + THANKS_MS
    if unopened:
        params: dict[str, object] = {"purpose": "collect", "wait_s": 0}
        screen = Screen(name="stuck", n=unopened[0].n, params=params, choices=("help",), until_run_ms=until_ms)
    else:
        screen = Screen(name="thanks", params={"purpose": "collect"}, until_run_ms=until_ms)
    desk.show(screen)


def silent(desk: Desk) -> None:
    """The door doesn't open: its parcel stays the recipient's; meanwhile the others open."""
    other_door_or_wait(desk)


def _opening(desk: Desk, n: int, box: Box, pickup: str) -> Opening:
    deliveries = tuple(delivery for delivery, owner in box.contents.items() if owner == pickup)
    # After a power cut the spent ones may still be inside.
    spent = all(delivery in desk.state.gone for delivery in deliveries)
    return Opening(n, "reopen" if spent else "collect", deliveries)


def _is_beyond_telling(desk: Desk, n: int, box: Box) -> bool:
    if box.doubt == "dead_sensor":
        return not seen_lately(desk.door(n), desk.now.run_ms)
    # Where two people's parcels may lie, each code would open a door on the other's.
    return box.doubt == "fork" or not box.built or len(set(box.contents.values())) > 1
