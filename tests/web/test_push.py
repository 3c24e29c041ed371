"""A recipient's browser asks on the parcel's page to be told of news, and to be told no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hub_service.handlers import afterwards
from hub_service.handlers.push import DEVICES_MAX
from hub_service.notices.pusher import Pusher, Sender
from hub_service.notices.web_push import public_text
from hub_service.web.recipient_words import LANGUAGES
from tests.notices.push_browser import Browser

DAYS_S = 86_400


@pytest.fixture
def browsers(town: Any) -> Iterator[Callable[[], Browser]]:
    """Opens browsers that trust this hub only."""
    opened: list[Browser] = []

    def another() -> Browser:
        opened.append(Browser(public_text(town.hub.keys.push)))
        return opened[-1]

    yield another
    for browser in opened:
        browser.close()


def wish(visitor: httpx.Client, path: str, browser: Browser, what: str) -> httpx.Response:
    return visitor.post(f"{path}/push", json={"wish": what, **browser.subscription})


def send(town: Any) -> None:
    """The hub sends what is due."""
    hub = town.hub
    asyncio.run(Pusher(hub.store, Sender(hub.keys.push, hub.public_url), hub.now_ms, allow_private=True).work())


def test_a_browser_is_told_from_then_on_until_it_says_stop(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    phone, parcel = browsers(), town.announce()
    path = town.page(parcel)
    assert wish(visitor, path, phone, "ask").json() == {"on": False}
    assert wish(visitor, path, phone, "on").json() == {"on": True}
    assert wish(visitor, path, phone, "ask").json() == {"on": True}
    town.deposit(parcel)
    send(town)
    (shown,) = phone.shown
    assert shown["title"] == "Your parcel DP14711 is ready at Elm Street 12"
    assert shown["url"] == f"http://testserver{path}"
    assert wish(visitor, path, phone, "off").json() == {"on": False}
    town.collect(parcel)
    send(town)
    assert len(phone.shown) == 1


def test_a_browser_is_enough_for_somebody_without_mail_and_phone(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    phone, parcel = browsers(), town.announce(email="", phone="", language="de")
    wish(visitor, town.page(parcel), phone, "on")
    town.deposit(parcel)
    send(town)
    (shown,) = phone.shown
    assert "DP14711" in shown["title"]
    assert parcel.pin[:4] in shown["body"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_many_are_told_and_stops_all_without_a_script(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser], language: str
) -> None:
    parcel, path = town.announce(language=language), ""
    path, words = town.page(parcel), LANGUAGES[language]
    before = visitor.get(path).text
    assert f'data-key="{public_text(town.hub.keys.push)}"' in before
    assert "/push/none" not in before
    for _ in range(2):
        wish(visitor, path, browsers(), "on")
    assert words.push_told.replace("{count}", "2") in visitor.get(path).text
    after = visitor.post(f"{path}/push/none", params={"lang": language})
    assert (after.status_code, "/push/none" in after.text) == (200, False)


def test_the_same_browser_twice_is_one_and_a_sixth_is_too_many(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    path = town.page(town.announce())
    first = browsers()
    for browser in (first, first, *(browsers() for _ in range(DEVICES_MAX - 1)), first):
        assert wish(visitor, path, browser, "on").status_code == 200
    refused = wish(visitor, path, browsers(), "on")
    assert (refused.status_code, refused.json()["on"]) == (409, False)
    assert "Five devices" in refused.json()["detail"]


def test_what_no_browser_says_is_refused_and_unknown_pages_are_unknown(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    path, phone = town.page(town.announce()), browsers()
    said = phone.subscription | {"keys": {"p256dh": "AAAA", "auth": "AAAA"}}
    assert visitor.post(f"{path}/push", json={"wish": "on", **said}).status_code == 409
    for what, status in (("on", 404), ("off", 404), ("ask", 200)):
        assert wish(visitor, f"/p/{'0' * 32}", phone, what).status_code == status
    assert visitor.post(f"/p/{'0' * 32}/push/none").status_code == 404
    assert visitor.post(f"{path}/push", json=[]).status_code == 422


def test_nothing_is_offered_when_the_parcels_way_is_over(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    parcel = town.announce()
    town.deposit(parcel)
    town.collect(parcel)
    assert "data-push" not in visitor.get(town.page(parcel)).text
    assert wish(visitor, town.page(parcel), browsers(), "on").status_code == 409


def test_an_erased_recipient_is_told_nothing_more(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    phone, parcel = browsers(), town.announce()
    path = town.page(parcel)
    wish(visitor, path, phone, "on")
    visitor.post(f"{path}/erase")
    town.deposit(parcel)
    town.collect(parcel)
    town.hub.clock.move(2 * DAYS_S)
    afterwards.erase_due(town.hub)
    with town.hub.store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM push_devices").fetchone()[0] == 0


def test_a_page_of_one_parcel_switches_nothing_for_another(
    town: Any, visitor: httpx.Client, browsers: Callable[[], Browser]
) -> None:
    phone, mine, other = browsers(), town.announce("DP1"), town.announce("DP2")
    wish(visitor, town.page(mine), phone, "on")
    assert wish(visitor, town.page(other), phone, "ask").json() == {"on": False}
    wish(visitor, town.page(other), phone, "off")
    assert wish(visitor, town.page(mine), phone, "ask").json() == {"on": True}


def test_the_script_in_the_browser_is_always_asked_for_anew(visitor: httpx.Client) -> None:
    script = visitor.get("/push-worker.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "no-cache"
    assert "showNotification" in script.text
