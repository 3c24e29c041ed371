"""Which of the announcements that arrive together are plain: looked up in a few queries, decided one by one.

Plain is what nothing else has to be asked about: a locker with room, a new recipient, labels and a key that nobody has
used, a code in stock. All others, and all refusals, are for `announce`, which takes them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub_service.domain import access_codes, placement
from hub_service.domain.placement import Size
from hub_service.handlers import announce, room
from hub_service.handlers.code_stock import Stocked
from hub_service.handlers.hub import Hub
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.room import Room
from hub_service.handlers.wishes import Announcement
from hub_service.store import announcing, lockers, pickups
from hub_service.store.parcels import names_of
from hub_service.store.records import DeliveryRecord, LockerRecord, PickupRecord
from hub_service.store.sql import Connection
from locker.wire.labels import spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One announcement, the key that came with it and the digest of its request; `cause` is the request's name."""

    wish: Announcement
    request: RequestKey | None = None
    digest: str = ""
    cause: str = ""

    @property
    def name(self) -> tuple[str, str] | None:
        return (self.request.caller, self.request.key) if self.request else None

    @property
    def labels(self) -> tuple[str, ...]:
        """Every text that a scan of this parcel may give, in all spellings of its number."""
        wish = self.wish
        return names_of((wish.tracking_number, *spellings(wish.tracking_number), *wish.labels))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is known about all of them."""

    requests: set[tuple[str, str]]
    labels: set[str]
    people: set[str]
    places: dict[str, LockerRecord]
    keys: dict[str, bytes]
    rooms: dict[str, Room]
    claimed: dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class Plain:
    """One that is taken: everything that is written of it."""

    ask: Ask
    row: dict[str, Any]
    locker: LockerRecord
    code: Stocked
    pickup: PickupRecord
    delivery: DeliveryRecord


def decided(db: Connection, hub: Hub, asks: Sequence[Ask]) -> list[Plain]:
    """Those that can be taken together; each uses up a code of the stock."""
    rows = [(ask, announce.parcel_row(hub, ask.wish)) for ask in asks if ask.wish.locker_id is not None]
    if not rows:
        return []
    sight = _look(db, rows)
    taken = [plain for ask, row in rows if (plain := _plain(hub, sight, ask, row))]
    # Drawn by chance, so hardly ever; but a code must open one thing only.
    used = announcing.taken_codes(db, [plain.pickup.pin_lookup for plain in taken])
    return [plain for plain in taken if plain.pickup.pin_lookup not in used]


def _look(db: Connection, rows: Sequence[tuple[Ask, dict[str, Any]]]) -> _Sight:
    places = {one.id: one for one in lockers.find_all(db, list({str(ask.wish.locker_id) for ask, _ in rows}))}
    ids = list(places)
    limited = announcing.limited_lockers(db, ids) if ids else set()
    open_to_all = [one for id, one in places.items() if id not in limited]
    return _Sight(
        requests=announcing.known_requests(db, [ask.name for ask, _ in rows if ask.name]),
        labels=announcing.taken_labels(db, [label for ask, _ in rows for label in ask.labels]),
        people=announcing.awaited_people(db, [row["recipient_lookup"] for _, row in rows if row["recipient_lookup"]]),
        places={one.id: one for one in open_to_all},
        keys=lockers.sealed_code_keys(db, ids) if ids else {},
        rooms=room.at_each(db, open_to_all),
        claimed=announcing.claimed_compartments(db, ids) if ids else {},
    )


def _plain(hub: Hub, sight: _Sight, ask: Ask, row: dict[str, Any]) -> Plain | None:
    """One that is taken, if it is plain; then the next ones are judged as if it were there already."""
    wish, who = ask.wish, row["recipient_lookup"]
    # Whoever has just been counted in has taken its locker out of sight: the next one's room depends on this one's.
    locker = sight.places.get(wish.locker_id or "")
    if locker is None or locker.test != wish.test or ask.name in sight.requests or who in sight.people:
        return None
    there = sight.rooms[locker.id]
    size = Size(wish.width_mm, wish.height_mm, wish.depth_mm, wish.low)
    if not sight.labels.isdisjoint(ask.labels) or not placement.has_room(there.promised, there.free, size, there.kept):
        return None
    code = hub.stock.take(locker.id, sight.keys[locker.id])
    if code is None:
        return None
    _count_in(sight, ask, who, locker.id)
    n = placement.plan(size, [box for box in there.free if box.n not in sight.claimed.get(locker.id, set())])
    pickup = _pickup(hub, row, locker, code)
    return Plain(ask, row, locker, code, pickup, _delivery(hub, row["id"], pickup, (locker.id, n)))


def _count_in(sight: _Sight, ask: Ask, who: str, locker_id: str) -> None:
    del sight.places[locker_id]
    sight.labels.update(ask.labels)
    if ask.name:
        sight.requests.add(ask.name)
    if who:
        sight.people.add(who)


def _pickup(hub: Hub, row: dict[str, Any], locker: LockerRecord, code: Stocked) -> PickupRecord:
    now_s = hub.now_s()
    return PickupRecord(
        id=hub.draws.pickup_id(), recipient_lookup=row["recipient_lookup"], generation=1, home_number=locker.number,
        not_after_s=access_codes.not_after_s(now_s), created_s=now_s, live=True,
        **pickups.sealed_pin(hub.store, code.pin),
    )  # fmt: skip


def _delivery(hub: Hub, parcel_id: str, pickup: PickupRecord, place: tuple[str, int | None]) -> DeliveryRecord:
    locker_id, n = place
    return DeliveryRecord(
        id=hub.draws.id("d"), parcel_id=parcel_id, pickup_id=pickup.id, locker_id=locker_id, alias=None,
        state="promised", n=n, ready_s=None, deadline_s=None, extended=False, reminded=False, recalled=False,
        created_s=hub.now_s(),
    )  # fmt: skip
