"""Pre-printed cards: what stands on them, sealed; which pickup one is bound to; what lockers recognise it by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub_service.store.database import Store
from hub_service.store.sql import Connection, Row

_CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: the text of its QR code, ten digits for typing, and the pickup that it opens (None: nothing yet)."""

    id: str
    text: str
    digits: str
    pickup_id: str | None = None
    ended: bool = False


def add(db: Connection, store: Store, card: Card, now_s: int) -> None:
    """A card that opens nothing; raises IntegrityError where its text or digits are another's."""
    db.execute(
        "INSERT INTO cards (id, text_sealed, text_lookup, digits_sealed, digits_lookup, made_s)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            card.id, store.vault.seal(card.text, _CARD), store.vault.lookup(card.text, _CARD),
            store.vault.seal(card.digits, _CARD), store.vault.lookup(card.digits, _CARD), now_s,
        ),
    )  # fmt: skip


def find(db: Connection, store: Store, text: str) -> Card | None:
    """The card whose QR code says this."""
    row = db.execute("SELECT * FROM cards WHERE text_lookup = ?", (store.vault.lookup(text, _CARD),)).fetchone()
    return None if row is None else _card(store, row)


def bind(db: Connection, card_id: str, pickup_id: str, now_s: int) -> None:
    """From now on the card opens this pickup, for ever: a used card is waste paper."""
    db.execute("UPDATE cards SET pickup_id = ?, bound_s = ? WHERE id = ?", (pickup_id, now_s, card_id))


def bound_to(db: Connection, store: Store, pickup_id: str) -> tuple[Card, ...]:
    """The cards that open a pickup."""
    rows = db.execute("SELECT * FROM cards WHERE pickup_id = ? AND ended = 0 ORDER BY id", (pickup_id,)).fetchall()
    return tuple(_card(store, row) for row in rows)


def set_tags(db: Connection, card_id: str, locker_id: str, tags: Iterable[str]) -> None:
    """Keeps what a locker is told about a card."""
    db.executemany(
        "INSERT INTO card_tags (card_id, locker_id, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(card_id, locker_id, tag) for tag in tags],
    )


def tags(db: Connection, pickup_id: str, locker_id: str) -> tuple[str, ...]:
    """What a locker recognises the cards of a pickup by."""
    rows = db.execute(
        "SELECT t.tag FROM card_tags AS t JOIN cards AS c ON c.id = t.card_id"
        " WHERE c.pickup_id = ? AND t.locker_id = ? ORDER BY t.tag",
        (pickup_id, locker_id),
    )
    return tuple(row["tag"] for row in rows)


def end_of_pickup(db: Connection, pickup_id: str) -> None:
    """The cards of a pickup open nothing any more: its codes were given out anew. Lockers have to be told."""
    db.execute("DELETE FROM card_tags WHERE card_id IN (SELECT id FROM cards WHERE pickup_id = ?)", (pickup_id,))
    # Bound for ever: whoever finds a card that was lost can't have it bound again.
    db.execute("UPDATE cards SET ended = 1 WHERE pickup_id = ?", (pickup_id,))


def forget_tags(db: Connection, locker_id: str) -> None:
    """The locker has another key for codes."""
    db.execute("DELETE FROM card_tags WHERE locker_id = ?", (locker_id,))


def _card(store: Store, row: Row) -> Card:
    return Card(
        id=row["id"], text=store.vault.open(row["text_sealed"], _CARD),
        digits=store.vault.open(row["digits_sealed"], _CARD), pickup_id=row["pickup_id"], ended=bool(row["ended"]),
    )  # fmt: skip
