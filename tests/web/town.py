"""A small town for tests of pages: a real hub with a real store, one locker that tells it facts, and a few people."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import FastAPI

from hub_service.handlers import announce, attempts, looks, reports, sites
from hub_service.handlers.hub import open_hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, FailedAttempt, Recipient
from hub_service.notices.channels import Mailbox
from hub_service.notices.worker import Worker
from hub_service.store import keys
from hub_service.web import router
from hub_service.web.provider import Provider
from locker.wire.chain import GENESIS, digest
from locker.wire.codec import fact_to_json
from locker.wire.facts import (
    Collected,
    CompartmentSpec,
    ContentsUncertain,
    Deposited,
    Described,
    Fact,
    Inspected,
    Moment,
    Retrieved,
    RunStarted,
)
from locker.wire.messages import Batch, Presence
from tests.servers.where import database

LOCKER, RUN = "elm", "00000000000000aa"
MIDDLE_MM = (350, 180, 300)
FRONTS = tuple(
    CompartmentSpec(
        n=n, size_class="M", width_mm=380, height_mm=200, depth_mm=640, x_mm=20 + 400 * ((n - 1) // 3),
        y_mm=20 + 220 * ((n - 1) % 3), front_width_mm=380, front_height_mm=200,
    )
    for n in range(1, 7)
)  # fmt: skip


class Town:
    """The hub behind the pages. Methods let something happen in the world, and return when the hub knows."""

    def __init__(self, folder: Path) -> None:
        keys.create(folder)
        links = folder / "links.json"
        place = {"id": LOCKER, "kiosk_url": "http://127.0.0.1:1/kiosk", "twin_url": "http://127.0.0.1:1/twin"}
        links.write_text(json.dumps({"lockers": [place]}))
        self.hub = open_hub(folder, database(folder), public_url="http://testserver", links=links, moved=True)
        self._head = GENESIS
        sites.add_locker(
            self.hub,
            sites.NewLocker(
                id=LOCKER, number=1, name="Elm Street 12", where="left of the lifts", public_key="ab" * 32,
                help_phone="+1 202 555 0100", latitude=52.52, longitude=13.405,
            ),
        )  # fmt: skip
        self.tell(
            RunStarted(at=self.now, run=RUN, locker=LOCKER, software="test"),
            Described(at=self.now, number=1, compartments=FRONTS),
            *(Inspected(at=self.now, n=front.n) for front in FRONTS),
        )

    @property
    def now(self) -> Moment:
        """The locker's clock."""
        return Moment(run_ms=1, wall_ms=self.hub.now_ms(), trusted=True)

    def app(self, demo: bool = True, provider: Provider | None = None) -> FastAPI:
        """The pages."""
        app = FastAPI()
        app.include_router(router(self.hub, demo, provider))
        return app

    def tell(self, *facts: Fact) -> None:
        """The locker reports."""
        plain = tuple(fact_to_json(fact) for fact in facts)
        reports.take(self.hub, LOCKER, Batch(locker=LOCKER, parent=self._head, facts=plain))
        for fact in plain:
            self._head = digest(self._head, fact)

    def announce(
        self, tracking: str = "DP14711", locker: str | None = LOCKER, return_days: int = 0, **recipient: str
    ) -> ParcelView:
        """A carrier announces a parcel."""
        width_mm, height_mm, depth_mm = MIDDLE_MM
        outcome = announce.announce(
            self.hub,
            Announcement(
                tracking_number=tracking, carrier="demo-post", width_mm=width_mm, height_mm=height_mm,
                depth_mm=depth_mm, locker_id=locker, return_days=return_days,
                recipient=Recipient(**{"name": "Mira", "email": f"{tracking.lower()}@example.org"} | recipient),
            ),
        )  # fmt: skip
        assert isinstance(outcome, ParcelView), outcome
        return outcome

    def fail(self, parcel: ParcelView) -> None:
        """Nobody was at home."""
        outcome = attempts.failed(self.hub, FailedAttempt(parcel_id=parcel.id))
        assert isinstance(outcome, attempts.Attempted), outcome

    def deposit(self, parcel: ParcelView, n: int = 5) -> None:
        """A courier puts a parcel into compartment n."""
        delivery, pickup = self._delivery(parcel)
        self.tell(Deposited(at=self.now, n=n, visit="v1", delivery=delivery, pickup=pickup))

    def collect(self, parcel: ParcelView, n: int = 5) -> None:
        """Its recipient takes it out."""
        delivery, pickup = self._delivery(parcel)
        self.tell(Collected(at=self.now, n=n, visit="v2", pickup=pickup, deliveries=(delivery,)))

    def retrieve(self, parcel: ParcelView, n: int = 5) -> None:
        """A courier takes it out again."""
        delivery, _ = self._delivery(parcel)
        self.tell(Retrieved(at=self.now, n=n, visit="v3", deliveries=(delivery,), courier="s1"))

    def lose_power_with_door_open(self, parcel: ParcelView, n: int = 5) -> None:
        """Nobody knows any more whether it lies inside."""
        delivery, _ = self._delivery(parcel)
        self.tell(ContentsUncertain(at=self.now, n=n, doubt="power_cut", deliveries=(delivery,)))

    def go_silent(self) -> None:
        """The locker was connected and isn't any more."""
        for online in (True, False):
            reports.take(self.hub, LOCKER, Presence(locker=LOCKER, run=RUN, online=online))

    def parcel(self, tracking: str) -> ParcelView:
        """The parcel with this tracking number."""
        return looks.parcels(self.hub, tracking_number=tracking)[0]

    def page(self, parcel: ParcelView) -> str:
        """The path of a parcel's page."""
        view = looks.parcel(self.hub, parcel.id)
        assert view is not None
        return view.page_path

    def send_notices(self) -> None:
        """The worker hands over what is due."""
        Worker(self.hub.store, Mailbox(self.hub.store, self.hub.now_ms), self.hub.now_ms).work()

    def close(self) -> None:
        """Closes the store."""
        self.hub.store.close()

    def _delivery(self, parcel: ParcelView) -> tuple[str, str]:
        with self.hub.store.read() as db:
            row = db.execute(
                "SELECT id, pickup_id FROM deliveries WHERE parcel_id = ? ORDER BY created_s DESC, id DESC",
                (parcel.id,),
            ).fetchone()
        return row["id"], row["pickup_id"]
