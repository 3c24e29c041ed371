"""A courier or a sender brings parcels: scan, the door opens, put in, shut, scan the next. No tap is needed.

A label opens one empty compartment, once. If a box turns out too small, occupied or stuck, the next best opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from locker.cabinet.actions import Screen
from locker.cabinet.desk import Desk
from locker.cabinet.door import may_pulse, pulses_left
from locker.cabinet.placement import Need, choose, fits_beside
from locker.cabinet.records import Box
from locker.cabinet.screens import THANKS_MS, refuse, rest
from locker.cabinet.talk import Opening, Parcel
from locker.cabinet.visits import Proof, doubt, end, present, release, start, wait
from locker.wire import facts
from locker.wire.facts import CompartmentSpec, Party
from locker.wire.orders import Expect

TRIES_MAX = 4
"""So many compartments are opened for one parcel, and no more while as many of them are out of use since: neither an
ill-meaning courier nor whoever has a photograph of a label can put the whole locker out of use."""

CLAIMS_MAX = 3
"""Of so many compartments they are believed that something lies inside, until somebody has looked."""

REMEMBER_MS = 60_000
INSIST_MS = 5_000
"""Who scans again so long after being told to shut a door that was left open, can't shut it."""


def parcel_of(order: Expect) -> Parcel:
    """The parcel that an order has announced."""
    size_mm = (order.width_mm, order.height_mm, order.depth_mm)
    need = Need(size_mm=size_mm, planned=order.planned, low=order.low)
    return Parcel(delivery=order.delivery, pickup=order.pickup, need=need, by_sender=order.by_sender)


def begin(desk: Desk, parcel: Parcel, visit: str, by: Proof) -> None:
    """A parcel was scanned that may be put in."""
    n = _place(desk, parcel, ())
    if n == 0:
        _no_room(desk, parcel)
        return
    party: Party = "sender" if parcel.by_sender else "courier"
    # Two senders are two people, whereas a courier brings one parcel after the other.
    other = desk.talk is None or desk.talk.party != party or (parcel.by_sender and desk.talk.who != parcel.pickup)
    # Who scans on while being asked about a door leaves the answer open: that visit ends in a doubt, not in nothing.
    if other or desk.talk is None or desk.talk.at_a_door or desk.talk.stage == "asking":
        start(desk, visit, party, by, parcel.pickup if parcel.by_sender else "")
    talk = present(desk)
    talk.parcel, talk.tried = parcel, ()
    _open(desk, parcel, n)


def opened(desk: Desk) -> None:
    """The door is open; nothing has been put in yet."""


def closed(desk: Desk) -> None:
    """The door has closed behind the parcel, unless its courier said otherwise."""
    talk = present(desk)
    if talk.complaint:
        _another(desk)
        return
    parcel = talk.parcel
    assert parcel is not None, "a deposit without a parcel"
    # What may lie here by a doubt that came meanwhile (a fork), its courier would have seen: the deposit wins.
    others = set(desk.state.boxes[talk.n].inside.values()) - {parcel.pickup}
    assert not others, "parcels of two pickups never share a compartment"
    desk.record(
        facts.Deposited(
            at=desk.now, n=talk.n, visit=talk.visit, delivery=parcel.delivery, pickup=parcel.pickup,
            by_ticket=parcel.by_ticket, pin_tag=parcel.pin_tag,
        )
    )  # fmt: skip
    desk.opened_for.pop(parcel.delivery, None)
    talk.deposited += 1
    talk.parcel = None
    if parcel.by_sender:
        _thank(desk, talk.n)
        return
    wait(desk)
    rest(desk)


def silent(desk: Desk) -> None:
    """The door doesn't open: the parcel goes into the next compartment."""
    _another(desk)


def complain(desk: Desk, complaint: Literal["too_small", "occupied"]) -> None:
    """The courier says that the open compartment won't do; the next one opens once this door is shut."""
    talk = present(desk)
    talk.complaint = complaint
    # What lies beside is the same person's, and known: there is just no room for one more.
    is_shared = bool(desk.state.boxes[talk.n].inside)
    others = sum(n != talk.n for n in _out_of_use(desk, talk.opening.deliveries[0]))
    if complaint == "occupied" and others < CLAIMS_MAX and not is_shared:
        desk.record(facts.ContentsUncertain(at=desk.now, n=talk.n, doubt="occupied"))
    rest(desk)


def not_open(desk: Desk) -> None:
    """The courier says that the door didn't open, and doesn't want to wait."""
    talk, door = present(desk), desk.door(present(desk).n)
    door.due_ms = 0
    if talk.n in desk.state.opened:
        # It was seen to open before it couldn't be seen any more: whatever is said of it, something may lie there now.
        door.happens("answered")
        doubt(desk, talk.opening, "dead_sensor")
    else:
        door.happens("gave_up")
        if "jammed" not in desk.state.boxes[talk.n].faults:
            desk.record(facts.FaultFound(at=desk.now, n=talk.n, fault="jammed"))
    if talk.stage != "stuck":
        talk.goes("silent")
    _another(desk)


def free(desk: Desk) -> list[CompartmentSpec]:
    """The compartments that are really free now."""
    return [box.spec for n, box in desk.state.boxes.items() if _is_free(desk, n, box)]


def _is_free(desk: Desk, n: int, box: Box) -> bool:
    return box.empty and _is_usable(desk, n, box)


def _is_usable(desk: Desk, n: int, box: Box) -> bool:
    state, door = desk.state, desk.door(n)
    if not box.built or box.faults or box.open or n in state.out_of_service:
        return False
    return door.phase == "shut" and not door.release_ms and may_pulse(door, desk.now.run_ms)


def _open(desk: Desk, parcel: Parcel, n: int) -> None:
    desk.opened_for.setdefault(parcel.delivery, set()).add(n)
    release(desk, Opening(n, "deposit", (parcel.delivery,)))


def _out_of_use(desk: Desk, delivery: str) -> list[int]:
    """The compartments that have got into trouble since they were opened for a parcel, whatever for."""
    boxes = ((n, desk.state.boxes.get(n)) for n in desk.opened_for.get(delivery, ()))
    return [n for n, box in boxes if box and (box.doubt or box.faults)]


def _another(desk: Desk) -> None:
    talk = present(desk)
    parcel = talk.parcel
    assert parcel is not None, "a deposit without a parcel"
    talk.tried = (*talk.tried, talk.n)
    if talk.complaint == "too_small" and not desk.state.boxes[talk.n].inside:
        too_small = desk.state.boxes[talk.n].spec
        parcel = talk.parcel = replace(parcel, need=_bigger(parcel.need, too_small))
    n = _place(desk, parcel, talk.tried) if len(talk.tried) < TRIES_MAX else 0
    if n:
        _open(desk, parcel, n)
        return
    if talk.stage == "stuck":
        talk.goes("given_up")
    talk.parcel, talk.complaint = None, ""
    if parcel.by_sender:
        # Nothing else keeps them here: the next step is on their page.
        end(desk, "done")
    else:
        wait(desk)
    _no_room(desk, parcel)


def _no_room(desk: Desk, parcel: Parcel) -> None:
    # A courier knows where to go with it; a sender may choose another locker, where the same code opens a door.
    refuse(desk, "no_room", **({"purpose": "drop_off"} if parcel.by_sender else {}))


def _thank(desk: Desk, n: int) -> None:
    end(desk, "done")
    until_ms = desk.now.run_ms + THANKS_MS
    desk.show(Screen(name="thanks", n=n, params={"purpose": "drop_off"}, until_run_ms=until_ms))


def _bigger(need: Need, than: CompartmentSpec) -> Need:
    return Need(size_mm=need.size_mm, size_class=need.size_class, low=need.low, bigger_than=than)


def _place(desk: Desk, parcel: Parcel, tried: tuple[int, ...]) -> int:
    for n, box in desk.state.boxes.items():
        # A deposit that was cut off goes on where it began: nobody else can have put anything in.
        if (
            parcel.delivery in box.unclosed
            and n not in tried
            and box.built
            and may_pulse(desk.door(n), desk.now.run_ms)
        ):
            return n
    if len(_out_of_use(desk, parcel.delivery)) >= TRIES_MAX:
        return 0
    if n := _beside(desk, parcel, tried):
        return n
    kept = {*tried, *_held_for_others(desk, parcel)}
    options = [spec for spec in free(desk) if spec.n not in kept]
    # Behind a lock that has one pulse left, whoever comes soon to fetch this would wait until it has rested.
    rested = [spec for spec in options if pulses_left(desk.door(spec.n), desk.now.run_ms) > 1]
    chosen = choose(rested, parcel.need) or choose(options, parcel.need)
    return chosen.n if chosen else 0


def _held_for_others(desk: Desk, parcel: Parcel) -> set[int]:
    expected = desk.state.expected.values()
    awaited = (order for order in expected if order.held and order.delivery != parcel.delivery)
    return {order.planned for order in awaited if not desk.state.where(order.delivery)}


def _beside(desk: Desk, parcel: Parcel, tried: tuple[int, ...]) -> int:
    """The compartment where it goes with other parcels of its pickup, if all of them may (0: none)."""
    # Larger than it was announced: nobody knows whether it fits beside another.
    if not _shares(desk, parcel.delivery) or parcel.need.bigger_than is not None:
        return 0
    for n, box in desk.state.boxes.items():
        if n in tried or not _is_usable(desk, n, box) or set(box.inside.values()) != {parcel.pickup} or box.doubt:
            continue
        if desk.state.recalled & box.inside.keys():
            # A courier is to take that one out.
            continue
        lying = [desk.state.expected.get(delivery) for delivery in box.inside]
        sizes_mm = [(one.width_mm, one.height_mm, one.depth_mm) for one in lying if one and one.shares]
        reachable = not parcel.need.low or box.spec.reach == "low"
        if len(sizes_mm) == len(lying) and reachable and fits_beside(box.spec, [*sizes_mm, parcel.need.size_mm]):
            return n
    return 0


def _shares(desk: Desk, delivery: str) -> bool:
    order = desk.state.expected.get(delivery)
    return order is not None and order.shares
