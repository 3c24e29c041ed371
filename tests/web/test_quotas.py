"""Operators share a locker among carriers on its page; who only looks can't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_service.handlers import quotas

PATH = "/operate/lockers/elm/quotas"
AtDesk = Callable[[Any], httpx.Client]


def rules(town: Any) -> list[tuple[str, str, int]]:
    found = quotas.look(town.hub, "elm")
    assert isinstance(found, tuple)
    return [(one.carrier, one.size_class, one.limit) for one in found]


def test_a_rule_is_set_changed_and_removed(town: Any, at_desk: AtDesk) -> None:
    desk = at_desk("operator")
    assert "whoever comes first is served first" in desk.get(PATH).text
    town.announce()
    page = desk.post(PATH, data={"carrier": " demo-post ", "amount": "1", "unit": "places"}).text
    assert "demo-post" in page and "full" in page
    desk.post(PATH, data={"carrier": "demo-post", "amount": "50", "unit": "percent"})
    page = desk.post(PATH, data={"size_class": "M", "amount": "2", "unit": "places"}).text
    assert "every other carrier" in page and "(50 %)" in page
    assert rules(town) == [("", "M", 2), ("demo-post", "", 3)]
    desk.post(f"{PATH}/end", data={"carrier": "", "size_class": "M"})
    assert rules(town) == [("demo-post", "", 3)]


def test_more_than_all_is_refused(town: Any, at_desk: AtDesk) -> None:
    answer = at_desk("operator").post(PATH, data={"carrier": "x", "amount": "101", "unit": "percent"})
    assert answer.status_code == 422
    assert rules(town) == []


@pytest.mark.parametrize("role", ["viewer", "helpdesk", "technician"])
def test_others_neither_see_nor_set_them(town: Any, at_desk: AtDesk, role: str) -> None:
    desk = at_desk(role)
    assert desk.get(PATH).status_code == 403
    assert desk.post(PATH, data={"carrier": "x", "amount": "1", "unit": "places"}).status_code == 403
    assert "quotas" not in desk.get("/operate/lockers/elm").text
    assert rules(town) == []


def test_an_unknown_locker_has_none(at_desk: AtDesk) -> None:
    desk = at_desk("operator")
    assert desk.get("/operate/lockers/nobodys/quotas").status_code == 404
    data = {"carrier": "x", "amount": "1", "unit": "places"}
    assert desk.post("/operate/lockers/nobodys/quotas", data=data).status_code == 404
