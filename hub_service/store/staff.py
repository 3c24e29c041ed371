"""The codes of couriers and operators, and the parcels that requests with an idempotency key have made."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.store.database import Store
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection
from hub_service.store.typed_codes import refuse_if_several_have

_CODE = "pass"
_CARD = "card"
TYPED = "pin"
"""All typed codes are found by hashes of one purpose, so that none of them opens two things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    """A member of staff who may use the lockers with a code."""

    id: str
    party: str
    who: str
    carrier: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What one locker knows a pass by: the tag of its code, and that of the card that belongs to it ("": none)."""

    code: str
    card: str = ""


def add_pass(db: Connection, store: Store, holder: PassRecord, code: str, now_s: int) -> None:
    """Gives a code to somebody; raises IntegrityError if it opens something already."""
    refuse_if_several_have(db, store.vault.lookup(code, TYPED))
    db.execute(
        "INSERT INTO passes (id, party, who, carrier, code_sealed, code_lookup, typed_lookup, created_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            holder.id, holder.party, holder.who, holder.carrier, store.vault.seal(code, _CODE),
            store.vault.lookup(code, _CODE), store.vault.lookup(code, TYPED), now_s,
        ),
    )  # fmt: skip


def set_card(db: Connection, store: Store, pass_id: str, number: str) -> None:
    """This card belongs to the pass: without it its code opens nothing."""
    db.execute(
        "INSERT INTO pass_cards (pass_id, number_sealed) VALUES (?, ?)", (pass_id, store.vault.seal(number, _CARD))
    )


def card_of(db: Connection, store: Store, pass_id: str) -> str:
    """The number of a pass's card ("": it has none)."""
    row = db.execute("SELECT number_sealed FROM pass_cards WHERE pass_id = ?", (pass_id,)).fetchone()
    return "" if row is None else store.vault.open(row["number_sealed"], _CARD)


def find_pass(db: Connection, pass_id: str) -> PassRecord | None:
    """A pass that hasn't ended."""
    row = db.execute(
        "SELECT id, party, who, carrier FROM passes WHERE id = ? AND ended_s IS NULL", (pass_id,)
    ).fetchone()
    return None if row is None else PassRecord(**dict(row))


def find_by_code(db: Connection, store: Store, code: str) -> PassRecord | None:
    """The pass with this code, if it hasn't ended."""
    row = db.execute(
        "SELECT id, party, who, carrier FROM passes WHERE code_lookup = ? AND ended_s IS NULL",
        (store.vault.lookup(code, _CODE),),
    ).fetchone()
    return None if row is None else PassRecord(**dict(row))


def forget_tags(db: Connection, locker_id: str) -> None:
    """The locker has another key for typed codes, or none of its old memory."""
    db.execute("DELETE FROM pass_tags WHERE locker_id = ?", (locker_id,))


def count_passes(db: Connection) -> int:
    """How many codes of staff open something now."""
    found: int = db.execute("SELECT COUNT(*) FROM passes WHERE ended_s IS NULL").fetchone()[0]
    return found


def end_pass(db: Connection, pass_id: str, now_s: int) -> dict[str, str]:
    """The code is nobody's from now on; returns the tags that lockers know it by."""
    db.execute("UPDATE passes SET ended_s = ? WHERE id = ?", (now_s, pass_id))
    rows = db.execute("DELETE FROM pass_tags WHERE pass_id = ? RETURNING locker_id, tag", (pass_id,))
    return {row["locker_id"]: row["tag"] for row in rows.fetchall()}


def enter_codes(store: Store, now_s: int) -> int:
    """Enters passes from before into the one space of typed codes; how many had to end as they open something else."""
    ended = 0
    with store.write() as db:
        query = "SELECT id, code_sealed FROM passes WHERE ended_s IS NULL AND typed_lookup = ''"
        for row in db.execute(query).fetchall():
            lookup = store.vault.lookup(store.vault.open(row["code_sealed"], _CODE), TYPED)
            try:
                db.execute("UPDATE passes SET typed_lookup = ? WHERE id = ?", (lookup, row["id"]))
            except IntegrityError:
                db.execute("UPDATE passes SET ended_s = ? WHERE id = ?", (now_s, row["id"]))
                ended += 1
    return ended


def live_passes(db: Connection, store: Store) -> list[tuple[PassRecord, str]]:
    rows = db.execute("SELECT id, party, who, carrier, code_sealed FROM passes WHERE ended_s IS NULL ORDER BY id")
    return [
        (PassRecord(**{name: row[name] for name in ("id", "party", "who", "carrier")}), store.vault.open(row[4], _CODE))
        for row in rows
    ]


def set_tag(db: Connection, pass_id: str, locker_id: str, tags: Tags) -> None:
    """Keeps what a locker is told about a pass."""
    db.execute(
        "INSERT INTO pass_tags (pass_id, locker_id, tag, card_tag) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (pass_id, locker_id) DO NOTHING",
        (pass_id, locker_id, tags.code, tags.card),
    )


def tagged(db: Connection, locker_id: str) -> list[tuple[PassRecord, Tags]]:
    """All passes that a locker honours, with their tags there."""
    rows = db.execute(
        "SELECT p.id, p.party, p.who, p.carrier, t.tag, t.card_tag FROM passes AS p"
        " JOIN pass_tags AS t ON t.pass_id = p.id"
        " WHERE t.locker_id = ? AND p.ended_s IS NULL ORDER BY p.id",
        (locker_id,),
    )
    return [(PassRecord(id=row[0], party=row[1], who=row[2], carrier=row[3]), Tags(row[4], row[5])) for row in rows]


def untagged(db: Connection, locker_id: str) -> set[str]:
    """Passes with a lasting code that a locker doesn't know yet."""
    rows = db.execute(
        "SELECT id FROM passes WHERE ended_s IS NULL AND id NOT IN (SELECT pass_id FROM pass_tags WHERE locker_id = ?)"
        # Whoever has a code a day opens nothing with the code that they sign in with.
        " AND id NOT IN (SELECT pass_id FROM daily_passes)",
        (locker_id,),
    )
    return {row["id"] for row in rows}


def remember_request(db: Connection, caller_key: tuple[str, str], digest: str, parcel_id: str, now_s: int) -> None:
    """A request with an idempotency key was answered with this parcel."""
    db.execute(
        "INSERT INTO idempotency_keys (caller, key, request_digest, parcel_id, created_s) VALUES (?, ?, ?, ?, ?)",
        (*caller_key, digest, parcel_id, now_s),
    )


def remembered(db: Connection, caller_key: tuple[str, str]) -> tuple[str, str] | None:
    """The digest of the request that came with this key before, and the parcel it was answered with."""
    row = db.execute(
        "SELECT request_digest, parcel_id FROM idempotency_keys WHERE caller = ? AND key = ?", caller_key
    ).fetchone()
    return None if row is None else (row["request_digest"], row["parcel_id"])
