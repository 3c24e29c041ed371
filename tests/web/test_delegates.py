"""The recipient's page where somebody else collects, and the page of whoever was asked."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub_service.handlers import delegates
from hub_service.web.delegate_words import WORDS

ENDING = re.compile(r'name="delegate_id" value="([^"]+)"')


def theirs(page: str) -> str:
    """The address of the first delegate's page."""
    found = re.search(r'href="(/d/[0-9a-f]{32})', page)
    assert found
    return found[1]


def test_a_code_is_made_passed_on_and_taken_back(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    path = town.page(parcel)
    assert WORDS["en"].title in visitor.get(path).text
    page = visitor.post(f"{path}/delegates", data={"name": "Eve & <Co>"}).text
    assert "Eve &amp; &lt;Co&gt;" in page
    assert "may collect it" in page
    assert "sms:?&amp;body=Please%20collect" in page
    (one,) = ENDING.findall(page)
    page = visitor.post(f"{path}/delegates/end", data={"delegate_id": one}).text
    assert "code taken back" in page and "sms:" not in page
    assert "One of those who were asked may not collect it any more" in page


@pytest.mark.parametrize("language", WORDS)
def test_the_delegates_page_shows_the_code_and_nobodys_name(town: Any, visitor: httpx.Client, language: str) -> None:
    parcel = town.announce(language=language)
    town.deposit(parcel)
    path = town.page(parcel)
    page = visitor.post(f"{path}/delegates", data={"name": "Eve"}).text
    (asked,) = delegates.of_page(town.hub, path.rpartition("/")[2])[1]
    shown = visitor.get(theirs(page)).text
    assert f'<html lang="{language}">' in shown
    assert WORDS[language].asked in shown
    assert "Elm Street 12" in shown
    assert f"<span>{asked.pin[:4]}</span>" in shown
    for secret in ("Mira", "Eve", parcel.pin, path):
        assert secret not in shown


def test_a_code_that_was_taken_back_is_shown_nowhere(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    path = town.page(parcel)
    page = visitor.post(f"{path}/delegates").text
    address = theirs(page)
    (one,) = ENDING.findall(page)
    (asked,) = delegates.of_page(town.hub, path.rpartition("/")[2])[1]
    visitor.post(f"{path}/delegates/end", data={"delegate_id": one})
    for shown in (visitor.get(address).text, visitor.get(path).text):
        assert asked.pin not in shown and asked.pin[:4] + "</span>" not in shown
    assert WORDS["en"].over in visitor.get(address).text


def test_a_fourth_one_is_refused_with_the_next_step(town: Any, visitor: httpx.Client) -> None:
    path = town.page(town.announce(language="de"))
    for _ in range(delegates.AT_ONCE_MAX):
        visitor.post(f"{path}/delegates")
    answer = visitor.post(f"{path}/delegates")
    assert answer.status_code == 409
    assert "Nehmen Sie zuerst einen Code zurück" in answer.text


def test_nobody_ends_a_code_of_another_parcel(town: Any, visitor: httpx.Client) -> None:
    mine, other = town.page(town.announce("DP1")), town.page(town.announce("DP2"))
    (one,) = ENDING.findall(visitor.post(f"{mine}/delegates").text)
    assert visitor.post(f"{other}/delegates/end", data={"delegate_id": one}).status_code == 409
    assert ENDING.findall(visitor.get(mine).text) == [one]


@pytest.mark.parametrize("token", ["0" * 32, "x", "%00"])
def test_no_page_for_who_was_not_asked(visitor: httpx.Client, token: str) -> None:
    assert visitor.get(f"/d/{token}").status_code == 404
    assert visitor.post(f"/p/{token}/delegates").status_code == 404
