"""Every route of the hub, with whatever a program may send: never a fault, always a problem with a code."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, looks
from hub_service.handlers.views import ParcelView
from tests.attack import fuzz_http
from tests.pair.town import Town, wish

FUZZ = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WILD: list[Any] = [
    None, True, 0, -1, 10**40, 1.5, "", "x" * 5_000, "\x00", "\ud800", "../..", "%00", "' OR 1=1 --", [], [[]], {},
    {"a": {}},
]  # fmt: skip
NAMES = [
    "tracking_number",
    "carrier",
    "recipient",
    "size_mm",
    "width",
    "name",
    "locker_id",
    "hours",
    "parcel_id",
    "n",
    "in_service",
]
anything = st.recursive(
    st.sampled_from(WILD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
)
PARCEL: dict[str, Any] = {
    "tracking_number": "W1", "carrier": "swift", "recipient": {"name": "Ada"},
    "size_mm": {"width": 300, "height": 60, "depth": 200}, "locker_id": "elm",
}  # fmt: skip


def check(answer: httpx.Response) -> None:
    """Either it was done, or a problem says why not."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}: {answer.text}"
    if answer.status_code >= 400:
        told = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert told["code"] and told["detail"] and told["status"] == answer.status_code


def routes(web: httpx.Client) -> list[tuple[str, str]]:
    """Every method and path of the HTTP interface."""
    paths = web.get("/openapi.json").json()["paths"]
    return [
        (method, path) for path, methods in paths.items() for method in methods if path.startswith(("/v1", "/demo"))
    ]


def counts(town: Town) -> dict[str, int]:
    """How much there is of everything."""
    tables = ("parcels", "deliveries", "pickups", "holdings", "notices_outbox", "orders")
    with town.hub.store.read() as db:
        return {table: db.execute(f"SELECT count(*) AS c FROM {table}").fetchone()["c"] for table in tables}


def filled(path: str, value: str) -> str:
    """A path with something in place of every name in it."""
    return "/".join(value if part.startswith("{") else part for part in path.split("/"))


@FUZZ
@given(st.data())
def test_no_body_causes_a_fault_or_creates_anything(town: Town, web: httpx.Client, data: st.DataObject) -> None:
    before = counts(town)
    method, path = data.draw(st.sampled_from(routes(web)))
    content = (
        json.dumps(data.draw(anything)).encode() if data.draw(st.booleans()) else data.draw(st.binary(max_size=100))
    )
    check(web.request(method, filled(path, "p_0"), content=content, headers={"Content-Type": "application/json"}))
    assert counts(town) == before


@pytest.mark.parametrize(
    "value", ["%00", "..%2f..", "%ff%fe", "'%20OR%201=1", "x" * 3_000, "+", "%23", "%0d%0aSet-Cookie:x"]
)
def test_no_path_causes_a_fault(town: Town, web: httpx.Client, value: str) -> None:
    before = counts(town)
    for method, path in routes(web):
        check(web.request(method, filled(path, value), json={}))
    assert counts(town) == before


@pytest.mark.parametrize("value", ["", "-1", "9" * 40, "1e9", "NaN", "%00", "true", "[]", "x" * 3_000])
def test_no_query_causes_a_fault(web: httpx.Client, value: str) -> None:
    for name in ("limit", "after", "tracking_number", "status", "carrier", "locker_id", "parcel_id", "reference"):
        for path in ("/v1/parcels", "/v1/events", "/v1/compartments", "/v1/lockers"):
            check(web.get(f"{path}?{name}={value}"))


@pytest.mark.parametrize("name", sorted(PARCEL))
def test_a_parcel_with_one_wild_field_is_refused_whole(town: Town, web: httpx.Client, name: str) -> None:
    before = counts(town)
    for value in WILD:
        if (name, value) == ("locker_id", None):
            continue  # a home delivery
        answer = web.post(
            "/v1/parcels", content=json.dumps({**PARCEL, name: value}), headers={"Content-Type": "application/json"}
        )
        check(answer)
        assert answer.status_code >= 400 or name in ("tracking_number", "carrier", "locker_id"), (name, value)
        if answer.status_code == 201:
            check(web.post(f"/v1/parcels/{answer.json()['id']}/cancel"))
            before = counts(town)
    assert counts(town) == before


def test_headers_of_any_kind_are_survived(web: httpx.Client) -> None:
    for value in (b"", b"Bearer", b"Bearer " + b"x" * 5_000, b"Basic YTpi", b"bearer \x00", b"Bearer \xfc"):
        answer = web.get("/v1/parcels", headers={b"Authorization": value})
        check(answer)
        assert answer.status_code == 401
    check(web.post("/v1/parcels", json=PARCEL, headers={"Idempotency-Key": "k" * 5_000}))


def test_pages_with_any_token_are_survived(web: httpx.Client) -> None:
    for token in ("x", "%00", "..%2f..%2fkeys", "A" * 5_000, "%ff", "'--"):
        for path in (f"/p/{token}", f"/p/{token}/extend", f"/d/{token}"):
            assert web.get(path).status_code < 500
            assert web.post(path).status_code < 500


def test_a_thousand_wishes_at_once_never_promise_a_compartment_twice(town: Town) -> None:
    """Sixteen programs at the same time want one of two compartments, for different people."""

    def ask(number: int) -> ParcelView | Refusal:
        return announce.announce(town.hub, wish(f"person{number}", f"RACE{number}", "oak", "M"))

    with ThreadPoolExecutor(16) as programs:
        outcomes = list(programs.map(ask, range(100)))
    promised = [one for one in outcomes if isinstance(one, ParcelView)]
    refused = {one.code for one in outcomes if isinstance(one, Refusal)}
    assert (len(promised), refused) == (2, {"no_room"})
    assert len({one.planned for one in promised}) == 2
    assert len({one.pin for one in promised}) == 2
    view = looks.locker(town.hub, "oak")
    assert view is not None and set(view.room_by_size.values()) == {0}


def test_two_thousand_requests_that_the_description_allows_or_forbids() -> None:
    """No fault, no status or form that isn't described. `./run attack http` sends a hundred thousand."""
    statuses: Counter[int] = Counter()
    with fuzz_http.target() as (client, document):
        fuzz_http.attack(client, document, 2_000, 1, lambda _, status: statuses.update([status]))
    assert statuses.total() >= 2_000
    # An attack that is turned away at the door would prove nothing.
    assert {200, 201, 202, 207, 404, 409, 422} <= statuses.keys()
    assert statuses[200] + statuses[201] + statuses[202] + statuses[207] > 400


def test_sixty_four_programs_at_once_want_the_last_compartment(town: Town, web: httpx.Client) -> None:
    town.locker("ash", "M", "at the pond")
    start = threading.Barrier(64)

    def ask(number: int) -> httpx.Response:
        start.wait()
        wanted = {**PARCEL, "tracking_number": f"LAST{number}", "recipient": {"name": f"N{number}"}, "locker_id": "ash"}
        return web.post("/v1/parcels", json=wanted)

    with ThreadPoolExecutor(64) as programs:
        answers = list(programs.map(ask, range(64)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 63
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"no_room"}
