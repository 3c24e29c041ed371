"""A locker's life of many facts, made in one go: what its journal would hold after a month without a network.

As many parcels as there is room for come and go; from then on no order could reach the locker, so what is left is what
happens at one all the same: rounds of an operator who looks into boxes, wrong codes, doors that stick and work again.
The orders in the journal are the hub's own, and most facts change something there.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
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

PARCELS = 16
AT_ONCE = 1_000
STEP_MS = 26_000
"""A fact every 26 s is 100 000 facts in 30 days."""


def announced(hub: Hub, locker_id: str) -> None:
    """Parcels are announced for one locker. Without the slow hash for each: their PINs are never typed."""
    with hub.store.write() as db:
        place = lockers.find(db, locker_id)
        assert place is not None
        for number in range(PARCELS):
            wish = Announcement(
                tracking_number=f"LONG-{number}", carrier="bench", locker_id=locker_id, width_mm=300, height_mm=60,
                depth_mm=200, recipient=Recipient(name=f"Ada {number}", email=f"ada{number}@example.org"),
            )  # fmt: skip
            parcel = announce._add_parcel(db, hub, wish)
            promises.promise(db, hub, parcel, place, promises.Code(f"{number:08d}", f"{number:032x}"))


def written(settings: Settings, orders: list[dict[str, object]], epoch: str, wanted: int) -> Path:
    """The journal of a locker that has obeyed these orders one after the other, `wanted` facts long."""
    path = settings.locker.data_dir / "journal.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    journal, life = Journal(open_file(path)), islice(_life(settings, orders, epoch), wanted)
    while some := list(islice(life, AT_ONCE)):
        journal.append(some)
        journal.tidy()
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
            yield from stay(at, n, str(body["delivery"]), str(body["pickup"]))
    for turn in count():
        yield from _round(at, turn % len(boxes) + 1, f"round-{turn}")


def _round(at: Callable[[], Moment], n: int, visit: str) -> Iterator[Fact]:
    """An operator looks into a box whose door has stuck; before, somebody has mistyped a code."""
    yield facts.PinRefused(at=at())
    yield facts.FaultFound(at=at(), n=n, fault="jammed")
    yield facts.VisitStarted(at=at(), visit=visit, party="operator", by="pass", who="olga")
    yield facts.UnlockAuthorised(at=at(), n=n, reason="inspect", visit=visit)
    yield facts.Opened(at=at(), n=n, visit=visit)
    yield facts.FaultCleared(at=at(), n=n, fault="jammed")
    yield facts.Closed(at=at(), n=n, visit=visit)
    yield facts.Inspected(at=at(), n=n, visit=visit)
    yield facts.VisitEnded(at=at(), visit=visit)


def stay(at: Callable[[], Moment], n: int, delivery: str, pickup: str) -> Iterator[Fact]:
    """A courier brings a parcel, its recipient takes it."""
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
