"""Programs of an operator open a compartment from afar, under the rules of the desk, and read what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.domain import opening as rules
from hub_service.handlers import keys, opening, sites
from hub_service.handlers.hub import Hub
from hub_service.locker_link import Bus, LockerLink
from hub_service.store import audit, events
from locker.wire.codec import encode
from locker.wire.opening import Answered, Challenge
from locker.wire.topics import topic

SetUp = Callable[..., Any]
Visit = Callable[..., AbstractContextManager[httpx.Client]]
WHY = {"reason": "the hinge is to be changed"}


@pytest.fixture
def web(hub: Hub, visit: Visit) -> Iterator[httpx.Client]:
    """An operator's program."""
    with visit(demo=True) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'console')}"
        yield client


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_empty_compartment_needs_a_reason_and_its_end_can_be_read(
    hub: Hub, web: httpx.Client, set_up: SetUp
) -> None:
    set_up()
    made = web.post("/v1/lockers/elm/compartments/2/open", json=WHY)
    assert (made.status_code, made.json()["state"]) == (202, "trying")
    ((_, knock),) = opening.knocks(hub)
    (order,) = opening.heard(hub, "elm", Challenge(locker="elm", run="r", request=knock.request, nonce="n"))
    assert (order.n, order.may_hold, order.pickup) == (2, False, "")  # type: ignore[union-attr]
    opening.heard(hub, "elm", Answered(locker="elm", run="r", request=knock.request, outcome="someone_else"))
    read = web.get(f"/v1/openings/{made.json()['id']}").json()
    assert (read["state"], read["outcome"]) == ("refused", "someone_else")
    assert "try again" in read["detail"]


def test_what_cannot_be_opened_says_why_and_what_to_do(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    assert code(web.post("/v1/lockers/elm/compartments/9/open", json=WHY)) == (404, "unknown_compartment")
    assert code(web.post("/v1/lockers/ash/compartments/1/open", json=WHY)) == (404, "unknown_locker")
    assert code(web.post("/v1/lockers/elm/compartments/2/open", json={"reason": "  "})) == (422, "reason_missing")
    assert code(web.post("/v1/lockers/elm/compartments/2/open", json={"reason": ""})) == (422, "invalid")
    assert web.post("/v1/lockers/elm/compartments/2/open", json=WHY).status_code == 202
    assert code(web.post("/v1/lockers/elm/compartments/2/open", json=WHY)) == (409, "opening_under_way")
    assert code(web.post("/v1/lockers/elm/compartments/3/open", json=WHY | {"way": "recipient"})) == (
        409,
        "nobody_to_ask",
    )
    assert code(web.get("/v1/openings/o_none")) == (404, "unknown_opening")


def test_a_carriers_key_opens_no_door_and_reads_of_none(hub: Hub, web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    made = web.post("/v1/lockers/elm/compartments/2/open", json=WHY).json()
    carrier = keys.add(hub, "swift's shop", carrier="swift")
    assert isinstance(carrier, tuple)
    web.headers["Authorization"] = f"Bearer {carrier[1]}"
    assert web.post("/v1/lockers/elm/compartments/1/open", json=WHY).status_code == 403
    assert web.get(f"/v1/openings/{made['id']}").status_code == 403


def test_what_nobody_answers_is_over_and_may_be_asked_anew(hub: Hub, web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    made = web.post("/v1/lockers/elm/compartments/2/open", json=WHY).json()
    hub.clock.move(rules.ASK_MS // 1000 + rules.GRACE_MS // 1000 + 1)  # type: ignore[attr-defined]
    assert opening.knocks(hub) == []
    late = Challenge(locker="elm", run="r", request=made["id"], nonce="n")
    assert opening.heard(hub, "elm", late) == []
    assert web.get(f"/v1/openings/{made['id']}").json()["state"] == "no_answer"
    assert web.post("/v1/lockers/elm/compartments/2/open", json=WHY).status_code == 202


def test_who_closes_an_alarm_by_the_api_is_in_the_audit_log(hub: Hub, web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    with hub.store.write() as db:
        events.raise_alarm(db, "elm", 1, "jammed", "It jams.", hub.now_ms())
    (alarm,) = web.get("/v1/lockers/elm").json()["alarms"]
    assert web.post(f"/v1/lockers/elm/alarms/{alarm['id']}/close").status_code == 200
    with hub.store.read() as db:
        (entry, *_) = audit.latest(db, 1)
    assert (entry.who, entry.act, entry.about) == ("key console", "alarms_closed", "locker elm")


def test_the_link_believes_a_locker_about_its_own_requests_only(hub: Hub, web: httpx.Client, set_up: SetUp) -> None:
    own, link = Ed25519PrivateKey.generate(), LockerLink(hub, Bus("127.0.0.1", 1))
    for locker_id in ("elm", "oak"):
        set_up(locker_id)
    with hub.store.write() as db:
        public = own.public_key().public_bytes_raw().hex()
        db.execute("UPDATE lockers SET public_key = ? WHERE id = 'oak'", (public,))
    made = web.post("/v1/lockers/elm/compartments/2/open", json=WHY).json()
    for about in ("elm", "oak"):
        # Oak, or a thief of its key, answers for elm.
        said = Challenge(locker=about, run="r", request=made["id"], nonce="n")
        for on in ("elm", "oak"):
            assert list(link.taken_all([(topic(on, "reports"), encode(said, own))])) == []
    asked = web.post("/v1/lockers/oak/compartments/2/open", json=WHY).json()
    said = Challenge(locker="oak", run="r", request=asked["id"], nonce="n")
    ((to, order),) = link.taken_all([(topic("oak", "reports"), encode(said, own))])
    assert (to, order.kind) == ("oak", "open_now")
