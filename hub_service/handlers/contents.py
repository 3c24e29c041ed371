"""What lies where, after what a locker has told: deposits, collections, retrievals, doubts and inspections.

A deposit that happened always wins over what the hub believed; whatever it displaces needs a person's attention.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import alarms, deadlines, returns
from hub_service.domain.custody import STATUSES, Happening, after
from hub_service.handlers import hand_overs, promises, side_by_side
from hub_service.handlers.hand_overs import Proof
from hub_service.handlers.telling import Scene, fresh, parcel_of
from hub_service.store import delegates, deliveries, events, lockers, orders, parcels, pickups
from hub_service.store.records import DeliveryRecord
from locker.wire import facts
from locker.wire.access_tag import access_tag
from locker.wire.doubts import deeper


class CannotApply(Exception):
    """A fact names what this hub doesn't know. It is parked, and a person looks at it."""


@dataclass(frozen=True, slots=True)
class Report:
    """A fact on its way into the store: where it belongs, and its digest, which names it as an occasion."""

    scene: Scene
    locker_id: str
    digest: str


def deposited(report: Report, fact: facts.Deposited) -> None:
    delivery = named(report, fact.delivery)
    _lay(report, delivery, fact.n)


def collected(report: Report, fact: facts.Collected) -> None:
    for name in fact.deliveries:
        _take_out(report, name, "collected", fact.n)
        if fact.delegate:
            _by_delegate(report, named(report, name), fact.delegate)
    _count_if_certain(report, fact.n)


def _by_delegate(report: Report, delivery: DeliveryRecord, delegate_id: str) -> None:
    delegates.collected(report.scene.db, delegate_id, report.scene.hub.now_s())
    report.scene.event("collected_by_delegate", delivery.parcel_id, delegate=delegate_id)


def retrieved(report: Report, fact: facts.Retrieved) -> None:
    for name in fact.deliveries:
        _take_out(report, name, "retrieved", fact.n)
    _count(report, fact.n)


def uncertain(report: Report, fact: facts.ContentsUncertain) -> None:
    """Nobody knows what lies in a compartment."""
    db, n = report.scene.db, fact.n
    before = lockers.compartment(db, report.locker_id, n)
    known = before.doubt if before and before.content == "uncertain" else ""
    lockers.set_content(db, report.locker_id, n, "uncertain", deeper(known, fact.doubt))
    told = [named(report, name) for name in fact.deliveries]
    believed = [one for one in deliveries.live_in(db, report.locker_id, n) if one.state == "inside"]
    from_afar = fact.doubt == "remote"
    for delivery in {one.id: one for one in (*told, *believed)}.values():
        doubt(report, delivery, n, is_told=not from_afar)
        if from_afar and delivery.state == "inside":
            # Each time: whose parcel lies behind a door hears that somebody had it opened.
            parcel, occasion = parcel_of(db, delivery), f"{report.digest}/{delivery.id}"
            report.scene.tell("door_opened", parcel, delivery, occasion)
    report.scene.event("contents_uncertain", n=n, doubt=fact.doubt)
    # A new locker is uncertain everywhere until its installer has looked; that is no alarm.
    if fact.doubt != "new":
        alarm(report, n, "contents_uncertain")


def doubt(report: Report, delivery: DeliveryRecord, n: int, *, is_told: bool = True) -> None:
    """A delivery may lie in a compartment or not: its parcel needs attention until somebody has looked."""
    scene, parcel = report.scene, parcel_of(report.scene.db, delivery)
    deliveries.doubt(scene.db, report.locker_id, n, delivery.id, parcel.status)
    if parcel.status == "needs_attention":
        return
    scene.move(parcel, "doubted", n=n)
    if is_told and delivery.state == "inside":
        scene.tell("attention", parcel, delivery, f"{report.digest}/{delivery.id}")


def inspected(report: Report, fact: facts.Inspected) -> None:
    """Somebody has looked: exactly these lie in the compartment."""
    db, n = report.scene.db, fact.n
    before = deliveries.doubts(db, report.locker_id, n)
    seen = {delivery.id: delivery for delivery in (named(report, name) for name in fact.deliveries)}
    for delivery in seen.values():
        _found(report, delivery, n, before.get(delivery.id))
    believed = {one.id: one for one in deliveries.live_in(db, report.locker_id, n) if one.state == "inside"}
    for delivery_id in sorted((believed.keys() | before.keys()) - seen.keys()):
        _not_found(report, delivery_id, n, before.get(delivery_id))
    deliveries.end_doubts(db, report.locker_id, n)
    lockers.set_content(db, report.locker_id, n, "occupied" if seen else "empty")
    report.scene.event("inspected", n=n, found=len(seen))
    looked_at = ("contents_uncertain", "displaced", "forced_open", "unknown_delivery", "parked_report")
    events.close_alarms(db, report.locker_id, n, looked_at, report.scene.hub.now_ms())


def overtaken(report: Report, fact: facts.Fact) -> None:
    """An old fact that can be applied only now, while somebody has put something in or looked in the meantime.

    Of the compartment it says nothing any more, of its deliveries it still does.
    """
    match fact:
        case facts.Collected():
            for name in fact.deliveries:
                _take_out(report, name, "collected", fact.n)
        case facts.Retrieved():
            for name in fact.deliveries:
                _take_out(report, name, "retrieved", fact.n)
        case facts.Deposited():
            _lost(report, named(report, fact.delivery), fact.n)
        case facts.Inspected():
            for name in fact.deliveries:
                _lost(report, named(report, name), fact.n)
        case _:
            # A doubt: it has ended with what was seen since.
            pass


def alarm(report: Report, n: int, kind: str) -> None:
    """Calls a person."""
    scene = report.scene
    events.raise_alarm(scene.db, report.locker_id, n, kind, alarms.sentence(kind), scene.hub.now_ms())
    scene.event("alarm", n=n, alarm=kind)


def named(report: Report, name: str) -> DeliveryRecord:
    """The delivery that the locker calls so. Raises CannotApply."""
    found = deliveries.find_named(report.scene.db, report.locker_id, name) or _by_ticket(report, name)
    if found is None:
        raise CannotApply("a delivery that this hub doesn't know")
    return found


def _by_ticket(report: Report, name: str) -> DeliveryRecord | None:
    """The delivery that a deposit ticket stands for, whatever the first report is that names it."""
    db, pickup_id = report.scene.db, name.rpartition(".")[0]
    awaited = [
        one
        for one in deliveries.live_of(db, pickup_id)
        if one.locker_id == report.locker_id and one.state == "promised"
    ]
    # Since tickets are given out for one parcel only, and name it, this is about older ones. Of several a person finds
    # out which it is: the wrong one's recipient would be told of a parcel that isn't theirs.
    if len(awaited) != 1:
        return None
    (delivery,) = awaited
    deliveries.update(db, delivery.id, alias=name)
    return fresh(db, delivery)


def _lay(report: Report, delivery: DeliveryRecord, n: int) -> None:
    """It lies here now, whatever was believed of it or of this compartment."""
    scene, db, now_s = report.scene, report.scene.db, report.scene.hub.now_s()
    parcel = parcel_of(db, delivery)
    left = delivery.n if delivery.state == "inside" and delivery.n != n else None
    if delivery.state == "ended":
        _call_back(report, delivery)
    if (delivery.state, delivery.n) != ("promised", n):
        # Lifted before it is laid down: the schema lets nothing lie in a compartment of another pickup.
        deliveries.update(db, delivery.id, state="promised", n=None)
        _make_way(report, delivery, n)
        deliveries.release_unused(db, report.locker_id)
        deliveries.claim(db, report.locker_id, n, delivery.pickup_id)
    # Counted from when the recipient is told: a report may have waited for days without a network.
    until_s = deadlines.deadline_s(now_s)
    laid = deliveries.update(
        db, delivery.id, state="inside", n=n, ready_s=now_s, deadline_s=until_s, recalled=0, stopped_s=None,
        remind_at_s=scene.hub.courtesy.next_reminder_s(until_s, now_s), held_until_s=None,
    )  # fmt: skip
    if delivery.by_sender:
        # It waits for a courier, who needs no order for that, and not for somebody who might be late.
        laid = deliveries.update(db, delivery.id, deadline_s=None, remind_at_s=None, recalled=1)
    else:
        side_by_side.wait_equally(scene, report.locker_id, n, until_s)
    if delivery.state == "ended":
        pickups.set_live(db, delivery.pickup_id)
        # The locker may have been told that it was over, and knows no carrier that could take it back.
        orders.append(db, report.locker_id, promises.expectation(parcel, laid), scene.hub.now_ms())
    deliveries.end_doubts(db, report.locker_id, n, delivery.id)
    lockers.set_content(db, report.locker_id, n, "occupied")
    if left is not None:
        # Whoever brings it had it in hand: where it was said to lie it doesn't.
        _count_if_certain(report, left)
    if delivery.by_sender:
        proof = Proof(report.locker_id, n, report.digest)
        hand_overs.happened(scene, "dropped_off", parcel, laid, proof)
        return
    scene.move(parcel, "deposited", n=n)
    scene.tell("ready", parcel, laid, report.digest)


def _make_way(report: Report, delivery: DeliveryRecord, n: int) -> None:
    scene = report.scene
    for other in deliveries.live_in(scene.db, report.locker_id, n):
        if other.pickup_id == delivery.pickup_id:
            continue
        if other.state == "promised":
            # It was only planned here; the locker will find another compartment for it.
            deliveries.update(scene.db, other.id, n=None)
            continue
        promises.end(scene.db, other)
        displaced = parcel_of(scene.db, other)
        scene.move(displaced, "displaced", n=n)
        scene.tell("attention", displaced, fresh(scene.db, other), f"{report.digest}/{other.id}")
        alarm(report, n, "displaced")


def _call_back(report: Report, delivery: DeliveryRecord) -> None:
    """A delivery that was over has come after all: it is live again, and no other one of its parcel is."""
    scene, db = report.scene, report.scene.db
    alarm(report, 0, "deposit_refused")
    place = lockers.find(db, report.locker_id)
    elsewhere = deliveries.find_live(db, delivery.parcel_id)
    if elsewhere is not None:
        promises.withdraw(db, scene.hub, elsewhere, place.name if place else "")
    pickup = pickups.find(db, delivery.pickup_id)
    assert pickup is not None, "the schema keeps it"
    if not pickup.live and pickups.pin_is_taken(db, pickup):
        pickups.change_pin(db, scene.hub.store, pickup.id, scene.hub.draws.pin())
        pickup = pickups.find(db, delivery.pickup_id)
        assert pickup is not None, "it was found just now"
    pin = pickups.pin(scene.hub.store, pickup)
    # Slow, but so rare that it may hold up the others.
    code = promises.Code(pin, access_tag(pin, lockers.code_key(db, scene.hub.store, report.locker_id)))
    promises.admit(db, scene.hub, pickup, report.locker_id, code)


def _take_out(report: Report, name: str, happening: Happening, n: int) -> None:
    scene, delivery = report.scene, named(report, name)
    # Of a parcel one delivery is live at most.
    elsewhere = deliveries.find_live(scene.db, delivery.parcel_id) if delivery.state == "ended" else delivery
    parcel = parcel_of(scene.db, delivery)
    moved = returns.told(happening) if parcel.drop_off else happening
    if elsewhere is None and parcel.status == after(parcel.status, moved):
        return
    if elsewhere is not None and elsewhere.id != delivery.id:
        promises.withdraw(scene.db, scene.hub, elsewhere, "")
    # Its deposit was cut off, and its courier may still come with it: nobody is told that it was taken.
    unproven = delivery.state == "promised" and delivery.id in deliveries.doubts(scene.db, report.locker_id, n)
    promises.end(scene.db, delivery)
    if parcel.drop_off:
        proof = Proof(report.locker_id, n, report.digest)
        hand_overs.happened(scene, returns.told(happening), parcel, delivery, proof)
        return
    scene.move(parcel, happening, n=n)
    if happening == "collected" and not unproven:
        # As it was: the notice names the compartment that it was taken from.
        scene.tell("collected", parcel, delivery, f"{report.digest}/{delivery.id}")


def _count(report: Report, n: int) -> None:
    db = report.scene.db
    if deliveries.doubts(db, report.locker_id, n):
        return
    lying = [one for one in deliveries.live_in(db, report.locker_id, n) if one.state == "inside"]
    lockers.set_content(db, report.locker_id, n, "occupied" if lying else "empty")


def _count_if_certain(report: Report, n: int) -> None:
    record = lockers.compartment(report.scene.db, report.locker_id, n)
    if record and record.content != "uncertain":
        _count(report, n)


def _found(report: Report, delivery: DeliveryRecord, n: int, status_before: str | None) -> None:
    scene = report.scene
    if not (delivery.state == "inside" and delivery.n == n):
        _lay(report, delivery, n)
    elif status_before is not None:
        _restore(scene, delivery, status_before)
        scene.event("found", delivery.parcel_id, n=n)


def _not_found(report: Report, delivery_id: str, n: int, status_before: str | None) -> None:
    scene, delivery = report.scene, deliveries.find(report.scene.db, delivery_id)
    assert delivery is not None, "deliveries are never deleted"
    if delivery.state == "inside" and delivery.n == n:
        promises.end(scene.db, delivery)
        # Also where it was in doubt before: now it is known that it isn't there.
        scene.move(parcel_of(scene.db, delivery), "not_found", n=n)
        alarm(report, n, "missing")
    elif status_before is not None and delivery.state != "inside":
        # It was on its way, or taken already: the empty compartment says that this is still so. One that was withdrawn
        # meanwhile has no doubt to come back from.
        _restore(scene, delivery, status_before)


def _lost(report: Report, delivery: DeliveryRecord, n: int) -> None:
    # It lay here once, and wasn't there when somebody looked: a person has to look for it.
    promises.end(report.scene.db, delivery)
    report.scene.move(parcel_of(report.scene.db, delivery), "not_found", n=n)
    alarm(report, n, "missing")


def _restore(scene: Scene, delivery: DeliveryRecord, status_before: str) -> None:
    # Whatever has happened to the parcel since then counts more than what it was before the doubt.
    if parcel_of(scene.db, delivery).status != "needs_attention":
        return
    status = next(known for known in STATUSES if known == status_before)
    parcels.set_status(scene.db, delivery.parcel_id, status)
