"""A recipient in front of a locker opens the door from the telephone; and says whether an operator may open it.

The door is shown first, and only the button below it opens. What becomes of it stands on a page of its own, which asks
again each second until it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks, opening, remote
from hub_service.handlers.hub import Hub
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.views import RecipientView
from hub_service.web import recipient_words
from hub_service.web.opening_words import LANGUAGES, OpeningWords
from hub_service.web.page_words import filled
from hub_service.web.pages import Pages
from hub_service.web.picture import Front, locker_svg

LOOK_AGAIN_S = 1
Number = Annotated[str, Form(max_length=20)]


@dataclass(frozen=True, slots=True)
class Section:
    """What a parcel's page says about opening: which door, and what an operator asks, if anything."""

    words: OpeningWords
    n: int | None
    asked: OpeningView | None

    @property
    def question(self) -> str:
        assert self.asked is not None, "there is a question"
        return filled(self.words.asked_note, reason=self.asked.reason.rstrip("."))


def section(view: RecipientView, language: str, asked: OpeningView | None) -> Section | None:
    """The section of the parcel's page; None where there is nothing to open, and nothing asked."""
    n = view.compartment if view.ticket else None
    return Section(LANGUAGES[language], n, asked) if n is not None or asked is not None else None


def add_opening(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds the page with the door, its form, what became of it, and the answer to an operator."""

    @routes.get("/p/{token}/open")
    def door(token: str, lang: str = "") -> Response:
        return _Seen(hub, pages, token, lang).door()

    @routes.post("/p/{token}/open")
    def open_now(token: str, n: Annotated[int, Form(ge=1, le=999)], number: Number, lang: str = "") -> Response:
        outcome = opening.by_phone(hub, token, n, number.strip())
        if isinstance(outcome, Refusal):
            return _Seen(hub, pages, token, lang).door(outcome.code, n)
        return RedirectResponse(f"/p/{token}/open/{outcome.id}{_lang(lang)}", 303)

    @routes.get("/p/{token}/open/{opening_id}")
    def became(token: str, opening_id: str, lang: str = "") -> Response:
        found = opening.of_page(hub, token, opening_id)
        seen = _Seen(hub, pages, token, lang)
        return seen.unknown() if found is None else seen.became(found)

    @routes.post("/p/{token}/open/{opening_id}")
    def consent(token: str, opening_id: str, answer: Annotated[str, Form(max_length=3)], lang: str = "") -> Response:
        outcome = remote.consent(hub, token, opening_id, answer == "yes")
        if isinstance(outcome, Refusal):
            return _Seen(hub, pages, token, lang).door(outcome.code)
        return RedirectResponse(f"/p/{token}{_lang(lang)}", 303)


class _Seen:
    """One look at a parcel's door."""

    def __init__(self, hub: Hub, pages: Pages, token: str, lang: str) -> None:
        self._pages, self._token, self._lang = pages, token, lang
        self._view = looks.recipient(hub, token)
        place = looks.locker(hub, self._view.locker_id) if self._view else None
        self._fronts: Sequence[Front] = place.compartments if place else ()

    def unknown(self) -> Response:
        return self._pages.show("unknown", 404)

    def door(self, problem: str = "", n: int | None = None) -> Response:
        """The door, and what to type; with a `problem` (a refusal's code) why it stays shut."""
        if self._view is None:
            return self.unknown()
        n = n or self._view.compartment
        if n is None:
            return RedirectResponse(f"/p/{self._token}{_lang(self._lang)}", 303)
        return self._show(n, problem, 409 if problem else 200)

    def became(self, found: OpeningView) -> Response:
        """What has become of a request; asks again while that isn't known."""
        if self._view is None:
            return self.unknown()
        problem = "" if found.how in ("trying", "opening") else found.outcome or found.how
        answer = self._show(found.n, problem, how=found.how)
        if not found.final:
            # Works without JavaScript, and on the oldest telephone.
            answer.headers["Refresh"] = str(LOOK_AGAIN_S)
        return answer

    def _show(self, n: int, problem: str, status: int = 200, how: str = "") -> Response:
        assert self._view is not None, "checked by the callers"
        words = recipient_words.words_in(self._lang, self._view.language)
        said = LANGUAGES[words.language]
        place = recipient_words.place_words(words, self._fronts, n)
        return self._pages.show(
            "open_now", status, view=self._view, t=words, o=said, n=n, how=how, filled=filled,
            problem=said.problems.get(problem, said.problems["other"]) if problem else "",
            place=place, picture=locker_svg(self._fronts, n, label=place or words.picture),
            path=f"/p/{self._token}", lang=_lang(self._lang),
        )  # fmt: skip


def _lang(lang: str) -> str:
    return f"?lang={lang}" if lang in recipient_words.LANGUAGES else ""
