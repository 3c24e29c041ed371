"""/v1/drop-offs: what is answered, what a repeat gets, and that nobody sees what is another carrier's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hub_service.domain import returns
from hub_service.domain.status_names import names_of_drop_off
from hub_service.handlers import sites, waits
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from locker.wire import facts
from tests.hub.conftest import Journal, StandingClock

SENDER = {"name": "Sam", "email": "sam@example.org"}
SIZE = {"width": 300, "height": 60, "depth": 200}


@pytest.fixture
def http(hub: Hub, visit: Callable[..., Any]) -> Iterator[httpx.Client]:
    """The operator's program."""
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'shop')}"
        yield client


def carrier_of(hub: Hub, http: httpx.Client, name: str) -> Callable[..., httpx.Response]:
    """Another carrier's program."""
    made = http.post("/v1/keys", json={"name": f"{name} shop", "carrier": name})
    assert made.status_code == 201, made.text
    key = made.json()["api_key"]

    def request(method: str, path: str, **more: Any) -> httpx.Response:
        return http.request(method, path, headers={"Authorization": f"Bearer {key}"} | more.pop("headers", {}), **more)

    return request


def ask(http: httpx.Client, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    """A drop-off is asked for."""
    body = {"carrier": "swift", "sender": SENDER, "size_mm": SIZE, "locker_id": "elm"} | more
    return http.post("/v1/drop-offs", json=body, headers=headers or {})


def drops(hub: Hub, journal: Journal, drop_off: dict[str, Any], n: int = 1) -> None:
    """Its sender puts it in."""
    view = ParcelLike(drop_off["id"])
    journal.tell(journal.deposits(view, n))  # type: ignore[arg-type]


class ParcelLike:
    """All that a journal needs to know of a parcel."""

    def __init__(self, parcel_id: str) -> None:
        self.id = parcel_id


def test_from_the_question_to_both_receipts(hub: Hub, http: httpx.Client, set_up: Callable[..., Journal]) -> None:
    elm = set_up()
    made = ask(http, reference="RMA 1")
    assert made.status_code == 201
    drop_off = made.json()
    assert (drop_off["status"], drop_off["purpose"], drop_off["reference"]) == ("return_announced", "return", "RMA 1")
    assert len(drop_off["code"]["pin"]) == 8 and drop_off["code"]["ticket"].startswith("L1")
    (order,) = [one for one in elm.catch_up() if one["kind"] == "expect"]
    assert (order["by_sender"], order["labels"]) == (True, [])
    drops(hub, elm, drop_off)
    put = http.get(f"/v1/drop-offs/{drop_off['id']}").json()
    assert (put["status"], put["compartment"], put["good_until"]) == ("return_deposited", 1, None)
    delivery = elm.deposits(ParcelLike(drop_off["id"]), 1).delivery  # type: ignore[arg-type]
    elm.tell(facts.Retrieved(at=elm.at, n=1, visit="c", deliveries=(delivery,), courier="carl"))
    done = http.get(f"/v1/drop-offs/{drop_off['id']}").json()
    assert [one["kind"] for one in done["hand_overs"]] == ["dropped_off", "picked_up"]
    assert all(one["fact"].replace("-", "").startswith(one["receipt"].replace("-", "")) for one in done["hand_overs"])
    kinds = [one["kind"] for one in http.get("/v1/events", params={"parcel_id": drop_off["id"]}).json()["items"]]
    assert kinds == ["drop_off_asked", "dropped_off", "picked_up"]


def test_a_repeat_with_its_key_gets_the_first_answer_and_holds_no_more_room(
    hub: Hub, http: httpx.Client, set_up: Callable[..., Journal]
) -> None:
    set_up(classes="S")
    first, again = (ask(http, headers={"Idempotency-Key": "rma-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = ask(http, headers={"Idempotency-Key": "rma-1"}, reference="another")
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")
    full = ask(http)
    assert (full.status_code, full.json()["code"]) == (409, "no_room")


def test_another_carrier_finds_nothing_by_any_id(
    hub: Hub, http: httpx.Client, set_up: Callable[..., Journal], send: Callable[..., ParcelView]
) -> None:
    set_up()
    drop_off, parcel = ask(http).json(), send(carrier="swift")
    other = carrier_of(hub, http, "rapid")
    place = f"/v1/drop-offs/{drop_off['id']}"
    for method, path, body in (
        ("GET", place, None),
        ("POST", f"{place}/cancel", None),
        ("POST", f"{place}/move", {}),
        ("POST", "/v1/drop-offs", {"parcel_id": parcel.id}),
        ("GET", f"/v1/parcels/{drop_off['id']}", None),
    ):
        assert other(method, path, json=body).status_code == 404, path
    assert other("GET", "/v1/drop-offs").json()["items"] == []
    assert (
        other("POST", "/v1/drop-offs", json={"carrier": "swift", "sender": SENDER, "size_mm": SIZE}).status_code == 403
    )
    mine = other("POST", "/v1/drop-offs", json={"sender": SENDER, "size_mm": SIZE, "locker_id": "elm"})
    assert (mine.status_code, mine.json()["carrier"]) == (201, "rapid")


def test_what_is_missing_is_named(hub: Hub, http: httpx.Client, set_up: Callable[..., Journal]) -> None:
    set_up()
    for body, said in (
        ({"carrier": "swift"}, "sender"),
        ({"carrier": "swift", "sender": SENDER, "size_mm": SIZE, "locker_id": "nowhere"}, "no locker"),
        ({"sender": SENDER, "size_mm": SIZE}, "carrier"),
        ({"parcel_id": "p_nothing"}, "no parcel"),
        ({"carrier": "swift", "sender": SENDER, "size_mm": {"width": 2000, "height": 2000, "depth": 2000}}, "fits"),
    ):
        answer = http.post("/v1/drop-offs", json=body)
        assert answer.status_code in (404, 422), answer.text
        assert said in answer.json()["detail"]


def test_a_collected_parcel_comes_back_from_where_it_was_collected(
    hub: Hub, http: httpx.Client, set_up: Callable[..., Journal], send: Callable[..., ParcelView]
) -> None:
    set_up("oak")
    elm, parcel = set_up("elm"), send("elm", carrier="swift")
    early = http.post("/v1/drop-offs", json={"parcel_id": parcel.id})
    assert (early.status_code, early.json()["code"]) == (409, "not_returnable")
    elm.tell(elm.deposits(parcel, 1), elm.collects(parcel, 1))
    made = http.post("/v1/drop-offs", json={"parcel_id": parcel.id}).json()
    assert (made["locker_id"], made["parcel_id"], made["carrier"]) == ("elm", parcel.id, "swift")
    twice = http.post("/v1/drop-offs", json={"parcel_id": parcel.id})
    assert (twice.status_code, twice.json()["code"]) == (409, "return_under_way")
    listed = http.get("/v1/drop-offs", params={"parcel_id": parcel.id}).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


def test_pages_neither_repeat_nor_leave_out(
    http: httpx.Client, set_up: Callable[..., Journal], clock: StandingClock
) -> None:
    set_up(classes="S S S")
    made = []
    for _ in range(3):
        made.append(ask(http).json()["id"])
        clock.ms += 1000
    first = http.get("/v1/drop-offs", params={"limit": 2}).json()
    rest = http.get("/v1/drop-offs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next"] is None


def test_only_what_was_seen_is_called_off(http: httpx.Client, set_up: Callable[..., Journal]) -> None:
    set_up("oak")
    set_up("elm")
    drop_off = ask(http).json()
    place = f"/v1/drop-offs/{drop_off['id']}"
    seen = http.get(place).headers["ETag"]
    assert http.post(f"{place}/move", json={"locker_id": "oak"}).json()["locker_id"] == "oak"
    assert http.post(f"{place}/cancel", headers={"If-Match": seen}).status_code == 412
    assert http.post(f"{place}/cancel").json()["status"] == "cancelled"
    late = http.post(f"{place}/move", json={})
    assert (late.status_code, late.json()["code"]) == (409, "not_a_drop_off")


def test_a_code_that_nobody_has_used_ends_and_gives_its_room_back(
    hub: Hub, http: httpx.Client, set_up: Callable[..., Journal], clock: StandingClock, notices: Callable[[], list[str]]
) -> None:
    elm = set_up(classes="S")
    elm.hello()
    drop_off = ask(http, days=1).json()
    clock.ms += 24 * 3_600_000
    elm.hello()
    waits.run_due(hub)
    assert http.get(f"/v1/drop-offs/{drop_off['id']}").json()["status"] == "cancelled"
    assert notices() == ["drop_off", "drop_off_lapsed"]
    assert ask(http).status_code == 201


def test_what_senders_put_in_is_no_delivery_in_the_figures(
    hub: Hub, http: httpx.Client, set_up: Callable[..., Journal], clock: StandingClock
) -> None:
    elm = set_up(classes="S S")
    drops(hub, elm, ask(http).json())
    clock.ms += 3_600_000
    figures = {one["name"]: one["value"] for one in http.get("/v1/figures").json()["items"]}
    assert figures["occupancy"] > 0, "it takes room"
    assert not figures["turnover"], "and is no delivery"
    assert figures["expiry_rate"] is None


def test_what_is_sent_has_other_names_elsewhere_than_what_goes_back() -> None:
    assert names_of_drop_off("returned", "return")["easypost"] == "return_to_sender"
    assert names_of_drop_off("returned", "send")["easypost"] == "in_transit"
    assert names_of_drop_off("return_deposited", "send") == names_of_drop_off("return_deposited", "return")


def test_a_number_is_short_and_has_no_letters_that_look_alike() -> None:
    drawn = {returns.number(value * 7_919) for value in range(10_000)}
    assert len(drawn) == 10_000
    assert all(len(one) == 9 and not set(one[1:]) & set("ILOU") for one in drawn)
