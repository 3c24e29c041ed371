"""Requests that are sent again, versions of what was seen, and pages that stay put while new parcels come."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub_service.domain.limits import Caller
from hub_service.handlers import repeats, sites, webhooks
from hub_service.handlers.hub import Hub
from hub_service.store import repeats as stored
from hub_service.store import webhook_outbox, webhook_sending
from hub_service.store.repeats import Answer
from tests.hub.conftest import StandingClock

SetUp = Callable[..., Any]
PARCEL: dict[str, Any] = {
    "tracking_number": "T1",
    "carrier": "swift",
    "recipient": {"name": "Ada", "email": "ada@example.org"},
    "size_mm": {"width": 300, "height": 60, "depth": 200},
    "locker_id": "elm",
}


@pytest.fixture
def web(hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]) -> Iterator[httpx.Client]:
    """A program with an API key."""
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'test')}"
        yield client


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


def test_a_repeat_gets_the_first_answer_even_after_things_have_changed(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    first = web.post("/v1/parcels", json=PARCEL, headers=key("a"))
    web.post(f"/v1/parcels/{first.json()['id']}/cancel")
    again = web.post("/v1/parcels", json=PARCEL, headers=key("a"))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_refusal_is_an_answer_too(web: httpx.Client, set_up: SetUp) -> None:
    set_up(classes="S")
    assert web.post("/v1/parcels", json=PARCEL).status_code == 201
    second = {**PARCEL, "tracking_number": "T2", "recipient": {"name": "Bo"}}
    refused = web.post("/v1/parcels", json=second, headers=key("b"))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_room")
    web.post(f"/v1/parcels/{web.get('/v1/parcels').json()['items'][0]['id']}/cancel")
    again = web.post("/v1/parcels", json=second, headers=key("b"))
    assert (again.status_code, again.json()) == (409, refused.json())
    assert web.post("/v1/parcels", json=second, headers=key("c")).status_code == 201


def test_spelling_is_no_other_request_and_another_body_is(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    headers = {**key("d"), "Content-Type": "application/json"}
    first = web.post("/v1/parcels", content=json.dumps(PARCEL), headers=headers)
    spaced = json.dumps(dict(reversed(PARCEL.items())), indent=2)
    assert web.post("/v1/parcels", content=spaced, headers=headers).json() == first.json()
    other = web.post("/v1/parcels", json={**PARCEL, "reference": "x"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")
    elsewhere = web.post(f"/v1/parcels/{first.json()['id']}/cancel", headers=headers)
    assert elsewhere.json()["code"] == "key_used_otherwise"
    for wrong in ("", "x" * 201):
        assert web.post("/v1/parcels", json=PARCEL, headers=key(wrong)).json()["code"] == "unusable_key"


def test_sixteen_repeats_at_once_have_one_effect(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    home = {**PARCEL, "locker_id": None}
    parcel = web.post("/v1/parcels", json=home).json()["id"]
    start = threading.Barrier(16)

    def fail(_: int) -> httpx.Response:
        start.wait()
        return web.post("/v1/delivery-attempts", json={"parcel_id": parcel}, headers=key("e"))

    with ThreadPoolExecutor(16) as programs:
        answers = list(programs.map(fail, range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    kinds = [one["kind"] for one in web.get("/v1/events", params={"parcel_id": parcel}).json()["items"]]
    assert kinds.count("attempt_failed") == 1


def test_a_key_is_free_again_where_nothing_was_done(web: httpx.Client, set_up: SetUp, hub: Hub) -> None:
    set_up()
    assert web.post("/v1/parcels", json={**PARCEL, "low": "perhaps"}, headers=key("f")).status_code == 422
    assert web.post("/v1/parcels", json=PARCEL, headers=key("f")).status_code == 201
    stranger = {**key("g"), "Authorization": "Bearer nobody"}
    assert web.post("/v1/parcels", json=PARCEL, headers=stranger).status_code == 401
    with hub.store.read() as db:
        assert [row["key"] for row in db.execute("SELECT key FROM answers")] == ["f"]


def test_who_died_at_work_holds_nobody_up_for_long(hub: Hub, clock: StandingClock) -> None:
    with hub.store.write() as db:
        assert stored.claim(db, hub.store, ("k", "x"), "digest", clock.ms) == "yours"
        assert stored.claim(db, hub.store, ("k", "x"), "digest", clock.ms + stored.LEASE_MS - 1) == "under_way"
        assert stored.claim(db, hub.store, ("k", "x"), "digest", clock.ms + stored.LEASE_MS) == "yours"


def test_whoever_waits_for_the_first_answer_holds_up_no_writer(hub: Hub, clock: StandingClock) -> None:
    names, told = ("k", "x"), Answer(201, "text/plain", "done")
    turns: list[int] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        begun, go_on, asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        looks: list[int] = []

        class Looked(StandingClock):
            def now_ms(self) -> int:
                looks.append(1)
                if len(looks) == 5:
                    loop.call_soon_threadsafe(asked.set)
                return clock.ms

        async def work() -> Answer:
            begun.set()
            await go_on.wait()
            return told

        first = asyncio.create_task(repeats.once(hub, names, "digest", work))
        await begun.wait()
        hub.store.on_commit(lambda: turns.append(1))
        again = asyncio.create_task(repeats.once(replace(hub, clock=Looked()), names, "digest", work))
        await asyncio.wait_for(asked.wait(), 10)
        assert len(turns) <= 1, "but for the first question, which might have been the first of all"
        go_on.set()
        assert [await first, await again] == [told, told]

    asyncio.run(story())


def test_answers_are_kept_for_two_days_and_sealed(
    web: httpx.Client, set_up: SetUp, hub: Hub, clock: StandingClock
) -> None:
    set_up()
    pin = web.post("/v1/parcels", json=PARCEL, headers=key("h")).json()["pickup"]["pin"]
    with hub.store.read() as db:
        assert pin.encode() not in b"".join(row[0] for row in db.execute("SELECT answer_sealed FROM answers"))
    for hours, left in ((47, 1), (2, 0)):
        clock.ms += hours * 3_600_000
        repeats.forget_old(hub)
        with hub.store.read() as db:
            assert db.execute("SELECT count(*) FROM answers").fetchone()[0] == left


def test_what_has_not_changed_is_not_sent_again(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    path = f"/v1/parcels/{web.post('/v1/parcels', json=PARCEL).json()['id']}"
    tag = web.get(path).headers["ETag"]
    same = web.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content) == (304, b"")
    web.post(f"{path}/progress", json={"status": "in_transit"})
    assert web.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_change_is_made_only_to_what_was_seen(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    path = f"/v1/parcels/{web.post('/v1/parcels', json=PARCEL).json()['id']}"
    seen = {"If-Match": web.get(path).headers["ETag"]}
    assert web.post(f"{path}/progress", json={"status": "in_transit"}, headers=seen).status_code == 200
    late = web.post(f"{path}/cancel", headers=seen)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert web.get(path).json()["status"] == "in_transit"
    seen = {"If-Match": web.get(path).headers["ETag"]}
    assert web.post(f"{path}/cancel", headers=seen).json()["status"] == "cancelled"


def test_of_sixteen_changes_to_one_version_one_is_made(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    path = f"/v1/parcels/{web.post('/v1/parcels', json=PARCEL).json()['id']}"
    seen = {"If-Match": web.get(path).headers["ETag"]}
    with ThreadPoolExecutor(16) as programs:
        said = {"status": "in_transit"}
        answers = list(programs.map(lambda _: web.post(f"{path}/progress", json=said, headers=seen), range(16)))
    assert sorted(one.status_code for one in answers) == [200] + [412] * 15


def test_pages_neither_repeat_nor_lose_anything_while_parcels_come(web: httpx.Client, clock: StandingClock) -> None:
    home = {**PARCEL, "locker_id": None}
    for number in range(7):
        clock.ms += 1000 * (number % 2)
        web.post("/v1/parcels", json={**home, "tracking_number": f"old{number}"})
    seen: list[str] = []
    page = web.get("/v1/parcels", params={"limit": 3}).json()
    while True:
        seen += [one["tracking_number"] for one in page["items"]]
        web.post("/v1/parcels", json={**home, "tracking_number": f"new{len(seen)}"})
        if page["next"] is None:
            break
        page = web.get("/v1/parcels", params={"limit": 3, "cursor": page["next"]}).json()
    assert sorted(seen) == [f"old{number}" for number in range(7)]
    for wrong in ("x", "e30", "!!", page["next"] or "W10", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwiIl0"):
        assert web.get("/v1/parcels", params={"cursor": wrong}).json()["code"] == "unknown_cursor"


def test_what_piled_up_is_forgotten_in_pieces_and_what_nobody_waits_for_goes_too(
    hub: Hub, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = webhooks.add(hub, Caller(id="k", name="k"), "https://shop.example/hook", ())
    assert isinstance(made, webhooks.Fresh)
    day_ms = 24 * 3_600_000

    def come(many: int) -> None:
        with hub.store.write() as db:
            for number in range(many):
                stored.claim(db, hub.store, ("k", f"{clock.ms}/{number}"), "digest", clock.ms + number)
                webhook_outbox.put(db, made.webhook.id, "hub.test", {}, clock.ms + number)

    def left() -> tuple[int, int]:
        with hub.store.read() as db:
            counted = [
                db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("answers", "webhook_outbox")
            ]
        return counted[0], counted[1]

    come(7)
    # One was tried before its program was ended; the others wait for nobody any more.
    (sending,) = webhook_sending.claim(hub.store, clock.ms, 1)
    webhook_sending.mark(hub.store, sending, webhook_sending.Outcome(1, 500), clock.ms)
    webhooks.end(hub, Caller(id="k", name="k"), made.webhook.id)
    clock.ms += 29 * day_ms
    come(2)
    monkeypatch.setattr(repeats, "AT_ONCE", 3)
    repeats.forget_old(hub)
    assert left() == (2, 9)
    clock.ms += day_ms + 1_000
    turns: list[int] = []
    hub.store.on_commit(lambda: turns.append(1))
    repeats.forget_old(hub)
    assert left() == (2, 2)
    assert len(turns) == 3, "seven, three at a time, and others may write between"
