"""The command line's part for a database on a server, whose own tools back it up: what the hub has to know of that."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hub_service.commands import Commands, WithHub
from hub_service.handlers import backups
from hub_service.handlers.hub import Hub


def add(commands: Commands, with_hub: WithHub, who: str) -> tuple[argparse.ArgumentParser, ...]:
    """Adds the commands; returns them, for the options that all commands have. `who` stands in the audit log."""
    begins = commands.add_parser("backup-begins", help="a server's backup begins: print where lockers stand")
    begins.set_defaults(do=with_hub(lambda hub, _: backups.heads(hub)))
    ended = commands.add_parser("backup-ended", help="that backup is complete: lockers hear what is safe")
    ended.set_defaults(do=with_hub(lambda hub, options: _ended(hub, options, who)))
    ended.add_argument("--heads", type=Path, required=True, help="what backup-begins has printed")
    ended.add_argument("--bytes", type=int, required=True, help="how large it is")
    came_back = commands.add_parser("came-back", help="the database was restored: lockers get everything anew")
    came_back.set_defaults(do=with_hub(lambda hub, options: {"lockers": backups.came_back(hub, options.name, who)}))
    for command in (ended, came_back):
        command.add_argument("--name", required=True, help="the backup's name, for the audit log")
    return begins, ended, came_back


def _ended(hub: Hub, options: argparse.Namespace, who: str) -> object:
    heads = json.loads(options.heads.read_text(encoding="utf-8"))
    backups.ended(hub, options.name, options.bytes, heads, who)
    return {"safe": len(heads)}
