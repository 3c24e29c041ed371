"""The operators' pages: alarms by cause with what to do, and only what the role allows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hub_service.domain import alarms
from hub_service.handlers import alarm_desk, users
from hub_service.handlers.users import NewUser
from hub_service.store import events

PASSWORD = "four unrelated words here"


def come_in(town: Any, visitor: httpx.Client, role: Any) -> httpx.Client:
    user = users.add(town.hub, role, role, "shell")
    assert isinstance(user, NewUser)
    visitor.post("/operate/sign-in", data={"login": role, "password": user.password})
    visitor.post("/operate/password", data={"password": PASSWORD})
    return visitor


@pytest.fixture
def technician(town: Any, stranger: httpx.Client) -> httpx.Client:
    return come_in(town, stranger, "technician")


def jam(town: Any, *doors: int) -> None:
    with town.hub.store.write() as db:
        for n in doors:
            events.raise_alarm(db, "elm", n, "jammed", alarms.sentence("jammed"), town.hub.now_ms())


def ids(town: Any) -> list[int]:
    return [number for view in alarm_desk.groups(town.hub) for number in view.ids]


def test_alarms_are_shown_by_cause_with_what_to_do(town: Any, technician: httpx.Client) -> None:
    jam(town, 2, 5)
    page = technician.get("/operate/alarms").text
    assert "1 thing to look after" in page
    assert "Elm Street 12: jammed, doors 2, 5" in page
    assert "Go with the key, free it, and look." in page


def test_one_says_mine_and_later_done(town: Any, technician: httpx.Client) -> None:
    jam(town, 2, 5)
    page = technician.post("/operate/alarms/mine", data={"ids": [str(one) for one in ids(town)]}).text
    assert "technician looks after it" in page
    page = technician.post("/operate/alarms/done", data={"ids": [str(one) for one in ids(town)]}).text
    assert "Nothing to look after" in page


def test_works_are_silenced_for_hours_with_a_reason(town: Any, technician: httpx.Client) -> None:
    jam(town, 2)
    form = {"locker_id": "elm", "kind": "jammed", "hours": "4", "reason": "new front"}
    page = technician.post("/operate/alarms/silence", data=form).text
    assert "new front (technician)" in page
    page = technician.post("/operate/alarms/speak", data={"silence_id": "1"}).text
    assert "new front" not in page


def test_who_may_only_look_gets_a_sentence_and_no_alarm(town: Any, stranger: httpx.Client) -> None:
    jam(town, 2)
    viewer = come_in(town, stranger, "viewer")
    assert "Elm Street 12" in viewer.get("/operate").text
    refused = viewer.post("/operate/alarms/done", data={"ids": [str(one) for one in ids(town)]})
    assert refused.status_code == 403
    assert "The role viewer may not do this" in refused.text
    assert ids(town)
