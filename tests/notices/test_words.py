"""What people read: every notice in every language, and text messages that fit one SMS."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC

import pytest

from hub_service.notices import sms
from hub_service.notices.texts import KINDS, Kind
from hub_service.notices.words import LANGUAGES, About, render

FRIDAY_NOON_S = 1_795_780_800
LINK = "https://lockers.example.org/p/7Q2Z5M4K3T8W9X6B1D0F5G7H2J"
ABOUT = About(
    tracking="DP14711",
    page_url=LINK,
    name="Mira",
    locker_name="Elm Street 12",
    locker_where="left of the bakery",
    pin="48291357",
    deadline_s=FRIDAY_NOON_S,
)
EVERY_NOTICE = [(language, kind) for language in LANGUAGES for kind in KINDS]


def test_a_parcel_that_is_ready_says_where_with_which_code_and_until_when() -> None:
    message = render("ready", ABOUT, "en", UTC)
    assert message.subject == "Your parcel DP14711 is ready at Elm Street 12"
    for piece in ("Hello Mira,", "4829 1357", "left of the bakery", "Friday 27 November, 12:00", LINK):
        assert piece in message.body
    assert (
        message.sms
        == f"Parcel DP14711 at Elm Street 12 (left of the bakery). PIN 4829 1357, until Fri 27 Nov 12:00. {LINK}"
    )


def test_a_place_that_is_too_long_for_one_sms_loses_whole_words_first() -> None:
    far = replace(ABOUT, locker_name="Oak Square post office", locker_where="under the roof")
    assert "goes to Oak Square post. PIN 4829 1357" in render("redirected", far, "en", UTC).sms


def test_the_same_in_german() -> None:
    message = render("ready", ABOUT, "de", UTC)
    assert "Freitag, 27. November, 12:00 Uhr" in message.body
    assert "bis Fr 27.11. 12:00" in message.sms


@pytest.mark.parametrize(("language", "kind"), EVERY_NOTICE)
def test_every_notice_is_one_sms_with_its_link_also_where_names_are_long(language: str, kind: Kind) -> None:
    far = About(
        tracking="JD014600003812345678",
        page_url=LINK,
        locker_name="Łódź, Plac Wolności {7} – przy głównym wejściu do dworca",
        locker_where="w holu, na lewo od „Kawiarni”",
        pin="48291357",
        deadline_s=FRIDAY_NOON_S,
    )
    message = render(kind, far, language, UTC)
    assert sms.length(message.sms) <= sms.SMS_LENGTH
    assert message.sms == sms.gsm(message.sms)
    assert message.sms.endswith(LINK)


@pytest.mark.parametrize(("language", "kind"), EVERY_NOTICE)
def test_no_notice_shows_a_placeholder_or_an_empty_line_of_a_missing_value(language: str, kind: Kind) -> None:
    message = render(kind, About(tracking="DP14711", page_url=LINK), language, UTC)
    assert not {"{", "}"} & set(message.subject + message.body + message.sms)
    assert not re.search(r"PIN ?: ", message.body)


def test_a_code_is_only_in_notices_that_need_one() -> None:
    with_code = {kind for kind in KINDS if "4829 1357" in render(kind, ABOUT, "en", UTC).body}
    assert with_code == {
        "announced", "ready", "redirected", "substitute", "reminder", "extended", "more_time", "expired", "new_code",
        "drop_off", "drop_off_moved", "wanted_back",
    }  # fmt: skip


def test_a_language_that_nobody_has_written_yet_is_english() -> None:
    assert render("ready", ABOUT, "tlh", UTC) == render("ready", ABOUT, "en", UTC)


def test_params_of_the_outbox_may_hold_more_than_a_notice_needs() -> None:
    about = About.of({"tracking": "DP1", "page_url": LINK, "pin": None, "invented_later": 7})
    assert (about.tracking, about.pin) == ("DP1", "")


def test_letters_that_gsm_does_not_have_become_ones_that_it_has() -> None:
    assert sms.gsm("Žofie’s café – Łąka") == "Zofie's café - Laka"
