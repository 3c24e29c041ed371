"""Log lines for people who look after lockers: one line a fact or outcome, `key=value`, nothing personal, no secret.

A scan is told by its length and kind, never by its text; labels, tags, tickets and who somebody is stay out.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from dataclasses import fields
from pathlib import Path
from traceback import extract_tb

from locker.wire import carriers, ticket
from locker.wire.access_tag import PASS_PREFIX
from locker.wire.facts import Fact, OrderApplied, SnapshotApplied

LOG = logging.getLogger("locker")
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


def set_up(locker: str) -> None:
    """Sends the log to standard error, from where systemd keeps it. Broken format strings aren't hidden."""
    form = f"%(asctime)s.%(msecs)03d level=%(levelname)s locker={locker} %(message)s"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # These tell about each request and each reconnect; what matters of it is told below.
    for chatty in ("uvicorn", "mqtt", "httpx"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def line(event: str, **values: object) -> str:
    """One log line: what it is about, then `key=value`; values with spaces are quoted."""
    return " ".join([f"event={event}", *(f"{key}={_spelled(value)}" for key, value in values.items())])


def tell(event: str, **values: object) -> None:
    """Logs something ordinary."""
    LOG.info(line(event, **values))


def warn(event: str, **values: object) -> None:
    """Logs something that somebody should look into."""
    LOG.warning(line(event, **values))


def stopped(error: Exception) -> None:
    """Logs why the daemon stops, and where in the code. The error's text is told only where it can't hold a secret."""
    where = " < ".join(f"{Path(at.filename).name}:{at.lineno}" for at in reversed(extract_tb(error.__traceback__)))
    why = str(error) if isinstance(error, OSError | sqlite3.Error) else ""
    LOG.critical(line("stopped", error=type(error).__name__, why=why, where=where))


def fact_recorded(fact: Fact) -> None:
    """Logs a fact by its kind and those of its fields that are nobody's business to hide."""
    values = {field.name: getattr(fact, field.name) for field in fields(fact) if field.name in _TOLD}
    if isinstance(fact, OrderApplied):
        values["order"] = fact.order.kind
    if isinstance(fact, SnapshotApplied):
        values["orders"] = len(fact.snapshot.orders)
    level = logging.WARNING if fact.kind in ("alarmed", "fault_found", "contents_uncertain") else logging.INFO
    LOG.log(level, line(fact.kind, **{key: value for key, value in values.items() if value not in ("", 0, False)}))


def scanned(text: str, symbology: str) -> None:
    """Logs that something was scanned."""
    tell("scanned", chars=len(text), kind=_kind_of(text, symbology), symbology=symbology or "none")


def _kind_of(text: str, symbology: str) -> str:
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
