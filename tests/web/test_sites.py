"""Operators make lockers known on a page, say where they stand, and say how they themselves are told of alarms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest

from hub_service.handlers import alarm_desk, looks, orders, sites, users
from hub_service.store import audit
from locker.wire.messages import FullState, Orders

AtDesk = Callable[[Any], httpx.Client]
NEW = "/operate/new-locker"
OAK = {
    "locker_id": "oak", "number": "2", "name": "Oak Square 3", "where": "beside the café", "public_key": "CD" * 32,
    "help_phone": "+1 202 555 0199", "latitude": "52,5300", "longitude": "13.4100",
}  # fmt: skip


def newest(town: Any) -> tuple[str, str, str]:
    with town.hub.store.read() as db:
        (entry,) = audit.latest(db, 1)
    return entry.who, entry.act, entry.about


def test_an_admin_makes_a_locker_known_and_its_keys_are_shown_once(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    form = admin.get(NEW).text
    assert 'value="2"' in form, "the next number that is free"
    page = admin.post(NEW, data=OAK).text
    shown = re.search(r'class="secret" role="status">([^<]+)<', page)
    assert shown
    keys = json.loads(unescape(shown[1]))
    assert len(bytes.fromhex(keys["code_key"])) == 32
    assert keys["hub_public_key"] == town.hub.keys.public_hex
    assert newest(town) == ("admin", "locker_added", "locker oak")
    oak = looks.locker(town.hub, "oak")
    assert oak is not None
    assert (oak.name, oak.where, oak.latitude, oak.test) == ("Oak Square 3", "beside the café", 52.53, False)
    assert keys["code_key"] not in admin.get("/operate/lockers/oak").text
    # What is built in isn't typed: the page waits for the locker to say.
    assert "hasn&#39;t said yet how it looks" in admin.get("/operate/lockers/oak").text.replace("’", "&#39;").replace(
        "'", "&#39;"
    )


@pytest.mark.parametrize(
    ("different", "status"),
    [
        ({"locker_id": "elm"}, 409), ({"number": "1"}, 409), ({"latitude": "north"}, 409), ({"latitude": "nan"}, 409),
        ({"longitude": ""}, 409), ({"latitude": "91"}, 409), ({"public_key": "xyz"}, 422), ({"locker_id": "a b"}, 422),
        ({"number": "0"}, 422), ({"name": ""}, 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_made(
    town: Any, at_desk: AtDesk, different: dict[str, str], status: int
) -> None:
    assert at_desk("admin").post(NEW, data=OAK | different).status_code == status
    assert [one.id for one in looks.lockers(town.hub)] == ["elm"]


def test_a_locker_that_moves_round_the_corner_tells_itself_and_its_neighbours(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    admin.post(NEW, data=OAK)
    before = {name: last_order(town, name) for name in ("elm", "oak")}
    assert 'value="Elm Street 12"' in admin.get("/operate/lockers/elm/site").text
    moved = {"name": "Elm Street 14", "where": "in the yard", "help_phone": "", "latitude": "", "longitude": ""}
    assert admin.post("/operate/lockers/elm/site", data=moved).status_code == 200
    elm = looks.locker(town.hub, "elm")
    assert elm is not None and (elm.name, elm.where) == ("Elm Street 14", "in the yard")
    assert {name: last_order(town, name) - before[name] for name in before} == {"elm": 1, "oak": 1}
    assert newest(town) == ("admin", "site_changed", "locker elm")
    again = {name: last_order(town, name) for name in before}
    admin.post("/operate/lockers/elm/site", data=moved)
    assert {name: last_order(town, name) for name in before} == again, "nothing new, so nobody is told"
    assert admin.post("/operate/lockers/elm/site", data=moved | {"latitude": "x"}).status_code == 422
    assert admin.get("/operate/lockers/nowhere/site").status_code == 404


def last_order(town: Any, locker_id: str) -> int:
    with town.hub.store.read() as db:
        row = db.execute("SELECT last_order FROM lockers WHERE id = ?", (locker_id,)).fetchone()
    due = orders.due(town.hub, locker_id)
    assert due is None or isinstance(due, Orders | FullState)
    return int(row["last_order"])


@pytest.mark.parametrize("role", ["viewer", "helpdesk", "technician", "operator"])
def test_only_who_manages_lockers_may(town: Any, at_desk: AtDesk, role: str) -> None:
    browser = at_desk(role)
    assert NEW not in browser.get("/operate").text
    assert browser.get(NEW).status_code == 403
    assert browser.post(NEW, data=OAK).status_code == 403
    assert browser.post("/operate/lockers/elm/site", data={"name": "x"}).status_code == 403
    assert [one.name for one in looks.lockers(town.hub)] == ["Elm Street 12"]


def test_everybody_says_how_they_are_reached_and_admins_for_all(town: Any, at_desk: AtDesk) -> None:
    users.add(town.hub, "tess", "technician", "shell")
    users.add(town.hub, "looksonly", "viewer", "shell")
    admin = at_desk("admin")
    page = admin.get("/operate/contacts").text
    assert "Reached by nothing: admin, tess" in page
    assert "looksonly" not in page, "who may not handle alarms isn't told of them"
    data = {"login": "tess", "email": "tess@example.org", "phone": "+49 151 234"}
    assert 'value="tess@example.org"' in admin.post("/operate/contacts", data=data).text
    assert newest(town)[:2] == ("admin", "contact_set")
    found = {user.login: (contact.email, contact.phone) for user, contact in alarm_desk.reached(town.hub)}
    assert found == {"admin": ("", ""), "tess": ("tess@example.org", "+49 151 234")}
    assert admin.post("/operate/contacts", data={"login": "nobody"}).status_code == 409
    assert admin.post("/operate/contacts", data={"login": "tess", "email": "no mail"}).status_code == 422


def test_a_technician_sees_and_changes_the_own_number_only(town: Any, at_desk: AtDesk) -> None:
    users.add(town.hub, "olga", "operator", "shell")
    alarm_desk.set_contact(town.hub, "olga", "olga@example.org", "", "shell")
    tess = at_desk("technician")
    assert "olga@example.org" not in tess.get("/operate/contacts").text
    assert tess.post("/operate/contacts", data={"login": "olga", "email": "x@example.org"}).status_code == 403
    assert tess.post("/operate/contacts", data={"login": "technician", "phone": "123"}).status_code == 200


def test_the_command_line_leaves_its_mark_as_well(town: Any) -> None:
    new = sites.NewLocker(id="ash", number=9, name="Ash", where="", public_key="ef" * 32)
    assert isinstance(sites.add_locker(town.hub, new), sites.Introduced)
    assert newest(town) == ("shell", "locker_added", "locker ash")
