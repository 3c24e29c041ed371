"""A recipient in front of a locker opens the door from the page: the door first, then the number, then what became."""

from __future__ import annotations

import html
from typing import Any, get_args

import httpx
import pytest

from hub_service.handlers import opening, remote, reports
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.remote import Wish
from hub_service.web.opening_words import LANGUAGES
from locker.wire.facts import AdmittedFromAfar
from locker.wire.messages import Presence
from locker.wire.opening import Answered, Challenge, OpenNow, Outcome

RUN = "00000000000000aa"


class Elm:
    """The locker that these pages are about, as far as the hub hears of it. Its number is 417."""

    def __init__(self, town: Any) -> None:
        self.town = town
        self.connects()

    def connects(self) -> None:
        """It comes online."""
        reports.take(self.town.hub, "elm", Presence(locker="elm", run=RUN, online=True))

    def challenges(self) -> OpenNow | None:
        """Answers the hub's knock; returns what the hub then says."""
        ((_, knock),) = opening.knocks(self.town.hub)
        challenge = Challenge(locker="elm", run=RUN, request=knock.request, nonce="n", numbers=("417", "030"))
        said = opening.heard(self.town.hub, "elm", challenge)
        assert all(isinstance(one, OpenNow) for one in said)
        return said[0] if said else None  # type: ignore[return-value]

    def opens(self) -> None:
        """Does what the hub says, and reports it."""
        order = self.challenges()
        assert order is not None
        self.town.tell(AdmittedFromAfar(at=self.town.now, request=order.request, n=order.n, pickup=order.pickup))

    def refuses(self, outcome: str) -> None:
        """Refuses what the hub says."""
        order = self.challenges()
        assert order is not None
        said = Answered(locker="elm", run=RUN, request=order.request, outcome=outcome)
        opening.heard(self.town.hub, "elm", said)


@pytest.fixture
def elm(town: Any) -> Elm:
    return Elm(town)


@pytest.fixture
def path(town: Any, elm: Elm) -> str:
    """The page of a parcel that lies in compartment 5."""
    parcel = town.announce("DP1")
    town.deposit(parcel, 5)
    page: str = town.page(parcel)
    return page


def tap(visitor: httpx.Client, path: str, number: str = "417", n: int = 5) -> httpx.Response:
    """Types the number below the door and presses the button."""
    return visitor.post(f"{path}/open", data={"n": str(n), "number": number})


def test_the_page_leads_to_the_door_and_the_door_is_shown_before_anything_opens(
    visitor: httpx.Client, path: str, town: Any
) -> None:
    assert f'action="{path}/open"' in visitor.get(path).text
    page = visitor.get(f"{path}/open").text
    assert "<h1>Door 5</h1>" in page
    assert "Stand in front of this door" in page
    assert "I stand in front of it: open door 5 now" in page
    assert opening.knocks(town.hub) == []


def test_the_page_waits_and_then_says_that_the_door_opens(visitor: httpx.Client, path: str, elm: Elm) -> None:
    waiting = tap(visitor, path)
    assert (waiting.status_code, waiting.headers["Refresh"]) == (200, "1")
    assert "The locker is asked" in waiting.text
    elm.opens()
    opened = visitor.get(waiting.url.path)
    assert "Door 5 opens" in opened.text
    assert "Refresh" not in opened.headers


def test_a_wrong_number_is_said_and_another_try_offered(visitor: httpx.Client, path: str, elm: Elm) -> None:
    waiting = tap(visitor, path, "418")
    assert elm.challenges() is None
    page = visitor.get(waiting.url.path).text
    assert "Door 5 stays shut" in page and "isn't the number at the locker" in html.unescape(page)
    assert f'href="{path}/open"' in page


def test_what_are_no_three_digits_reaches_no_locker(visitor: httpx.Client, path: str, town: Any) -> None:
    for number in ("", "41", "4171", "abc", "٤١٧"):
        answer = tap(visitor, path, number)
        assert answer.status_code in (409, 422), number
    assert opening.knocks(town.hub) == []


def test_a_locker_that_cannot_be_reached_sends_people_to_their_code(
    visitor: httpx.Client, path: str, town: Any
) -> None:
    town.go_silent()
    answer = tap(visitor, path)
    assert answer.status_code == 409
    assert "Use the QR code or the PIN: both work without a network." in answer.text


@pytest.mark.parametrize("outcome", [one for one in get_args(Outcome) if one != "opening"] + ["of_a_newer_locker"])
def test_whatever_the_locker_refuses_has_a_sentence_with_the_next_step(
    visitor: httpx.Client, path: str, elm: Elm, outcome: str
) -> None:
    waiting = tap(visitor, path)
    elm.refuses(outcome)
    page = visitor.get(waiting.url.path).text
    assert "Door 5 stays shut" in page
    said = LANGUAGES["en"].problems
    assert said.get(outcome, said["other"]) in html.unescape(page)


def test_another_door_than_the_parcels_isnt_asked_for(visitor: httpx.Client, path: str, town: Any) -> None:
    assert tap(visitor, path, n=4).status_code == 409
    assert opening.knocks(town.hub) == []


def test_a_parcel_on_its_way_has_no_door_to_open(visitor: httpx.Client, town: Any, elm: Elm) -> None:
    path = town.page(town.announce("DP2"))
    page = visitor.get(path).text
    assert "Open from this telephone" not in page
    assert str(visitor.get(f"{path}/open").url.path) == path


def test_somebody_elses_request_and_somebody_elses_page_show_nothing(
    visitor: httpx.Client, path: str, town: Any, elm: Elm
) -> None:
    waiting = tap(visitor, path)
    other = town.announce("DP3")
    opening_id = waiting.url.path.rpartition("/")[2]
    assert visitor.get(f"{town.page(other)}/open/{opening_id}").status_code == 404
    assert visitor.get("/p/nobodys/open").status_code == 404


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_operators_question_stands_on_the_page_with_its_reason(
    visitor: httpx.Client, path: str, town: Any, elm: Elm, answer: str
) -> None:
    wish = Wish(locker_id="elm", n=5, way="recipient", reason="The lock has to be changed", who="olga")
    asked = remote.ask(town.hub, wish)
    assert isinstance(asked, OpeningView)
    page = visitor.get(path).text
    assert "May the operator open door 5?" in page and "The lock has to be changed" in page
    visitor.post(f"{path}/open/{asked.id}", data={"answer": answer})
    assert opening.view(town.hub, asked.id).how == ("trying" if answer == "yes" else "declined")
    assert "May the operator" not in visitor.get(path).text


def test_every_language_says_all_of_it(visitor: httpx.Client, path: str) -> None:
    english = LANGUAGES["en"]
    for language, words in LANGUAGES.items():
        assert words.problems.keys() == english.problems.keys(), language
        page = visitor.get(f"{path}/open?lang={language}").text
        assert words.stand in html.unescape(page), language
        assert f'<html lang="{language}">' in page
