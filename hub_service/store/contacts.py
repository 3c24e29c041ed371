"""Finds parcels by what people say at the telephone: a number on a label, the end of one, a mail address, a phone."""

from __future__ import annotations

from hub_service.store.database import Store
from hub_service.store.parcels import names_of
from hub_service.store.records import ParcelRecord, read_all
from hub_service.store.sql import Connection
from hub_service.store.statements import each

_PURPOSE = "contact of a parcel"
TAIL_MIN = 4


def remember(db: Connection, store: Store, parcel_id: str, addresses: tuple[str, ...]) -> None:
    """Lets a parcel be found by these addresses."""
    for lookup in lookups(store, addresses):
        db.execute(
            "INSERT INTO parcel_contacts (lookup, parcel_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (lookup, parcel_id)
        )


def lookups(store: Store, addresses: tuple[str, ...]) -> list[str]:
    """By which a parcel with these addresses is found."""
    return [store.vault.lookup(address, _PURPOSE) for address in dict.fromkeys(filter(None, map(plain, addresses)))]


def find(db: Connection, store: Store, said: str, limit: int) -> list[ParcelRecord]:
    """Parcels that this may mean, those under way first, then the newest."""
    names = names_of((said, said.upper()))
    tail = "".join(letter for letter in said.upper() if letter.isalnum())
    # The end of a number is looked for among what is under way, where that is all there is.
    by_tail = " UNION SELECT parcel_id FROM live_labels WHERE label LIKE ?" if len(tail) >= TAIL_MIN else ""
    rows = db.execute(
        "SELECT * FROM parcels WHERE id IN ("
        f"SELECT parcel_id FROM live_labels WHERE label IN ({each(names)})"
        " UNION SELECT parcel_id FROM parcel_contacts WHERE lookup = ?"
        f" UNION SELECT id FROM parcels WHERE tracking_number = ?{by_tail}"
        ") ORDER BY live DESC, announced_s DESC, id LIMIT ?",
        (*names, store.vault.lookup(plain(said), _PURPOSE), said, *([f"%{tail}"] if by_tail else []), limit),
    )
    return read_all(ParcelRecord, rows)


def forget(db: Connection, parcel_id: str) -> None:
    db.execute("DELETE FROM parcel_contacts WHERE parcel_id = ?", (parcel_id,))


def plain(address: str) -> str:
    """An address as it is compared: `+49 (151) 23-45` and `+491512345` are one."""
    if "@" in address:
        return address.strip().casefold()
    return "".join(letter for letter in address if letter.isdigit() or letter == "+")
