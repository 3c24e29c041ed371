"""The part of a recipient's page where wishes are said while the parcel is on its way, in four languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from babel.dates import format_date
from fastapi import APIRouter, Form, Query, Response

from hub_service.domain.refusals import Refusal
from hub_service.handlers import preferences
from hub_service.handlers.hub import Hub
from hub_service.handlers.preferences import Preferences

Lang = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WishWords:
    """One language; `{day}` is filled in."""

    title: str
    low_note: str
    low: str
    low_chosen: str
    day_note: str
    day: str
    choose_day: str
    day_chosen: str
    any_day: str


WISHES: dict[str, WishWords] = {
    "en": WishWords(
        title="Your wishes",
        low_note="Some doors are high up. You can have a compartment that is reached from a wheelchair.",
        low="I need a low compartment",
        low_chosen="A low compartment is planned for you.",
        day_note="Not at home? Tell your carrier on which day the parcel should come. Once it is in the locker, ask for"
        " more time instead.",
        day="Day",
        choose_day="Rather on this day",
        day_chosen="You wished for {day}. Your carrier knows of it.",
        any_day="Whenever it comes",
    ),
    "de": WishWords(
        title="Ihre Wünsche",
        low_note="Manche Türen sind weit oben. Sie können ein Fach haben, das man im Rollstuhl erreicht.",
        low="Ich brauche ein niedriges Fach",
        low_chosen="Für Sie ist ein niedriges Fach vorgesehen.",
        day_note="Nicht da? Sagen Sie dem Paketdienst, an welchem Tag das Paket kommen soll. Liegt es schon im "
        "Automaten, bitten Sie um mehr Zeit.",
        day="Tag",
        choose_day="Lieber an diesem Tag",
        day_chosen="Ihr Wunsch: {day}. Der Paketdienst weiß davon.",
        any_day="Egal wann",
    ),
    "pl": WishWords(
        title="Twoje życzenia",
        low_note="Niektóre drzwiczki są wysoko. Możesz dostać skrytkę, do której sięgniesz z wózka.",
        low="Potrzebuję niskiej skrytki",
        low_chosen="Zaplanowano dla Ciebie niską skrytkę.",
        day_note="Nie ma Cię? Powiedz przewoźnikowi, którego dnia paczka ma przyjść. Gdy już jest w automacie, poproś o"
        " więcej czasu.",
        day="Dzień",
        choose_day="Raczej tego dnia",
        day_chosen="Twoje życzenie: {day}. Przewoźnik o nim wie.",
        any_day="Kiedykolwiek",
    ),
    "fr": WishWords(
        title="Vos souhaits",
        low_note="Certaines portes sont en hauteur. Vous pouvez avoir une case accessible en fauteuil roulant.",
        low="J'ai besoin d'une case basse",
        low_chosen="Une case basse est prévue pour vous.",
        day_note="Absent ? Dites au transporteur quel jour le colis doit venir. S'il est déjà dans la consigne, "
        "demandez plus de temps.",
        day="Jour",
        choose_day="Plutôt ce jour-là",
        day_chosen="Votre souhait : {day}. Le transporteur le sait.",
        any_day="N'importe quand",
    ),
}


@dataclass(frozen=True, slots=True)
class Wished:
    """What the page shows of it; `day` is written as people of its language write days."""

    words: WishWords
    may: Preferences
    day: str


def add_preferences(routes: APIRouter, hub: Hub, again: Callable[[str, str, Refusal | None], Response]) -> None:
    """Adds the two forms. `again` shows the page once more: token, language, what is to be said."""

    @routes.post("/p/{token}/low")
    def low(token: str, lang: Lang = "") -> Response:
        return again(token, lang, preferences.want_low(hub, token))

    @routes.post("/p/{token}/day")
    def day(token: str, day: Annotated[str, Form(max_length=10)] = "", lang: Lang = "") -> Response:
        return again(token, lang, preferences.want_day(hub, token, day))


def wished(hub: Hub, token: str, language: str) -> Wished | None:
    """What may be wished for, in this language; None where it is too late."""
    may = preferences.of(hub, token)
    if may is None:
        return None
    day = format_date(date.fromisoformat(may.day), "full", locale=language) if may.day else ""
    return Wished(WISHES[language], may, day)
