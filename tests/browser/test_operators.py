"""Operators in a real browser: it decides itself what it tells of a form's origin, and how wide things are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from hub_service.handlers import users

Visit = Callable[..., BrowserContext]
pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = ("/operate", "/operate/lockers/elm?door=5", "/operate/alarms", "/operate/people", "/operate/audit")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_an_admin_comes_in_and_takes_a_door_out_of_service(
    town: Any, url: str, visit: Visit, width: int, scheme: str
) -> None:
    made = users.add(town.hub, "ada", "admin", "shell")
    assert isinstance(made, users.NewUser)
    page = visit(width, color_scheme=scheme).new_page()
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(message.text))
    page.goto(f"{url}/operate")
    page.get_by_label("Login").fill("ada")
    page.get_by_label("Password").fill(made.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password").fill("four unrelated words")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Elm Street 12").click()
    page.get_by_role("link", name="Door 5: free").click()
    page.get_by_label("Why it can't be used").fill("the hinge is bent")
    page.get_by_role("button", name="Take out of service").click()
    expect(page.get_by_role("button", name="Put back into service")).to_be_visible()
    for path in PAGES:
        page.goto(url + path)
        assert page.evaluate(SIDEWAYS) == 0, f"{path} scrolls sideways at {width} px"
    assert noticed == []
