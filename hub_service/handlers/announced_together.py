"""Plain announcements that arrive together are written in one transaction, each kind of row in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub_service import telemetry
from hub_service.handlers.hub import Hub
from hub_service.handlers.plain_announcements import Ask, Plain, decided
from hub_service.handlers.promises import expectation
from hub_service.handlers.request_keys import digest_of
from hub_service.handlers.showing import Stay, parcel_at
from hub_service.handlers.telling import ticket_of
from hub_service.handlers.views import ParcelView
from hub_service.store import announcing, contacts, events, orders, repeats
from hub_service.store.events import EventRecord
from hub_service.store.parcels import labels_of
from hub_service.store.records import ParcelRecord
from hub_service.store.repeats import Answer
from hub_service.store.sql import Connection
from locker.wire.orders import Admit

PICKUP = (
    "id", "recipient_lookup", "generation", "home_number", "not_after_s", "created_s", "pin_sealed", "pin_lookup",
)  # fmt: skip
DELIVERY = ("id", "parcel_id", "pickup_id", "locker_id", "n", "state", "created_s")
Told = Callable[[ParcelView], Answer]


def announce_all(hub: Hub, asks: Sequence[Ask], told: Told) -> list[Answer | None]:
    """What each is answered, in `told`'s words; None for one that isn't plain, which has had no effect.

    An exception undoes all of them.
    """
    # Beside what is about other lockers. What two groups must not both have (a label, a code, a key) is a constraint,
    # and whoever draws a code that isn't (of staff, of delegates) writes alone.
    with hub.store.write({ask.wish.locker_id for ask in asks if ask.wish.locker_id is not None}) as db:
        taken = decided(db, hub, asks)
        answers = _written(db, hub, taken, told) if taken else {}
    for plain in taken:
        _log(plain)
    return [answers.get(id(ask)) for ask in asks]


def waves(asks: Sequence[Ask]) -> list[list[Ask]]:
    """The same in groups that have each locker once, in their order: the next one's room depends on the first one's."""
    found: list[list[Ask]] = []
    so_far: Counter[str | None] = Counter()
    for ask in asks:
        place = so_far[ask.wish.locker_id]
        so_far[ask.wish.locker_id] += 1
        found += [[]] if place == len(found) else []
        found[place].append(ask)
    return found


def _written(db: Connection, hub: Hub, taken: Sequence[Plain], told: Told) -> dict[int, Answer]:
    added = announcing.add_parcels(db, [plain.row for plain in taken])
    each = [(plain, added[plain.row["id"]]) for plain in taken]
    # In one order, as the keys below: of two groups that have some in common, one waits, and neither for the other.
    labels = sorted((row for plain, _ in each for row in _labels(plain)), key=lambda row: str(row["label"]))
    announcing.add(db, "live_labels", labels)
    known = [row for plain, _ in each for row in _contacts(hub, plain)]
    announcing.add(db, "parcel_contacts", known, "ON CONFLICT DO NOTHING")
    _promise(db, taken)
    _order(db, hub, each)
    events.add_all(db, [event for plain, parcel in each for event in _events(hub, plain, parcel)])
    answers = {id(plain.ask): told(_view(hub, plain, parcel)) for plain, parcel in each}
    _remember(db, hub, taken, answers)
    return answers


def _promise(db: Connection, taken: Sequence[Plain]) -> None:
    """Codes first, as what is promised belongs to one; a plan is somebody's alone before a delivery may have it."""
    pickups = [plain.pickup for plain in taken]
    announcing.add(db, "pickups", [{name: getattr(one, name) for name in PICKUP} | {"live": 1} for one in pickups])
    stays = [plain.delivery for plain in taken]
    planned = [one for one in stays if one.n is not None]
    announcing.add(
        db, "holdings", [{"locker_id": one.locker_id, "n": one.n, "pickup_id": one.pickup_id} for one in planned]
    )
    announcing.add(db, "deliveries", [{name: getattr(one, name) for name in DELIVERY} for one in stays])
    tags = [{"pickup_id": one.pickup.id, "locker_id": one.locker.id, "pin_tag": one.code.tag} for one in taken]
    announcing.add(db, "admissions", tags)


def _order(db: Connection, hub: Hub, each: Sequence[tuple[Plain, ParcelRecord]]) -> None:
    """Tells each locker; the verifier first: a parcel that can be deposited can then always be collected."""
    told = []
    for plain, parcel in each:
        admit = Admit(pickup=plain.pickup.id, generation=plain.pickup.generation, pin_tag=plain.code.tag)
        told.append((plain.locker, (admit, expectation(parcel, plain.delivery, plain.locker.hard_hold))))
    orders.append_all(db, told, hub.now_ms())


def _labels(plain: Plain) -> Iterator[dict[str, Any]]:
    for label in labels_of(plain.row):
        yield {"label": label, "parcel_id": plain.row["id"]}


def _contacts(hub: Hub, plain: Plain) -> Iterator[dict[str, Any]]:
    who = plain.ask.wish.recipient
    for lookup in contacts.lookups(hub.store, (who.email, who.phone)):
        yield {"lookup": lookup, "parcel_id": plain.row["id"]}


def _events(hub: Hub, plain: Plain, parcel: ParcelRecord) -> Iterator[EventRecord]:
    data = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    yield EventRecord(kind="announced", parcel_id=parcel.id, hub_at_ms=hub.now_ms(), data=data)
    yield EventRecord(
        kind="room_promised", parcel_id=parcel.id, locker_id=plain.locker.id, hub_at_ms=hub.now_ms(),
        data={"planned": plain.delivery.n},
    )  # fmt: skip


def _view(hub: Hub, plain: Plain, parcel: ParcelRecord) -> ParcelView:
    stay = Stay(plain.delivery, plain.locker, plain.code.pin, ticket_of(hub, plain.pickup))
    return parcel_at(hub, parcel, stay, wished_day="")


def _remember(db: Connection, hub: Hub, taken: Sequence[Plain], answers: dict[int, Answer]) -> None:
    """In the same transaction: whoever repeats the request gets this answer, however the first one ended."""
    keyed = [(plain, plain.ask.request) for plain in taken if plain.ask.request]
    keyed.sort(key=lambda one: (one[1].caller, one[1].key))
    made = [
        {
            "caller": request.caller, "key": request.key, "request_digest": digest_of(plain.ask.wish),
            "parcel_id": plain.row["id"], "created_s": hub.now_s(),
        }
        for plain, request in keyed
    ]  # fmt: skip
    announcing.add(db, "idempotency_keys", made)
    kept = [
        {
            "caller": request.caller, "key": request.key, "request_digest": plain.ask.digest,
            "claimed_ms": hub.now_ms(), **repeats.kept(hub.store, answers[id(plain.ask)]),
        }
        for plain, request in keyed
    ]  # fmt: skip
    announcing.add(db, "answers", kept)


def _log(plain: Plain) -> None:
    parcel_id = plain.row["id"]
    with telemetry.caused_by(plain.ask.cause):
        telemetry.tell("happened", kind="announced", parcel=parcel_id, locker=None, n=None)
        telemetry.tell("happened", kind="room_promised", parcel=parcel_id, locker=plain.locker.id, n=None)
