"""The twin's page in a real browser: hands that shut doors and carry parcels, and cables that one sees hanging out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def door(url: str, n: int) -> Any:
    """What the twin itself says of a door."""
    return httpx.get(f"{url}/state").json()["doors"][n - 1]


def force_open(twin: Page, n: int) -> None:
    twin.get_by_role("button", name=f"Door {n}, shut").click()
    twin.get_by_role("button", name="Force it open").click()
    expect(twin.get_by_role("button", name=f"Shut door {n}")).to_be_visible()


def take_up(twin: Page, label: str) -> None:
    twin.get_by_label("Label of a new parcel").fill(label)
    twin.get_by_role("button", name="Take up").click()


def test_a_parcel_goes_from_the_hands_into_a_box_behind_a_shut_door(twin: Page, url: str) -> None:
    force_open(twin, 2)
    take_up(twin, "DP7")
    twin.get_by_role("button", name="Put into 2").click()
    expect(twin.get_by_role("button", name="Take DP7 out of 2")).to_be_visible()
    expect(twin.get_by_text("Nothing. Take up")).to_be_visible()
    twin.get_by_role("button", name="Shut door 2").click()
    expect(twin.get_by_role("button", name="Door 2, shut")).to_be_visible()
    assert (door(url, 2)["open"], door(url, 2)["content"]) == (False, ["DP7"])


def test_parcels_can_be_dragged_in_and_out(twin: Page, url: str) -> None:
    force_open(twin, 1)
    take_up(twin, "DP8")
    twin.drag_and_drop("#parcels .parcel", ".box[data-n='1']")
    expect(twin.get_by_role("button", name="Take DP8 out of 1")).to_be_visible()
    twin.drag_and_drop(".box .parcel", "#hands h2")
    expect(twin.locator("#parcels")).to_contain_text("DP8")
    assert door(url, 1)["content"] == []


def test_a_shut_door_takes_no_parcel(twin: Page, url: str) -> None:
    take_up(twin, "DP9")
    twin.drag_and_drop("#parcels .parcel", ".box[data-n='1']")
    expect(twin.locator("#parcels")).to_contain_text("DP9")
    assert door(url, 1)["content"] == []


def test_a_pulled_plug_hangs_out_and_darkens_the_screen(twin: Page) -> None:
    pulled = twin.locator("#cables .mains .gone")
    expect(pulled).to_be_hidden()
    twin.get_by_role("button", name="Mains plug").click()
    expect(pulled).to_be_visible()
    expect(twin.get_by_text("The screen is dark: no power.")).to_be_visible()
    twin.get_by_role("button", name="Mains plug").click()
    expect(pulled).to_be_hidden()
    expect(twin.locator("#dark")).to_be_hidden(timeout=15_000)


def test_a_cut_network_can_be_seen_on_the_drawing(twin: Page, url: str) -> None:
    twin.get_by_role("button", name="Network cable").click()
    expect(twin.locator("#cables .net .gone")).to_be_visible()
    assert httpx.get(f"{url}/state").json()["network"] is False


def test_what_hands_cannot_do_is_said(twin: Page) -> None:
    twin.get_by_role("button", name="Scanner plug").click()
    expect(twin.get_by_role("button", name="Scanner plug")).to_have_attribute("aria-pressed", "false")
    twin.get_by_label("Hold a code before the scanner").fill("DP1")
    twin.get_by_role("button", name="Scan", exact=True).click()
    expect(twin.get_by_role("status")).to_contain_text("scanner")
    expect(twin.get_by_label("Codes scanned before")).to_be_empty()


def test_a_keyboard_is_enough_and_keeps_its_place_while_doors_move(twin: Page, url: str) -> None:
    twin.get_by_role("button", name="Door 1, shut").press("Enter")
    jam = twin.get_by_role("button", name="Jam it")
    jam.focus()
    httpx.post(f"{url}/doors/2", json={"do": "open"})
    expect(twin.get_by_role("button", name="Shut door 2")).to_be_visible()
    expect(jam).to_be_focused()
    jam.press("Enter")
    expect(twin.get_by_role("button", name="Door 1, jammed, shut")).to_be_visible()
    twin.get_by_role("button", name="Shut door 2").press("Enter")
    expect(twin.get_by_role("button", name="Door 2, shut")).to_be_visible()


def test_nothing_sticks_out_at_any_width(twin: Page) -> None:
    for width in (390, 1000, 1920):
        twin.set_viewport_size({"width": width, "height": 900})
        assert twin.evaluate("document.documentElement.scrollWidth") <= width
