"""What the hub writes about itself: one line an event on standard error, without secrets or personal data.

Every line names its cause: what has begun it, be it a visit at a locker, a request or a turn of the duties. So a parcel
can be followed from its scan, which the locker's log tells with the same name, to the notice that was sent.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, get_args

Form = Literal["text", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_CHATTY = ("uvicorn.access", "httpx", "asyncio", "mqtt")
_LOG = logging.getLogger("hub")
_CAUSE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PLAIN = re.compile(r'[^\s"=]+')

_cause: ContextVar[str] = ContextVar("cause", default="")
_held: ContextVar[list[tuple[str, dict[str, object]]] | None] = ContextVar("held", default=None)


def start(verbose: bool = False, form: Form = "text") -> None:
    """Sets up the log of this process: text for people, or a JSON object a line for programs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == "json" else _TextLines(_FORMAT))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class _TextLines(logging.Formatter):
    def formatException(self, ei: Any) -> str:
        return fault_of(ei[1])


class _JsonLines(_TextLines):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = getattr(record, "told", None) or {"event": "said", "text": record.getMessage()}
        if record.exc_info:
            told = told | {"fault": self.formatException(record.exc_info)}
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}"
        head = {"at": at, "level": record.levelname.lower(), "source": record.name, "cause": cause()}
        return json.dumps(head | told)


def fault_of(error: BaseException | None) -> str:
    """Where in the code something went wrong, and what kind of fault; its text only where no value can be in it."""
    if error is None:
        return ""
    # What a database says of a broken rule repeats the row that broke it: a number, a name, an address.
    why = str(error) if isinstance(error, OSError | sqlite3.OperationalError) else ""
    own = "".join([*traceback.format_tb(error.__traceback__), f"{type(error).__name__} {why}".strip()])
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else (error.__cause__,)
    return "\n".join([own, *(f"because of\n{fault_of(one)}" for one in inner if one is not None)])


def draw_cause() -> str:
    """A new name for something that begins at the hub."""
    return secrets.token_hex(8)


def is_cause(text: str) -> bool:
    """Whether a name that somebody else has given can stand in a log."""
    return _CAUSE.fullmatch(text) is not None


def cause() -> str:
    """What has begun all that happens here now ("": nobody has said)."""
    return _cause.get()


@contextmanager
def caused_by(name: str) -> Iterator[None]:
    """What happens within was begun by this."""
    token = _cause.set(name)
    try:
        yield
    finally:
        _cause.reset(token)


@contextmanager
def when_committed() -> Iterator[None]:
    """Holds lines back until the block has ended well: what was undone has never happened. Blocks may be nested."""
    outer, held = _held.get(), list[tuple[str, dict[str, object]]]()
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    for event, values in held:
        if outer is None:
            _write(event, values)
        else:
            outer.append((event, values))


def tell(event: str, **values: object) -> None:
    """Logs that something has happened. Values are names and numbers, never what people have typed or are called."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    values = {"cause": cause(), **values}
    held = _held.get()
    if held is None:
        _write(event, values)
    else:
        held.append((event, values))


def _write(event: str, values: dict[str, object]) -> None:
    known = {name: value for name, value in values.items() if value not in ("", None)}
    text = " ".join([f"event={event}", *(f"{name}={_spelled(value)}" for name, value in known.items())])
    _LOG.info("%s", text, extra={"told": {"event": event, **known}})


def _spelled(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text.isprintable() else json.dumps(text)
