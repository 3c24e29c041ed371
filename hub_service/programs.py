"""The commands for those who write programs against the hub: API keys, and the documents that describe it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub_service import asyncapi
from hub_service.domain.limits import SCOPES, Scope
from hub_service.domain.refusals import Refusal
from hub_service.handlers import keys as key_handlers
from hub_service.handlers.hub import Hub, open_hub
from hub_service.store import keys as hub_keys
from hub_service.store.callers import KeyRecord

Opened = Callable[[argparse.Namespace], AbstractContextManager[Hub]]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], opened: Opened) -> None:
    """Adds `key add|list|end`, `openapi` and `asyncapi`; `opened` opens the hub that the options name."""
    key = commands.add_parser("key", help="API keys: add, list, end").add_subparsers(required=True, metavar="WHAT")
    add = key.add_parser("add", help="let a program use the HTTP interface; prints its key, which is shown once")
    add.add_argument("--name", required=True, help="what it is for")
    add.add_argument("--carrier", default="", help="sees this carrier's parcels only (default: the operator's key)")
    add.add_argument("--scope", action="append", choices=SCOPES, help="may be repeated (default: all that it may have)")
    add.add_argument("--test", action="store_true", help="reaches test lockers only")
    end = key.add_parser("end", help="let a key in no more")
    end.add_argument("--id", required=True, help="its id, from `hub key list`")
    every = key.add_parser("list", help="list all keys")
    for command, work in ((add, _add), (end, _end), (every, _list)):
        command.add_argument("--data-dir", type=Path, required=True, help="where the hub keeps its keys and database")
        command.set_defaults(do=_within(opened, work))
    openapi = commands.add_parser("openapi", help="print the description of the HTTP interface")
    openapi.set_defaults(do=lambda _: openapi_document())
    bus = commands.add_parser("asyncapi", help="print the description of what lockers and hub say to each other")
    bus.set_defaults(do=lambda _: asyncapi.document())


def openapi_document() -> dict[str, Any]:
    """The description of the HTTP interface of this version."""
    # Servers are heavy to load, and most commands need none.
    from fastapi import FastAPI

    from hub_service.api import routes

    with tempfile.TemporaryDirectory() as folder:
        # Routes are made for a hub; which one makes no difference to what they look like.
        hub_keys.create(Path(folder))
        hub = open_hub(Path(folder), Path(folder) / "hub.sqlite")
        app = FastAPI(title="Parcel hub", version="1")
        routes.add(app, hub, demo=False)
        hub.store.close()
        return app.openapi()


def _within(
    opened: Opened, work: Callable[[Hub, argparse.Namespace], object]
) -> Callable[[argparse.Namespace], object]:
    def do(options: argparse.Namespace) -> object:
        with opened(options) as hub:
            return work(hub, options)

    return do


def _add(hub: Hub, options: argparse.Namespace) -> object:
    scopes: Iterable[Scope] | None = options.scope
    made = key_handlers.add(hub, options.name, carrier=options.carrier, scopes=scopes, test=options.test)
    return made if isinstance(made, Refusal) else {"id": made[0].caller.id, "api_key": made[1]}


def _list(hub: Hub, _: argparse.Namespace) -> object:
    return [_shown(one) for one in key_handlers.every(hub)]


def _end(hub: Hub, options: argparse.Namespace) -> object:
    ended = key_handlers.end(hub, options.id)
    return ended if isinstance(ended, Refusal) else _shown(ended)


def _shown(one: KeyRecord) -> dict[str, object]:
    caller = one.caller
    return {
        "id": caller.id, "name": caller.name, "carrier": caller.carrier, "scopes": sorted(caller.scopes),
        "test": caller.test, "created_at": _iso(one.created_s), "used_at": _iso(one.seen_s),
        "ended_at": _iso(one.ended_s),
    }  # fmt: skip


def _iso(at_s: int | None) -> str | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC).isoformat()
