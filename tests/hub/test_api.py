"""The HTTP interface: what a carrier's program sends and gets, and what it is told when it sends nonsense."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from hub_service.handlers import sites
from hub_service.handlers.hub import Hub
from locker.wire import facts

SetUp = Callable[..., Any]
Visit = Callable[..., AbstractContextManager[httpx.Client]]
JSON = {"Content-Type": "application/json"}
PARCEL: dict[str, Any] = {
    "tracking_number": "JD014600003",
    "carrier": "demo-post",
    "recipient": {"name": "Ada", "email": "ada@example.org"},
    "size_mm": {"width": 300, "height": 60, "depth": 200},
    "locker_id": "elm",
}


@pytest.fixture
def web(hub: Hub, visit: Visit) -> Iterator[httpx.Client]:
    """Somebody with an API key."""
    with visit(demo=True) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'test')}"
        yield client


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert set(told) >= {"type", "title", "detail"}
    return answer.status_code, told["code"]


def test_a_parcel_is_announced_and_looked_up(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    made = web.post("/v1/parcels", json=PARCEL)
    assert made.status_code == 201
    parcel = made.json()
    assert (parcel["status"], parcel["locker_id"], parcel["planned"]) == ("announced", "elm", 1)
    assert parcel["pickup"]["pin"].isdigit()
    assert parcel["pickup"]["page_url"].startswith("http://hub.example/p/")
    assert web.get(f"/v1/parcels/{parcel['id']}").json() == parcel
    assert web.get("/v1/parcels", params={"tracking_number": "JD014600003"}).json()["items"] == [parcel]
    assert parcel["status_names"]["easypost"] == "pre_transit"


def test_lockers_compartments_and_events_are_listed(web: httpx.Client, set_up: SetUp) -> None:
    locker = set_up(classes="S M")
    web.post("/v1/parcels", json=PARCEL)
    (elm,) = web.get("/v1/lockers").json()["items"]
    assert (elm["id"], elm["compartments"], elm["free_by_size"]) == ("elm", 2, {"S": 1, "M": 1})
    assert elm["room_by_size"] == {"S": 1, "M": 1}
    assert elm["orders_behind"] == 2
    locker.catch_up()
    assert web.get("/v1/lockers/elm").json()["orders_behind"] == 0
    boxes = web.get("/v1/compartments", params={"locker_id": "elm"}).json()["items"]
    assert [(box["n"], box["content"], box["parcels"], box["planned"]) for box in boxes] == [
        (1, "empty", [], True),
        (2, "empty", [], False),
    ]
    events = web.get("/v1/events", params={"limit": 1000}).json()
    assert events["items"][-1]["kind"] == "room_promised"
    assert events["next"] == events["items"][-1]["seq"]
    assert web.get("/v1/events", params={"after": events["next"]}).json()["items"] == []


def test_events_of_a_locker_carry_both_clocks_and_no_secrets(
    web: httpx.Client, set_up: SetUp, hub: Hub, send: Any
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    answer = web.get("/v1/events", params={"parcel_id": parcel.id})
    deposited = answer.json()["items"][-1]
    assert (deposited["kind"], deposited["locker_id"], deposited["data"]["n"]) == ("deposited", "elm", 1)
    assert deposited["hub_at_ms"] - deposited["locker_at_ms"] == 250
    assert parcel.pin not in answer.text


def test_a_failed_home_delivery_falls_back(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    home = web.post("/v1/parcels", json={**PARCEL, "locker_id": None}).json()
    assert home["pickup"]["pin"] is None
    answer = web.post("/v1/delivery-attempts", json={"parcel_id": home["id"], "reason": "nobody_home"})
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["fallback"]) == ("redirected", {"locker_id": "elm", "planned": 1})


def test_a_stay_is_extended_once_and_time_can_be_moved_in_the_demo(web: httpx.Client, set_up: SetUp, send: Any) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    assert web.post("/demo/wait", json={"hours": 73}).status_code == 200
    assert web.get(f"/v1/parcels/{parcel.id}").json()["status"] == "expired"
    assert web.post(f"/v1/parcels/{parcel.id}/extend").json()["status"] == "ready_for_pickup"
    assert problem(web.post(f"/v1/parcels/{parcel.id}/extend")) == (409, "already_extended")


def test_a_carrier_says_how_far_a_parcel_is_and_cancels(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    path = f"/v1/parcels/{web.post('/v1/parcels', json=PARCEL).json()['id']}"
    for status in ("in_transit", "out_for_delivery", "out_for_delivery"):
        assert web.post(f"{path}/progress", json={"status": status}).json()["status"] == status
    assert problem(web.post(f"{path}/progress", json={"status": "in_transit"})) == (409, "not_on_its_way")
    assert web.post(f"{path}/deposit-ticket").json()["size_class"] == "S"
    assert web.post(f"{path}/cancel").json()["status"] == "cancelled"
    assert problem(web.post(f"{path}/cancel")) == (409, "not_cancellable")
    assert problem(web.post(f"{path}/deposit-ticket")) == (409, "not_depositable")


def test_a_compartment_is_taken_out_of_service(web: httpx.Client, set_up: SetUp) -> None:
    set_up(classes="S")
    path = "/v1/lockers/elm/compartments/1/service"
    assert web.post(path, json={"in_service": False, "reason": "hinge"}).json()["in_service"] is False
    assert problem(web.post("/v1/parcels", json=PARCEL)) == (409, "no_room")
    assert web.post(path, json={"in_service": True}).json()["in_service"] is True
    assert web.post("/v1/parcels", json=PARCEL).status_code == 201
    assert problem(web.post(path.replace("/1/", "/7/"), json={"in_service": True})) == (404, "unknown_compartment")


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc", "Bearer "])
def test_without_a_key_nobody_comes_in(visit: Visit, header: str) -> None:
    with visit(demo=False) as stranger:
        for path in ("/v1/parcels", "/v1/lockers", "/v1/events", "/v1/compartments?locker_id=elm"):
            assert problem(stranger.get(path, headers={"Authorization": header})) == (401, "unauthorised")


def test_time_is_moved_five_years_at_most(web: httpx.Client) -> None:
    answers = [web.post("/demo/wait", json={"hours": 24 * 365}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [409]
    assert problem(answers[-1]) == (409, "too_far")


def test_an_alarm_is_closed_by_a_person(web: httpx.Client, set_up: SetUp) -> None:
    locker = set_up()
    locker.tell(facts.Alarmed(at=locker.at, alarm="guessing"))
    (alarm,) = web.get("/v1/lockers/elm").json()["alarms"]
    path = f"/v1/lockers/elm/alarms/{alarm['id']}/close"
    assert web.post(path).json()["alarms"] == []
    assert problem(web.post(path)) == (404, "unknown_alarm")


def test_without_the_demo_time_is_nobodys_to_move(visit: Visit) -> None:
    with visit(demo=False) as client:
        assert client.post("/demo/wait", json={"hours": 1}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_mm": {"width": -1, "height": 60, "depth": 200}},
        {"size_mm": {"width": 0, "height": 60, "depth": 200}},
        {"size_mm": {"width": 10**9, "height": 60, "depth": 200}},
        {"size_mm": {"width": "300", "height": 60, "depth": 200}},
        {"size_mm": {"width": 1.5, "height": 60, "depth": 200}},
        {"size_mm": [300, 60, 200]},
        {"size_mm": None},
        {"tracking_number": ""},
        {"tracking_number": "x" * 81},
        {"tracking_number": "A\u0000B"},
        {"tracking_number": 7},
        {"recipient": {"name": ""}},
        {"recipient": {"name": "Ada", "email": "not an address"}},
        {"recipient": "Ada"},
        {"recipient": {"name": "Ada\nBcc: everybody"}},
        {"recipient": {"name": "\ud800"}},
        {"latitude": "north"},
        {"latitude": float("nan")},
        {"locker_id": "lockers/+/orders"},
        {"low": "perhaps"},
        {"nonsense": 1},
    ],
)
def test_what_has_the_wrong_form_is_refused_by_field_and_not_repeated(
    web: httpx.Client, set_up: SetUp, wrong: dict[str, Any]
) -> None:
    set_up()
    answer = web.post("/v1/parcels", content=json.dumps({**PARCEL, **wrong}), headers=JSON)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["detail"].startswith(next(iter(wrong)))
    assert "not an address" not in answer.text
    assert web.get("/v1/parcels").json()["items"] == []


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 5000, b"9" * 5000])
def test_what_is_no_parcel_at_all_gets_a_clear_answer(web: httpx.Client, body: bytes) -> None:
    answer = web.post("/v1/parcels", content=body, headers=JSON)
    assert problem(answer)[0] in (400, 422)


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded", "text/plain"])
def test_json_under_another_name_is_told_what_to_say(web: httpx.Client, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = web.post("/v1/parcels", content=json.dumps(PARCEL), headers=headers)
    assert problem(answer) == (415, "not_json")
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_other_errors_are_problems_too(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    assert problem(web.get("/v1/parcels/p_0")) == (404, "unknown_parcel")
    assert problem(web.get("/v1/lockers/nowhere")) == (404, "unknown_locker")
    assert problem(web.get("/v1/compartments", params={"locker_id": "nowhere"})) == (404, "unknown_locker")
    assert problem(web.post("/v1/parcels", json={**PARCEL, "locker_id": "nowhere"})) == (404, "unknown_locker")
    assert problem(web.get("/v1/nothing")) == (404, "not_found")
    assert problem(web.delete("/v1/parcels")) == (405, "method_not_allowed")
    assert problem(web.get("/v1/events", params={"limit": 0})) == (422, "invalid")
    assert problem(web.post("/demo/wait", json={"hours": -1})) == (422, "invalid")
    huge = {**PARCEL, "size_mm": {"width": 1000, "height": 1000, "depth": 1000}}
    assert problem(web.post("/v1/parcels", json=huge)) == (422, "too_large")


def test_a_thousand_parcels_at_once_are_answered_row_by_row(web: httpx.Client, set_up: SetUp) -> None:
    set_up(classes="S S")
    rows: list[Any] = [
        {**PARCEL, "tracking_number": f"B{n}", "locker_id": None if n % 2 else "elm", "recipient": {"name": "B"}}
        for n in range(1000)
    ]
    rows[1] = {**rows[1], "size_mm": {"width": -5, "height": 1, "depth": 1}}
    answer = web.post("/v1/parcels/bulk", json=rows)
    assert answer.status_code == 207
    items = answer.json()["items"]
    assert len(items) == 1000
    assert [item["status"] for item in items[:6]] == [201, 422, 201, 201, 409, 201]
    assert items[1]["problem"]["detail"].startswith("size_mm.width")
    assert sum(item["status"] == 201 for item in items) == 501


def test_rows_that_are_no_objects_and_too_many_rows_are_refused(web: httpx.Client) -> None:
    assert problem(web.post("/v1/parcels/bulk", json=[PARCEL] * 1001)) == (422, "too_many_rows")
    assert problem(web.post("/v1/parcels/bulk", json={"a": 1})) == (422, "invalid")
    items = web.post("/v1/parcels/bulk", json=[1, "x", None, []]).json()["items"]
    assert [item["status"] for item in items] == [422] * 4


def test_a_body_that_is_too_long_is_not_read(web: httpx.Client) -> None:
    long = json.dumps({**PARCEL, "reference": "x" * 1_100_000}).encode()
    assert problem(web.post("/v1/parcels", content=long)) == (413, "too_long")

    def in_pieces() -> Iterator[bytes]:
        yield from (long[start : start + 65_536] for start in range(0, len(long), 65_536))

    assert problem(web.post("/v1/parcels", content=in_pieces())) == (413, "too_long")


def test_a_request_with_a_key_may_be_sent_again(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    key = {"Idempotency-Key": "order-7"}
    first, second = (web.post("/v1/parcels", json=PARCEL, headers=key) for _ in range(2))
    assert first.json() == second.json()
    other = web.post("/v1/parcels", json={**PARCEL, "tracking_number": "OTHER"}, headers=key)
    assert problem(other) == (422, "key_used_otherwise")
    assert problem(web.post("/v1/parcels", json=PARCEL)) == (409, "already_announced")


def test_its_description_can_be_read_without_the_internet(web: httpx.Client) -> None:
    page = web.get("/docs").text
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert linked
    for address in linked:
        assert web.get(address).status_code == 200, address
