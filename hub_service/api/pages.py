"""Cursors: opaque texts that say where a page ended, so that new entries neither repeat nor hide others."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any

from fastapi import Query
from pydantic import TypeAdapter, ValidationError

from hub_service.api.problems import Problem
from locker.wire.bounds import WHOLE_MAX

Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]
_PLACE: TypeAdapter[tuple[int, str]] = TypeAdapter(tuple[int, str])


def cursor(place: tuple[int, str]) -> str:
    """The cursor behind an entry: what entries are ordered by, and the id that tells equals apart."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(text: str | None) -> tuple[int, str] | None:
    """Where the page before ended; None for the first page."""
    if text is None:
        return None
    try:
        # Decoded strictly: what was cut off or put together by hand is said to be wrong, not guessed.
        raw: Any = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = _PLACE.validate_json(raw, strict=False)
    except (ValueError, ValidationError):
        raise _unusable() from None
    if not -WHOLE_MAX <= found[0] <= WHOLE_MAX:
        raise _unusable()
    return found


def _unusable() -> Problem:
    return Problem(422, "unknown_cursor", "This cursor isn't one of ours: send `next` of the page before as it is.")
