"""Decides what a posted press means; whatever is no press of this kiosk's is refused with one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator

from starlette.exceptions import HTTPException
from starlette.requests import Request

BODY_MAX = 1_024
KEYS_MAX = 64
NAME_MAX = 40
NUMBER_MAX = 9_999
KEYS = {**{digit: digit for digit in "0123456789"}, "C": "clear", "clear": "clear", "ok": "ok"}


class BadPress(HTTPException):
    """A press that this kiosk doesn't know. The sentence says what to send instead."""


async def keys(request: Request) -> list[str]:
    """The keys of `{"text": "1234"}` (digits, C for clear, spaces mean nothing) or `{"key": "clear"}`."""
    wish = await _wish(request)
    if isinstance(key := wish.get("key"), str) and key in KEYS:
        return [KEYS[key]]
    text = wish.get("text")
    if not isinstance(text, str) or len(text) > KEYS_MAX:
        raise BadPress(422, f'Send {{"text": "1234"}} with at most {KEYS_MAX} keys, or {{"key": "clear"}}.')
    return list(_keys(text))


async def choice(request: Request) -> tuple[str, int]:
    """The button and its compartment (0: none) of `{"choice": "done", "n": 0}`."""
    wish = await _wish(request)
    name, n = wish.get("choice"), wish.get("n", 0)
    if not isinstance(name, str) or not 0 < len(name) <= NAME_MAX:
        raise BadPress(422, 'Send {"choice": "done"} with the name of a button.')
    if type(n) is not int or not 0 <= n <= NUMBER_MAX:
        raise BadPress(422, "The compartment n must be a whole number as on the cabinet, or 0.")
    return name, n


def _keys(text: str) -> Iterator[str]:
    for character in text:
        if character in KEYS:
            yield KEYS[character]
        elif character != " ":
            raise BadPress(422, "The keypad has the digits 0 to 9 and C for clear; send only those.")


async def _wish(request: Request) -> dict[str, object]:
    _from_here(request)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise BadPress(413, f"That is too long for a press; send at most {BODY_MAX} bytes.")
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError):
        raise BadPress(400, "The body isn't JSON; send a JSON object.") from None
    if not isinstance(wish, dict):
        raise BadPress(422, "The body must be a JSON object.")
    return wish


def _from_here(request: Request) -> None:
    # Another site's page in the same browser must not press keys here; programs send no Origin.
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise BadPress(403, "Only the kiosk's own page may press its keys.")
