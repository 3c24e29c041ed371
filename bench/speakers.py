"""Lockers that tell what happens at them, one parcel's life after another, in the bytes that their daemons would send.

Parcels are announced before, without the slow hash for each, because their PINs are never typed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.filling import EPOCH, locker_id
from bench.long_journal import stay
from hub_service.handlers import announce, promises
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import lockers, orders
from hub_service.store.records import DeliveryRecord
from hub_service.store.sql import Connection
from locker.wire import codec, facts, topics
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Fact, Moment
from locker.wire.messages import Batch, Hello

STARTED_MS, RUN = 1_750_000_000_000, "00000000000000aa"
FACTS_A_LIFE, MESSAGES_A_LIFE = 14, 3
ORDERS_A_PARCEL = 2
"""Who may open, and what is to come."""

Message = tuple[str, bytes]
"""A topic, and what is sent to it."""


class Speaker:
    """One locker of a filled store, with its key and its place in both chains."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.locker_id = locker_id(number)
        self._key = Ed25519PrivateKey.generate()
        self._head = self._last = GENESIS
        self._order = self._run_ms = self._parcels = 0

    @property
    def public_key(self) -> str:
        return self._key.public_key().public_bytes_raw().hex()

    def greets(self) -> Message:
        """It says that it is there, and how far it is."""
        hello = Hello(
            locker=self.locker_id, run=RUN, head=self._head, epoch=EPOCH, order_number=self._order,
            order_digest=self._last,
        )  # fmt: skip
        return topics.topic_of(self.locker_id, "hello"), codec.encode(hello, self._key)

    def expects(self, db: Connection, hub: Hub) -> list[Message]:
        """A parcel is announced for it; what it will tell of that, visit by visit."""
        place = lockers.find(db, self.locker_id)
        assert place is not None
        self._parcels += 1
        parcel = announce._add_parcel(db, hub, self._wish())
        pin = f"{self.number:05d}{self._parcels:03d}"
        delivery = promises.promise(db, hub, parcel, place, promises.Code(pin, f"{self._parcels:032x}"))
        bodies = orders.after(db, self.locker_id, EPOCH, self._order, ORDERS_A_PARCEL)
        return list(self._told(bodies, delivery))

    def _told(self, bodies: list[dict[str, object]], delivery: DeliveryRecord) -> Iterator[Message]:
        assert delivery.n, "there is room for all"
        visits = list(stay(self._at, delivery.n, delivery.id, delivery.pickup_id))
        half = len(visits) // 2
        for told in ([self._applied(body) for body in bodies], visits[:half], visits[half:]):
            raw = tuple(codec.fact_to_json(fact) for fact in told)
            batch = Batch(locker=self.locker_id, parent=self._head, facts=raw)
            for fact in raw:
                self._head = digest(self._head, fact)
            yield topics.topic_of(self.locker_id, "batch"), codec.encode(batch, self._key)

    def _applied(self, body: dict[str, object]) -> Fact:
        self._order, self._last = self._order + 1, digest(self._last, body)
        order = codec.order_from_json(body)
        return facts.OrderApplied(at=self._at(), epoch=EPOCH, number=self._order, digest=self._last, order=order)

    def _at(self) -> Moment:
        self._run_ms += 1_000
        return Moment(run_ms=self._run_ms, wall_ms=STARTED_MS + self._run_ms, trusted=True)

    def _wish(self) -> Announcement:
        name = f"{self.number}-{self._parcels}"
        return Announcement(
            tracking_number=f"SPEAKER-{name}", carrier="bench", locker_id=self.locker_id, width_mm=300, height_mm=60,
            depth_mm=200, recipient=Recipient(name=name, email=f"{name}@example.org"),
        )  # fmt: skip
