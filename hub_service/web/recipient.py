"""A recipient's page: their code, until when, where to go. Its address is a key, so it is told to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from hub_service.domain.custody import is_live
from hub_service.domain.refusals import Refusal
from hub_service.handlers import afterwards, elsewhere, looks, push, remote, stays
from hub_service.handlers.elsewhere import Choice
from hub_service.handlers.hub import Hub
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.views import RecipientView
from hub_service.notices.web_push import public_text
from hub_service.web import drop_offs
from hub_service.web import recipient_words as words
from hub_service.web.codes import qr_svg
from hub_service.web.delegates import Asked, add_delegates, asked
from hub_service.web.delegates import back as delegates_back
from hub_service.web.drop_off_words import WORDS
from hub_service.web.drop_offs import add_drop_off_forms
from hub_service.web.page_words import PageWords, filled
from hub_service.web.pages import Pages
from hub_service.web.picture import Front, locker_svg
from hub_service.web.preferences import Wished, add_preferences, wished
from hub_service.web.recipient_opening import add_opening, section

Lang = Annotated[str, Query(max_length=20)]
_GONE_FROM_LOCKER = ("collected", "retrieved", "returned", "cancelled", "delivery_failed")


def add_recipient_page(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds the page and its forms. `lang` is the language that somebody has chosen on it."""

    @routes.get("/p/{token}")
    def parcel(token: str, lang: Lang = "") -> Response:
        return _page(hub, pages, token, lang)

    def again(token: str, lang: str, problem: Refusal | None) -> Response:
        return _page(hub, pages, token, lang, problem) if problem else delegates_back(token, lang)

    @routes.post("/p/{token}/extend")
    def extend(token: str, lang: Lang = "") -> Response:
        outcome = stays.extend_by_page(hub, token)
        if isinstance(outcome, Refusal) and outcome.code != "unknown_page":
            return _page(hub, pages, token, lang, outcome)
        return _back(token, lang)

    @routes.post("/p/{token}/rate")
    def rate(token: str, stars: Annotated[int, Form()], lang: Lang = "") -> Response:
        outcome = afterwards.rate(hub, token, stars)
        if outcome is None or outcome.code == "unknown_page":
            return _back(token, lang)
        return _page(hub, pages, token, lang, outcome)

    @routes.post("/p/{token}/elsewhere")
    def go_elsewhere(token: str, locker_id: Annotated[str, Form(max_length=40)], lang: Lang = "") -> Response:
        refusal = elsewhere.choose(hub, token, locker_id)
        return _page(hub, pages, token, lang, refusal) if refusal else _back(token, lang)

    def wishes_again(token: str, lang: str, problem: Refusal | None) -> Response:
        return _page(hub, pages, token, lang, problem) if problem else _back(token, lang)

    add_opening(routes, hub, pages)
    add_delegates(routes, hub, pages, again)
    add_preferences(routes, hub, wishes_again)
    add_drop_off_forms(routes, hub, pages, again)

    @routes.post("/p/{token}/erase")
    def erase(token: str, lang: Lang = "") -> Response:
        afterwards.ask_to_erase(hub, token)
        return _back(token, lang)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is about: the parcel, its locker's compartments for the picture, and where else it may go.

    `push_key`: what browsers need to know to be told of news (empty: there will be none); `told`: how many are.
    """

    view: RecipientView
    fronts: Sequence[Front]
    choices: tuple[Choice, ...] = ()
    push_key: str = ""
    told: int = 0
    asked: Asked | None = None
    wished: Wished | None = None
    drop: drop_offs.Part | None = None
    asked_to_open: OpeningView | None = None


def show(pages: Pages, shown: Shown, path: str, lang: str, problem: Refusal | None) -> HTMLResponse:
    """The page of one parcel."""
    view, fronts = shown.view, shown.fronts
    chosen = words.words_in(lang, view.language)
    drop = shown.drop or drop_offs.Part(words=WORDS[chosen.language])
    said = drop.status(view.status, words.status_words(chosen, view))
    has_code = bool(said.code_note and view.ticket)
    here = bool(view.locker_id) and view.status not in _GONE_FROM_LOCKER
    place = words.place_words(chosen, fronts, view.compartment)
    label = drop.words.go_here if drop.view and drop.view.good_until_s else words.place_label(chosen, view)
    return pages.show(
        "recipient",
        409 if problem else 200,
        view=view,
        path=path,
        lang=f"?lang={lang}" if lang in words.LANGUAGES else "",
        t=chosen,
        others=[one for one in words.LANGUAGES.values() if one is not chosen],
        filled=filled,
        problem=_said(shown, drop, chosen, problem) if problem else "",
        drop=drop,
        words=said,
        sentence=words.sentence(chosen, said, view),
        qr=qr_svg(view.ticket, chosen.qr) if has_code else None,
        deadline=drop.deadline(words.deadline(chosen, view), view, chosen),
        more_time=words.more_time(chosen, view),
        place={"label": label, "position": place} if here else None,
        picture=locker_svg(fronts, view.compartment, label=place or chosen.picture) if here else None,
        map_url=_map_url(view),
        choices=shown.choices,
        asked=shown.asked,
        wished=shown.wished,
        opening=None if drop.view else section(view, chosen.language, shown.asked_to_open),
        push_key=shown.push_key,
        told=shown.told,
        answers=words.answers(chosen, view),
        timeline=words.timeline(chosen, view),
        footer=words.footer(chosen, view),
    )


def _page(hub: Hub, pages: Pages, token: str, lang: str, problem: Refusal | None = None) -> Response:
    view = looks.recipient(hub, token)
    if view is None:
        return pages.show("unknown", 404)
    locker = looks.locker(hub, view.locker_id) if view.locker_id else None
    shown = Shown(
        view, locker.compartments if locker else (), elsewhere.choices(hub, token),
        public_text(hub.keys.push) if is_live(view.status) else "", push.how_many(hub, token),
    )  # fmt: skip
    language = words.words_in(lang, view.language).language
    drop = drop_offs.part(hub, token, language)
    # Who brings something asks nobody to collect it.
    others = None if drop.view else asked(hub, token, view, language)
    to_open = remote.asked_on_page(hub, token)
    shown = replace(shown, asked=others, drop=drop, asked_to_open=to_open, wished=wished(hub, token, language))
    return show(pages, shown, f"/p/{token}", lang, problem)


def _said(shown: Shown, drop: drop_offs.Part, chosen: PageWords, problem: Refusal) -> str:
    usual = chosen.problems.get(problem.code, problem.sentence)
    # While a parcel is on its way to its recipient, nothing is dropped off or sent back.
    return usual if shown.wished else drop.problem(problem, usual)


def _back(token: str, lang: str) -> Response:
    return RedirectResponse(f"/p/{token}?lang={lang}" if lang in words.LANGUAGES else f"/p/{token}", 303)


def _map_url(view: RecipientView) -> str:
    if view.latitude is None or view.longitude is None:
        return ""
    here = f"{view.latitude:.5f}", f"{view.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={here[0]}&mlon={here[1]}#map=18/{here[0]}/{here[1]}"
