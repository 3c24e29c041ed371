"""What an order changes: the part of the state that the hub owns. Contents, faults and spent marks stay as they are."""

from __future__ import annotations

from locker.cabinet.by_ticket import collected_pickups
from locker.cabinet.records import GONE_MAX, Gone, State
from locker.wire.facts import Moment
from locker.wire.labels import canonical
from locker.wire.orders import (
    Admit,
    Expect,
    Mistrust,
    Order,
    Passes,
    PassesChanged,
    Recall,
    Serve,
    Site,
    Snapshot,
    Withdraw,
)


def obey(state: State, order: Order, at: Moment) -> None:
    """Takes one order into the state."""
    match order:
        case Expect():
            _expect(state, order, lifts=("withdrawn", "retrieved"))
        case Admit():
            _admit(state, order)
        case Withdraw():
            _withdraw(state, order, at)
        case Recall():
            (state.recalled.add if order.recalled else state.recalled.discard)(order.delivery)
        case Passes():
            state.passes = {one.tag: one for one in order.passes}
            _hear(state, order.hub_ms, at)
        case PassesChanged():
            # A pass that ends and is given in one breath stays: the hub has changed its mind last.
            for tag in order.ended:
                state.passes.pop(tag, None)
            state.passes |= {one.tag: one for one in order.given}
            _hear(state, order.hub_ms, at)
        case Site():
            state.site = order
        case Serve():
            _serve(state, order)
        case Mistrust():
            # What lies inside is the locker's: it casts the doubt itself, as a fact of its own.
            pass


def replace(state: State, snapshot: Snapshot, at: Moment) -> None:
    """Replaces everything that the hub owns, but for what belongs to a delivery that is here or was here."""
    expected, admits, recalled = state.expected, state.admits, state.recalled
    here = {delivery: pickup for box in state.boxes.values() for delivery, pickup in box.contents.items()}
    # One of these was here under a ticket's name; if it were forgotten, another would be taken for it.
    by_ticket = collected_pickups(state)
    state.expected, state.admits, state.labels, state.recalled = {}, {}, {}, set()
    state.passes, state.out_of_service, state.site = {}, {}, None
    for delivery, expect in expected.items():
        if delivery in here or delivery in state.gone or expect.pickup in by_ticket:
            _expect(state, expect, lifts=())
    kept = set(here.values()) | {mark.pickup for mark in state.gone.values()}
    state.admits = {pickup: admit for pickup, admit in admits.items() if pickup in kept}
    for order in snapshot.orders:
        if isinstance(order, Expect):
            # A snapshot may be older than a retrieval that the hub hasn't heard of yet.
            _expect(state, order, lifts=("withdrawn",))
        else:
            obey(state, order, at)
    # What the hub has forgotten may still be taken back by its courier: better than to lie there for ever.
    state.recalled |= {delivery for delivery in unknown(state, snapshot) if delivery in recalled}


def unknown(state: State, snapshot: Snapshot) -> dict[str, int]:
    """The deliveries that lie here although a snapshot doesn't have them, and their compartments."""
    expected = {order.delivery for order in snapshot.orders if isinstance(order, Expect)}
    pickups = {order.pickup for order in snapshot.orders if isinstance(order, Expect | Admit)}
    return {
        delivery: n
        for n, box in state.boxes.items()
        for delivery, pickup in box.inside.items()
        if delivery not in expected and not (delivery.startswith(f"{pickup}.") and pickup in pickups)
    }


def finish(state: State, delivery: str, mark: Gone) -> None:
    """A delivery is finished here; of the oldest finished ones everything is forgotten."""
    state.gone.pop(delivery, None)
    state.gone[delivery] = mark
    state.recalled.discard(delivery)
    while len(state.gone) > GONE_MAX:
        _forget(state, next(iter(state.gone)))


def _expect(state: State, order: Expect, lifts: tuple[str, ...]) -> None:
    _unlabel(state, order.delivery)
    state.expected[order.delivery] = order
    for label in _names(order):
        state.labels[label] = (*state.labels.get(label, ()), order.delivery)
    mark = state.gone.get(order.delivery)
    if mark and mark.how in lifts:
        del state.gone[order.delivery]


def _admit(state: State, order: Admit) -> None:
    # Snapshots may be written from an older page than the orders before them.
    known = state.admits.get(order.pickup)
    if known is None or order.generation >= known.generation:
        state.admits[order.pickup] = order


def _withdraw(state: State, order: Withdraw, at: Moment) -> None:
    # A parcel that lies inside keeps its recipient, whatever the hub believed when it wrote this.
    if state.where(order.delivery) or state.is_finished(order.delivery):
        return
    wall_ms = at.wall_ms if at.trusted else 0
    finish(
        state,
        order.delivery,
        Gone(state.pickup_of(order.delivery), "withdrawn", state.run, at.run_ms, wall_ms, order.moved_to),
    )


def _hear(state: State, hub_ms: int, at: Moment) -> None:
    # The newest word counts, also where it is earlier: a hub whose clock was wrong must not end codes for ever.
    if hub_ms:
        state.hub_ms, state.hub_heard_ms = hub_ms, state.witnessed_ms(at)


def _serve(state: State, order: Serve) -> None:
    if order.in_service:
        state.out_of_service.pop(order.n, None)
    else:
        state.out_of_service[order.n] = order.reason


def _forget(state: State, delivery: str) -> None:
    pickup = state.gone.pop(delivery).pickup
    if not state.where(delivery):
        _unlabel(state, delivery)
        state.expected.pop(delivery, None)
    still = [expect for expect in state.expected.values() if expect.pickup == pickup]
    marks = [mark for mark in state.gone.values() if mark.pickup == pickup]
    if not still and not marks and not any(state.boxes_of(pickup)):
        state.admits.pop(pickup, None)


def _unlabel(state: State, delivery: str) -> None:
    order = state.expected.get(delivery)
    for label in _names(order) if order else ():
        rest = tuple(other for other in state.labels.get(label, ()) if other != delivery)
        if rest:
            state.labels[label] = rest
        else:
            state.labels.pop(label, None)


def _names(order: Expect) -> tuple[str, ...]:
    # Announced in one spelling, printed in another: the scan is compared with the spelling that both have in common.
    also = (canonical(label) for label in order.labels)
    return tuple(dict.fromkeys((*order.labels, *(name for name in also if name))))
