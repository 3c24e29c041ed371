"""Fills a hub's store in a hurry: lockers all over a country, what lies in them, and parcels of long ago.

Everything but places and keys is worked out by the database itself, from the numbers of rows: a few statements for
millions. The same seed gives the same country on both databases.
"""

from __future__ import annotations

import hashlib
import math
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain
from typing import Any

from hub_service.domain.fallback import Place
from hub_service.store.database import Store
from hub_service.store.sets import ROWS_MAX, rows
from hub_service.store.sql import Connection
from locker.wire.chain import GENESIS

SOUTH, NORTH, WEST, EAST = 49.5, 54.5, 14.5, 23.5
CITIES = 60
IN_CITIES = 0.65
"""Two of three lockers stand in cities; the nth has an nth of the first one's."""

BOXES_LEAST, BOXES_SPAN = 12, 17
"""12 to 28 compartments a locker, 20 on average."""

OCCUPIED_LEAST, OCCUPIED_SPAN = 40, 61
"""Lockers are 40 to 100 % full."""

SLICE = 250_000
"""So many parcels come in one transaction."""

EPOCH = "0" * 16
CARRIER = "filled"
_M_A_DEGREE = 111_195


class Country:
    """Where people live and lockers stand, drawn from a seed: cities of very different sizes, and all between."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._cities = [
            (self._chance.uniform(SOUTH, NORTH), self._chance.uniform(WEST, EAST), 9_000 / (1 + rank) ** 0.4)
            for rank in range(CITIES)
        ]
        self._weights = list(accumulate(1 / (1 + rank) for rank in range(CITIES)))

    def place(self) -> Place:
        """One home, or one site."""
        chance = self._chance
        if chance.random() > IN_CITIES:
            return Place(round(chance.uniform(SOUTH, NORTH), 6), round(chance.uniform(WEST, EAST), 6))
        (city,) = chance.choices(self._cities, cum_weights=self._weights)
        north, east, wide_m = city
        stretch = _M_A_DEGREE * math.cos(math.radians(north))
        latitude = north + chance.gauss(0, wide_m) / _M_A_DEGREE
        return Place(round(latitude, 6), round(east + chance.gauss(0, wide_m) / stretch, 6))


def locker_id(number: int) -> str:
    return f"l-{number}"


def add_lockers(store: Store, places: Sequence[Place], keys: dict[int, str] | None = None) -> None:
    """Lockers 1 to N at these places, nearly all of them online; `keys` are the public keys of those that speak."""
    known, sealed = keys or {}, store.vault.seal(bytes(32).hex(), "code key")
    columns = (
        "id, number, name, place, latitude, longitude, public_key, code_key_sealed, head, online, seen_ms, epoch,"
        " last_digest, stands_epoch, stands_digest"
    )
    numbered = list(enumerate(places, 1))
    with store.write() as db:
        for start in range(0, len(numbered), ROWS_MAX):
            some = [
                (
                    locker_id(number), number, f"Locker {number}", "by the door", place.latitude, place.longitude,
                    known.get(number) or _digest(f"key {number}") * 2, sealed, GENESIS, int(number % 50 != 0), 0, EPOCH,
                    GENESIS, EPOCH, GENESIS,
                )
                for number, place in numbered[start : start + ROWS_MAX]
            ]  # fmt: skip
            db.execute(
                f"INSERT INTO lockers ({columns}) VALUES {rows(15, len(some))}", tuple(chain.from_iterable(some))
            )
        db.execute(f"INSERT INTO epochs (locker_id, epoch) SELECT id, '{EPOCH}' FROM lockers")


def add_compartments(store: Store, lockers: int, empty: bool = False) -> None:
    """12 to 28 compartments each, four sizes, three bands of reach; as full as each locker is, or all `empty`."""
    content = "'empty'" if empty else f"CASE WHEN {_chance('n')} < {_full()} THEN 'occupied' ELSE 'empty' END"
    size = "CASE WHEN n % 20 = 0 THEN 'XL' WHEN n % 5 = 0 THEN 'L' WHEN n % 5 < 3 THEN 'S' ELSE 'M' END"
    height = "CASE WHEN n % 20 = 0 THEN 860 WHEN n % 5 = 0 THEN 420 WHEN n % 5 < 3 THEN 90 ELSE 200 END"
    reach = "CASE n % 3 WHEN 0 THEN 'low' WHEN 1 THEN 'middle' ELSE 'high' END"
    with store.write() as db:
        _unguarded(db)
        db.execute(
            "INSERT INTO compartments (locker_id, n, size_class, width_mm, height_mm, depth_mm, reach, module, x_mm,"
            " y_mm, front_width_mm, front_height_mm, holds_child, content, in_service)"
            f" SELECT 'l-' || i, n, {size}, 380, {height}, 640, {reach}, 'A', 0, 0, 0, 0, 0, {content},"
            f" CASE WHEN {_chance('n + 41')} < {100 if empty else 99} THEN 1 ELSE 0 END"
            f" FROM {_numbers(db)} JOIN (SELECT i AS n FROM {_numbers(db)}) AS boxes"
            # As lockers describe themselves: the compartments of one lie side by side.
            f" ON n <= {BOXES_LEAST} + i % {BOXES_SPAN} ORDER BY i, n",
            (1, lockers, 1, BOXES_LEAST + BOXES_SPAN - 1),
        )
        if not empty:
            # One compartment in two hundred sticks.
            db.execute(
                f"INSERT INTO faults (locker_id, n, fault) SELECT 'l-' || i, 1 + i % {BOXES_LEAST}, 'jammed'"
                f" FROM {_numbers(db)} WHERE i % 10 = 3",
                (1, lockers),
            )


def promise_parcels(store: Store, lockers: int, each: int, at_s: int) -> None:
    """So many parcels are on their way to each locker, and room is held for them."""
    _add_parcels(store, (1, lockers * each), lockers, at_s, "promised")


def lay_in(store: Store, at_s: int) -> None:
    """A parcel lies in every compartment that is occupied. Its code is nobody's: what is measured asks for none."""
    with store.write() as db:
        _unguarded(db)
        name, lying = "'i-' || locker_id || '-' || n", "FROM compartments WHERE content = 'occupied'"
        db.execute(f"{_PARCELS} SELECT {_parcel(name, name, '60', 'inside')} {lying}", (_SEALED, at_s))
        db.execute(f"{_PICKUPS} SELECT {_pickup(name, 'inside')} {lying}", (_SEALED, at_s, at_s))
        db.execute(f"INSERT INTO holdings (locker_id, n, pickup_id) SELECT locker_id, n, {name} {lying}")
        db.execute(f"{_DELIVERIES} SELECT {name}, {name}, {name}, locker_id, 'inside', n, ? {lying}", (at_s,))


def add_finished(store: Store, span: tuple[int, int], lockers: int, at_s: int) -> None:
    """Parcels that were collected long ago: each with its stay, its code, one report and one event of the log."""
    with _indexed_at_the_end(store):
        for start in range(span[0], span[1] + 1, SLICE):
            _add_finished(store, (start, min(span[1], start + SLICE - 1)), lockers, at_s)


def _add_finished(store: Store, some: tuple[int, int], lockers: int, at_s: int) -> None:
    at_ms, at = at_s * 1000, _at(lockers)
    _add_parcels(store, some, lockers, at_s, "ended")
    with store.write() as db:
        _unguarded(db)
        where = f"FROM {_numbers(db)}"
        db.execute(
            f"INSERT INTO admissions (pickup_id, locker_id, pin_tag) SELECT {_hex('k')}, {at}, {_hex('t', 32)} {where}",
            some,
        )
        # Below what the lockers will tell: positions begin with 1.
        db.execute(
            "INSERT INTO reports (locker_id, digest, parent, position, kind, fact, state, received_ms)"
            f" SELECT {at}, {_hex('r', 64)}, {_hex('s', 64)}, -i, 'collected', '{_FACT}', 'applied', ? {where}",
            (at_ms, *some),
        )
        db.execute(
            "INSERT INTO events (kind, parcel_id, locker_id, locker_at_ms, hub_at_ms)"
            f" SELECT 'collected', {_PARCEL}, {at}, ?, ? {where}",
            (at_ms, at_ms, *some),
        )


def _add_parcels(store: Store, span: tuple[int, int], lockers: int, at_s: int, state: str) -> None:
    kind = _chance("7")
    # Most fit the smallest compartments.
    height = f"CASE WHEN {kind} < 60 THEN 60 WHEN {kind} < 88 THEN 150 WHEN {kind} < 98 THEN 350 ELSE 700 END"
    pickup, delivery = _hex("k"), f"'d_' || {_hex('d')}"
    with store.write() as db:
        _unguarded(db)
        where = f"FROM {_numbers(db)}"
        parcel = _parcel(_PARCEL, _hex("w", 64), height, state)
        db.execute(f"{_PARCELS} SELECT {parcel} {where}", (_SEALED, at_s, *span))
        db.execute(f"{_PICKUPS} SELECT {_pickup(pickup, state)} {where}", (_SEALED, at_s, at_s, *span))
        row = f"{delivery}, {_PARCEL}, {pickup}, {_at(lockers)}, '{state}', CAST(NULL AS INTEGER), ?"
        db.execute(f"{_DELIVERIES} SELECT {row} {where}", (at_s, *span))


_PARCELS = (
    "INSERT INTO parcels (id, carrier, tracking_number, recipient_sealed, recipient_lookup, width_mm, height_mm,"
    " depth_mm, low, perishable, age_check, page_lookup, status, live, announced_s)"
)
_PICKUPS = (
    "INSERT INTO pickups (id, recipient_lookup, pin_sealed, pin_lookup, generation, home_number, not_after_s, live,"
    " created_s)"
)
_DELIVERIES = "INSERT INTO deliveries (id, parcel_id, pickup_id, locker_id, state, n, created_s)"
_FACT = (
    '{"at": {"run_ms": 1, "wall_ms": 1750000000000, "trusted": true}, "n": 1, "visit": "out-d_0123456789abcdef",'
    ' "pickup": "0123456789abcdef", "deliveries": ["d_0123456789abcdef"], "kind": "collected"}'
)
_SEALED = bytes(120)


def _parcel(name: str, page: str, height: str, state: str) -> str:
    status, live = ("collected", 0) if state == "ended" else ("announced", 1)
    return f"{name}, '{CARRIER}', 'F' || {name}, ?, '', 300, {height}, 200, 0, 0, 0, {page}, '{status}', {live}, ?"


def _pickup(name: str, state: str) -> str:
    return f"{name}, '', ?, {name}, 1, 1, ?, {int(state != 'ended')}, ?"


def _at(lockers: int) -> str:
    return f"'l-' || ((i - 1) % {lockers} + 1)"


def _hex(salt: str, digits: int = 16) -> str:
    """Digits that look drawn, as real ids do: neighbours in time are none in an index."""
    whole = f"md5('{salt}' || i)"
    return f"substr({whole}, 1, {digits})" if digits <= 32 else f"{whole} || {whole}"


_PARCEL = f"'p_' || {_hex('p')}"


def _chance(salt: str) -> str:
    """Something from 0 to 99 that looks drawn, for each locker and a number."""
    return f"(i * 7919 + ({salt}) * 104729 + i * ({salt}) * 31) % 9973 % 100"


def _full() -> str:
    return f"{OCCUPIED_LEAST} + i * 7907 % {OCCUPIED_SPAN}"


def _numbers(db: Connection) -> str:
    """A table of the numbers from one value to another, named i."""
    if isinstance(db, sqlite3.Connection):
        return (
            "(WITH RECURSIVE counted (i, last) AS (SELECT ?, ? UNION ALL SELECT i + 1, last FROM counted"
            " WHERE i < last) SELECT i FROM counted) AS numbers"
        )
    return "generate_series(CAST(? AS BIGINT), CAST(? AS BIGINT)) AS numbers (i)"


def _unguarded(db: Any) -> None:
    """Rules between tables aren't asked in this transaction: what is filled in keeps them."""
    if isinstance(db, sqlite3.Connection):
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.create_function("md5", 1, _digest, deterministic=True)
    else:
        db.execute("SET LOCAL session_replication_role = replica")


@contextmanager
def _indexed_at_the_end(store: Store) -> Iterator[None]:
    """A server makes an index of millions of rows in seconds, and keeps one up to date row by row in an hour."""
    with store.write() as db:
        if isinstance(db, sqlite3.Connection):
            tables = []
        else:
            # None is kept up or asked until it is made anew: what the server itself notes about a half-made one.
            asleep = db.execute(
                "UPDATE pg_index SET indisready = FALSE, indisvalid = FALSE FROM pg_class WHERE pg_class.oid = indrelid"
                " AND relkind = 'r' AND relnamespace = current_schema()::regnamespace RETURNING relname"
            )
            tables = sorted({str(row[0]) for row in asleep.fetchall()})
    yield
    for table in tables:
        with store.write() as db:
            db.execute(f"REINDEX TABLE {table}")


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
