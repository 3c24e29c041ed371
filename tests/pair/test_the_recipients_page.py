"""What a recipient does without an account: one address from the first message to the stars, in their language."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub_service.handlers import afterwards, announce
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Recipient
from hub_service.notices.web_push import public_text
from tests.notices.push_browser import Browser
from tests.pair.browsers import browser, mails, push, words
from tests.pair.machine import Machine
from tests.pair.town import Town, wish


def path(parcel: ParcelView) -> str:
    """The only thing that a recipient needs to keep."""
    return parcel.page_path


def test_one_page_from_the_announcement_to_the_stars(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", "elm")
    with browser(town) as ada:
        assert "On its way to the locker" in words(ada.get(path(parcel)))
        # The other locker is nearer to work.
        moved = words(ada.post(f"{path(parcel)}/elsewhere", data={"locker_id": "oak"}))
        assert "Oak Street" in moved
        town.settle()
        town.deposit(oak, parcel)
        town.settle()
        ready = words(ada.get(path(parcel)))
        assert "Ready for you" in ready and "3 days left" in ready
        assert f"{parcel.pin[:4]} {parcel.pin[4:]}" in ready, "the code is the one of the first message"
        assert "5 days left" in words(ada.post(f"{path(parcel)}/extend"))
        town.collect(oak, parcel, pin=True)
        town.settle()
        thanks = words(ada.post(f"{path(parcel)}/rate", data={"stars": "5"}))
        assert "Thank you for 5 of 5" in thanks
        # The whole history, newest first, in words that nobody has to look up.
        story = thanks[thanks.index("What happened so far") :]
        told = (
            "Collected at Oak Street", "The time to collect was extended", "Put into compartment",
            "Redirected to Oak Street", "A place in Elm Street is held for it", "Announced by the carrier",
        )  # fmt: skip
        places = [story.index(sentence) for sentence in told]
        assert places == sorted(places)
        assert "erased a day from now" in words(ada.post(f"{path(parcel)}/erase"))
        town.leap(25)
        afterwards.erase_due(town.hub)
        assert "Nobody can see any more who this parcel was for" in words(ada.get(path(parcel)))
    assert "ada@example.org" not in str(town._rows("SELECT * FROM parcel_contacts"))


def test_somebody_in_a_wheelchair_asks_for_a_low_compartment_and_gets_one(town: Town) -> None:
    ash = town.locker("ash", "M M M/low")
    parcel = town.announce("ada", "ash", "M")
    assert town.seen(parcel).planned != 3, "the low one is kept for those who need it"
    with browser(town) as ada:
        assert "A low compartment is planned for you" in words(ada.post(f"{path(parcel)}/low"))
        town.settle()
        assert town.seen(parcel).planned == 3
        assert town.deposit(ash, parcel) == 3
        town.settle()
        assert "A low compartment was asked for" in words(ada.get(path(parcel)))
    assert town.collect(ash, parcel) == [3]


def test_where_no_low_compartment_is_left_the_page_says_so_and_nothing_is_lost(town: Town) -> None:
    ash = town.locker("ash", "M/high M/low")
    first, second = town.announce("ada", "ash", "M", low=True), town.announce("bob", "ash", "M")
    with browser(town) as bob:
        refused = bob.post(f"{path(second)}/low")
        assert refused.status_code == 409
        assert "is taken or promised" in words(refused)
    for parcel, n in ((first, 2), (second, 1)):
        assert town.deposit(ash, parcel) == n
        town.settle()


def test_who_is_away_says_on_which_day_it_should_come_and_the_carrier_knows(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", None)
    day = (datetime.fromtimestamp(town.hub.now_s(), UTC).date() + timedelta(days=4)).isoformat()
    with browser(town) as ada:
        assert "Your carrier knows of it" in words(ada.post(f"{path(parcel)}/day", data={"day": day}))
    assert town.seen(parcel).wished_day == day


def test_a_telephone_is_told_without_an_app_from_the_locker_to_the_thanks(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    with browser(town) as ada, closing(Browser(public_text(town.hub.keys.push))) as phone:
        said = ada.post(f"{path(parcel)}/push", json={"wish": "on", **phone.subscription})
        assert said.json() == {"on": True}
        town.deposit(elm, parcel)
        town.settle()
        push(town)
        (ready,) = phone.shown
        assert parcel.pin[:4] in ready["body"] and ready["url"].endswith(path(parcel))
        town.collect(elm, parcel)
        town.settle()
        push(town)
        assert len(phone.shown) == 2


@pytest.mark.parametrize(
    ("language", "ready", "subject"),
    [("de", "Bereit für Sie", "Paket"), ("pl", "Gotowa do odbioru", "aczka"), ("fr", "Prêt pour vous", "olis")],
)
def test_page_and_mails_speak_the_recipients_language(
    town: Town, elm: Machine, language: str, ready: str, subject: str
) -> None:
    wanted = wish("ada", "ADA1", "elm", "S")
    who = Recipient(name="Ada", email="ada@example.org", language=language)
    parcel = announce.announce(town.hub, replace(wanted, recipient=who))
    assert isinstance(parcel, ParcelView)
    town.parcels.append(parcel)
    town.settle()
    town.deposit(elm, parcel)
    town.settle()
    with browser(town) as ada:
        assert ready in words(ada.get(path(parcel)))
    newest = mails(town)[-1]
    assert subject in newest.subject
    assert f"{parcel.pin[:4]} {parcel.pin[4:]}" in newest.body
