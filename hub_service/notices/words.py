"""Turns what has happened to a parcel into a mail and a text message. Pure: same values, same words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import tzinfo
from typing import Any, Self

from hub_service.localtime import long_time, short_time
from hub_service.notices import sms
from hub_service.notices.english import ENGLISH
from hub_service.notices.french import FRENCH
from hub_service.notices.german import GERMAN
from hub_service.notices.polish import POLISH
from hub_service.notices.texts import Kind, Language, Piece, Words

LANGUAGES: dict[str, Language] = {"en": ENGLISH, "de": GERMAN, "pl": POLISH, "fr": FRENCH}
# What a piece of a mail can't do without.
_NEEDS: dict[Piece, tuple[str, ...]] = {
    "code": ("pin",),
    "place": ("locker",),
    "until": ("until",),
    "drop_by": ("until",),
    "receipt": ("receipt",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notice tells. Times (`_s`) are Unix seconds; what is empty is left out of the words.

    `receipt`, `compartment` and `at_s` are of a hand-over.
    """

    tracking: str
    page_url: str
    name: str = ""
    locker_name: str = ""
    locker_where: str = ""
    pin: str = ""
    deadline_s: float | None = None
    receipt: str = ""
    compartment: int | None = None
    at_s: float | None = None

    @classmethod
    def of(cls, params: dict[str, Any]) -> Self:
        """From the params of a row in the outbox; what no notice needs is ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in params.items() if name in known and value is not None})


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words: a mail with subject and body, and the same as one SMS. `shows_code`: it opens a door."""

    subject: str
    body: str
    sms: str
    shows_code: bool = False


def render(kind: Kind, about: About, language: str = "en", zone: tzinfo | None = None) -> Message:
    """The words of one notice. A language that isn't there falls back to English."""
    texts = LANGUAGES.get(language, ENGLISH)
    words = texts.notices[kind]
    values = _values(about, language if texts is LANGUAGES.get(language) else "en", zone)
    shows_code = "code" in words.pieces and bool(values["pin"])
    return Message(words.subject.format(**values), _mail(texts, words, values), _sms(words, values), shows_code)


def spaced(pin: str) -> str:
    """A PIN as it is read aloud: `4829 1357`."""
    return f"{pin[:4]} {pin[4:]}" if len(pin) == 8 else pin


def _values(about: About, language: str, zone: tzinfo | None) -> dict[str, str]:
    at, handed_s = about.deadline_s, about.at_s
    return {
        "tracking": about.tracking,
        "page_url": about.page_url,
        "name": about.name,
        "locker": about.locker_name,
        "where": about.locker_where,
        "pin": spaced(about.pin),
        "until": long_time(at, zone, language) if at is not None else "",
        "receipt": about.receipt,
        "box": "" if about.compartment is None else str(about.compartment),
        "at": long_time(handed_s, zone, language) if handed_s is not None else "",
        "until_short": short_time(at, zone, language) if at is not None else "",
    }


def _mail(texts: Language, words: Words, values: dict[str, str]) -> str:
    pieces = [texts.pieces[name] for name in words.pieces if all(values[need] for need in _NEEDS.get(name, ()))]
    greeting = texts.greeting if values["name"] else texts.hello
    paragraphs = (greeting, words.opening, *pieces, f"-- \n{texts.closing}")
    return "\n\n".join(paragraph.format(**values).strip() for paragraph in paragraphs) + "\n"


def _sms(words: Words, values: dict[str, str]) -> str:
    def write(tracking: str, place: str) -> str:
        short = values | {"tracking": tracking, "place": place, "until": values["until_short"]}
        return words.sms.format(**short)

    return sms.fitted(write, values["tracking"], values["locker"], values["where"])
