"""Log lines for people who look after lockers: one line a fact or outcome, `key=value`, nothing personal, no secret.

A scan is told by its length and kind, never by its text; labels, tags, tickets and who somebody is stay out.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from dataclasses import fields
from pathlib import Path
from traceback import extract_tb
from typing import Literal

from locker.wire import carriers, ticket
from locker.wire.access_tag import PASS_PREFIX
from locker.wire.facts import Fact, OrderApplied, SnapshotApplied

LOG = logging.getLogger("locker")
_TIME = "%Y-%m-%dT%H:%M:%S"
_TOLD = (
    "n",
    "reason",
    "attempt",
    "forced",
    "how",
    "doubt",
    "fault",
    "alarm",
    "party",
    "by",
    "run",
    "software",
    "number",
)
"""The fields of facts that may be read by anybody."""


def set_up(locker: str, form: Literal["text", "json"] = "text") -> None:
    """Sends the log to standard error, from where systemd keeps it, for people or as a JSON object a line."""
    text = f"%(asctime)s.%(msecs)03d level=%(levelname)s locker={locker} %(message)s"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(locker) if form == "json" else logging.Formatter(text, _TIME))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # These tell about each request and each reconnect; what matters of it is told below.
    for chatty in ("uvicorn", "mqtt", "httpx"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


class _JsonLines(logging.Formatter):
    def __init__(self, locker: str) -> None:
        super().__init__(datefmt=_TIME)
        self._locker = locker

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = getattr(record, "told", None) or {"event": "said", "text": record.getMessage()}
        at = f"{self.formatTime(record, _TIME)}.{int(record.msecs):03d}"
        return json.dumps({"at": at, "level": record.levelname.lower(), "locker": self._locker, **told}, default=str)


def line(event: str, **values: object) -> str:
    """One log line: what it is about, then `key=value`; values with spaces are quoted."""
    return " ".join([f"event={event}", *(f"{key}={_spelled(value)}" for key, value in values.items())])


def tell(event: str, **values: object) -> None:
    """Logs something ordinary."""
    _log(logging.INFO, event, values)


def warn(event: str, **values: object) -> None:
    """Logs something that somebody should look into."""
    _log(logging.WARNING, event, values)


def _log(level: int, event: str, values: dict[str, object]) -> None:
    LOG.log(level, "%s", line(event, **values), extra={"told": {"event": event, **values}})


def stopped(error: Exception) -> None:
    """Logs why the daemon stops, and where in the code. The error's text is told only where it can't hold a secret."""
    where = " < ".join(f"{Path(at.filename).name}:{at.lineno}" for at in reversed(extract_tb(error.__traceback__)))
    why = str(error) if isinstance(error, OSError | sqlite3.Error) else ""
    _log(logging.CRITICAL, "stopped", {"error": type(error).__name__, "why": why, "where": where})


def fact_recorded(fact: Fact, cause: str = "") -> None:
    """Logs a fact by its kind, its visit (`cause`), and those of its fields that are nobody's business to hide."""
    values: dict[str, object] = {"cause": cause}
    values |= {field.name: getattr(fact, field.name) for field in fields(fact) if field.name in _TOLD}
    if isinstance(fact, OrderApplied):
        values["order"] = fact.order.kind
    if isinstance(fact, SnapshotApplied):
        values["orders"] = len(fact.snapshot.orders)
    level = logging.WARNING if fact.kind in ("alarmed", "fault_found", "contents_uncertain") else logging.INFO
    _log(level, fact.kind, {key: value for key, value in values.items() if value not in ("", 0, False)})


def scanned(text: str, symbology: str, cause: str = "") -> None:
    """Logs that something was scanned, and in which visit (`cause`)."""
    tell("scanned", cause=cause, chars=len(text), kind=kind_of(text, symbology), symbology=symbology or "none")


def kind_of(text: str, symbology: str) -> str:
    """What a scanned text is, in a word that anybody may read."""
    if text.startswith(ticket.PREFIX):
        return "ticket" if ticket.read(text) else "broken_ticket"
    if text.startswith(PASS_PREFIX):
        return "pass"
    return carriers.kind(text, symbology) or ("digits" if text.isdigit() else "text")


def _spelled(value: object) -> str:
    text = str(value)
    # A log is read line by line: whatever a device or the broker has said can't begin a new one.
    plain = text.isprintable() and not set(text) & set(' "=')
    return text if plain else '"' + text.encode("unicode_escape").decode().replace('"', "'") + '"'
