"""Staff codes of single days, sealed, and what lockers recognise them by."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.day_codes import Day
from hub_service.store.database import Store
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection, Row
from hub_service.store.staff import TYPED, PassRecord, Tags
from hub_service.store.typed_codes import is_in_use

_SEALED = "day code"
_HOLDER = "p.id, p.party, p.who, p.carrier"
_WHOSE = f"{_HOLDER}, c.day, c.from_s, c.until_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCode:
    """One person's code of one day."""

    holder: PassRecord
    day: Day
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTag:
    """What a locker is told of one of them."""

    holder: PassRecord
    day: Day
    tags: Tags


def make_daily(db: Connection, pass_id: str) -> None:
    """This pass opens lockers by codes of single days only."""
    db.execute("INSERT INTO daily_passes (pass_id) VALUES (?)", (pass_id,))


def add(db: Connection, store: Store, one: DayCode) -> None:
    """A code for one day; raises IntegrityError where it opens something else, or the day has one."""
    lookup = store.vault.lookup(one.code, TYPED)
    if is_in_use(db, lookup):
        raise IntegrityError("this code opens something else")
    db.execute(
        "INSERT INTO day_codes (pass_id, day, from_s, until_s, code_sealed, lookup) VALUES (?, ?, ?, ?, ?, ?)",
        (
            one.holder.id, one.day.number, one.day.from_s, one.day.until_s, store.vault.seal(one.code, _SEALED), lookup,
        ),
    )  # fmt: skip


def without(db: Connection, day: int) -> list[PassRecord]:
    """Those who have no code for a day yet."""
    rows = db.execute(
        f"SELECT {_HOLDER} FROM daily_passes AS d JOIN passes AS p ON p.id = d.pass_id"
        " WHERE p.ended_s IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM day_codes AS c WHERE c.pass_id = p.id AND c.day = ?) ORDER BY p.id",
        (day,),
    ).fetchall()
    return [_holder(row) for row in rows]


def of_day(db: Connection, store: Store, day: int, carrier: str | None = None) -> list[DayCode]:
    """Everybody's code of a day; with a carrier those of its couriers."""
    rows = db.execute(
        f"SELECT {_WHOSE}, c.code_sealed FROM day_codes AS c"
        " JOIN passes AS p ON p.id = c.pass_id WHERE c.day = ? AND p.ended_s IS NULL ORDER BY p.who, p.id",
        (day,),
    ).fetchall()
    return [_code(row, store) for row in rows if carrier in (None, row["carrier"])]


def lockers_behind(db: Connection, until_day: int, limit: int) -> list[str]:
    """Lockers that don't know some code up to a day, by their numbers."""
    found = db.execute(
        "SELECT l.id FROM lockers AS l WHERE EXISTS (SELECT 1 FROM day_codes AS c JOIN passes AS p ON p.id = c.pass_id"
        " WHERE p.ended_s IS NULL AND c.day <= ? AND NOT EXISTS (SELECT 1 FROM day_code_tags AS t"
        " WHERE t.locker_id = l.id AND t.pass_id = c.pass_id AND t.day = c.day)) ORDER BY l.number LIMIT ?",
        (until_day, limit),
    )
    return [row["id"] for row in found]


def untold(db: Connection, store: Store, locker_id: str, until_day: int, limit: int) -> list[DayCode]:
    """Codes that a locker doesn't know yet, the soonest first, up to a day."""
    rows = db.execute(
        f"SELECT {_WHOSE}, c.code_sealed FROM day_codes AS c"
        " JOIN passes AS p ON p.id = c.pass_id WHERE p.ended_s IS NULL AND c.day <= ? AND NOT EXISTS"
        " (SELECT 1 FROM day_code_tags AS t WHERE t.locker_id = ? AND t.pass_id = c.pass_id AND t.day = c.day)"
        " ORDER BY c.day, p.id LIMIT ?",
        (until_day, locker_id, limit),
    ).fetchall()
    return [_code(row, store) for row in rows]


def still_exists(db: Connection, one: DayCode) -> bool:
    """Whether the code is to be told: neither over nor its holder's pass ended since it was read."""
    row = db.execute(
        "SELECT 1 FROM day_codes AS c JOIN passes AS p ON p.id = c.pass_id"
        " WHERE c.pass_id = ? AND c.day = ? AND p.ended_s IS NULL",
        (one.holder.id, one.day.number),
    ).fetchone()
    return row is not None


def set_tags(db: Connection, locker_id: str, one: DayTag) -> bool:
    """Keeps what a locker is told; whether that is new."""
    done = db.execute(
        "INSERT INTO day_code_tags (locker_id, pass_id, day, tag, card_tag) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (locker_id, pass_id, day) DO NOTHING",
        (locker_id, one.holder.id, one.day.number, one.tags.code, one.tags.card),
    )
    return done.rowcount == 1


def tagged(db: Connection, locker_id: str) -> list[DayTag]:
    """All that a locker was told of."""
    rows = db.execute(
        f"SELECT {_WHOSE}, t.tag, t.card_tag FROM day_code_tags AS t"
        " JOIN day_codes AS c ON c.pass_id = t.pass_id AND c.day = t.day JOIN passes AS p ON p.id = c.pass_id"
        " WHERE t.locker_id = ? AND p.ended_s IS NULL ORDER BY c.day, p.id",
        (locker_id,),
    ).fetchall()
    return [DayTag(holder=_holder(row), day=_day(row), tags=Tags(row["tag"], row["card_tag"])) for row in rows]


def end_of_pass(db: Connection, pass_id: str) -> dict[str, tuple[str, ...]]:
    """All codes of a pass are nobody's from now on; returns the tags that lockers know them by."""
    return _end(db, "pass_id = ?", (pass_id,))


def end_over(db: Connection, now_s: int) -> dict[str, tuple[str, ...]]:
    """Codes whose time is over are nobody's; returns the tags that lockers know them by."""
    over = "EXISTS (SELECT 1 FROM day_codes AS c WHERE c.pass_id = {0}.pass_id AND c.day = {0}.day AND c.until_s <= ?)"
    return _end(db, over, (now_s,))


def any_over(db: Connection, now_s: int) -> bool:
    return db.execute("SELECT 1 FROM day_codes WHERE until_s <= ?", (now_s,)).fetchone() is not None


def forget_tags(db: Connection, locker_id: str) -> None:
    """The locker has another key for typed codes, or none of its old memory."""
    db.execute("DELETE FROM day_code_tags WHERE locker_id = ?", (locker_id,))


def _holder(row: Row) -> PassRecord:
    return PassRecord(id=row["id"], party=row["party"], who=row["who"], carrier=row["carrier"])


def _day(row: Row) -> Day:
    return Day(row["day"], row["from_s"], row["until_s"])


def _code(row: Row, store: Store) -> DayCode:
    return DayCode(holder=_holder(row), day=_day(row), code=store.vault.open(row["code_sealed"], _SEALED))


def _end(db: Connection, which: str, values: tuple[object, ...]) -> dict[str, tuple[str, ...]]:
    rows = db.execute(
        f"DELETE FROM day_code_tags WHERE {which.format('day_code_tags')} RETURNING locker_id, tag", values
    ).fetchall()
    db.execute(f"DELETE FROM day_codes WHERE {which.format('day_codes')}", values)
    ended: dict[str, tuple[str, ...]] = {}
    for row in rows:
        ended[row["locker_id"]] = (*ended.get(row["locker_id"], ()), row["tag"])
    return ended
