"""A locker's life of many facts, made in one go: what its journal would hold after a month without a network.

The parcels are known to the hub, and the orders in the journal are the hub's own, so that reporting all of it is real
work there: people are told, compartments change hands, codes are spent.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from hub_service.handlers import announce, promises
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import lockers
from locker.journal import Journal, open_file
from locker.settings import Settings
from locker.wire import codec, facts
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Fact, Moment

FACTS_A_PARCEL = 14
AT_ONCE = 1_000
STEP_MS = 26_000
"""A fact every 26 s is 100 000 facts in 30 days."""


def announced(hub: Hub, locker_id: str, parcels: int) -> None:
    """So many parcels are announced for one locker. Without the slow hash for each: their PINs are never typed."""
    with hub.store.write() as db:
        place = lockers.find(db, locker_id)
        assert place is not None
        for number in range(parcels):
            wish = Announcement(
                tracking_number=f"LONG-{number}", carrier="bench", locker_id=locker_id, width_mm=300, height_mm=60,
                depth_mm=200, recipient=Recipient(name=f"Ada {number}", email=f"ada{number}@example.org"),
            )  # fmt: skip
            parcel = announce._add_parcel(db, hub, wish)
            promises.promise(db, hub, parcel, place, promises.Code(f"{number:08d}", f"{number:032x}"))


def written(settings: Settings, orders: list[dict[str, object]], epoch: str, count: int) -> Path:
    """The journal of a locker that has obeyed these orders one after the other, `count` facts long."""
    path = settings.locker.data_dir / "journal.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    journal, life = Journal(open_file(path)), islice(_life(settings, orders, epoch), count)
    while some := list(islice(life, AT_ONCE)):
        journal.append(some)
        journal.tidy()
    assert journal.position == count, f"{len(orders)} orders are too few for {count} facts"
    return path


def orders_of(database: Path, locker_id: str) -> tuple[str, list[dict[str, object]]]:
    """The epoch and the bodies of all orders that the hub has for a locker."""
    with sqlite3.connect(database) as db:
        (epoch,) = db.execute("SELECT epoch FROM lockers WHERE id = ?", (locker_id,)).fetchone()
        rows = db.execute("SELECT body FROM orders WHERE locker_id = ? ORDER BY number", (locker_id,))
        return epoch, [json.loads(body) for (body,) in rows]


def _life(settings: Settings, orders: list[dict[str, object]], epoch: str) -> Iterator[Fact]:
    began_ms, clock = int(time.time() * 1000) - 30 * 86_400_000, iter(range(0, 2**50, STEP_MS))

    def at() -> Moment:
        run_ms = next(clock)
        return Moment(run_ms=run_ms, wall_ms=began_ms + run_ms, trusted=True)

    boxes = tuple(box.spec() for box in settings.compartment)
    yield facts.RunStarted(at=at(), run="0" * 16, locker=settings.locker.id, software="0.1.0")
    yield facts.Described(at=at(), number=settings.locker.number, compartments=boxes)
    for box in boxes:
        yield facts.Inspected(at=at(), n=box.n)
    number, last, parcels = 0, GENESIS, 0
    for body in orders:
        number, last, order = number + 1, digest(last, body), codec.order_from_json(body)
        yield facts.OrderApplied(at=at(), epoch=epoch, number=number, digest=last, order=order)
        if body["kind"] == "expect":
            parcels += 1
            n = parcels % len(boxes) + 1
            yield from _stay(at, n, str(body["delivery"]), str(body["pickup"]))


def _stay(at: object, n: int, delivery: str, pickup: str) -> Iterator[Fact]:
    """A courier brings a parcel, its recipient takes it."""
    assert callable(at)
    visit = f"in-{delivery}"
    yield facts.VisitStarted(at=at(), visit=visit, party="courier", by="label")
    yield facts.UnlockAuthorised(at=at(), n=n, reason="deposit", visit=visit, deliveries=(delivery,))
    yield facts.Opened(at=at(), n=n, visit=visit)
    yield facts.Closed(at=at(), n=n, visit=visit)
    yield facts.Deposited(at=at(), n=n, visit=visit, delivery=delivery, pickup=pickup)
    yield facts.VisitEnded(at=at(), visit=visit)
    visit = f"out-{delivery}"
    yield facts.VisitStarted(at=at(), visit=visit, party="recipient", by="ticket", who=pickup)
    yield facts.UnlockAuthorised(at=at(), n=n, reason="collect", visit=visit, deliveries=(delivery,))
    yield facts.Opened(at=at(), n=n, visit=visit)
    yield facts.Collected(at=at(), n=n, visit=visit, pickup=pickup, deliveries=(delivery,))
    yield facts.Closed(at=at(), n=n, visit=visit)
    yield facts.VisitEnded(at=at(), visit=visit)
