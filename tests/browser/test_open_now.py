"""Opening from the telephone in a real browser: by keyboard, on a narrow screen, told what becomes of it by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from hub_service.handlers import opening, remote, reports
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.remote import Wish
from locker.wire.messages import Presence
from locker.wire.opening import Answered, Challenge

Visit = Callable[..., BrowserContext]
pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RUN = "00000000000000aa"


@pytest.fixture
def path(town: Any) -> str:
    """The page of a parcel in compartment 5 of a locker that is connected."""
    reports.take(town.hub, "elm", Presence(locker="elm", run=RUN, online=True))
    parcel = town.announce("DP1")
    town.deposit(parcel, 5)
    found: str = town.page(parcel)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_somebody_opens_their_door_with_the_keyboard_and_the_page_follows(
    town: Any, url: str, visit: Visit, path: str, scheme: str
) -> None:
    page = visit(320, color_scheme=scheme).new_page()
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(message.text))
    page.goto(url + path)
    assert page.evaluate(SIDEWAYS) == 0
    page.get_by_role("button", name="Open door 5 from here").press("Enter")
    expect(page.get_by_role("heading", name="Door 5", exact=True)).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0
    page.get_by_label("The three digits at the locker").fill("417")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The locker is asked")).to_be_visible()
    ((_, knock),) = opening.knocks(town.hub)
    challenge = Challenge(locker="elm", run=RUN, request=knock.request, nonce="n", numbers=("417",))
    opening.heard(town.hub, "elm", challenge)
    opening.heard(town.hub, "elm", Answered(locker="elm", run=RUN, request=knock.request, outcome="opening"))
    # Nobody touches anything: the page looks again.
    expect(page.get_by_role("heading", name="Door 5 opens")).to_be_visible()
    assert noticed == []


def test_the_browser_itself_asks_for_three_digits(town: Any, url: str, visit: Visit, path: str) -> None:
    page = visit(390).new_page()
    page.goto(f"{url}{path}/open")
    page.get_by_label("The three digits at the locker").fill("4a")
    page.get_by_role("button", name="I stand in front of it").click()
    expect(page.get_by_role("button", name="I stand in front of it")).to_be_visible()
    assert opening.knocks(town.hub) == []


def test_an_operators_question_is_answered_with_a_button(town: Any, url: str, visit: Visit, path: str) -> None:
    asked = remote.ask(town.hub, Wish(locker_id="elm", n=5, way="recipient", reason="A new lock", who="olga"))
    assert isinstance(asked, OpeningView)
    page = visit(320).new_page()
    page.goto(url + path)
    assert page.evaluate(SIDEWAYS) == 0
    page.get_by_role("button", name="No, leave it shut").click()
    expect(page.get_by_role("button", name="No, leave it shut")).to_have_count(0)
    assert opening.view(town.hub, asked.id).how == "declined"
