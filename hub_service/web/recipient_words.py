"""Says a parcel's state to its recipient: one title, one sentence, whether there is a code, what to do if something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.handlers.views import RecipientView
from hub_service.localtime import long_time, time_left
from hub_service.web.page_english import ENGLISH
from hub_service.web.page_french import FRENCH
from hub_service.web.page_german import GERMAN
from hub_service.web.page_polish import POLISH
from hub_service.web.page_words import PageWords, StatusWords, filled
from hub_service.web.picture import Front, place_of, position

LANGUAGES: dict[str, PageWords] = {one.language: one for one in (ENGLISH, GERMAN, POLISH, FRENCH)}
_WITH_HELP = ("announced", "redirected", "ready_for_pickup", "expired", "needs_attention")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when, in words; `left` is empty where no time is left."""

    label: str
    when: str
    left: str


def words_in(wished: str, language: str) -> PageWords:
    """The page in the language that somebody asks for, else in the parcel's, else in English."""
    return LANGUAGES.get(wished) or LANGUAGES.get(language) or ENGLISH


def status_words(words: PageWords, view: RecipientView) -> StatusWords:
    """The words for the parcel's state; one that this page doesn't know yet reads as the hub says it."""
    on_its_way = view.status in ("announced", "in_transit", "out_for_delivery")
    if on_its_way:
        return words.status["announced" if view.locker_id else "home"]
    if view.status == "redirected" and all(one.kind != "attempt_failed" for one in view.timeline):
        # Nobody stood at a door in vain: the recipient, or the carrier, has chosen another locker.
        return words.status["announced"]
    plain = StatusWords("way", view.status.replace("_", " ").capitalize(), view.status_sentence)
    return words.status.get(view.status, plain)


def sentence(words: PageWords, said: StatusWords, view: RecipientView) -> str:
    """The sentence below the title, with the names of this parcel's place."""
    name = view.locker_name or words.the_locker
    box = words.in_box if view.compartment else words.in_locker
    inside = filled(box, n=view.compartment or "", locker_name=name)
    return filled(said.sentence, inside=inside, locker_name=name, tracking=view.tracking)


def deadline(words: PageWords, view: RecipientView) -> Deadline | None:
    """Until when the parcel can be collected, while it lies there."""
    if view.deadline_s is None or view.status not in ("ready_for_pickup", "expired"):
        return None
    when = long_time(view.deadline_s, None, words.language)
    if view.status == "expired":
        return Deadline(words.time_over, when, words.go_soon)
    left = filled(words.left, time=time_left(view.now_s, view.deadline_s, words.language))
    return Deadline(words.collect_by, when, left[:1].upper() + left[1:])


def more_time(words: PageWords, view: RecipientView) -> str:
    """What the button says that asks for more time."""
    days, rest = divmod(view.extend_hours, 24)
    return (
        filled(words.more_hours, count=view.extend_hours) if rest or days < 2 else filled(words.more_days, count=days)
    )


def place_label(words: PageWords, view: RecipientView) -> str:
    """What stands above the locker's name."""
    return words.collect_here if view.status in ("ready_for_pickup", "expired") else words.goes_here


def place_words(words: PageWords, fronts: Sequence[Front], marked: int | None) -> str:
    """Where the door is; empty where nobody knows which one, or how the locker looks."""
    if not words.place:
        return position(fronts, marked)
    found = place_of(fronts, marked)
    if found is None:
        return ""
    column, row, columns = found
    return filled(words.place if columns == 1 else words.place_in_column, n=marked, column=column, row=row)


def answers(words: PageWords, view: RecipientView) -> list[tuple[str, str]]:
    """Questions of people in front of a locker, each with the next step."""
    if not view.locker_id or view.status not in _WITH_HELP:
        return []
    call = filled(words.call, phone=view.help_phone) if view.help_phone else words.call_locker
    return [(question, filled(answer, call=call)) for question, answer in words.answers]


def timeline(words: PageWords, view: RecipientView) -> list[tuple[str, int]]:
    """What has happened so far, oldest first, each with when."""
    return [
        (filled(words.events[one.kind], locker=one.locker_name or words.a_locker, n=one.n), one.at_s)
        for one in view.timeline
    ]


def footer(words: PageWords, view: RecipientView) -> str:
    """Which parcel this is."""
    said = words.foot_carrier if view.carrier else words.foot
    return filled(said, tracking=view.tracking, carrier=view.carrier)
