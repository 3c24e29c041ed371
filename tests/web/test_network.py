"""Operators look at the network and at one locker: what needs somebody is on top, and a door can be taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_service.domain import alarms
from hub_service.handlers import sites
from hub_service.store import audit, events, lockers
from locker.wire.facts import Deposited

AtDesk = Callable[[Any], httpx.Client]


def build(town: Any, name: str, number: int) -> str:
    """Another locker, which is connected and well."""
    sites.add_locker(
        town.hub, sites.NewLocker(id=name.lower(), number=number, name=name, where="", public_key=f"{number:02x}" * 32)
    )
    with town.hub.store.write() as db:
        lockers.update(db, name.lower(), online=1)
    return name.lower()


def alarm(town: Any, locker_id: str, kind: str, n: int = 0) -> None:
    with town.hub.store.write() as db:
        events.raise_alarm(db, locker_id, n, kind, alarms.sentence(kind), town.hub.now_ms())


def last_act(town: Any) -> audit.Entry:
    with town.hub.store.read() as db:
        return audit.latest(db, 1)[0]


def shown_lockers(page: str) -> list[str]:
    return re.findall(r'<h2><a href="/operate/lockers/([^"]+)"', page)


def test_lockers_that_need_somebody_come_first(town: Any, at_desk: AtDesk) -> None:
    # Elm, number 1, has fallen silent.
    town.go_silent()
    build(town, "Ash", 2)
    alarm(town, build(town, "Oak", 3), "jammed", 4)
    alarm(town, build(town, "Fir", 4), "forced_open", 1)
    page = at_desk("viewer").get("/operate").text
    assert shown_lockers(page) == ["fir", "elm", "oak", "ash"]
    assert "3 of 4 lockers need somebody" in page
    assert "2 alarms, 1 of them for now" in page


def test_room_is_counted_by_size_over_all_lockers(town: Any, at_desk: AtDesk) -> None:
    town.deposit(town.announce("DP2"), n=5)
    page = at_desk("viewer").get("/operate").text
    assert "<dt>M</dt><dd>5</dd>" in page


def test_a_locker_is_drawn_with_the_state_of_each_door_in_words(town: Any, at_desk: AtDesk) -> None:
    town.deposit(town.announce("DP2"), n=5)
    sites.serve(town.hub, "elm", 6, False, "hinge")
    page = at_desk("technician").get("/operate/lockers/elm?door=5").text
    assert 'aria-label="Door 5: occupied"' in page
    assert 'aria-label="Door 6: out of service"' in page
    assert "380 × 200 × 640 mm" in page
    assert "second column from the left, second from the top" in page


def test_whose_parcel_lies_there_is_for_those_who_help_recipients(town: Any, at_desk: AtDesk) -> None:
    town.deposit(town.announce("DP2"), n=5)
    assert "DP2" not in at_desk("technician").get("/operate/lockers/elm?door=5").text
    assert "DP2" in at_desk("helpdesk").get("/operate/lockers/elm?door=5").text


def test_a_technician_takes_a_door_out_with_a_reason_and_puts_it_back(town: Any, at_desk: AtDesk) -> None:
    technician = at_desk("technician")
    form = {"n": "3", "service": "out", "reason": "hinge is bent"}
    page = technician.post("/operate/lockers/elm/service", data=form).text
    assert "hinge is bent" in page
    assert "Put back into service" in page
    act = last_act(town)
    assert (act.who, act.act, act.about, act.reason) == ("technician", "out_of_service", "locker elm", "hinge is bent")
    page = technician.post("/operate/lockers/elm/service", data={"n": "3", "service": "in"}).text
    assert "Take out of service" in page
    assert last_act(town).act == "in_service"


def test_without_a_reason_nothing_is_taken_out(town: Any, at_desk: AtDesk) -> None:
    answer = at_desk("technician").post(
        "/operate/lockers/elm/service", data={"n": "3", "service": "out", "reason": " "}
    )
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert last_act(town).act == "signed_in"


@pytest.mark.parametrize("role", ["viewer", "helpdesk"])
def test_who_has_no_screwdriver_takes_no_door_out(town: Any, at_desk: AtDesk, role: str) -> None:
    browser = at_desk(role)
    assert "Take out of service" not in browser.get("/operate/lockers/elm?door=3").text
    form = {"n": "3", "service": "out", "reason": "hinge"}
    assert browser.post("/operate/lockers/elm/service", data=form).status_code == 403
    assert last_act(town).act == "signed_in"


def test_what_is_set_aside_is_shown_and_tried_again(town: Any, at_desk: AtDesk) -> None:
    # Nobody knows this delivery: the report waits for a person.
    town.tell(Deposited(at=town.now, n=99, visit="v9", delivery="d-unknown", pickup="0123456789abcdef"))
    operator = at_desk("operator")
    assert "Reports set aside" in operator.get("/operate/lockers/elm").text
    page = operator.post("/operate/lockers/elm/retry").text
    assert "0 applied, 1 still set aside" in page
    assert (last_act(town).who, last_act(town).act) == ("operator", "reports_retried")


def test_a_technician_retries_nothing(at_desk: AtDesk) -> None:
    assert at_desk("technician").post("/operate/lockers/elm/retry").status_code == 403


def test_what_happened_is_shown_newest_first_in_pages(town: Any, at_desk: AtDesk) -> None:
    browser = at_desk("technician")
    for number in range(30):
        sites.serve(town.hub, "elm", 1, False, f"reason {number}")
    page = browser.get("/operate/lockers/elm").text
    assert page.index("reason 29") < page.index("reason 10")
    assert "reason 3<" not in page
    older = re.search(r'href="(/operate/lockers/elm\?before=\d+)', page)
    assert older
    assert "reason 3<" in browser.get(older[1]).text


def test_a_locker_that_nobody_knows_is_a_sentence(at_desk: AtDesk) -> None:
    answer = at_desk("viewer").get("/operate/lockers/nowhere")
    assert answer.status_code == 404
    assert "choose one on the first page" in answer.text


def test_one_search_finds_lockers_and_parcels(town: Any, at_desk: AtDesk) -> None:
    town.announce("DP14711")
    helpdesk = at_desk("helpdesk")
    assert "/operate/lockers/elm" in helpdesk.get("/operate/search?said=lifts").text
    assert "DP14711" in helpdesk.get("/operate/search?said=4711").text
    assert "Nothing." in helpdesk.get("/operate/search?said=").text


def test_search_shows_parcels_only_to_those_who_may_see_them(town: Any, at_desk: AtDesk) -> None:
    town.announce("DP14711")
    page = at_desk("technician").get("/operate/search?said=DP14711").text
    assert "0 found" in page
    assert "demo-post" not in page
