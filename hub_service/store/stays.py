"""Stays of many parcels at once: what is known of them, and what plain deposits and collections change.

A place is a locker's id and a compartment's number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from hub_service.domain.custody import Status, is_live
from hub_service.domain.plain_stays import Box, Stay
from hub_service.store.records import DeliveryRecord, ParcelRecord, PickupRecord, read_all
from hub_service.store.sets import chunks, filled, marks, pairs, rows
from hub_service.store.sql import Connection

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """All that plain deposits and collections need to know."""

    deliveries: dict[str, DeliveryRecord]
    parcels: dict[str, ParcelRecord]
    pickups: dict[str, PickupRecord]
    browsers: dict[str, list[str]]
    stays: dict[str, Stay]
    boxes: dict[Place, Box]


def load(db: Connection, delivery_ids: Sequence[str], places: Sequence[Place]) -> Known:
    """What is known of these deliveries and places, of which there is at least one each."""
    named = db.execute(
        "SELECT d.*, EXISTS (SELECT 1 FROM deliveries AS o WHERE o.pickup_id = d.pickup_id AND o.state <> 'ended'"
        f" AND o.locker_id <> d.locker_id) AS spread FROM deliveries AS d WHERE d.id IN ({marks(delivery_ids)})",
        filled(delivery_ids),
    ).fetchall()
    found = {one.id: one for one in read_all(DeliveryRecord, named)}
    spread = {row["id"] for row in named if row["spread"]}
    where, values = _at(places)
    doubted = db.execute(
        f"SELECT locker_id, n, delivery_id FROM doubts WHERE delivery_id IN ({marks(delivery_ids)})"
        f" UNION SELECT locker_id, n, delivery_id FROM doubts WHERE {where}",
        (*filled(delivery_ids), *values),
    ).fetchall()
    doubts = {row["delivery_id"] for row in doubted}
    stays = {
        one.id: Stay(
            one.id, one.pickup_id, one.state, one.n, doubted=one.id in doubts or one.by_sender, spread=one.id in spread
        )
        for one in found.values()
    }  # fmt: skip
    boxes = _boxes(db, places, {(row["locker_id"], row["n"]) for row in doubted})
    if not found:
        return Known({}, {}, {}, {}, stays, boxes)
    parcel_ids = sorted({one.parcel_id for one in found.values()})
    pickup_ids = sorted({one.pickup_id for one in found.values()})
    read = db.execute(f"SELECT * FROM parcels WHERE id IN ({marks(parcel_ids)})", filled(parcel_ids))
    parcels = {one.id: one for one in read_all(ParcelRecord, read)}
    read = db.execute(f"SELECT * FROM pickups WHERE id IN ({marks(pickup_ids)})", filled(pickup_ids))
    pickups = {one.id: one for one in read_all(PickupRecord, read)}
    browsers: dict[str, list[str]] = defaultdict(list)
    for row in db.execute(
        f"SELECT parcel_id, id FROM push_devices WHERE parcel_id IN ({marks(parcel_ids)}) ORDER BY since_ms, id",
        filled(parcel_ids),
    ):
        browsers[row["parcel_id"]].append(row["id"])
    return Known(found, parcels, pickups, browsers, stays, boxes)


def _boxes(db: Connection, places: Sequence[Place], doubted: set[Place]) -> dict[Place, Box]:
    where, values = _at(places)
    live: dict[Place, set[str]] = defaultdict(set)
    for row in db.execute(f"SELECT id, locker_id, n FROM deliveries WHERE state <> 'ended' AND {where}", values):
        live[row["locker_id"], row["n"]].add(row["id"])
    holders: dict[Place, set[str]] = defaultdict(set)
    for row in db.execute(f"SELECT locker_id, n, pickup_id FROM holdings WHERE {where}", values):
        holders[row["locker_id"], row["n"]].add(row["pickup_id"])
    read = db.execute(f"SELECT locker_id, n, content FROM compartments WHERE present = 1 AND {where}", values)
    return {
        place: Box(row["content"], frozenset(live[place]), frozenset(holders[place]), place in doubted)
        for row in read
        for place in [(row["locker_id"], row["n"])]
    }


def lay(db: Connection, laid: Sequence[DeliveryRecord]) -> None:
    """Keeps deliveries that lie in compartments now, as these records say."""
    for some in chunks([(one.locker_id, one.n, one.pickup_id) for one in laid]):
        db.execute(
            f"INSERT INTO holdings (locker_id, n, pickup_id) VALUES {rows(3, len(some))}"
            " ON CONFLICT (locker_id, n, pickup_id) DO NOTHING",
            tuple(chain.from_iterable(some)),
        )
    db.executemany(
        "UPDATE deliveries SET state = 'inside', n = ?, ready_s = ?, deadline_s = ?, recalled = 0, stopped_s = NULL,"
        " remind_at_s = ?, held_until_s = NULL WHERE id = ?",
        [(one.n, one.ready_s, one.deadline_s, one.remind_at_s, one.id) for one in laid],
    )


def end(db: Connection, ended: Sequence[DeliveryRecord]) -> None:
    """Deliveries are over: the compartments that they had alone and, with the last one of each, codes are free."""
    ids, pickup_ids = [one.id for one in ended], sorted({one.pickup_id for one in ended})
    db.execute(f"UPDATE deliveries SET state = 'ended', n = NULL WHERE id IN ({marks(ids)})", filled(ids))
    for some in chunks([(one.locker_id, one.n, one.pickup_id) for one in ended]):
        lockers = sorted({locker_id for locker_id, _, _ in some})
        db.execute(
            f"DELETE FROM holdings WHERE locker_id IN ({marks(lockers)})"
            f" AND (locker_id, n, pickup_id) IN (VALUES {rows(3, len(some))})",
            (*filled(lockers), *chain.from_iterable(some)),
        )
    db.execute(
        "UPDATE pickups SET live = CASE WHEN EXISTS (SELECT 1 FROM deliveries AS d WHERE d.pickup_id = pickups.id"
        f" AND d.state <> 'ended') THEN 1 ELSE 0 END WHERE id IN ({marks(pickup_ids)})",
        filled(pickup_ids),
    )


def set_contents(db: Connection, places: Sequence[Place], content: str) -> None:
    where, values = _at(places)
    db.execute(f"UPDATE compartments SET content = ?, doubt = '' WHERE {where}", (content, *values))


def set_statuses(db: Connection, parcel_ids: Sequence[str], status: Status) -> None:
    """Moves live parcels on. What is over gives its labels back."""
    values = filled(parcel_ids)
    db.execute(
        f"UPDATE parcels SET status = ?, live = ?, attention = '' WHERE id IN ({marks(parcel_ids)})",
        (status, int(is_live(status)), *values),
    )
    if not is_live(status):
        db.execute(f"DELETE FROM live_labels WHERE parcel_id IN ({marks(parcel_ids)})", values)


def _at(places: Sequence[Place]) -> tuple[str, tuple[str | int, ...]]:
    # The lockers are named once more for SQLite, which looks for a pair in no index.
    lockers = sorted({locker_id for locker_id, _ in places})
    where = f"locker_id IN ({marks(lockers)}) AND (locker_id, n) IN ({pairs(places)})"
    return where, (*filled(lockers), *(value for place in filled(places) for value in place))
