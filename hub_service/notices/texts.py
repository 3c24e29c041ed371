"""The shape of a language's texts: every language says the same kinds of notices with the same pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "announced", "ready", "redirected", "reminder", "extended", "expired", "collected", "cancelled", "missed",
    "attention", "new_code", "more_time", "handed_over", "sent_back", "substitute", "hold_over",
    "drop_off", "drop_off_moved", "dropped_off", "picked_up", "taken_back", "drop_off_lapsed", "drop_off_called_off",
    "wanted_back",
    "open_asked", "door_opened",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Piece = Literal["code", "place", "until", "more_time", "someone_else", "not_you", "page", "drop_by", "receipt"]


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of notice in one language. The mail is opening plus pieces; a piece without its value is left out.

    Placeholders: `{tracking} {locker} {where} {pin} {until} {page_url} {name}`, `{place}` in the SMS, of a hand-over
    `{receipt} {box} {at}`.
    """

    subject: str
    opening: str
    pieces: tuple[Piece, ...]
    sms: str


@dataclass(frozen=True, slots=True)
class Language:
    """All texts of one language; `greeting` is for a known name and `hello` for none."""

    greeting: str
    hello: str
    closing: str
    pieces: dict[Piece, str]
    notices: dict[Kind, Words]
