"""Somebody else collects: the forms on the recipient's page, and the page of whoever was asked.

Its address is a key to one code, which the recipient can take back. It names nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import delegates
from hub_service.handlers.delegates import NAME_MAX, DelegateView
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import RecipientView
from hub_service.web import recipient_words
from hub_service.web.codes import qr_svg
from hub_service.web.delegate_words import WORDS, DelegateWords
from hub_service.web.page_words import filled
from hub_service.web.pages import Pages

Lang = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the recipient's page shows of this: whether somebody more may be asked, and who was."""

    words: DelegateWords
    may_ask: bool
    people: tuple[tuple[DelegateView, str, str, str], ...]
    """Each with the state in words, and a message to pass on, as it stands behind `sms:` and `mailto:`."""


def add_delegates(
    routes: APIRouter, hub: Hub, pages: Pages, again: Callable[[str, str, Refusal | None], Response]
) -> None:
    """Adds them. `again` shows the recipient's page once more: token, language, what is to be said."""

    @routes.post("/p/{token}/delegates")
    def ask(token: str, name: Annotated[str, Form(max_length=NAME_MAX)] = "", lang: Lang = "") -> Response:
        return again(token, lang, delegates.ask(hub, token, name))

    @routes.post("/p/{token}/delegates/end")
    def end(token: str, delegate_id: Annotated[str, Form(max_length=40)], lang: Lang = "") -> Response:
        return again(token, lang, delegates.end(hub, token, delegate_id))

    @routes.get("/d/{token}")
    def theirs(token: str, lang: Lang = "") -> Response:
        seen = delegates.page(hub, token)
        if seen is None:
            return pages.show("unknown", 404)
        chosen = recipient_words.words_in(lang, seen.language)
        said = WORDS[chosen.language]
        place = ", ".join(part for part in (seen.locker_name, seen.locker_where) if part)
        return pages.show(
            "delegate", t=chosen, said=said, seen=seen, path=f"/d/{token}",
            others=[one for one in recipient_words.LANGUAGES.values() if one is not chosen],
            sentence=filled(said.is_inside if seen.inside else said.not_inside, locker=place),
            qr=qr_svg(seen.delegate.text, chosen.qr) if seen.works else None,
        )  # fmt: skip


def asked(hub: Hub, token: str, view: RecipientView, language: str) -> Asked:
    """What the recipient's page shows of those who may come instead."""
    may_ask, people = delegates.of_page(hub, token)
    words = WORDS[language]
    shown = tuple((one, _state(words, one), *_messages(hub, words, one, view)) for one in people)
    return Asked(words, may_ask, shown)


def back(token: str, lang: str) -> Response:
    """To the list, so that a reload repeats nothing."""
    query = f"?lang={lang}" if lang in WORDS else ""
    return RedirectResponse(f"/p/{token}{query}#delegates", 303)


def _state(words: DelegateWords, one: DelegateView) -> str:
    if one.collected:
        return words.has_collected
    return words.has_ended if one.ended else words.has_code


def _messages(hub: Hub, words: DelegateWords, one: DelegateView, view: RecipientView) -> tuple[str, str]:
    place = ", ".join(part for part in (view.locker_name, view.locker_where) if part)
    said = filled(words.message, locker=place, pin=one.pin, url=hub.public_url + one.page_path)
    return f"sms:?&body={quote(said)}", f"mailto:?body={quote(said)}"
