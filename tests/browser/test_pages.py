"""The hub's pages as people use them: on small phones, without JavaScript, by keyboard, in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Visit = Callable[..., BrowserContext]
pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def life(town: Any) -> dict[str, str]:
    """Parcels in every state; the path of each page, by what it is."""
    parcels = {
        "awaited": town.announce("DP1"),
        "ready": town.announce("DP2"),
        "collected": town.announce("DP3"),
        "home": town.announce("DP4", locker=None),
        "doubted": town.announce("DP5"),
        "texted": town.announce("DP6", email="", phone="+12025550147"),
    }
    for n, name in enumerate(("ready", "collected", "doubted", "texted"), start=1):
        town.deposit(parcels[name], n=n)
    town.collect(parcels["collected"], n=2)
    town.lose_power_with_door_open(parcels["doubted"], n=3)
    town.send_notices()
    return {name: town.page(parcel) for name, parcel in parcels.items()}


def _watched(page: Page, url: str) -> list[str]:
    """What a calm page never does: complains, or asks somebody else for something."""
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("request", lambda asked: noticed.append(asked.url) if not asked.url.startswith(url) else None)
    return noticed


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (768, "light"), (1280, "dark")])
def test_every_page_fits_and_is_calm(url: str, life: dict[str, str], visit: Visit, width: int, scheme: str) -> None:
    page = visit(width, color_scheme=scheme).new_page()
    noticed = _watched(page, url)
    for path in ("/", "/mailbox", "/status", *life.values()):
        answer = page.goto(url + path)
        assert answer and answer.ok
        assert page.evaluate(SIDEWAYS) == 0, f"{path} scrolls sideways at {width} px"
    assert noticed == []


def test_without_javascript_a_recipient_has_everything(url: str, life: dict[str, str], visit: Visit) -> None:
    page = visit(**PHONE, java_script_enabled=False).new_page()
    page.goto(url + life["ready"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready for you")
    expect(page.get_by_role("img", name="QR code that opens your compartment")).to_be_visible()
    expect(page.locator("#pin")).to_be_visible()
    page.get_by_role("button", name="2 more days").click()
    expect(page.get_by_text("5 days left")).to_be_visible()
    page.get_by_text("the door does not open").click()
    expect(page.get_by_text("Pull at the door once.")).to_be_visible()


def test_the_code_fills_the_width_of_a_phone_and_comes_first(url: str, life: dict[str, str], visit: Visit) -> None:
    page = visit(**PHONE).new_page()
    page.goto(url + life["ready"])
    symbol = page.locator(".qr").bounding_box()
    assert symbol
    # 390 CSS pixels are some 65 mm: the symbol with its quiet zone takes them all.
    assert symbol["width"] >= PHONE["width"] - 2
    assert symbol["y"] + symbol["height"] < PHONE["height"]
    assert page.locator(".qr").get_attribute("data-modules") == "41"


def test_the_code_stays_dark_on_white_in_the_dark(url: str, life: dict[str, str], visit: Visit) -> None:
    page = visit(**PHONE, color_scheme="dark").new_page()
    page.goto(url + life["ready"])
    fills = page.locator(".qr").evaluate("qr => [...qr.children].map(part => getComputedStyle(part).fill)")
    assert fills == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_everything_on_the_recipients_page_is_reached_by_keyboard(url: str, life: dict[str, str], visit: Visit) -> None:
    page = visit(**PHONE).new_page()
    page.goto(url + life["ready"])
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim()"))
    assert reached[0] == "Skip to the content"
    for name in ("2 more days", "Show it on a map", "the door does not open", "you can't come yourself"):
        assert name in reached
    page.get_by_role("button", name="2 more days").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 days left")).to_be_visible()


def test_a_page_that_lies_open_notices_that_the_parcel_has_arrived(
    url: str, town: Any, life: dict[str, str], visit: Visit
) -> None:
    page = visit(**PHONE).new_page()
    page.goto(url + life["home"])
    expect(page.get_by_role("status")).to_contain_text("On its way to your door")
    page.evaluate("window.still_the_same_page = true")
    town.fail(town.parcel("DP4"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("status")).to_contain_text("it goes to a locker")
    assert page.evaluate("window.still_the_same_page")


def test_a_parcel_is_announced_and_its_label_copied(url: str, town: Any, visit: Visit) -> None:
    context = visit(1280)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(url)
    page.get_by_text("Large").click()
    page.get_by_label("For", exact=True).fill("Zoë")
    page.get_by_label("Where to").select_option("")
    page.get_by_role("button", name="Announce it").click()
    page.get_by_role("button", name="Fail the home delivery").click()
    expect(page.get_by_role("alert")).to_contain_text("No locker near by has room for 370 x 380 x 500 mm")
    page.get_by_text("Medium").click()
    page.get_by_label("Where to").select_option("elm")
    page.get_by_role("button", name="Announce it").click()
    page.get_by_role("button", name="Copy Label").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert town.parcel(copied).locker_id == "elm"


def test_a_link_in_the_mailbox_leads_to_the_parcel(url: str, life: dict[str, str], visit: Visit) -> None:
    page = visit(1280).new_page()
    page.goto(f"{url}/mailbox")
    letter = page.get_by_role("article", name="Your parcel DP2 is ready")
    link = letter.get_by_role("link").get_attribute("href")
    assert link and link.endswith(life["ready"])
