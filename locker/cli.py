"""The `locker` command: run the daemon, make its keys, commission a new locker, read its journal, run its twin."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

# A start waits for all of these before the guardian's can begin: what is heavy is imported where it is used.
from locker import memory, unneeded
from locker.devices import guardian_child
from locker.settings import SecretFile, Settings, SettingsError, load, secret
from locker.supervision import AlreadyRunning, alone

JOURNAL = "journal.sqlite"
FOLLOW_S = 0.5
Verb = Callable[[argparse.Namespace, Settings], int]
SECRET_FILES: tuple[SecretFile, ...] = get_args(SecretFile)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb; returns the exit code. Whatever can be expected to go wrong is one sentence and code 2."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["twin"]:
        # The twin is no part of what runs in a locker: it is imported by those who ask for it.
        from locker.twin.twin import main as twin

        return twin(words[1:])
    if words[:1] == ["boards"]:
        from locker.frames import main as boards

        return boards(words[1:])
    if words[:1] == ["check"]:
        from locker.check import main as check

        return check(words[1:])
    arguments = _parser().parse_args(words)
    verb: Verb = arguments.verb
    try:
        return verb(arguments, load(arguments.config))
    except _expected() as error:
        print(f"locker: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _expected() -> tuple[type[Exception], ...]:
    import sqlite3

    from locker.journal import JournalError

    return SettingsError, JournalError, AlreadyRunning, sqlite3.Error, OSError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="locker", description=__doc__)
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for name, verb, does in (
        ("run", _run, "serve people until stopped"),
        ("init", _init, "make the key files that are missing and print the public key"),
        ("commission", _commission, "record that somebody has looked into every compartment and all are empty"),
        ("check-config", _check, "say whether the config file can be used"),
        ("journal", _journal, "print the audit log"),
    ):
        one = verbs.add_parser(name, help=does, description=does)
        one.add_argument("--config", type=Path, required=True, metavar="FILE", help="the locker's config (TOML)")
        one.set_defaults(verb=verb)
        if name == "journal":
            one.add_argument("--follow", action="store_true", help="go on with what happens from now")
            one.add_argument("--verify", action="store_true", help="print nothing, check the chain of all entries")
    boards = "show a lock board's bytes, and explain them, without touching one; `locker boards --help` says more"
    verbs.add_parser("boards", help=boards, add_help=False)
    verbs.add_parser("check", help="go through every board, door and switch with the installer", add_help=False)
    verbs.add_parser("twin", help="run a locker in software; `locker twin --help` says more", add_help=False)
    return parser


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    # Before anything else: whoever waits for the guardian's end may be a thread.
    memory.give_back_large()
    with alone(settings.locker.data_dir):
        return asyncio.run(_serve(settings, arguments.config))


async def _serve(settings: Settings, config_path: Path) -> int:
    # Only now that nobody else has this locker: two guardians would want the same lines.
    async with guardian_child.started_early(settings, config_path) as guardian:
        unneeded.leave_out()
        # Imported here: the guardian loads its own in the meantime, and other verbs do without devices and web server.
        from locker import assembly, telemetry

        telemetry.set_up(settings.locker.id, settings.log.format)
        return await assembly.run(settings, config_path, guardian)


def _init(_: argparse.Namespace, settings: Settings) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    for name in SECRET_FILES:
        _make_secret(getattr(settings.locker, name))
    settings.locker.data_dir.mkdir(parents=True, exist_ok=True)
    own = Ed25519PrivateKey.from_private_bytes(secret(settings, "signing_key_file"))
    print(json.dumps({"public_key": own.public_key().public_bytes_raw().hex()}))
    return 0


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(number)


def _commission(_: argparse.Namespace, settings: Settings) -> int:
    from locker.commission import commission
    from locker.journal import Journal, open_file

    with alone(settings.locker.data_dir):
        recorded = commission(Journal(open_file(settings.locker.data_dir / JOURNAL)), settings)
    print(f"{recorded} of {len(settings.compartment)} compartments were recorded as empty")
    return 0


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    for name in SECRET_FILES:
        secret(settings, name)
    print(f"{arguments.config}: fine, {len(settings.compartment)} compartments")
    return 0


def _journal(arguments: argparse.Namespace, settings: Settings) -> int:
    from locker.audit import audit_line
    from locker.journal import Journal, read_file

    journal = Journal(read_file(settings.locker.data_dir / JOURNAL))
    position = 0
    while True:
        for entry in journal.entries(position):
            position = entry[0]
            if not arguments.verify:
                print(audit_line(*entry), flush=True)
        if not arguments.follow:
            break
        time.sleep(FOLLOW_S)
    if arguments.verify:
        print(f"{journal.position} entries, each fits the one before it; the newest is {journal.head}")
    return 0
