"""A shop announces over HTTP, is told by webhooks what real lockers report, and never sees what belongs to others."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub_service.handlers import keys, looks
from hub_service.handlers.views import ParcelView
from hub_service.store import webhook_sending
from hub_service.webhooks.worker import Worker
from tests.hub.receiver import Receiver
from tests.pair.browsers import browser
from tests.pair.machine import Machine
from tests.pair.town import Town

PARCEL: dict[str, Any] = {
    "tracking_number": "SHOP1", "recipient": {"name": "Ada", "email": "ada@example.org"},
    "size_mm": {"width": 300, "height": 60, "depth": 200}, "locker_id": "elm",
}  # fmt: skip


def key_of(town: Town, carrier: str, *, test: bool = False) -> dict[str, str]:
    """A new program of a carrier: the header that it sends with everything."""
    made = keys.add(town.hub, "shop", carrier=carrier, test=test)
    assert isinstance(made, tuple), made
    return {"Authorization": f"Bearer {made[1]}"}


@pytest.fixture
def shop(town: Town, elm: Machine) -> Iterator[httpx.Client]:
    """The program of `swift`."""
    with browser(town) as client:
        client.headers.update(key_of(town, "swift"))
        yield client


def known(town: Town, parcel_id: str) -> ParcelView:
    """A parcel that came in over HTTP, for the people of the town."""
    view = looks.parcel(town.hub, parcel_id)
    assert view is not None
    town.parcels.append(view)
    town.settle()
    return view


def send(town: Town) -> None:
    """The hub calls whoever listens, until nothing is due."""
    worker = Worker(town.hub.store, town.hub.now_ms, allow_private=True)

    async def sent() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while due := webhook_sending.claim(town.hub.store, town.hub.now_ms(), 10):
                for sending in due:
                    outcome = await worker.attempt(client, sending)
                    webhook_sending.mark(town.hub.store, sending, outcome, town.hub.now_ms())

    asyncio.run(sent())


def test_from_the_announcement_to_the_collection_by_webhook(town: Town, elm: Machine, shop: httpx.Client) -> None:
    """The receiver checks every signature like any library for Standard Webhooks does."""
    town.hub = replace(town.hub, private_webhooks=True)
    with closing(Receiver()) as receiver, browser(town) as program:
        program.headers.update(shop.headers)
        made = program.post("/v1/webhooks", json={"url": receiver.url, "kinds": ["parcel.*"]})
        receiver.secret = made.json()["secret"]
        parcel = known(town, program.post("/v1/parcels", json=PARCEL).json()["id"])
        town.deposit(elm, parcel)
        town.settle()
        # A cable is cut: what happens now is told when it is mended, once and in order.
        town.cut_network(elm)
        town.collect(elm, parcel)
        send(town)
        assert receiver.kinds == ["parcel.announced", "parcel.room_promised", "parcel.deposited"]
        town.mend_network(elm)
        town.settle()
        send(town)
        assert receiver.kinds[3:] == ["parcel.collected"]
        names = receiver.got[-1][1]["data"]["status_names"]
    assert (names["easypost"], names["aftership"]) == ("delivered", "Delivered")


def test_a_program_that_never_got_the_answer_asks_again_and_has_one_parcel(
    town: Town, elm: Machine, shop: httpx.Client
) -> None:
    repeat = {"Idempotency-Key": "order-4711"}
    first, again = (shop.post("/v1/parcels", json=PARCEL, headers=repeat) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    other = shop.post("/v1/parcels", json={**PARCEL, "tracking_number": "SHOP2"}, headers=repeat)
    assert other.json()["code"] == "key_used_otherwise"
    assert [one["tracking_number"] for one in shop.get("/v1/parcels").json()["items"]] == ["SHOP1"]


def test_looking_often_costs_nothing_until_the_locker_tells_something_new(
    town: Town, elm: Machine, shop: httpx.Client
) -> None:
    parcel = known(town, shop.post("/v1/parcels", json=PARCEL).json()["id"])
    seen = shop.get(f"/v1/parcels/{parcel.id}")
    have = {"If-None-Match": seen.headers["etag"]}
    assert shop.get(f"/v1/parcels/{parcel.id}", headers=have).status_code == 304
    town.deposit(elm, parcel)
    town.settle()
    fresh = shop.get(f"/v1/parcels/{parcel.id}", headers=have)
    assert (fresh.status_code, fresh.json()["status"]) == (200, "ready_for_pickup")


def test_many_at_once_are_answered_row_by_row_and_the_small_ones_use_a_table(
    town: Town, elm: Machine, shop: httpx.Client
) -> None:
    rows = [{**PARCEL, "tracking_number": f"ROW{n}", "recipient": {"name": f"N{n}"}} for n in range(6)]
    answers = shop.post("/v1/parcels/bulk", json=rows).json()["items"]
    # Four compartments: the other two are told why, and nothing else goes wrong for them.
    assert [one["status"] for one in answers] == [201] * 4 + [409] * 2
    table = shop.get("/v1/parcels", headers={"Accept": "text/csv"}).text
    listed = {row["tracking_number"] for row in csv.DictReader(io.StringIO(table))}
    assert listed == {f"ROW{n}" for n in range(4)}


def test_pages_of_a_long_list_miss_and_double_nothing_while_parcels_come_in(
    town: Town, elm: Machine, shop: httpx.Client
) -> None:
    for n in range(5):
        shop.post("/v1/parcels", json={**PARCEL, "tracking_number": f"P{n}", "locker_id": None})
    found: list[str] = []
    path: str | None = "/v1/parcels?limit=2"
    while path:
        page = shop.get(path).json()
        found += [one["tracking_number"] for one in page["items"]]
        shop.post("/v1/parcels", json={**PARCEL, "tracking_number": f"NEW{len(found)}", "locker_id": None})
        path = f"/v1/parcels?limit=2&cursor={page['next']}" if page.get("next") else None
    assert sorted(one for one in found if one.startswith("P")) == [f"P{n}" for n in range(5)]
    assert len(found) == len(set(found))


def test_a_shop_that_tries_things_out_reaches_toy_lockers_only(town: Town, elm: Machine) -> None:
    with browser(town) as trial:
        trial.headers.update(key_of(town, "swift", test=True))
        assert trial.get("/v1/lockers").json()["items"] == []
        assert trial.post("/v1/parcels", json=PARCEL).json()["code"] == "unknown_locker"
