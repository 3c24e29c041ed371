"""Several carriers at one hub: none learns anything of another's parcels, whatever id it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, get_args

import httpx
import pytest

from hub_service.domain.limits import SCOPES, Scope
from hub_service.domain.refusals import Refusal
from hub_service.handlers import keys, looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from tests.hub.conftest import StandingClock

Enter = Callable[..., httpx.Client]
SetUp = Callable[..., Any]
PARCEL: dict[str, Any] = {
    "tracking_number": "T1",
    "recipient": {"name": "Ada", "email": "ada@example.org"},
    "size_mm": {"width": 300, "height": 60, "depth": 200},
    "locker_id": "elm",
}


@pytest.fixture
def enter(hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]) -> Iterator[Enter]:
    """Programs with keys of their own."""
    with visit(demo=False) as shared:

        def enter(carrier: str = "", scopes: tuple[Scope, ...] | None = None, test: bool = False) -> httpx.Client:
            made = keys.add(hub, "a program", carrier=carrier, scopes=scopes, test=test)
            assert not isinstance(made, Refusal)
            shared.headers["Authorization"] = f"Bearer {made[1]}"
            return _Program(shared, made[1])  # type: ignore[return-value]

        yield enter


class _Program:
    """One program of several at the same hub: the shared client with its own key."""

    def __init__(self, shared: httpx.Client, key: str) -> None:
        self._shared, self._key = shared, key

    def __getattr__(self, method: str) -> Callable[..., httpx.Response]:
        def ask(path: str, **more: Any) -> httpx.Response:
            headers = {"Authorization": f"Bearer {self._key}", **more.pop("headers", {})}
            if method == "request":
                return self._shared.request(more.pop("verb"), path, headers=headers, **more)
            return getattr(self._shared, method)(path, headers=headers, **more)  # type: ignore[no-any-return]

        return ask


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_nothing_of_another_carrier_is_found_by_any_id(enter: Enter, set_up: SetUp) -> None:
    """Walks the description: a route that is new tomorrow is asked as well."""
    set_up()
    swift, rapid = enter("swift"), enter("rapid")
    parcel = swift.post("/v1/parcels", json=PARCEL).json()["id"]
    webhook = swift.post("/v1/webhooks", json={"url": "https://swift.example/hook"}).json()["id"]
    message = swift.post(f"/v1/webhooks/{webhook}/test").json()["id"]
    theirs = {"parcel_id": parcel, "webhook_id": webhook, "number": message}
    # What a carrier may not ask at all, or what belongs to nobody.
    others = {"locker_id": "elm", "n": 1, "alarm_id": 1, "key_id": "k_0", "opening_id": "o_0", "drop_off_id": "p_0"}
    document = swift.get("/openapi.json").json()
    asked = 0
    for path, methods in document["paths"].items():
        names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert names <= theirs.keys() | others.keys(), f"say whose ids these are: {names}"
        if not names & theirs.keys():
            continue
        for verb, operation in methods.items():
            body = _body(document, operation, parcel)
            answer = rapid.request(path.format(**theirs, **others), verb=verb, json=body)  # type: ignore[call-arg]
            assert answer.status_code == 404, f"{verb} {path}: {answer.text}"
            assert parcel not in answer.text and "T1" not in answer.text
            asked += 1
    assert asked >= 12
    assert code(rapid.post("/v1/delivery-attempts", json={"parcel_id": parcel})) == (404, "unknown_parcel")
    assert code(rapid.get("/v1/offers", params={"parcel_id": parcel})) == (404, "unknown_parcel")
    assert code(rapid.post("/v1/offers", json={"parcel_id": parcel, "locker_id": "elm"})) == (404, "unknown_parcel")
    assert code(rapid.post("/v1/cards", json={"parcel_id": parcel, "text": "CARD-1"})) == (404, "unknown_parcel")
    assert code(rapid.get("/v1/events", params={"parcel_id": parcel})) == (404, "unknown_parcel")
    assert swift.get(f"/v1/parcels/{parcel}").json()["status"] == "announced"


def _body(document: dict[str, Any], operation: dict[str, Any], parcel: str) -> Any:
    reference = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    samples: dict[str, Any] = {
        "Progress": {"status": "in_transit"}, "Since": {"since": "2026-01-01T00:00:00Z"},
        "Redirect": {}, "Whereabouts": {"place": "handed_over"},
    }  # fmt: skip
    return samples.get(reference.get("$ref", "").rsplit("/", 1)[-1])


def test_lists_hold_ones_own_only(enter: Enter, set_up: SetUp, hub: Hub) -> None:
    locker = set_up()
    swift, rapid = enter("swift"), enter("rapid")
    parcel = swift.post("/v1/parcels", json=PARCEL).json()
    view = looks.parcel(hub, parcel["id"])
    locker.tell(locker.deposits(view, 1))
    assert [one["id"] for one in swift.get("/v1/parcels").json()["items"]] == [parcel["id"]]
    for params in ({}, {"carrier": "swift"}, {"tracking_number": "T1"}):
        assert rapid.get("/v1/parcels", params=params).json()["items"] == []
    kinds = [one["kind"] for one in swift.get("/v1/events").json()["items"]]
    assert kinds == ["announced", "room_promised", "deposited"]
    assert rapid.get("/v1/events").json()["items"] == []
    inside = [client.get("/v1/compartments?locker_id=elm").json()["items"][0] for client in (swift, rapid)]
    assert [one["parcels"] for one in inside] == [["T1"], []]
    assert [one["content"] for one in inside] == ["occupied", "occupied"]


def test_a_number_that_another_carrier_uses_is_refused_without_saying_whose(enter: Enter, set_up: SetUp) -> None:
    set_up()
    swift, rapid = enter("swift"), enter("rapid")
    parcel = swift.post("/v1/parcels", json=PARCEL).json()["id"]
    assert swift.post("/v1/parcels", json=PARCEL).json()["parcel_id"] == parcel
    refused = rapid.post("/v1/parcels", json=PARCEL)
    assert code(refused) == (409, "already_announced")
    assert parcel not in refused.text


def test_a_carriers_key_announces_for_its_carrier_only(enter: Enter, set_up: SetUp) -> None:
    set_up()
    swift = enter("swift")
    assert swift.post("/v1/parcels", json=PARCEL).json()["carrier"] == "swift"
    other = {**PARCEL, "tracking_number": "T2", "carrier": "rapid"}
    assert code(swift.post("/v1/parcels", json=other)) == (403, "another_carrier")
    assert swift.post("/v1/parcels/bulk", json=[other]).json()["items"][0]["status"] == 403
    assert code(enter().post("/v1/parcels", json={**PARCEL, "tracking_number": "T3"})) == (422, "invalid")


def test_a_key_does_what_its_scopes_say(enter: Enter, set_up: SetUp) -> None:
    set_up()
    asked: dict[Scope, tuple[str, str, Any]] = {
        "announce": ("post", "/v1/parcels", {**PARCEL, "carrier": "swift"}),
        "read": ("get", "/v1/lockers", None),
        "deliver": ("post", "/v1/delivery-attempts", {"parcel_id": "p_0"}),
        "webhooks": ("get", "/v1/webhooks", None),
        "operate": ("get", "/v1/keys", None),
    }
    assert asked.keys() == set(get_args(Scope))
    for scope, (method, path, body) in asked.items():
        more = {"json": body} if body else {}
        without = enter("", tuple(one for one in SCOPES if one != scope))
        assert code(getattr(without, method)(path, **more)) == (403, "missing_scope")
        assert getattr(enter("", (scope,)), method)(path, **more).status_code in (200, 201, 404)


def test_a_test_key_reaches_test_lockers_and_nothing_else(enter: Enter, set_up: SetUp) -> None:
    set_up("elm")
    set_up("toy", test=True)
    real, trial = enter("swift"), enter("swift", test=True)
    assert [one["id"] for one in real.get("/v1/lockers").json()["items"]] == ["elm"]
    assert [one["id"] for one in trial.get("/v1/lockers").json()["items"]] == ["toy"]
    assert code(trial.post("/v1/parcels", json=PARCEL)) == (404, "unknown_locker")
    parcel = trial.post("/v1/parcels", json={**PARCEL, "locker_id": None}).json()
    # Nobody is home: it goes to the test locker, although the real one has room as well.
    moved = trial.post("/v1/delivery-attempts", json={"parcel_id": parcel["id"]}).json()
    assert moved["fallback"]["locker_id"] == "toy"
    assert code(real.get(f"/v1/parcels/{parcel['id']}")) == (404, "unknown_parcel")


def test_keys_are_made_listed_and_ended(enter: Enter) -> None:
    operator = enter()
    made = operator.post("/v1/keys", json={"name": "shop", "carrier": "swift", "scopes": ["read"]}).json()
    assert made["api_key"].startswith("live_") and made["scopes"] == ["read"]
    listed = operator.get("/v1/keys")
    assert made["api_key"] not in listed.text
    assert [one["id"] for one in listed.json()["items"]][-1] == made["id"]
    headers = {"Authorization": f"Bearer {made['api_key']}"}
    assert operator.get("/v1/parcels", headers=headers).status_code == 200
    assert operator.delete(f"/v1/keys/{made['id']}").json()["ended_at"] is not None
    assert operator.get("/v1/parcels", headers=headers).status_code == 401
    assert code(operator.delete("/v1/keys/k_0")) == (404, "unknown_key")
    wrong = operator.post("/v1/keys", json={"name": "x", "carrier": "swift", "scopes": ["operate"]})
    assert code(wrong) == (422, "scope_of_operators")


def test_a_key_is_nowhere_in_the_database(enter: Enter, hub: Hub) -> None:
    made = enter().post("/v1/keys", json={"name": "shop"}).json()
    with hub.store.read() as db:
        for row in db.execute("SELECT * FROM api_keys"):
            assert made["api_key"] not in map(str, tuple(row))


def test_who_follows_is_led_past_what_others_see(enter: Enter, set_up: SetUp) -> None:
    set_up()
    swift, rapid = enter("swift"), enter("rapid")
    swift.post("/v1/parcels", json=PARCEL)
    seen = swift.get("/v1/events").json()
    nothing = rapid.get("/v1/events").json()
    assert (nothing["items"], nothing["next"]) == ([], seen["next"]), "all that is no business of theirs is behind them"
    assert rapid.get("/v1/events", params={"after": nothing["next"] + 5}).json()["next"] == nothing["next"] + 5
    first = swift.get("/v1/events", params={"limit": 1}).json()
    assert first["next"] == first["items"][0]["seq"], "there may be more"
    rapid.post("/v1/parcels", json=PARCEL | {"tracking_number": "R1"})
    news = rapid.get("/v1/events", params={"after": nothing["next"]}).json()
    assert [one["kind"] for one in news["items"]] == ["announced", "room_promised"]


def test_an_operators_list_is_that_of_all_carriers_in_one_order(
    hub: Hub, set_up: SetUp, send: Callable[..., ParcelView], clock: StandingClock
) -> None:
    locker = set_up(classes=" ".join(["M"] * 8))
    sent = []
    for number in range(9):
        # Three at a time, of whom nobody knows which was the first.
        clock.ms += 1_000 if number % 3 == 0 else 0
        place = "elm" if number < 4 else None
        sent.append(
            send(place, carrier=("swift", "rapid", "slow", "")[number % 4], reference="same" if number > 6 else "")
        )
    newest = [one.id for one in sorted(sent, key=lambda one: (one.announced_s, one.id), reverse=True)]
    found, behind = [], None
    while page := looks.parcels(hub, limit=2, behind=behind):
        found += [one.id for one in page]
        behind = (page[-1].announced_s, page[-1].id)
    assert found == newest
    locker.catch_up()
    locker.tell(*(locker.deposits(one, n) for n, one in enumerate(sent[:3], start=1)))
    locker.tell(locker.collects(sent[0], 1))

    def ids(**wanted: Any) -> set[str]:
        return {one.id for one in looks.parcels(hub, **wanted)}

    assert ids(status="ready_for_pickup") == {sent[1].id, sent[2].id}
    assert ids(status="ready_for_pickup", carrier="slow") == {sent[2].id}
    assert ids(status="collected") == {sent[0].id}
    assert ids(reference="same") == {sent[7].id, sent[8].id}
    assert ids(reference="same", carrier="swift", tracking_number=sent[8].tracking_number) == {sent[8].id}
    assert ids(reference="same", carrier="slow") == ids(test=True) == ids(carrier="nobody") == set()
