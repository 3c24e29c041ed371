"""Operators open a door from afar: by a reason, with a second person's yes, alone in an emergency; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_service.handlers import opening, remote, reports, users
from hub_service.handlers.remote import Wish
from locker.wire.messages import Presence

AtDesk = Callable[[Any], httpx.Client]
PASSWORD = "four unrelated words here"


@pytest.fixture(autouse=True)
def online(town: Any) -> None:
    """Elm is connected, and a parcel lies in its compartment 5."""
    reports.take(town.hub, "elm", Presence(locker="elm", run="00000000000000aa", online=True))
    town.deposit(town.announce("DP1"), 5)


def press(page: httpx.Client, n: int, way: str, reason: str = "smoke") -> httpx.Response:
    """Sends the form at a door."""
    return page.post("/operate/lockers/elm/open", data={"n": str(n), "way": way, "reason": reason})


def test_a_technician_opens_an_empty_door_and_sees_what_becomes_of_it(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("technician")
    form = desk.get("/operate/lockers/elm?door=2").text
    assert "Open door 2 now" in form and "who says yes" not in form
    answer = press(desk, 2, "reason")
    assert (answer.status_code, answer.headers["Refresh"]) == (200, "1")
    assert "The locker is asked" in answer.text
    assert [knock.request for _, knock in opening.knocks(town.hub)] == [answer.url.path.rpartition("/")[2]]


def test_a_door_with_a_parcel_asks_whose_yes_it_takes(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("technician")
    form = desk.get("/operate/lockers/elm?door=5").text
    assert "who says yes?" in form and "emergency" not in form
    refused = press(desk, 5, "reason")
    assert (refused.status_code, "ask its recipient or a second person" in refused.text) == (409, True)
    assert press(desk, 5, "emergency").status_code == 403
    assert opening.knocks(town.hub) == []


def test_a_second_person_says_yes_on_their_own_screen(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("operator")
    asked = press(desk, 5, "second")
    path = asked.url.path
    assert "Ask somebody else to sign in" in asked.text
    assert desk.post(f"{path}/yes").status_code == 409
    assert opening.knocks(town.hub) == []
    sign_in(town, desk, "omar")
    listed = desk.get("/operate/openings").text
    assert path in listed and "asked by operator" in listed
    assert "Yes, open door 5 now" in desk.get(path).text
    assert "The locker is asked" in desk.post(f"{path}/yes").text
    assert len(opening.knocks(town.hub)) == 1


def test_a_no_of_anybody_at_the_desk_ends_it(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("operator")
    path = press(desk, 5, "second").url.path
    assert "Somebody has said no" in desk.post(f"{path}/no").text
    assert desk.post(f"{path}/yes").status_code == 404


def test_an_emergency_is_the_operators_who_may_and_is_called_out(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("operator")
    assert "it is an emergency" in desk.get("/operate/lockers/elm?door=5").text
    assert "The locker is asked" in press(desk, 5, "emergency").text
    assert "opened alone, from afar" in html(desk.get("/operate/lockers/elm").text)


@pytest.mark.parametrize("role", ["viewer", "helpdesk"])
def test_who_may_open_no_doors_sees_no_button_and_no_list(at_desk: AtDesk, role: str) -> None:
    desk = at_desk(role)
    assert "/open" not in desk.get("/operate/lockers/elm?door=2").text
    assert press(desk, 2, "reason").status_code == 403
    assert desk.get("/operate/openings").status_code == 403


def test_a_recipients_own_opening_is_not_shown_at_the_desk(town: Any, at_desk: AtDesk) -> None:
    token = town.page(town.parcel("DP1")).removeprefix("/p/")
    made = opening.by_phone(town.hub, token, 5, "417")
    assert isinstance(made, opening.OpeningView)
    desk = at_desk("operator")
    assert desk.get(f"/operate/openings/{made.id}").status_code == 404
    assert made.id not in desk.get("/operate/openings").text


def test_whoever_asks_anew_waits_for_no_earlier_yes(town: Any) -> None:
    first = remote.ask(town.hub, Wish(locker_id="elm", n=5, way="second", reason="smoke", who="olga"))
    second = remote.ask(town.hub, Wish(locker_id="elm", n=5, way="recipient", reason="smoke", who="olga"))
    assert isinstance(first, opening.OpeningView) and isinstance(second, opening.OpeningView)
    assert [one.id for one in remote.waiting(town.hub)] == [second.id]


def html(page: str) -> str:
    """A page in one line."""
    return " ".join(page.split())


def sign_in(town: Any, desk: httpx.Client, login: str) -> None:
    """Another operator sits down at the same browser."""
    user = users.add(town.hub, login, "operator", "shell")
    assert isinstance(user, users.NewUser)
    desk.cookies.clear()
    desk.post("/operate/sign-in", data={"login": login, "password": user.password})
    desk.post("/operate/password", data={"password": PASSWORD})
