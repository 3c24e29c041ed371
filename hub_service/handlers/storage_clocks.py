"""A stay's clock stands still while its locker is offline or its door is faulty: such time is nobody's to lose.

An offline locker still opens to its recipient. But whether they got there, and what they found, nobody knows; a parcel
that is sent back because a machine was dead for six days is what people complain about most.
"""

from __future__ import annotations

from hub_service.domain import deadlines
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene, fresh, parcel_of
from hub_service.store import deliveries, standstills
from hub_service.store.records import DeliveryRecord

AT_ONCE = 200


def stop(hub: Hub) -> int:
    """Stops the clocks that have to stand; returns how many."""
    with hub.store.read() as db:
        if not standstills.to_stop(db, 1):
            return 0
    with hub.store.write() as db:
        found = standstills.to_stop(db, AT_ONCE)
        for delivery, offline_s in found:
            # Not before it came; of a door nobody knows better than now since when it is faulty.
            since_s = max(delivery.ready_s or 0, hub.now_s() if offline_s is None else offline_s)
            deliveries.update(db, delivery.id, stopped_s=since_s)
    return len(found)


def go_on(hub: Hub) -> int:
    """Lets clocks run again, with every deadline and reminder later by the time that they stood; returns how many."""
    with hub.store.read() as db:
        if not standstills.to_go_on(db, 1):
            return 0
    with hub.store.write() as db:
        found = standstills.to_go_on(db, AT_ONCE)
        for delivery in found:
            _go_on(Scene(db, hub, delivery.locker_id), delivery)
    return len(found)


def _go_on(scene: Scene, delivery: DeliveryRecord) -> None:
    assert delivery.stopped_s is not None and delivery.deadline_s is not None, "it was found by both"
    now_s, remind_at_s = scene.hub.now_s(), delivery.remind_at_s
    deadline_s = deadlines.gone_on_s(delivery.deadline_s, delivery.stopped_s, now_s)
    if remind_at_s is not None:
        # Who was reminded already isn't reminded of the same stay again.
        remind_at_s = deadlines.gone_on_s(remind_at_s, delivery.stopped_s, now_s)
    deliveries.update(scene.db, delivery.id, stopped_s=None, deadline_s=deadline_s, remind_at_s=remind_at_s)
    # A locker on a mobile network is away for minutes many times a day: nobody's plans have changed by that.
    if now_s - delivery.stopped_s >= deadlines.STANDSTILL_TOLD_S:
        parcel = parcel_of(scene.db, delivery)
        scene.event("clock_moved_on", parcel.id, deadline_s=deadline_s)
        scene.tell("more_time", parcel, fresh(scene.db, delivery), f"{delivery.id}/{deadline_s}")
