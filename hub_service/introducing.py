"""The command line's part for a whole fleet: many lockers made known at once, from lines of JSON."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from hub_service.commands import Commands, WithHub
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.introducing import add_lockers
from hub_service.handlers.sites import NewLocker
from hub_service.settings import SettingsError
from locker.wire.topics import LOCKER_ID

_NEW: TypeAdapter[NewLocker] = TypeAdapter(NewLocker)
_KEY = re.compile(r"[0-9a-f]{64}")


def add(commands: Commands, with_hub: WithHub) -> tuple[argparse.ArgumentParser, ...]:
    """Adds the command; returns it, for the options that all commands have."""
    many = commands.add_parser(
        "add-lockers",
        help="make many lockers known: a line of JSON each on standard input, with the options of add-locker as names",
    )
    many.set_defaults(do=with_hub(lambda hub, _: _add(hub, sys.stdin)))
    return (many,)


def _add(hub: Hub, lines: Iterable[str]) -> object:
    wanted: list[NewLocker] = []
    for number, line in enumerate(lines, 1):
        try:
            new = _NEW.validate_json(line)
        except ValidationError as error:
            where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors()[:3])
            raise _unusable(number, where) from error
        if wrong := _wrong(new):
            raise _unusable(number, wrong)
        wanted.append(new)
    made = add_lockers(hub, wanted)
    if isinstance(made, Refusal):
        return made
    return "\n".join(json.dumps({"id": new.id} | asdict(one)) for new, one in zip(wanted, made, strict=True))


def _wrong(new: NewLocker) -> str:
    """The name of what no hub could use ("": nothing)."""
    if not LOCKER_ID.fullmatch(new.id):
        return "id"
    if not 1 <= new.number < 2**32:
        return "number"
    return "" if _KEY.fullmatch(new.public_key) else "public_key"


def _unusable(number: int, where: str) -> SettingsError:
    return SettingsError(f"line {number} can't be used ({where or 'the whole'}); none was added")
