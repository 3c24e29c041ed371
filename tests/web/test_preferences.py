"""A recipient says on the parcel's page what they need while it is on its way: a low compartment, another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from hub_service.handlers import looks
from hub_service.web.page_words import filled
from hub_service.web.preferences import WISHES
from hub_service.web.recipient_words import LANGUAGES


def day_of(town: Any, days: int) -> str:
    return (datetime.fromtimestamp(town.hub.now_s(), UTC).date() + timedelta(days=days)).isoformat()


def kinds(town: Any, parcel: Any) -> list[str]:
    return [one.kind for one in looks.events(town.hub, parcel_id=parcel.id)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_day_is_chosen_told_to_the_carrier_and_taken_back(
    town: Any, visitor: httpx.Client, language: str
) -> None:
    parcel, words = town.announce(locker=None, language=language), WISHES[language]
    path, day = town.page(parcel), day_of(town, 3)
    assert words.choose_day in visitor.get(path).text
    page = visitor.post(f"{path}/day", data={"day": day}).text
    assert words.choose_day not in page
    assert LANGUAGES[language].events["day_wished"] in page
    assert town.parcel("DP14711").wished_day == day
    (told,) = [one for one in looks.events(town.hub, parcel_id=parcel.id) if one.kind == "day_wished"]
    assert told.data == {"day": day}
    assert words.choose_day in visitor.post(f"{path}/day", data={"day": ""}).text
    assert town.parcel("DP14711").wished_day == ""


@pytest.mark.parametrize("days", [-1, 0, 15, 400])
def test_only_a_day_that_comes_soon_can_be_chosen(town: Any, visitor: httpx.Client, days: int) -> None:
    path = town.page(town.announce(language="de"))
    refused = visitor.post(f"{path}/day", data={"day": day_of(town, days)})
    assert (refused.status_code, LANGUAGES["de"].problems["too_far"] in refused.text) == (409, True)


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "20260101", "<b>"])
def test_what_is_no_day_is_refused(town: Any, visitor: httpx.Client, day: str) -> None:
    assert visitor.post(f"{town.page(town.announce())}/day", data={"day": day}).status_code == 409


def test_what_has_arrived_gets_more_time_instead_of_another_day(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    path = town.page(parcel)
    town.deposit(parcel)
    page = visitor.get(path).text
    assert (WISHES["en"].choose_day in page, WISHES["en"].low in page, "2 more days" in page) == (False, False, True)
    for form in ("day", "low"):
        assert visitor.post(f"{path}/{form}", data={"day": day_of(town, 2)}).status_code == 409


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_home_delivery_remembers_who_needs_a_low_compartment(town: Any, visitor: httpx.Client, language: str) -> None:
    parcel, words = town.announce(locker=None, language=language), WISHES[language]
    path = town.page(parcel)
    assert words.low_chosen in visitor.post(f"{path}/low").text
    assert town.parcel("DP14711").low
    visitor.post(f"{path}/low")
    assert kinds(town, parcel).count("low_wished") == 1


def test_a_locker_without_low_doors_says_so_and_everything_stays_as_it_was(town: Any, visitor: httpx.Client) -> None:
    # All of this town's doors are at a middle height.
    parcel = town.announce(language="fr")
    path = town.page(parcel)
    before = town.parcel("DP14711")
    refused = visitor.post(f"{path}/low")
    assert refused.status_code == 409
    assert LANGUAGES["fr"].problems["too_large"] in unescape(refused.text)
    assert town.parcel("DP14711") == before


def test_pages_that_nobody_was_given_wish_for_nothing(visitor: httpx.Client) -> None:
    for form in ("low", "day"):
        assert visitor.post(f"/p/{'0' * 32}/{form}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_the_day(language: str) -> None:
    assert "Montag" in filled(WISHES[language].day_chosen, day="Montag")
