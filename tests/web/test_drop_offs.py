"""A sender's page: the code, where to go, another locker, a change of mind, receipts. And "return this parcel"."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub_service.handlers import drop_offs
from hub_service.handlers.drop_offs import DropOff
from hub_service.handlers.wishes import Recipient
from hub_service.web.drop_off_words import WORDS
from locker.wire.facts import Closed, Collected, Deposited, Retrieved
from tests.web.test_courier import new_pass, sign_in
from tests.web.test_elsewhere import build

SAM = Recipient(name="Sam", email="sam@example.org", language="en")


def asked(town: Any, language: str = "en") -> tuple[str, str]:
    """Sam is to drop something off at the town's locker; returns its id and the path of its page."""
    sender = Recipient(name="Sam", email="sam@example.org", language=language)
    wish = DropOff(carrier="demo-post", sender=sender, size_mm=(300, 60, 200), locker_id="elm", tracking_number="R1")
    done = drop_offs.ask(town.hub, wish)
    assert isinstance(done, str)
    return done, town.hub.page_path(done)


def names(town: Any, drop_off_id: str) -> tuple[str, str]:
    """What its delivery and its pickup are called on the wire."""
    with town.hub.store.read() as db:
        row = db.execute(
            "SELECT id, pickup_id FROM deliveries WHERE parcel_id = ? AND state <> 'ended'", (drop_off_id,)
        ).fetchone()
    return row["id"], row["pickup_id"]


def put_in(town: Any, drop_off_id: str, n: int = 2) -> None:
    """The locker tells that it was put in."""
    delivery, pickup = names(town, drop_off_id)
    town.tell(Deposited(at=town.now, n=n, visit="v", delivery=delivery, pickup=pickup), Closed(at=town.now, n=n))


def test_the_page_shows_code_place_and_until_when(town: Any, visitor: httpx.Client) -> None:
    _, path = asked(town)
    page = visitor.get(path).text
    for said in ("Drop your parcel off", "write R1 on it", "Drop off by", "Elm Street 12", "<svg"):
        assert said in page
    assert re.search(r"<dd id=\"pin\"><span>\d{4}</span><span>\d{4}</span>", page)


def test_receipts_stay_on_the_page_for_both_hand_overs(town: Any, visitor: httpx.Client) -> None:
    drop_off_id, path = asked(town)
    put_in(town, drop_off_id)
    page = visitor.get(path).text
    assert "Dropped off: compartment 2 of Elm Street 12" in page
    first = re.findall(r"Receipt ([0-9a-f]{4}(?:-[0-9a-f]{4}){3})", page)
    delivery, _ = names(town, drop_off_id)
    town.tell(Retrieved(at=town.now, n=2, visit="w", deliveries=(delivery,), courier="kim"))
    page = visitor.get(path).text
    assert "Taken over by the carrier: compartment 2 of Elm Street 12" in page
    assert "kim" not in page, "a sender needn't know who the courier was"
    assert len(set(re.findall(r"Receipt ([0-9a-f-]{19})", page)) | set(first)) == 2


def test_another_locker_is_chosen_and_the_code_stays(town: Any, visitor: httpx.Client) -> None:
    build(town, "oak", 2, 52.53)
    _, path = asked(town)
    pin = re.findall(r"<dd id=\"pin\">(.*?)</dd>", visitor.get(path).text)
    page = visitor.post(f"{path}/drop-off/move", data={"locker_id": "oak"}).text
    assert "Bring it to Oak" in page
    assert re.findall(r"<dd id=\"pin\">(.*?)</dd>", page) == pin


def test_who_changes_their_mind_calls_it_off_and_a_second_time_is_too_late(town: Any, visitor: httpx.Client) -> None:
    _, path = asked(town)
    assert "Nothing to drop off" in visitor.post(f"{path}/drop-off/call-off").text
    again = visitor.post(f"{path}/drop-off/call-off")
    assert again.status_code == 409


def test_what_is_inside_already_is_taken_out_again(town: Any, visitor: httpx.Client) -> None:
    drop_off_id, path = asked(town)
    put_in(town, drop_off_id)
    page = visitor.get(path).text
    assert "Take it out again" in page and 'id="pin"' not in page
    page = visitor.post(f"{path}/drop-off/call-off").text
    assert "isn&#39;t sent" in page or "isn't sent" in page
    assert 'id="pin"' in page
    delivery, pickup = names(town, drop_off_id)
    town.tell(Collected(at=town.now, n=2, visit="x", pickup=pickup, deliveries=(delivery,)))
    assert "Taken out again with the code" in visitor.get(path).text


def test_a_collected_parcel_is_returned_with_one_tap_where_that_is_allowed(town: Any, visitor: httpx.Client) -> None:
    kept, parcel = town.announce("DP1"), town.announce("DP2", return_days=14)
    for n, one in enumerate((kept, parcel), start=1):
        town.deposit(one, n)
        assert "Return this parcel" not in visitor.get(town.page(one)).text
        town.collect(one, n)
    assert "Return this parcel" not in visitor.get(town.page(kept)).text
    assert visitor.post(f"{town.page(kept)}/return").status_code == 409
    assert "Return this parcel" in visitor.get(town.page(parcel)).text
    page = visitor.post(f"{town.page(parcel)}/return").text
    assert "Drop your parcel off" in page
    page = visitor.get(town.page(parcel)).text
    assert "To the return of this parcel" in page and "Return this parcel" not in page


def test_couriers_have_return_pickups_on_their_list_and_others_dont(town: Any, stranger: httpx.Client) -> None:
    drop_off_id, _ = asked(town)
    assert sign_in(stranger, "Kim", new_pass(town).sign_in).status_code == 200
    assert "return pickup" not in stranger.get("/courier").text, "nobody is to put it in for its sender"
    put_in(town, drop_off_id)
    assert "1 return pickup<" in stranger.get("/courier").text
    page = stranger.get("/courier/lockers/elm").text
    assert re.search(r"<strong>Door 2</strong>: R1", page)
    assert "Sam" not in page
    assert sign_in(stranger, "Jo", new_pass(town, "Jo", "other-post").sign_in).status_code == 200
    assert "return pickup" not in stranger.get("/courier").text


def test_nobodys_page_opens_nothing(visitor: httpx.Client) -> None:
    assert visitor.get("/p/nobody").status_code == 404
    for form in ("return", "drop-off/call-off", "drop-off/move"):
        assert visitor.post(f"/p/nobody/{form}", data={"locker_id": "elm"}).status_code == 404


@pytest.mark.parametrize("language", WORDS)
def test_the_page_speaks_the_senders_language(town: Any, visitor: httpx.Client, language: str) -> None:
    _, path = asked(town, language)
    page = visitor.get(path).text
    assert f'<html lang="{language}">' in page
    assert WORDS[language].drop_by in page
    assert WORDS[language].status["return_announced"].title in page


def test_every_language_says_everything() -> None:
    english = WORDS["en"]
    for words in WORDS.values():
        assert words.status.keys() == english.status.keys()
        assert words.proofs.keys() == english.proofs.keys()
        for status, said in words.status.items():
            assert sorted(re.findall(r"{\w+}", said.sentence)) == sorted(
                re.findall(r"{\w+}", english.status[status].sentence)
            ), status
