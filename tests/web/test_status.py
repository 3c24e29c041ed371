"""The status page tells how the network is, and nothing about parcels or people."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hub_service.handlers import sites
from hub_service.handlers import status as network


def test_a_locker_that_is_not_heard_of_is_said_with_what_still_works(town: Any, visitor: httpx.Client) -> None:
    assert "All lockers are online" in visitor.get("/status").text
    town.go_silent()
    html = visitor.get("/status").text
    assert "1 of 1 lockers is offline" in html
    assert "Not heard of since" in html
    assert "Collecting works without a connection." in html


def test_free_compartments_are_counted_by_size_also_when_there_are_none(town: Any, visitor: httpx.Client) -> None:
    assert "<dt>M</dt><dd>6</dd>" in visitor.get("/status").text
    for n in range(1, 7):
        town.deposit(town.announce(f"DP{n}"), n=n)
    assert "<dt>M</dt><dd>none</dd>" in visitor.get("/status").text


def test_nothing_personal_is_on_it(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce("DP14711", name="Mira")
    town.deposit(parcel)
    html = visitor.get("/status").text
    for private in ("DP14711", "Mira", parcel.pin, parcel.ticket, town.page(parcel)):
        assert private not in html


def test_without_the_demo_there_is_no_start_page_and_no_mailbox(stranger: httpx.Client) -> None:
    assert [stranger.get(path).status_code for path in ("/", "/mailbox", "/status")] == [404, 404, 200]
    assert 'href="/mailbox"' not in stranger.get("/status").text


def test_files_are_kept_for_ever_and_named_by_their_content(visitor: httpx.Client) -> None:
    html = visitor.get("/status").text
    address = html.split('<link rel="stylesheet" href="')[1].split('"')[0]
    answer = visitor.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["cache-control"]
    assert visitor.get("/static/..%2fpages.py").status_code == 404
    assert visitor.get("/static/nothing.css").status_code == 404


def test_of_many_lockers_those_that_need_somebody_are_shown(
    town: Any, visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (2, 3):
        new = sites.NewLocker(
            id=f"l{number}", number=number, name=f"Locker {number}", where="", public_key=f"{number:064}"
        )
        sites.add_locker(town.hub, new)
    monkeypatch.setattr(network, "SHOWN_MAX", 2)
    html = visitor.get("/status").text
    assert "2 of 3 lockers are offline" in html
    assert "Locker 2" in html and "Locker 3" in html, "that they were never heard of counts as well"
    assert html.count("<h2>") == 2 and "Not shown: 1 more" in html
    monkeypatch.setattr(network, "SHOWN_MAX", 3)
    assert "Not shown" not in visitor.get("/status").text
