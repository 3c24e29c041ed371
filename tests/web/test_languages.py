"""A recipient's page speaks the parcel's language, or the one that is chosen on it; every language says all of it."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import httpx
import pytest

from hub_service.domain.custody import STATUSES
from hub_service.domain.wording import EVENT_SENTENCES
from hub_service.web.page_words import PageWords, filled
from hub_service.web.recipient_words import LANGUAGES

NAMES = re.compile(r"\{\w*\}")
READY = {"en": "Ready for you", "de": "Bereit für Sie", "pl": "Gotowa do odbioru", "fr": "Prêt pour vous"}
ENGLISH = LANGUAGES["en"]


@pytest.mark.parametrize("language", READY)
def test_the_page_speaks_the_parcels_language(town: Any, visitor: httpx.Client, language: str) -> None:
    parcel = town.announce(language=language)
    town.deposit(parcel, n=5)
    page = visitor.get(town.page(parcel)).text
    assert f'<html lang="{language}">' in page
    assert f"<h1>{READY[language]}</h1>" in page
    assert filled(LANGUAGES[language].events["deposited"], n="5", locker="Elm Street 12") in page


def test_nothing_english_is_left_on_a_german_page(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce(language="de")
    town.deposit(parcel, n=5)
    page = visitor.get(town.page(parcel)).text
    for said in (ENGLISH.collect_by, ENGLISH.so_far, ENGLISH.or_pin, ENGLISH.erase, ENGLISH.kept, "more days", " left"):
        assert said not in page.replace("left of the lifts", ""), said
    assert "Tür 5: Spalte 2 von links, die 2. von oben." in page
    assert "2 Tage mehr" in page


def test_another_language_is_chosen_on_the_page_and_stays(town: Any, visitor: httpx.Client) -> None:
    parcel = town.announce(language="de")
    town.deposit(parcel)
    path = town.page(parcel)
    assert f'href="{path}?lang=pl"' in visitor.get(path).text
    page = visitor.get(f"{path}?lang=pl").text
    assert "Gotowa do odbioru" in page
    form = re.search(r'action="([^"]+/extend[^"]*)"', page)
    assert form
    assert "Gotowa do odbioru" in visitor.post(form[1]).text
    refused = visitor.post(form[1])
    assert refused.status_code == 409
    assert LANGUAGES["pl"].problems["already_extended"] in refused.text


@pytest.mark.parametrize("wished", ["xx", "<script>", "../de"])
def test_a_language_that_nobody_speaks_is_the_parcels(town: Any, visitor: httpx.Client, wished: str) -> None:
    parcel = town.announce(language="fr")
    page = visitor.get(town.page(parcel), params={"lang": wished}).text
    assert '<html lang="fr">' in page
    assert "<script>" not in page


def test_where_no_parcel_says_the_language_all_of_them_say_what_to_do(visitor: httpx.Client) -> None:
    page = visitor.get(f"/p/{'0' * 32}").text
    for language in LANGUAGES:
        assert f'lang="{language}"' in page
    assert page.count("32") >= len(LANGUAGES)


def test_an_unknown_language_of_a_parcel_is_english(town: Any, visitor: httpx.Client) -> None:
    assert '<html lang="en">' in visitor.get(town.page(town.announce(language="it"))).text


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_every_language_says_everything_with_the_same_names(words: PageWords) -> None:
    assert words.status.keys() == ENGLISH.status.keys()
    assert words.events.keys() == EVENT_SENTENCES.keys()
    assert len(words.answers) == len(ENGLISH.answers)
    for status, said in words.status.items():
        assert NAMES.findall(said.sentence) == NAMES.findall(ENGLISH.status[status].sentence), status
        assert (said.tone, bool(said.code_note)) == (
            ENGLISH.status[status].tone,
            bool(ENGLISH.status[status].code_note),
        )
    for kind, sentence in words.events.items():
        assert set(NAMES.findall(sentence)) <= {"{locker}", "{n}"}, kind
    for (_, answer), (_, english) in zip(words.answers, ENGLISH.answers, strict=True):
        assert NAMES.findall(answer) == NAMES.findall(english)


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_plain_sentences_have_the_same_names_in_every_language(words: PageWords) -> None:
    for field in fields(PageWords):
        said, english = getattr(words, field.name), getattr(ENGLISH, field.name)
        # English counts doors in words.
        if isinstance(said, str) and not field.name.startswith("place"):
            assert sorted(NAMES.findall(said)) == sorted(NAMES.findall(english)), field.name
            assert said


def test_every_status_has_words_but_those_that_read_as_on_its_way() -> None:
    assert set(STATUSES) - ENGLISH.status.keys() == {"in_transit", "out_for_delivery"}


def test_braces_in_a_name_mean_nothing() -> None:
    assert filled("{a} and {b}", a="{b}", b="}{x") == "{b} and }{x"
