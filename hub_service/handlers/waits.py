"""What falls due by the clock: reminders, and the end of a parcel's time in a locker. Each once, whoever looks."""

from __future__ import annotations

from hub_service.domain.custody import after
from hub_service.handlers import drop_offs, offers, storage_clocks
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene, parcel_of
from hub_service.store import deliveries, lockers, orders
from hub_service.store.records import DeliveryRecord
from locker.wire.orders import Recall

AT_ONCE = 100
SILENT_MS = 95_000
"""Three greetings missed."""

ORDERS_KEPT = 1_000
"""How many orders stay behind a locker's position, for one that comes back with an older card."""


def run_due(hub: Hub) -> int:
    """Does everything that is due by now; returns how much that was."""
    # Before anything expires: time in which nobody could come doesn't count.
    done = 0
    while some := storage_clocks.stop(hub) + storage_clocks.go_on(hub):
        done += some
    while some := _expire_some(hub) + _remind_some(hub) + offers.end_due(hub) + drop_offs.lapse_due(hub):
        done += some
    return done + drop_offs.call_for_couriers(hub)


def forget_old_orders(hub: Hub) -> None:
    """Drops orders that lockers have long applied."""
    with hub.store.read() as db:
        names = lockers.with_old_orders(db, ORDERS_KEPT)
    for start in range(0, len(names), AT_ONCE):
        # A few lockers each time, and beside the others: nobody waits behind all of a country's.
        some = names[start : start + AT_ONCE]
        with hub.store.write(some) as db:
            for locker in lockers.find_all(db, some):
                # Looked up anew: one may have been given a new epoch since the first look.
                if locker.stands_epoch == locker.epoch:
                    orders.forget_before(db, locker.id, locker.stands_order - ORDERS_KEPT)


def mark_silent(hub: Hub) -> None:
    """Lockers greet every half minute; one that doesn't is gone, whatever the broker has told."""
    before_ms = hub.now_ms() - SILENT_MS
    with hub.store.read() as db:
        if not lockers.any_silent(db, before_ms):
            return
    with hub.store.write() as db:
        for locker_id in lockers.mark_silent(db, before_ms):
            Scene(db, hub, locker_id).event("offline")


def _remind_some(hub: Hub) -> int:
    now_s = hub.now_s()
    with hub.store.read() as db:
        if not deliveries.to_remind(db, now_s, 1):
            return 0
    with hub.store.write() as db:
        # The next moment is the claim: it is set in the transaction that writes the notice.
        found = deliveries.to_remind(db, now_s, AT_ONCE)
        for delivery in found:
            assert delivery.deadline_s is not None, "it was found by it"
            # Moments that were slept through are told of once: the next one lies ahead.
            following_s = hub.courtesy.next_reminder_s(delivery.deadline_s, now_s)
            deliveries.update(db, delivery.id, remind_at_s=following_s)
            _remind(Scene(db, hub, delivery.locker_id), delivery)
    return len(found)


def _remind(scene: Scene, delivery: DeliveryRecord) -> None:
    parcel = parcel_of(scene.db, delivery)
    if parcel.status == "ready_for_pickup":
        scene.event("reminded", parcel.id)
        scene.tell("reminder", parcel, delivery, f"{delivery.id}/{delivery.deadline_s}/{delivery.remind_at_s}")


def _expire_some(hub: Hub) -> int:
    with hub.store.read() as db:
        if not deliveries.to_expire(db, hub.now_s(), 1):
            return 0
    with hub.store.write() as db:
        # Looked up anew: another worker may have been here since the first look.
        found = deliveries.to_expire(db, hub.now_s(), AT_ONCE)
        for delivery in found:
            deliveries.update(db, delivery.id, recalled=1)
            _expire(Scene(db, hub, delivery.locker_id), delivery)
    return len(found)


def _expire(scene: Scene, delivery: DeliveryRecord) -> None:
    parcel = parcel_of(scene.db, delivery)
    orders.append(scene.db, delivery.locker_id, Recall(delivery=delivery.id), scene.hub.now_ms())
    if after(parcel.status, "expired") is not None:
        scene.move(parcel, "expired")
        scene.tell("expired", parcel, delivery, f"{delivery.id}/{delivery.deadline_s}")
