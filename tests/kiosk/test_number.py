"""What the page shows for those who open from the telephone, and for those whose parcels lie together."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(1024, 600), (1080, 1920), (800, 480)])
def test_the_number_stands_on_every_screen_and_changes_without_a_new_one(
    chromium: Browser, url: str, front: Any, size: tuple[int, int]
) -> None:
    front.tell(number="417")
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{url}/?lang=en")
    shown = page.locator("#front")
    expect(shown).to_have_text("Number 417")
    wide = page.evaluate("document.querySelector('header').scrollWidth - document.querySelector('header').clientWidth")
    assert wide <= 0, "the header is too wide"
    front.tell(number="030")
    expect(shown).to_have_text("Number 030")
    front.tell(number="", online=False)
    expect(shown).to_be_hidden()
    page.close()


def test_parcels_that_lie_together_are_counted_before_somebody_shuts_the_door(
    chromium: Browser, url: str, front: Any
) -> None:
    front.show("open", 3, ("help",), purpose="collect", more=1, parcels=2)
    page = chromium.new_page(viewport={"width": 1024, "height": 600})
    page.goto(f"{url}/?lang=en")
    expect(page.locator("#aside")).to_have_text("2 parcels lie here for you. Then one more door opens.")
    page.close()
