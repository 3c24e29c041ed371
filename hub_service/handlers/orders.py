"""What a locker has to be told next: the orders behind its position, or everything at once where that doesn't fit."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from hub_service.handlers.hub import Hub, draw_epoch
from hub_service.handlers.promises import expectation
from hub_service.handlers.telling import parcel_of
from hub_service.store import deliveries, lockers, orders, pickups, staff
from hub_service.store.records import LockerRecord
from locker.wire.chain import canonical
from locker.wire.codec import snapshot_to_json
from locker.wire.messages import FullState, Orders
from locker.wire.orders import Admit, Mistrust, Neighbour, Order, Pass, Passes, Recall, Serve, Site, Snapshot, TicketKey

ORDERS_AT_ONCE, ORDERS_BYTES_MAX = 100, 400_000


def due(hub: Hub, locker_id: str) -> Orders | FullState | None:
    """What to send to this locker now; None: it has applied everything, or isn't known."""
    with hub.store.read() as db:
        locker = lockers.find(db, locker_id)
        if locker is None or _is_up_to_date(locker):
            return None
        if (message := _next_orders(db, locker)) is not None:
            return message
        if not _contradicts(db, locker):
            return _everything(db, hub, locker)
    with hub.store.write() as db:
        return _new_epoch(db, hub, locker_id)


def site_order(db: sqlite3.Connection, hub: Hub, locker: LockerRecord) -> Site:
    """What a locker shows about itself and its neighbours, and the ticket keys that it trusts."""
    return Site(
        name=locker.name,
        where=locker.place,
        help_phone=locker.help_phone,
        keys=(TicketKey(kid=hub.keys.ticket.kid, public_key=hub.keys.ticket_public_hex),),
        neighbours=tuple(
            Neighbour(number=other.number, name=other.name, where=other.place)
            for other in lockers.every(db)
            if other.id != locker.id
        ),
    )


def passes_order(db: sqlite3.Connection, locker_id: str) -> Passes:
    """All staff codes that a locker honours."""
    return Passes(
        passes=tuple(
            Pass(tag=tag, party="courier" if one.party == "courier" else "operator", who=one.who, carrier=one.carrier)
            for one, tag in staff.tagged(db, locker_id)
        )
    )


def _is_up_to_date(locker: LockerRecord) -> bool:
    return (locker.stands_epoch, locker.stands_order, locker.stands_digest) == (
        locker.epoch, locker.last_order, locker.last_digest,
    )  # fmt: skip


def _contradicts(db: sqlite3.Connection, locker: LockerRecord) -> bool:
    # A position that this hub can't have given is that of a hub before a restore; the locker would obey its epoch never
    # again. Only an epoch that neither of them knows helps.
    if locker.stands_epoch == locker.epoch:
        return True
    return locker.stands_epoch != "" and not orders.knows_epoch(db, locker.id, locker.stands_epoch)


def _next_orders(db: sqlite3.Connection, locker: LockerRecord) -> Orders | None:
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


def _new_epoch(db: sqlite3.Connection, hub: Hub, locker_id: str) -> FullState:
    locker = lockers.find(db, locker_id)
    assert locker is not None, "lockers are never deleted"
    # Two workers may both get here, and of two epochs that overtake each other the newer would never be obeyed.
    if _contradicts(db, locker):
        orders.begin_epoch(db, locker_id, draw_epoch())
        locker = lockers.find(db, locker_id)
        assert locker is not None, "it was there just now"
    return _everything(db, hub, locker)


def _everything(db: sqlite3.Connection, hub: Hub, locker: LockerRecord) -> FullState:
    snapshot: dict[str, Any] = snapshot_to_json(Snapshot(orders=tuple(_snapshot(db, hub, locker))))
    return FullState(
        locker=locker.id,
        epoch=locker.epoch,
        number=locker.last_order,
        digest=locker.last_digest,
        snapshot=snapshot,
        over=orders.past_epochs(db, locker.id),
    )


def _snapshot(db: sqlite3.Connection, hub: Hub, locker: LockerRecord) -> list[Order]:
    # Also what lies inside already: its recipient's code must go on working after the snapshot.
    live = deliveries.live_at(db, locker.id)
    found: list[Order] = [site_order(db, hub, locker), passes_order(db, locker.id)]
    for pickup_id in dict.fromkeys(delivery.pickup_id for delivery in live):
        pickup = pickups.find(db, pickup_id)
        assert pickup is not None, "the schema keeps it"
        tag = pickups.pin_tag(db, pickup_id, locker.id) or ""
        found.append(Admit(pickup=pickup_id, generation=pickup.generation, pin_tag=tag))
    found += [expectation(parcel_of(db, delivery), delivery) for delivery in live]
    found += [Recall(delivery=delivery.id) for delivery in live if delivery.recalled]
    found += [
        Serve(n=box.n, in_service=False, reason=box.out_reason)
        for box in lockers.compartments(db, locker.id)
        if not box.in_service
    ]
    return found + [
        Mistrust(n=box.n, deliveries=tuple(one.id for one in deliveries.live_in(db, locker.id, box.n)))
        for box in lockers.compartments(db, locker.id)
        if box.content == "uncertain" and box.doubt == "fork"
    ]
