"""Operators look after people: who signs in, whose codes lockers honour, who is on call. Secrets are shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_service.handlers import alarm_desk, sites, users
from hub_service.store import audit

AtDesk = Callable[[Any], httpx.Client]
PEOPLE = "/operate/people"


def acts(town: Any, count: int) -> list[tuple[str, str]]:
    with town.hub.store.read() as db:
        return [(one.who, one.act) for one in audit.latest(db, count)]


def secret(page: str) -> str:
    found = re.search(r'class="secret" role="status">([^<]+)<', page)
    assert found, "nothing is shown"
    return found[1]


def test_an_admin_adds_somebody_whose_password_is_shown_once(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    page = admin.post(f"{PEOPLE}/users", data={"login": "Tess", "role": "technician"}).text
    password = secret(page)
    assert password not in admin.get(PEOPLE).text
    assert acts(town, 1) == [("admin", "user_added")]
    admin.post("/operate/sign-out")
    admin.post("/operate/sign-in", data={"login": "tess", "password": password})
    assert "Choose a password" in admin.get("/operate").text


def test_an_admin_gives_another_role_a_new_password_and_lets_go(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    users.add(town.hub, "tess", "viewer", "shell")
    admin.post(f"{PEOPLE}/users/role", data={"login": "tess", "role": "technician"})
    assert secret(admin.post(f"{PEOPLE}/users/reset", data={"login": "tess"}).text)
    admin.post(f"{PEOPLE}/users/end", data={"login": "tess"})
    assert [one.login for one in users.every(town.hub)] == ["admin"]
    assert acts(town, 3) == [("admin", "user_ended"), ("admin", "password_reset"), ("admin", "role_changed")]


def test_the_last_admin_stays(town: Any, at_desk: AtDesk) -> None:
    answer = at_desk("admin").post(f"{PEOPLE}/users/end", data={"login": "admin"})
    assert answer.status_code == 409
    assert "last admin" in answer.text
    assert users.every(town.hub)


def test_an_operator_gives_a_courier_a_code_that_is_shown_once(town: Any, at_desk: AtDesk) -> None:
    operator = at_desk("operator")
    page = operator.post(f"{PEOPLE}/passes", data={"who": "Kim", "party": "courier", "carrier": "demo-post"}).text
    code = secret(page)
    assert re.fullmatch(r"\d{4} \d{4}", code)
    shown = operator.get(PEOPLE).text
    assert "Kim" in shown
    assert code not in shown
    assert "/courier" in page and "until tomorrow at three" in page
    assert acts(town, 1) == [("operator", "pass_added")]


def test_a_courier_without_a_carrier_gets_no_code(town: Any, at_desk: AtDesk) -> None:
    answer = at_desk("operator").post(f"{PEOPLE}/passes", data={"who": "Kim", "party": "courier"})
    assert "say which one" in answer.text
    assert not sites.passes(town.hub)


def test_a_lost_code_is_changed_and_a_leaver_s_ends(town: Any, at_desk: AtDesk) -> None:
    operator = at_desk("operator")
    made = sites.add_pass(town.hub, "courier", "Kim", "demo-post")
    assert isinstance(made, sites.NewPass)
    page = operator.post(f"{PEOPLE}/passes/rotate", data={"pass_id": made.id}).text
    assert secret(page).replace(" ", "") != made.code
    (kim,) = sites.passes(town.hub)
    operator.post(f"{PEOPLE}/passes/end", data={"pass_id": kim.id})
    assert sites.passes(town.hub) == ()
    assert acts(town, 3) == [("operator", "pass_ended"), ("operator", "pass_added"), ("operator", "pass_ended")]


def test_a_shift_begins_and_ends_as_typed(town: Any, at_desk: AtDesk) -> None:
    operator = at_desk("operator")
    form = {"login": "operator", "begins": "2031-05-02T08:00", "ends": "2031-05-02T16:00"}
    page = operator.post(f"{PEOPLE}/shifts", data=form).text
    assert "Friday 2 May, 08:00 to Friday 2 May, 16:00" in page
    (shift,) = alarm_desk.shifts(town.hub)
    assert shift.until_s - shift.from_s == 8 * 3_600
    operator.post(f"{PEOPLE}/shifts/end", data={"shift_id": str(shift.id)})
    assert alarm_desk.shifts(town.hub) == []


@pytest.mark.parametrize("begins", ["0001-01-01T00:00", "2031-05-03T08:00"])
def test_a_shift_that_can_t_be_is_refused(town: Any, at_desk: AtDesk, begins: str) -> None:
    form = {"login": "operator", "begins": begins, "ends": "2031-05-02T16:00"}
    answer = at_desk("operator").post(f"{PEOPLE}/shifts", data=form)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert alarm_desk.shifts(town.hub) == []


def test_operators_see_no_users_and_make_none(town: Any, at_desk: AtDesk) -> None:
    operator = at_desk("operator")
    assert "Who signs in" not in operator.get(PEOPLE).text.replace("Who signs in here", "")
    assert operator.post(f"{PEOPLE}/users", data={"login": "eve", "role": "admin"}).status_code == 403
    assert [one.login for one in users.every(town.hub)] == ["operator"]


@pytest.mark.parametrize("role", ["viewer", "helpdesk", "technician"])
def test_the_page_is_for_those_who_manage_staff(at_desk: AtDesk, role: str) -> None:
    browser = at_desk(role)
    assert browser.get(PEOPLE).status_code == 403
    assert PEOPLE not in browser.get("/operate").text
