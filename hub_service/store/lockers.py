"""Lockers and their compartments: what the operator said of them, and what they have told themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hub_service.domain.placement import Box
from hub_service.store.database import Store
from hub_service.store.records import CompartmentRecord, LockerRecord, read, read_all, read_one
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection
from hub_service.store.statements import each, insert
from locker.wire.chain import GENESIS
from locker.wire.facts import CompartmentSpec

_CODE_KEY = "code key"


def add(db: Connection, store: Store, values: dict[str, Any], code_key: bytes) -> None:
    """Makes a locker known; raises IntegrityError where its id, number or key is known already."""
    sealed = store.vault.seal(code_key.hex(), _CODE_KEY)
    row = values | {"code_key_sealed": sealed, "head": GENESIS, "last_digest": GENESIS}
    insert(db, "lockers", row)


def find(db: Connection, locker_id: str) -> LockerRecord | None:
    return read_one(LockerRecord, db.execute("SELECT * FROM lockers WHERE id = ?", (locker_id,)).fetchone())


def find_all(db: Connection, locker_ids: Sequence[str]) -> list[LockerRecord]:
    """Those of these lockers that are known."""
    rows = db.execute(f"SELECT * FROM lockers WHERE id IN ({marks(locker_ids)})", filled(locker_ids))
    return read_all(LockerRecord, rows)


def save_told(db: Connection, told: Iterable[tuple[LockerRecord, bool]], now_ms: int) -> None:
    """Keeps how far lockers are that have just told it, each with whether it was in its newest epoch."""
    db.executemany(
        "UPDATE lockers SET head = ?, reports = ?, online = 1, seen_ms = ?, stands_epoch = ?, stands_order = ?,"
        " stands_digest = ?, reached_epoch = CASE WHEN ? = 1 THEN epoch ELSE reached_epoch END WHERE id = ?",
        [
            (
                one.head, one.reports, now_ms, one.stands_epoch, one.stands_order, one.stands_digest, int(reached),
                one.id,
            )
            for one, reached in told
        ],
    )  # fmt: skip


def save_heard(db: Connection, locker_ids: Sequence[str], now_ms: int) -> None:
    """Keeps when these lockers have said something, and nothing else of them."""
    if locker_ids:
        db.execute(f"UPDATE lockers SET seen_ms = ? WHERE id IN ({marks(locker_ids)})", (now_ms, *filled(locker_ids)))


def save_doors(db: Connection, doors: Mapping[tuple[str, int], bool]) -> None:
    """Keeps which doors stand open, by locker and number."""
    db.executemany(
        "UPDATE compartments SET door_open = ? WHERE locker_id = ? AND n = ?",
        [(int(is_open), locker_id, n) for (locker_id, n), is_open in doors.items()],
    )


def every(db: Connection) -> list[LockerRecord]:
    return read_all(LockerRecord, db.execute("SELECT * FROM lockers ORDER BY number"))


def behind(db: Connection) -> list[LockerRecord]:
    """Lockers that are connected and have something to apply."""
    # In the words of the index `lockers_behind`, which is all that is looked at.
    rows = db.execute(
        "SELECT * FROM lockers WHERE online = 1"
        " AND (stands_epoch <> epoch OR stands_order <> last_order OR stands_digest <> last_digest)"
    )
    return read_all(LockerRecord, rows)


def with_old_orders(db: Connection, kept: int) -> list[str]:
    """Lockers of whose orders some lie more than so many behind where they stand, or in an epoch that is over."""
    # Each question is where in the index of the locker's orders something begins: none of them is read.
    rows = db.execute(
        "SELECT l.id FROM lockers AS l WHERE l.stands_epoch = l.epoch AND (EXISTS (SELECT 1 FROM orders AS o"
        " WHERE o.locker_id = l.id AND o.epoch = l.epoch AND o.number < l.stands_order - ?)"
        " OR EXISTS (SELECT 1 FROM orders AS o WHERE o.locker_id = l.id AND o.epoch < l.epoch)"
        " OR EXISTS (SELECT 1 FROM orders AS o WHERE o.locker_id = l.id AND o.epoch > l.epoch)) ORDER BY l.id",
        (kept,),
    )
    return [row["id"] for row in rows]


def count(db: Connection) -> int:
    """How many lockers there are."""
    return int(db.execute("SELECT COUNT(*) FROM lockers").fetchone()[0])


def tally(db: Connection) -> tuple[int, int]:
    """How many lockers there are, and how many of them are offline."""
    row = db.execute("SELECT COUNT(*), COALESCE(SUM(1 - online), 0) FROM lockers").fetchone()
    return int(row[0]), int(row[1])


def offline_first(db: Connection, limit: int) -> list[LockerRecord]:
    """The first lockers by their numbers, before these those that are offline."""
    found: list[LockerRecord] = []
    for online in (0, 1):
        rows = db.execute(
            f"SELECT * FROM lockers WHERE online = {online} ORDER BY number LIMIT ?", (limit - len(found),)
        )
        found += read_all(LockerRecord, rows)
    return found


def code_key(db: Connection, store: Store, locker_id: str) -> bytes:
    """The key that this locker's typed codes are hashed with."""
    return opened_code_key(store, sealed_code_keys(db, (locker_id,))[locker_id])


def sealed_code_keys(db: Connection, locker_ids: Sequence[str]) -> dict[str, bytes]:
    """These lockers' keys as they are stored: equal only as long as it is the same key."""
    rows = db.execute(f"SELECT id, code_key_sealed FROM lockers WHERE id IN ({marks(locker_ids)})", filled(locker_ids))
    return {row["id"]: bytes(row["code_key_sealed"]) for row in rows}


def opened_code_key(store: Store, sealed: bytes) -> bytes:
    return bytes.fromhex(store.vault.open(sealed, _CODE_KEY))


def ids(db: Connection) -> list[str]:
    """All lockers, in the order of their numbers."""
    return [row["id"] for row in db.execute("SELECT id FROM lockers ORDER BY number")]


def update(db: Connection, locker_id: str, **values: str | int) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE lockers SET {assignments} WHERE id = ?", (*values.values(), locker_id))


def note_reached(db: Connection, locker_id: str, epoch: str) -> None:
    """A locker is, or was, in this epoch; only the newest is of interest."""
    db.execute("UPDATE lockers SET reached_epoch = ? WHERE id = ? AND epoch = ?", (epoch, locker_id, epoch))


def has_left(db: Connection, locker_id: str) -> bool:
    """Whether a locker was in its newest epoch and isn't any more: it would never obey that one again."""
    row = db.execute("SELECT epoch, reached_epoch, stands_epoch FROM lockers WHERE id = ?", (locker_id,)).fetchone()
    return bool(row["reached_epoch"] == row["epoch"] != row["stands_epoch"])


def split_epoch(db: Connection, locker_id: str) -> str:
    """The epoch that began with less than everything, the rest being its first orders ("": none)."""
    found: str = db.execute("SELECT split_epoch FROM lockers WHERE id = ?", (locker_id,)).fetchone()[0]
    return found


def describe(db: Connection, locker_id: str, built: tuple[CompartmentSpec, ...]) -> None:
    """Takes over the machine as it was built. Nobody has looked into what is new; what is gone is offered no more."""
    known = {
        row["n"] for row in db.execute("SELECT n FROM compartments WHERE locker_id = ? AND present = 1", (locker_id,))
    }
    db.execute("UPDATE compartments SET present = 0 WHERE locker_id = ?", (locker_id,))
    for spec in built:
        row = {"locker_id": locker_id, **asdict(spec), "holds_child": int(spec.holds_child), "present": 1}
        if spec.n not in known:
            row |= {"content": "uncertain", "doubt": "new"}
        updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("locker_id", "n"))
        db.execute(
            f"INSERT INTO compartments ({', '.join(row)}) VALUES ({each(row)})"
            f" ON CONFLICT (locker_id, n) DO UPDATE SET {updates}",
            tuple(row.values()),
        )


def any_silent(db: Connection, before_ms: int) -> bool:
    """Whether a locker counts as online that hasn't said anything since then."""
    found = db.execute("SELECT 1 FROM lockers WHERE online = 1 AND seen_ms < ?", (before_ms,)).fetchone()
    return found is not None


def mark_silent(db: Connection, before_ms: int) -> list[str]:
    """Lockers that haven't said anything since then are offline; returns those that this is new of."""
    rows = db.execute("UPDATE lockers SET online = 0 WHERE online = 1 AND seen_ms < ? RETURNING id", (before_ms,))
    return [row["id"] for row in rows.fetchall()]


def compartments(db: Connection, locker_id: str) -> list[CompartmentRecord]:
    rows = db.execute("SELECT * FROM compartments WHERE locker_id = ? AND present = 1 ORDER BY n", (locker_id,))
    return read_all(CompartmentRecord, rows)


def compartments_of(db: Connection, locker_ids: Sequence[str]) -> dict[str, tuple[CompartmentRecord, ...]]:
    """The same of each of these lockers."""
    rows = db.execute(
        f"SELECT * FROM compartments WHERE locker_id IN ({marks(locker_ids)}) AND present = 1 ORDER BY n",
        filled(locker_ids),
    )
    found: dict[str, list[CompartmentRecord]] = {one: [] for one in locker_ids}
    for record in read_all(CompartmentRecord, rows):
        found[record.locker_id].append(record)
    return {name: tuple(some) for name, some in found.items()}


def compartment(db: Connection, locker_id: str, n: int) -> CompartmentRecord | None:
    row = db.execute("SELECT * FROM compartments WHERE locker_id = ? AND n = ?", (locker_id, n)).fetchone()
    return None if row is None else read(CompartmentRecord, row)


def free_boxes(db: Connection, locker_id: str) -> list[Box]:
    """Compartments that could be given to somebody new: empty, in service, without a fault."""
    rows = db.execute(
        "SELECT * FROM compartments AS c WHERE locker_id = ? AND present = 1 AND content = 'empty' AND in_service = 1"
        " AND NOT EXISTS (SELECT 1 FROM faults AS f WHERE f.locker_id = c.locker_id AND f.n = c.n) ORDER BY n",
        (locker_id,),
    )
    return [record.box for record in read_all(CompartmentRecord, rows)]


def set_content(db: Connection, locker_id: str, n: int, content: str, doubt: str = "") -> None:
    db.execute(
        "UPDATE compartments SET content = ?, doubt = ? WHERE locker_id = ? AND n = ?", (content, doubt, locker_id, n)
    )


def set_door(db: Connection, locker_id: str, n: int, door_open: bool) -> None:
    db.execute("UPDATE compartments SET door_open = ? WHERE locker_id = ? AND n = ?", (int(door_open), locker_id, n))


def set_service(db: Connection, locker_id: str, n: int, in_service: bool, reason: str) -> None:
    db.execute(
        "UPDATE compartments SET in_service = ?, out_reason = ? WHERE locker_id = ? AND n = ?",
        (int(in_service), reason, locker_id, n),
    )


def add_fault(db: Connection, locker_id: str, n: int, fault: str) -> None:
    db.execute(
        "INSERT INTO faults (locker_id, n, fault) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (locker_id, n, fault)
    )


def clear_fault(db: Connection, locker_id: str, n: int, fault: str) -> None:
    db.execute("DELETE FROM faults WHERE locker_id = ? AND n = ? AND fault = ?", (locker_id, n, fault))


def clear_faults(db: Connection, locker_id: str) -> None:
    """Another machine has none of the old one's faults, and finds its own."""
    db.execute("DELETE FROM faults WHERE locker_id = ?", (locker_id,))


def is_known_key(db: Connection, public_key: str) -> bool:
    """Whether some machine signs with this key, or did."""
    row = db.execute(
        "SELECT 1 FROM lockers WHERE public_key = ? UNION SELECT 1 FROM retired_keys WHERE public_key = ?",
        (public_key, public_key),
    ).fetchone()
    return row is not None


def retire_key(db: Connection, locker_id: str, public_key: str, now_s: int) -> None:
    """Nobody is believed with this key any more."""
    db.execute(
        "INSERT INTO retired_keys (public_key, locker_id, retired_s) VALUES (?, ?, ?)", (public_key, locker_id, now_s)
    )


def set_code_key(db: Connection, store: Store, locker_id: str, code_key: bytes) -> None:
    """Typed codes are hashed with another key from now on; all tags have to be made anew."""
    sealed = store.vault.seal(code_key.hex(), _CODE_KEY)
    db.execute("UPDATE lockers SET code_key_sealed = ? WHERE id = ?", (sealed, locker_id))


def faults(db: Connection, locker_id: str) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in db.execute("SELECT n, fault FROM faults WHERE locker_id = ? ORDER BY n, fault", (locker_id,)):
        found[row["n"]] = (*found.get(row["n"], ()), row["fault"])
    return found
