"""A recipient's page through a parcel's life: what it says, whether there is a code, and what may be done."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub_service.handlers import clocks

PIN = re.compile(r'<dd id="pin"><span>(\d{4})</span><span>(\d{4})</span></dd>')


def _read(visitor: httpx.Client, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.text


def _pin(html: str) -> str:
    found = PIN.search(html)
    return "".join(found.groups()) if found else ""


def test_a_parcel_on_its_way_shows_its_code_and_that_it_works_later(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    html = _read(visitor, town.page(parcel))
    assert "On its way to the locker" in html
    assert "it opens the door once your parcel is inside" in html
    assert _pin(html) == parcel.pin
    assert 'data-modules="41"' in html
    assert "Collect by" not in html


def test_a_parcel_that_is_ready_says_where_until_when_and_behind_which_door(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    town.deposit(parcel, n=5)
    html = _read(visitor, town.page(parcel))
    for words in (
        "Ready for you",
        "compartment 5 at Elm Street 12",
        "Collect by",
        "3 days left",
        "left of the lifts",
        "Door 5 is in the second column from the left, second from the top.",
        'class="door marked"',
        "+1 202 555 0100",
        "What happened so far",
    ):
        assert words in html
    assert _pin(html) == parcel.pin


def test_more_time_is_asked_for_with_one_button_and_once(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    town.deposit(parcel)
    path = town.page(parcel)
    assert "2 more days" in _read(visitor, path)
    answer = visitor.post(f"{path}/extend", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    html = _read(visitor, path)
    assert "5 days left" in html
    assert f"{path}/extend" not in html
    refused = visitor.post(f"{path}/extend")
    assert refused.status_code == 409
    assert "It was extended before" in refused.text
    assert _pin(refused.text) == parcel.pin


def test_an_expired_parcel_can_still_be_collected_and_says_so(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    town.deposit(parcel)
    clocks.wait(town.hub, 73)
    html = _read(visitor, town.page(parcel))
    assert "The time is over, but it is still there" in html
    assert "Until a courier takes it back, your code still opens the door" in html
    assert _pin(html) == parcel.pin
    assert "2 more days" in html


def test_a_code_that_opens_nothing_any_more_is_not_shown(town: Any, visitor: httpx.Client) -> None:
    taken, fetched = town.announce("DP1"), town.announce("DP2")
    town.deposit(taken, n=1)
    town.deposit(fetched, n=2)
    town.collect(taken, n=1)
    town.retrieve(fetched, n=2)
    for parcel, title in ((taken, "Collected"), (fetched, "A courier has taken it back")):
        html = _read(visitor, town.page(parcel))
        assert f"<h1>{title}</h1>" in html
        assert (_pin(html), "qr" in html.split("<h1>")[1]) == ("", False)


def test_a_failed_home_delivery_gets_a_code_and_keeps_it(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce(locker=None)
    path = town.page(parcel)
    before = _read(visitor, path)
    assert "On its way to your door" in before
    assert _pin(before) == ""
    town.fail(parcel)
    redirected = _read(visitor, path)
    assert "Nobody was at home, so it goes to a locker" in redirected
    assert "A courier is taking it to Elm Street 12" in redirected
    town.deposit(parcel)
    assert _pin(_read(visitor, path)) == _pin(redirected) != ""


def test_a_parcel_in_doubt_says_that_somebody_looks_and_still_shows_the_code(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    town.deposit(parcel)
    town.lose_power_with_door_open(parcel)
    html = _read(visitor, town.page(parcel))
    assert "Somebody is looking after it" in html
    assert _pin(html) == parcel.pin


@pytest.mark.parametrize("token", ["0" * 32, "x", "%00", "<script>", "é" * 400])
def test_an_address_that_nobody_was_given_says_what_to_do(visitor: httpx.Client, token: str) -> None:
    answer = visitor.get(f"/p/{token}")
    assert answer.status_code == 404
    assert "What you can do" in answer.text
    assert "<script>" not in answer.text


def test_more_time_for_an_unknown_page_changes_nothing(visitor: httpx.Client) -> None:
    assert visitor.post(f"/p/{'0' * 32}/extend").status_code == 404


def test_a_page_is_kept_from_caches_search_engines_and_other_servers(town: Any, visitor: httpx.Client) -> None:
    answer = visitor.get(town.page(town.announce()))
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


def test_names_from_outside_stay_text(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce("<b>{inside}</b>", name="<script>alert(1)</script>")
    html = _read(visitor, town.page(parcel))
    assert "<b>" not in html
    assert "alert" not in html
