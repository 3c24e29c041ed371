"""A recipient sends a parcel on its way to another locker; the code stays the same, and inside it is too late."""

from __future__ import annotations

from typing import Any

import httpx

from hub_service.handlers import reports, sites
from hub_service.store import lockers
from locker.wire.chain import GENESIS
from locker.wire.codec import fact_to_json
from locker.wire.facts import CompartmentSpec, Described, Inspected, RunStarted
from locker.wire.messages import Batch


def build(town: Any, locker_id: str, number: int, latitude: float) -> None:
    """Another locker with one compartment, somewhere north."""
    sites.add_locker(
        town.hub,
        sites.NewLocker(
            id=locker_id, number=number, name=locker_id.title(), where="", public_key=f"{number:02x}" * 32,
            latitude=latitude, longitude=13.405,
        ),
    )  # fmt: skip
    spec = CompartmentSpec(n=1, size_class="M", width_mm=380, height_mm=200, depth_mm=640)
    told = (
        RunStarted(at=town.now, run="00000000000000bb", locker=locker_id, software="test"),
        Described(at=town.now, number=number, compartments=(spec,)),
        Inspected(at=town.now, n=1),
    )
    plain = tuple(fact_to_json(fact) for fact in told)
    reports.take(town.hub, locker_id, Batch(locker=locker_id, parent=GENESIS, facts=plain))
    with town.hub.store.write() as db:
        lockers.update(db, locker_id, online=1)


def test_a_parcel_on_its_way_goes_to_another_locker_with_the_same_code(town: Any, visitor: httpx.Client) -> None:
    build(town, "oak", 2, 52.53)
    parcel = town.announce("DP1")
    path = town.page(parcel)
    page = visitor.get(path).text
    assert "Rather another locker?" in page
    assert "1.1 km from the first" in page
    page = visitor.post(f"{path}/elsewhere", data={"locker_id": "oak"}).text
    assert "On its way to the locker" in page
    assert "when it is inside Oak" in page
    assert "Nobody was at home" not in page
    moved = town.parcel("DP1")
    assert (moved.locker_id, moved.pin) == ("oak", parcel.pin)


def test_near_ones_come_first_and_full_ones_not_at_all(town: Any, visitor: httpx.Client) -> None:
    build(town, "far", 2, 52.60)
    build(town, "near", 3, 52.53)
    build(town, "full", 4, 52.525)
    town.announce("DP9", locker="full")
    page = visitor.get(town.page(town.announce("DP1"))).text
    assert page.index("<strong>Near") < page.index("<strong>Far")
    assert "<strong>Full" not in page


def test_what_lies_inside_stays(town: Any, visitor: httpx.Client) -> None:
    build(town, "oak", 2, 52.53)
    parcel = town.announce("DP1", language="de")
    town.deposit(parcel)
    path = town.page(parcel)
    assert "Lieber ein anderer Automat?" not in visitor.get(path).text
    answer = visitor.post(f"{path}/elsewhere", data={"locker_id": "oak"})
    assert answer.status_code == 409
    assert "Das geht nicht mehr" in answer.text
    assert town.parcel("DP1").locker_id == "elm"


def test_only_what_is_offered_can_be_chosen(town: Any, visitor: httpx.Client) -> None:
    path = town.page(town.announce("DP1"))
    for locker_id in ("elm", "nowhere"):
        assert visitor.post(f"{path}/elsewhere", data={"locker_id": locker_id}).status_code == 409
    assert visitor.post("/p/unknown/elsewhere", data={"locker_id": "elm"}).status_code == 404
