"""Somebody calls: found, checked, helped; whoever helps learns nobody's name, and the recipient hears of it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub_service.handlers import help_desk, looks, users
from hub_service.handlers.users import NewUser
from hub_service.store import audit, outbox

PASSWORD = "four unrelated words here"
NAME, EMAIL = "Mira Berg", "mira.berg@example.org"


@pytest.fixture
def helen(town: Any, stranger: httpx.Client) -> httpx.Client:
    user = users.add(town.hub, "helen", "helpdesk", "shell")
    assert isinstance(user, NewUser)
    stranger.post("/operate/sign-in", data={"login": "helen", "password": user.password})
    stranger.post("/operate/password", data={"password": PASSWORD})
    return stranger


@pytest.fixture
def parcel(town: Any) -> Any:
    """A parcel that waits for Mira Berg."""
    announced = town.announce(name=NAME, email=EMAIL)
    town.deposit(announced)
    return looks.parcel(town.hub, announced.id)


def page(parcel: Any) -> str:
    return f"/operate/help/{parcel.id}"


def acts(town: Any, parcel: Any) -> list[str]:
    with town.hub.store.read() as db:
        return [entry.act for entry in reversed(audit.latest(db, 50, about=f"parcel {parcel.id}"))]


def say_who(helen: httpx.Client, parcel: Any, name: str = "", address: str = "") -> httpx.Response:
    form = {"name": name or NAME, "address": address or EMAIL}
    return helen.post(f"{page(parcel)}/check", data=form)


def test_a_parcel_is_found_by_whatever_the_caller_has(town: Any, helen: httpx.Client, parcel: Any) -> None:
    for said in (parcel.tracking_number, parcel.tracking_number[-4:], EMAIL.upper()):
        assert page(parcel) in helen.get("/operate/help", params={"said": said}).text, said
    assert "0 found" in helen.get("/operate/help", params={"said": "ZZZZ9999"}).text


def test_whoever_helps_sees_no_name_no_address_and_no_code(town: Any, helen: httpx.Client, parcel: Any) -> None:
    shown = helen.get(page(parcel)).text + helen.get("/operate/help", params={"said": parcel.tracking_number}).text
    for secret in (NAME, EMAIL, parcel.pin, parcel.ticket, parcel.page_path):
        assert secret not in shown


def test_without_a_check_nothing_is_done(town: Any, helen: httpx.Client, parcel: Any) -> None:
    answer = helen.post(f"{page(parcel)}/pin")
    assert answer.status_code == 409
    assert "Ask the caller for their name" in answer.text


@pytest.mark.parametrize("wrong", [{"name": "Somebody Else"}, {"address": "other@example.org"}])
def test_a_caller_who_does_not_know_the_recipient_gets_nothing_and_is_written_down(
    town: Any, helen: httpx.Client, parcel: Any, wrong: dict[str, str]
) -> None:
    assert "end the call" in say_who(helen, parcel, **wrong).text
    assert helen.post(f"{page(parcel)}/pin").status_code == 409
    assert acts(town, parcel) == ["caller_not_known"]


def test_a_new_pin_is_read_out_the_old_one_is_dead_and_the_recipient_hears_of_it(
    town: Any, helen: httpx.Client, parcel: Any
) -> None:
    say_who(helen, parcel)
    shown = helen.post(f"{page(parcel)}/pin").text
    found = re.search(r"<strong>(\d{4} \d{4})</strong>", shown)
    assert found is not None
    now = looks.parcel(town.hub, parcel.id)
    assert now is not None
    assert found[1].replace(" ", "") == now.pin.replace(" ", "") != parcel.pin.replace(" ", "")
    assert now.ticket != parcel.ticket
    town.send_notices()
    newest = outbox.mailbox(town.hub.store)[0]
    assert newest.subject.startswith("A new code for your parcel")
    assert now.pin in newest.body.replace(" ", "")
    assert acts(town, parcel) == ["caller_checked", "pin_changed"]


def test_a_check_counts_for_one_call(town: Any, helen: httpx.Client, parcel: Any) -> None:
    say_who(helen, parcel)
    town.hub.clock.move(help_desk.CHECK_LASTS_S + 1)
    assert helen.post(f"{page(parcel)}/pin").status_code == 409


def test_more_time_is_given_once(town: Any, helen: httpx.Client, parcel: Any) -> None:
    say_who(helen, parcel)
    assert helen.post(f"{page(parcel)}/extend").status_code == 200
    assert "extended before" in helen.post(f"{page(parcel)}/extend").text
