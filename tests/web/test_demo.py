"""The demo's start page and mailbox: everything can be tried from there, with codes to copy."""

from __future__ import annotations

import html
from typing import Any

import httpx

from hub_service.handlers import looks

FORM = {"locker_id": "elm", "size": "M", "name": "Ada", "told_by": "mail"}


def test_a_parcel_that_is_announced_appears_with_its_label_and_the_way_to_its_locker(
    town: Any, visitor: httpx.Client
) -> None:
    answer = visitor.post("/demo/announce", data=FORM, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    parcel = looks.parcels(town.hub)[0]
    page = visitor.get("/").text
    assert "Be the courier: scan its label at Elm Street 12" in page
    assert f">{parcel.tracking_number}</dd>" in page
    assert "http://127.0.0.1:1/twin" in page
    assert parcel.page_path in page


def test_a_home_delivery_is_failed_with_one_button(town: Any, visitor: httpx.Client) -> None:
    visitor.post("/demo/announce", data=FORM | {"locker_id": ""})
    parcel = looks.parcels(town.hub)[0]
    assert f'action="/demo/parcels/{parcel.id}/fail"' in visitor.get("/").text
    page = visitor.post(f"/demo/parcels/{parcel.id}/fail").text
    assert "redirected" in page
    assert "The code from the mail stays good." in page


def test_a_home_delivery_that_no_locker_can_take_says_so(town: Any, visitor: httpx.Client) -> None:
    visitor.post("/demo/announce", data=FORM | {"locker_id": "", "size": "XL"})
    parcel = looks.parcels(town.hub)[0]
    answer = visitor.post(f"/demo/parcels/{parcel.id}/fail")
    assert answer.status_code == 409
    assert "has room for 480 x 800 x 600 mm" in answer.text
    assert "no locker found" in answer.text


def test_a_parcel_that_is_ready_comes_with_pin_and_ticket(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce()
    town.deposit(parcel)
    page = visitor.get("/").text
    assert f">{parcel.pin}</dd>" in page
    assert f">{parcel.ticket}</dd>" in page


def test_three_days_pass_at_once(town: Any, visitor: httpx.Client) -> None:
    town.deposit(town.announce())
    page = visitor.post("/demo/later", data={"hours": 72}).text
    assert "3 days ahead of yours" in page
    assert "time is over" in page


def test_a_refusal_says_why_and_keeps_what_was_filled_in(visitor: httpx.Client) -> None:
    answer = visitor.post("/demo/announce", data=FORM | {"size": "XL", "name": "Zoë"})
    assert answer.status_code == 409
    assert "Elm Street 12 has no compartment that the parcel fits: choose another locker." in answer.text
    assert 'value="Zoë"' in answer.text
    assert 'value="XL" checked' in answer.text


def test_a_form_of_nonsense_is_refused(visitor: httpx.Client) -> None:
    for nonsense in ({"hours": "-1"}, {"hours": "a"}, {}):
        assert visitor.post("/demo/later", data=nonsense).status_code == 422
    assert visitor.post("/demo/announce", data=FORM | {"name": ""}).status_code == 422


def test_the_mailbox_shows_what_went_out_newest_first_with_links(town: Any, visitor: httpx.Client) -> None:
    assert "Nothing was sent yet" in visitor.get("/mailbox").text
    mailed, texted = town.announce("DP1"), town.announce("DP2", email="", phone="+12025550147")
    town.deposit(mailed, n=1)
    town.deposit(texted, n=2)
    town.send_notices()
    page = html.unescape(visitor.get("/mailbox").text)
    assert page.index("Parcel DP2 at Elm Street 12") < page.index("Your parcel DP1 is ready at Elm Street 12")
    assert f'href="http://testserver{town.page(mailed)}"' in page
    assert "of 160 characters" in page
