"""A sender's page is the page of the parcel they send: its code puts it in, and its receipts stay there.

On the page of a parcel that was collected stands "return this parcel", where its announcement allows that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.domain.returns import receipt
from hub_service.handlers import drop_off_looks, drop_offs
from hub_service.handlers.drop_off_looks import Choice, DropOffView
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import RecipientView
from hub_service.localtime import long_time, time_left
from hub_service.web.drop_off_words import WORDS, DropOffWords
from hub_service.web.page_words import PageWords, StatusWords, filled
from hub_service.web.pages import Pages
from hub_service.web.recipient_words import Deadline

Lang = Annotated[str, Query(max_length=20)]
Again = Callable[[str, str, Refusal | None], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a parcel's page says besides: of a drop-off (`view`), or of a parcel that may go back."""

    words: DropOffWords
    view: DropOffView | None = None
    choices: tuple[Choice, ...] = ()
    proofs: tuple[tuple[str, str, int], ...] = ()
    """Each in words, with its receipt and when it was (s)."""

    can_return: bool = False
    return_path: str = ""

    def status(self, status: str, usual: StatusWords) -> StatusWords:
        """How the parcel's state reads: to a sender as what they have to do."""
        return self.words.status.get(status, usual) if self.view else usual

    def deadline(self, usual: Deadline | None, seen: RecipientView, words: PageWords) -> Deadline | None:
        """Until when there is something to do."""
        if self.view is None or self.view.good_until_s is None:
            return usual
        until_s, language = self.view.good_until_s, words.language
        left = filled(words.left, time=time_left(seen.now_s, until_s, language)) if until_s > seen.now_s else ""
        return Deadline(self.words.drop_by, long_time(until_s, None, language), left)

    def problem(self, refusal: Refusal | None, usual: str) -> str:
        return self.words.problems.get(refusal.code, usual) if refusal else usual


def part(hub: Hub, token: str, language: str) -> Part:
    """What belongs on this page."""
    words, view = WORDS[language], drop_off_looks.of_page(hub, token)
    if view is None:
        can_return, path = drop_off_looks.return_offered(hub, token)
        return Part(words=words, can_return=can_return, return_path=path)
    proofs = tuple(
        (filled(words.proofs[one.kind], n=one.n, locker=one.locker_name), receipt(one.receipt), one.at_s)
        for one in view.hand_overs
    )
    return Part(words=words, view=view, choices=drop_off_looks.choices(hub, token), proofs=proofs)


def add_drop_off_forms(routes: APIRouter, hub: Hub, pages: Pages, again: Again) -> None:
    """Adds the forms. `again` shows the page once more: token, language, what is to be said."""

    def own(token: str) -> str | None:
        view = drop_off_looks.of_page(hub, token)
        return view.parcel.id if view else None

    @routes.post("/p/{token}/return")
    def give_back(token: str, lang: Lang = "") -> Response:
        outcome = drop_offs.ask_by_page(hub, token)
        if isinstance(outcome, Refusal):
            return again(token, lang, outcome)
        return RedirectResponse(hub.page_path(outcome), 303)

    @routes.post("/p/{token}/drop-off/call-off")
    def call_off(token: str, lang: Lang = "") -> Response:
        drop_off_id = own(token)
        return again(token, lang, drop_offs.call_off(hub, drop_off_id)) if drop_off_id else pages.show("unknown", 404)

    @routes.post("/p/{token}/drop-off/move")
    def move(token: str, locker_id: Annotated[str, Form(max_length=40)], lang: Lang = "") -> Response:
        drop_off_id = own(token)
        if drop_off_id is None:
            return pages.show("unknown", 404)
        return again(token, lang, drop_offs.move(hub, drop_off_id, locker_id))
