"""What a locker has to be told next: the orders behind its position, or everything at once where that doesn't fit.

Everything may be more than one message holds. Then a new epoch begins with what the locker can't be without for a
moment (what lies inside, who may open it, what is mistrusted), and the rest are its first orders.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import Any, Literal

from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import admission, expectation
from hub_service.handlers.telling import parcel_of
from hub_service.store import day_codes, deliveries, lockers, neighbours, orders, pickups, staff
from hub_service.store.records import DeliveryRecord, LockerRecord
from hub_service.store.sql import Connection
from locker.wire.chain import GENESIS, canonical
from locker.wire.codec import snapshot_to_json
from locker.wire.messages import FullState, Orders
from locker.wire.orders import (
    Mistrust,
    Neighbour,
    Order,
    Pass,
    Passes,
    PassesChanged,
    Recall,
    Serve,
    Site,
    Snapshot,
    TicketKey,
)

ORDERS_AT_ONCE, ORDERS_BYTES_MAX = 100, 400_000
NEIGHBOURS_MAX = 200
"""Whom a locker can send people to by name; the nearest. A site order goes to many lockers and must stay small."""

PASSES_AT_ONCE = 100
"""So many fit an order by far, however long their names are."""


def due(hub: Hub, locker_id: str) -> Orders | FullState | None:
    """What to send to this locker now; None: it has applied everything, or isn't known."""
    with hub.store.read() as db:
        locker = lockers.find(db, locker_id)
        if locker is None or is_up_to_date(locker):
            return None
        if (message := _next_orders(db, locker)) is not None:
            return message
        if not _contradicts(db, locker):
            if _is_split(db, locker):
                return _beginning(db, hub, locker)
            everything = _everything(db, hub, locker)
            if _size(everything.snapshot) <= ORDERS_BYTES_MAX:
                return everything
    with hub.store.write() as db:
        return _new_epoch(db, hub, locker_id)


def site_order(db: Connection, hub: Hub, locker: LockerRecord) -> Site:
    """What a locker shows about itself and its neighbours, and the ticket keys that it trusts."""
    return Site(
        name=locker.name,
        where=locker.place,
        help_phone=locker.help_phone,
        keys=(TicketKey(kid=hub.keys.ticket.kid, public_key=hub.keys.ticket_public_hex),),
        neighbours=tuple(
            Neighbour(number=other.number, name=other.name, where=other.place)
            for other in neighbours.nearest(db, locker, NEIGHBOURS_MAX)
        ),
    )


def passes_order(db: Connection, locker_id: str, now_ms: int) -> Passes:
    """All staff codes that a locker honours, those of days to come among them."""
    lasting = tuple(pass_of(one, tags) for one, tags in staff.tagged(db, locker_id))
    of_days = tuple(pass_of_day(one) for one in day_codes.tagged(db, locker_id))
    return Passes(passes=lasting + of_days, hub_ms=now_ms)


def pass_of(one: staff.PassRecord, tags: staff.Tags) -> Pass:
    """How a locker hears of a member of staff."""
    party: Literal["courier", "operator"] = "courier" if one.party == "courier" else "operator"
    return Pass(tag=tags.code, party=party, who=one.who, carrier=one.carrier, card=tags.card)


def pass_of_day(one: day_codes.DayTag) -> Pass:
    """How a locker hears of somebody's code of one day."""
    return replace(pass_of(one.holder, one.tags), from_ms=one.day.from_s * 1000, until_ms=one.day.until_s * 1000)


def is_up_to_date(locker: LockerRecord) -> bool:
    """Whether a locker has applied every order that there is for it."""
    return (locker.stands_epoch, locker.stands_order, locker.stands_digest) == (
        locker.epoch, locker.last_order, locker.last_digest,
    )  # fmt: skip


def _contradicts(db: Connection, locker: LockerRecord) -> bool:
    # A position that this hub can't have given is that of a hub before a restore; the locker would obey its epoch never
    # again. Only an epoch that neither of them knows helps.
    if locker.stands_epoch == locker.epoch or lockers.has_left(db, locker.id):
        return True
    return locker.stands_epoch != "" and not orders.knows_epoch(db, locker.id, locker.stands_epoch)


def _next_orders(db: Connection, locker: LockerRecord) -> Orders | None:
    # A position ahead of the log was given by a hub that knew more than this one.
    if locker.stands_epoch != locker.epoch or locker.stands_order > locker.last_order:
        return None
    parent = orders.digest_at(db, locker.id, locker.epoch, locker.stands_order)
    if parent is None or parent != locker.stands_digest:
        return None
    bodies = _first_of(orders.after(db, locker.id, locker.epoch, locker.stands_order, ORDERS_AT_ONCE))
    return Orders(
        locker=locker.id, epoch=locker.epoch, first=locker.stands_order + 1, parent=parent, orders=tuple(bodies)
    )


def _first_of(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many as fit a message that every locker reads, and one at least."""
    filled = list(accumulate(len(canonical(body)) for body in bodies))
    return bodies[: max(1, bisect_right(filled, ORDERS_BYTES_MAX))]


def _new_epoch(db: Connection, hub: Hub, locker_id: str) -> FullState | None:
    locker = _found(db, locker_id)
    # Two workers may both get here, and of two epochs that overtake each other the newer would never be obeyed.
    if _contradicts(db, locker):
        locker = _begin(db, hub, locker_id)
    elif _is_split(db, locker):
        return _beginning(db, hub, locker)
    everything = _everything(db, hub, locker)
    if _size(everything.snapshot) <= ORDERS_BYTES_MAX:
        return everything
    if locker.last_order:
        locker = _begin(db, hub, locker_id)
    for order in _rest(db, locker, hub.now_ms()):
        orders.append(db, locker_id, order, hub.now_ms())
    lockers.update(db, locker_id, split_epoch=locker.epoch)
    return _beginning(db, hub, _found(db, locker_id))


def _begin(db: Connection, hub: Hub, locker_id: str) -> LockerRecord:
    orders.begin_epoch(db, locker_id, hub.draws.epoch())
    return _found(db, locker_id)


def _found(db: Connection, locker_id: str) -> LockerRecord:
    locker = lockers.find(db, locker_id)
    assert locker is not None, "lockers are never deleted"
    return locker


def _is_split(db: Connection, locker: LockerRecord) -> bool:
    # Its first orders are kept until the locker has come to stand behind them.
    return locker.stands_epoch != locker.epoch == lockers.split_epoch(db, locker.id)


def _beginning(db: Connection, hub: Hub, locker: LockerRecord) -> FullState:
    # As it is now, not as it was when the epoch began: the orders behind it come to the same.
    inside = [one for one in deliveries.live_at(db, locker.id) if _may_lie_here(db, one)]
    found = [site_order(db, hub, locker), *_about(db, locker, inside), *_of_boxes(db, locker)]
    return _full_state(db, locker, found, 0, GENESIS)


def _rest(db: Connection, locker: LockerRecord, now_ms: int) -> list[Order]:
    given = passes_order(db, locker.id, now_ms).passes
    waiting = [one for one in deliveries.live_at(db, locker.id) if not _may_lie_here(db, one)]
    batches = [given[start : start + PASSES_AT_ONCE] for start in range(0, len(given), PASSES_AT_ONCE)]
    return [*(PassesChanged(given=some, hub_ms=now_ms) for some in batches), *_about(db, locker, waiting)]


def _may_lie_here(db: Connection, delivery: DeliveryRecord) -> bool:
    return delivery.state == "inside" or deliveries.is_doubted(db, delivery.id)


def _size(snapshot: dict[str, Any]) -> int:
    return len(canonical(snapshot))


def _everything(db: Connection, hub: Hub, locker: LockerRecord) -> FullState:
    # Also what lies inside already: its recipient's code must go on working after the snapshot.
    live = deliveries.live_at(db, locker.id)
    found: list[Order] = [site_order(db, hub, locker), passes_order(db, locker.id, hub.now_ms())]
    found += [*_about(db, locker, live), *_of_boxes(db, locker)]
    return _full_state(db, locker, found, locker.last_order, locker.last_digest)


def _full_state(db: Connection, locker: LockerRecord, found: list[Order], number: int, own: str) -> FullState:
    return FullState(
        locker=locker.id,
        epoch=locker.epoch,
        number=number,
        digest=own,
        snapshot=snapshot_to_json(Snapshot(orders=tuple(found))),
        over=orders.past_epochs(db, locker.id),
    )


def _about(db: Connection, locker: LockerRecord, live: list[DeliveryRecord]) -> list[Order]:
    """Whom these deliveries are for, what they are, and which of them a courier may take back."""
    found: list[Order] = []
    for pickup_id in dict.fromkeys(delivery.pickup_id for delivery in live):
        pickup = pickups.find(db, pickup_id)
        assert pickup is not None, "the schema keeps it"
        found.append(admission(db, pickup, locker.id))
    found += [expectation(parcel_of(db, delivery), delivery, locker.hard_hold) for delivery in live]
    return found + [Recall(delivery=delivery.id) for delivery in live if delivery.recalled]


def _of_boxes(db: Connection, locker: LockerRecord) -> list[Order]:
    """Which compartments are out of service, and which the hub mistrusts."""
    found: list[Order] = [
        Serve(n=box.n, in_service=False, reason=box.out_reason)
        for box in lockers.compartments(db, locker.id)
        if not box.in_service
    ]
    return found + [
        Mistrust(n=box.n, deliveries=_may_lie_in(db, locker.id, box.n))
        for box in lockers.compartments(db, locker.id)
        if box.content == "uncertain" and box.doubt == "fork"
    ]


def _may_lie_in(db: Connection, locker_id: str, n: int) -> tuple[str, ...]:
    # What is only planned to come here is not in there: its courier would be shown a box that somebody else's fills.
    return tuple(one.id for one in deliveries.live_in(db, locker_id, n) if one.state == "inside")
