"""The status page tells how the network is, and nothing about parcels or people."""

from __future__ import annotations

from typing import Any

import httpx


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
