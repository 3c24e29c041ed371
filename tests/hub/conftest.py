"""A hub with a clock that stands still, and a locker that writes its journal by hand."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.app import build
from hub_service.handlers import announce, looks, orders, reports, sites
from hub_service.handlers.hub import Hub, MovedClock
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import keys
from hub_service.store.databases import open_store
from locker.wire import facts
from locker.wire.chain import GENESIS, digest
from locker.wire.codec import fact_to_json
from locker.wire.facts import CompartmentSpec, Fact, Moment, SizeClass
from locker.wire.messages import Batch, Confirm, FullState, Hello, Message, Orders
from tests.hub.described import holds
from tests.servers.where import database

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

MONDAY_MS = 1_790_000_000_000
INSIDE_MM: dict[SizeClass, int] = {"XS": 60, "S": 90, "M": 200, "L": 420, "XL": 860}


class StandingClock:
    """Time that passes only when somebody says so."""

    def __init__(self) -> None:
        self.ms = MONDAY_MS

    def now_ms(self) -> int:
        return self.ms


class Journal:
    """One locker's side of the link, written by hand: facts in a chain, and a position in the chain of orders."""

    def __init__(self, hub: Hub, locker_id: str) -> None:
        self.hub = hub
        self.locker_id = locker_id
        self.entries: list[tuple[str, dict[str, Any]]] = []
        self.head = GENESIS
        self.told = 0
        self.run = "00000000000000aa"
        self.position = ("", 0, "")
        self.at = Moment(run_ms=1, wall_ms=MONDAY_MS - 250, trusted=True)

    def write(self, *new: Fact) -> None:
        """Facts happen; nobody hears of them yet."""
        for fact in new:
            raw = json.loads(json.dumps(fact_to_json(fact)))
            self.entries.append((self.head, raw))
            self.head = digest(self.head, raw)

    def batch(self, start: int | None = None, end: int | None = None) -> Batch:
        """Entries as they travel."""
        some = self.entries[self.told if start is None else start : end]
        parent = some[0][0] if some else self.head
        return Batch(locker=self.locker_id, parent=parent, facts=tuple(raw for _, raw in some))

    def tell(self, *new: Fact) -> Confirm:
        """Facts happen and reach the hub, which answers."""
        self.write(*new)
        (answer,) = reports.take(self.hub, self.locker_id, self.batch())
        assert isinstance(answer, Confirm)
        self.told = len(self.entries)
        return answer

    def hello(self, run: str = "") -> list[Message]:
        """Greets the hub, stating the position."""
        epoch, number, order_digest = self.position
        greeting = Hello(
            locker=self.locker_id, run=run or self.run, head=self.head, epoch=epoch, order_number=number,
            order_digest=order_digest,
        )  # fmt: skip
        return reports.take(self.hub, self.locker_id, greeting)

    def obey(self, message: Orders | FullState | None) -> list[dict[str, Any]]:
        """Applies orders as a locker would, and tells so; returns their bodies."""
        if message is None:
            return []
        if isinstance(message, FullState):
            self.position = (message.epoch, message.number, message.digest)
            bodies = list(message.snapshot["orders"])
        else:
            assert (message.epoch, message.first, message.parent) == (
                self.position[0], self.position[1] + 1, self.position[2],
            )  # fmt: skip
            bodies, parent = list(message.orders), message.parent
            for raw in bodies:
                parent = digest(parent, raw)
            self.position = (message.epoch, self.position[1] + len(bodies), parent)
        self.hello()
        return bodies

    def catch_up(self) -> list[dict[str, Any]]:
        """Takes all orders that are due."""
        bodies: list[dict[str, Any]] = []
        while (message := orders.due(self.hub, self.locker_id)) is not None:
            assert isinstance(message, Orders | FullState)
            bodies += self.obey(message)
        return bodies

    def deposits(self, parcel: ParcelView, n: int) -> facts.Deposited:
        """A courier has put it there."""
        delivery, pickup = names_of(self.hub, parcel)
        return facts.Deposited(at=self.at, n=n, visit="v", delivery=delivery, pickup=pickup)

    def collects(self, parcel: ParcelView, n: int) -> facts.Collected:
        """Its recipient has taken it."""
        delivery, pickup = names_of(self.hub, parcel)
        return facts.Collected(at=self.at, n=n, visit="w", pickup=pickup, deliveries=(delivery,))


def names_of(hub: Hub, parcel: ParcelView) -> tuple[str, str]:
    """What a parcel's latest delivery and its pickup are called on the wire."""
    with hub.store.read() as db:
        row = db.execute(
            "SELECT id, pickup_id FROM deliveries WHERE parcel_id = ?"
            " ORDER BY state = 'ended', created_s DESC, id DESC",
            (parcel.id,),
        ).fetchone()
    return row["id"], row["pickup_id"]


def spec(n: int, size_class: SizeClass, reach: facts.Reach = "middle") -> CompartmentSpec:
    """A compartment as wide and deep as any, and as high as its class."""
    return CompartmentSpec(
        n=n, size_class=size_class, width_mm=380, height_mm=INSIDE_MM[size_class], depth_mm=640, reach=reach
    )


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def hub(tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    keys.create(tmp_path)
    secret = keys.load(tmp_path)
    store = open_store(database(tmp_path), secret.vault)
    yield Hub(store, secret, MovedClock(clock, store), "http://hub.example")
    store.close()


@pytest.fixture
def set_up(hub: Hub) -> Callable[..., Journal]:
    """Makes a locker with compartments of these classes, empty and online, and returns its journal."""
    numbers = iter(range(1, 100))

    def set_up(locker_id: str = "elm", classes: str = "S M L", **more: Any) -> Journal:
        number = next(numbers)
        key = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        sites.add_locker(
            hub,
            sites.NewLocker(
                id=locker_id,
                number=number,
                name=f"{locker_id.title()} Street",
                where="by the door",
                public_key=key,
                **more,
            ),
        )
        journal = Journal(hub, locker_id)
        boxes = tuple(spec(n, size) for n, size in enumerate(classes.split(), start=1))  # type: ignore[arg-type]
        journal.tell(
            facts.RunStarted(at=journal.at, run=journal.run, locker=locker_id, software="test"),
            facts.Described(at=journal.at, number=number, compartments=boxes),
            *(facts.Inspected(at=journal.at, n=box.n) for box in boxes),
        )
        journal.catch_up()
        return journal

    return set_up


@pytest.fixture
def send(hub: Hub) -> Callable[..., ParcelView]:
    """Announces a parcel that fits an S compartment and everything larger; returns it."""
    numbers = iter(range(1, 10_000))

    def send(locker_id: str | None = "elm", size_mm: tuple[int, int, int] = (300, 60, 200), **more: Any) -> ParcelView:
        number = next(numbers)
        who = more.pop("recipient", Recipient(name=f"Ada {number}", email=f"ada{number}@example.org"))
        width_mm, height_mm, depth_mm = size_mm
        carrier = more.pop("carrier", "demo-post")
        wish = Announcement(
            tracking_number=f"T{number}", carrier=carrier, recipient=who, width_mm=width_mm, height_mm=height_mm,
            depth_mm=depth_mm, locker_id=locker_id, **more,
        )  # fmt: skip
        done = announce.announce(hub, wish)
        assert isinstance(done, ParcelView), done
        return done

    return send


@pytest.fixture
def status(hub: Hub) -> Callable[[ParcelView], str]:
    """What the hub says of a parcel now."""

    def status(parcel: ParcelView) -> str:
        view = looks.parcel(hub, parcel.id)
        assert view is not None
        return view.status

    return status


@pytest.fixture
def notices(hub: Hub) -> Callable[[], list[str]]:
    """The kinds of all notices in the outbox, oldest first."""

    def notices() -> list[str]:
        with hub.store.read() as db:
            return [row["kind"] for row in db.execute("SELECT kind FROM notices_outbox ORDER BY id")]

    return notices


@pytest.fixture
def visit(hub: Hub) -> Callable[..., AbstractContextManager[httpx.Client]]:
    """Opens the hub's HTTP interface, without its link to lockers."""

    def visit(demo: bool, private_webhooks: bool = False) -> AbstractContextManager[httpx.Client]:
        app = build(replace(hub, private_webhooks=private_webhooks), demo)
        client = TestClient(app, raise_server_exceptions=False)
        client.event_hooks["response"].append(holds(app.openapi()))
        return client

    return visit
