"""The command `hub`: sets a hub up, makes lockers and staff known, runs it. Answers are JSON, errors one sentence."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from hub_service import caring, introducing, mending, programs, server_backups, telemetry
from hub_service.commands import Commands, Do, shown
from hub_service.domain.permissions import ROLES
from hub_service.domain.refusals import Refusal
from hub_service.handlers import alarm_desk, backups, sites, users
from hub_service.handlers.hub import Hub, open_hub
from hub_service.notices.settings import NoticeSettingsError
from hub_service.settings import Settings, SettingsError, checked
from hub_service.store import audit, backup, keys
from hub_service.store.database import StoreError
from hub_service.store.location import SCHEMES, locate, name_server
from locker.wire.topics import LOCKER_ID

SHELL = "shell"
"""Who does what is done with this command, in the audit log: whoever may read the keys may do everything."""


def main(argv: list[str] | None = None) -> int:
    """Runs one command; 0 if it has done what it was asked for."""
    options = _parser().parse_args(argv)
    telemetry.start(options.verbose, options.log_format)
    try:
        result: object = options.do(options)
    except (StoreError, SettingsError, NoticeSettingsError, OSError) as problem:
        print(f"hub: {problem}", file=sys.stderr)
        return 1
    if isinstance(result, Refusal):
        print(f"hub: {result.sentence}", file=sys.stderr)
        return 1
    if result is not None:
        # What is meant to be read by people comes as text.
        print(result if isinstance(result, str) else json.dumps(result), flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hub", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="log more")
    parser.add_argument(
        "--log-format", choices=telemetry.FORMS, default="text", help="json: one object a line, for programs (text)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_setting_up(commands)
    _add_people(commands)
    _add_running(commands)
    _add_keeping(commands)
    _add_repairing(commands)
    programs.add_commands(commands, _hub)
    return parser


def _add_setting_up(commands: Commands) -> None:
    init = commands.add_parser("init", help="make keys and a database; prints an API key, which is shown once")
    init.set_defaults(do=_init)
    init.add_argument("--database", type=_database_url, help="postgresql://... for a hub of several workers")
    init.add_argument("--database-password-file", type=Path, help="better than a password in the URL")
    locker = commands.add_parser("add-locker", help="make a locker known; prints what it has to be given")
    locker.set_defaults(do=_add_locker)
    locker.add_argument("--id", type=_locker_id, required=True, help="small letters, digits and '-'")
    locker.add_argument("--number", type=_number, required=True, help="its number in tickets")
    locker.add_argument("--name", required=True)
    locker.add_argument("--where", default="", help="how people find it")
    locker.add_argument("--public-key", type=_hex_key, required=True, help="64 hex digits, from `locker init`")
    locker.add_argument("--help-phone", default="")
    locker.add_argument("--latitude", type=float)
    locker.add_argument("--longitude", type=float)
    locker.add_argument("--test", action="store_true", help="for test keys only: their parcels come here, no others")
    staff = commands.add_parser("add-pass", help="give a member of staff codes; prints today's, and one to sign in")
    staff.set_defaults(do=_add_pass)
    staff.add_argument("--party", choices=("courier", "operator"), required=True)
    staff.add_argument("--who", required=True, help="a name for records, not for people")
    staff.add_argument("--carrier", default="", help="whose parcels a courier may take out")
    staff.add_argument("--card", default="", help="number of a card (hex) that must be shown before the code")
    staff.add_argument("--lasting", action="store_true", help="one code until it is ended, in place of one a day")
    api_key = commands.add_parser("add-api-key", help="let a program use the HTTP interface; prints its key")
    api_key.set_defaults(do=_add_api_key)
    api_key.add_argument("--name", required=True)
    for command in (init, locker, staff, api_key):
        _add_data_dir(command)


def _add_people(commands: Commands) -> None:
    add = commands.add_parser("add-user", help="let somebody run the network; prints the first password")
    add.set_defaults(do=_add_user)
    add.add_argument("--elsewhere", action="store_true", help="this login signs in with the provider of sign-in.toml")
    role = commands.add_parser("set-role", help="give a user another role")
    role.set_defaults(do=_set_role)
    reset = commands.add_parser("reset-password", help="a new first password for somebody who lost theirs")
    reset.set_defaults(do=_reset_password)
    end = commands.add_parser("end-user", help="let a user go, at once and everywhere")
    end.set_defaults(do=_end_user)
    every = commands.add_parser("users", help="list those who run the network")
    every.set_defaults(do=_users)
    log = commands.add_parser("audit", help="check that the audit log is whole, and print its newest entries")
    log.set_defaults(do=_audit)
    log.add_argument("--limit", type=int, default=20)
    contact = commands.add_parser("set-contact", help="how a user is told of alarms")
    contact.set_defaults(do=_set_contact)
    contact.add_argument("--email", default="")
    contact.add_argument("--phone", default="", help="for what can't wait")
    shift = commands.add_parser("add-shift", help="put a user on call")
    shift.set_defaults(do=_add_shift)
    shift.add_argument("--from", dest="begin", type=_moment, required=True, help="2026-12-01T08:00+01:00")
    shift.add_argument("--until", type=_moment, required=True)
    shifts = commands.add_parser("shifts", help="list who is on call, now and later")
    shifts.set_defaults(do=_shifts)
    remove = commands.add_parser("remove-shift", help="take a user off call")
    remove.set_defaults(do=_remove_shift)
    remove.add_argument("--shift", type=int, required=True, help="its number, from `hub shifts`")
    for command in (add, role):
        command.add_argument("--role", choices=ROLES, required=True)
    for command in (add, role, reset, end, contact, shift):
        command.add_argument("--login", type=_login, required=True)
    for command in (add, role, reset, end, every, log, contact, shift, shifts, remove):
        _add_data_dir(command)


def _add_running(commands: Commands) -> None:
    run = commands.add_parser("run", help="run the hub")
    run.set_defaults(do=_run)
    _add_data_dir(run)
    run.add_argument("--host", help="where to listen (127.0.0.1)")
    run.add_argument("--port", type=int, help="0 takes a free one (8000)")
    run.add_argument("--public-url", help="how people reach the hub's pages")
    run.add_argument("--broker-host")
    run.add_argument("--broker-port", type=int)
    run.add_argument("--broker-qos", type=int, choices=(0, 1), help="0: for NATS (1)")
    run.add_argument("--broker-username")
    run.add_argument("--broker-password-file", type=Path)
    run.add_argument(
        "--broker-shared", action="store_true", help="share messages among workers (Mosquitto 2 and others: $share)"
    )
    run.add_argument("--demo", action="store_true", help="with start page, mailbox and a time machine")
    run.add_argument(
        "--allow-private-webhooks", action="store_true", help="webhooks may go to this machine and to private networks"
    )
    run.add_argument("--home-assistant", action="store_true", help="make lockers known to Home Assistant on the broker")
    run.add_argument("--demo-links", type=Path, help="file that says where the demo's lockers are")
    run.add_argument(
        "--keep-events-months", type=int, metavar="N", help="forget events after so many months (0: never)"
    )
    broker = commands.add_parser("broker", help="run the embedded MQTT broker")
    broker.set_defaults(do=_broker)
    broker.add_argument("--host", default="127.0.0.1", help="anybody who reaches it may connect")
    broker.add_argument("--port", type=int, required=True)


def _add_keeping(commands: Commands) -> None:
    save = commands.add_parser("backup", help="write all that the hub is into one file; it may go on running")
    save.set_defaults(do=_backup)
    save.add_argument("--to", type=Path, required=True, help="a folder; keep what lies in it like the keys in it")
    save.add_argument("--keep", type=int, default=14, help="how many stay there (14; 0 keeps all)")
    restore = commands.add_parser("restore", help="lay a backup out as a data folder again")
    restore.set_defaults(do=_restore)
    restore.add_argument("--from", dest="backup", type=Path, required=True, help="the file")
    bring = commands.add_parser("migrate", help="bring the database to this version, as every start does")
    bring.set_defaults(do=_migrate)
    for command in (save, restore, bring):
        _add_data_dir(command)


def _add_repairing(commands: Commands) -> None:
    mended = (*mending.add(commands, _with_hub), *caring.add(commands, _with_hub, SHELL))
    mended += server_backups.add(commands, _with_hub, SHELL)
    for command in (*mended, *introducing.add(commands, _with_hub)):
        _add_data_dir(command)


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data-dir", type=Path, required=True, help="where the hub keeps its keys and database")


@contextlib.contextmanager
def _hub(options: argparse.Namespace) -> Iterator[Hub]:
    data_dir: Path = options.data_dir
    hub = open_hub(data_dir, locate(data_dir))
    try:
        yield hub
    finally:
        hub.store.close()


def _with_hub(do: Do) -> Callable[[argparse.Namespace], object]:
    def done(options: argparse.Namespace) -> object:
        with _hub(options) as hub:
            return do(hub, options)

    return done


def _init(options: argparse.Namespace) -> object:
    keys.create(options.data_dir)
    if options.database:
        name_server(options.data_dir, options.database, options.database_password_file)
    with _hub(options) as hub:
        return {"api_key": sites.add_api_key(hub, "init"), "public_key": hub.keys.public_hex}


def _add_locker(options: argparse.Namespace) -> object:
    new = sites.NewLocker(
        id=options.id, number=options.number, name=options.name, where=options.where, public_key=options.public_key,
        help_phone=options.help_phone, latitude=options.latitude, longitude=options.longitude, test=options.test,
    )  # fmt: skip
    with _hub(options) as hub:
        return shown(sites.add_locker(hub, new))


def _add_pass(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        made = sites.add_pass(
            hub, options.party, options.who, options.carrier, options.card, daily=not options.lasting
        )  # fmt: skip
        return made if isinstance(made, Refusal) else {"code": made.code, "sign_in": made.sign_in, "daily": made.daily}


def _add_api_key(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return {"api_key": sites.add_api_key(hub, options.name)}


def _add_user(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return shown(users.add(hub, options.login, options.role, SHELL, elsewhere=options.elsewhere))


def _set_role(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        done = users.set_role(hub, options.login, options.role, SHELL)
        return done if isinstance(done, Refusal) else {"login": done.login, "role": done.role}


def _reset_password(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return shown(users.reset_password(hub, options.login, SHELL))


def _end_user(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return users.end(hub, options.login, SHELL)


def _users(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return [{"login": user.login, "role": user.role} for user in users.every(hub)]


def _audit(options: argparse.Namespace) -> object:
    with _hub(options) as hub, hub.store.read() as db:
        broken, latest = audit.first_broken(db), audit.latest(db, options.limit)
    return {"first_broken": broken, "latest": [asdict(entry) for entry in latest]}


def _set_contact(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return alarm_desk.set_contact(hub, options.login, options.email, options.phone, SHELL)


def _add_shift(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return alarm_desk.add_shift(hub, options.login, options.begin, options.until, SHELL)


def _shifts(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return [asdict(shift) for shift in alarm_desk.shifts(hub)]


def _remove_shift(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return {"removed": alarm_desk.remove_shift(hub, options.shift, SHELL)}


def _migrate(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return {"migrated": list(hub.store.migrated)}


def _backup(options: argparse.Namespace) -> object:
    with _hub(options) as hub:
        return asdict(backups.make(hub, locate(options.data_dir), options.to, options.keep, SHELL))


def _restore(options: argparse.Namespace) -> object:
    backup.unpack(options.backup, options.data_dir)
    with _hub(options) as hub:
        return {"lockers": backups.came_back(hub, options.backup.name, SHELL)}


def _run(options: argparse.Namespace) -> None:
    # Servers are heavy to load, and most commands need none.
    from hub_service.app import serve

    names = Settings.model_fields.keys()
    asyncio.run(serve(checked(**{name: value for name, value in vars(options).items() if name in names})))


def _broker(options: argparse.Namespace) -> None:
    from hub_service.broker import serve

    asyncio.run(serve(options.host, options.port))


def _locker_id(text: str) -> str:
    if not LOCKER_ID.fullmatch(text):
        raise argparse.ArgumentTypeError("use small letters, digits and '-', at most 40")
    return text


def _login(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@+-]{1,79}", text):
        raise argparse.ArgumentTypeError("use small letters, digits and . _ @ + -, at most 80")
    return text


def _moment(text: str) -> int:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise argparse.ArgumentTypeError("say the zone as well: 2026-12-01T08:00+01:00")
    return int(when.timestamp())


def _database_url(text: str) -> str:
    if urlsplit(text).scheme not in SCHEMES:
        raise argparse.ArgumentTypeError("it begins with postgresql://; without it everything is kept in a file")
    return text


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number < 2**32:
        raise argparse.ArgumentTypeError("a locker's number is 1 or more")
    return number


def _hex_key(text: str) -> str:
    key = text.lower()
    if len(bytes.fromhex(key)) != 32:
        raise argparse.ArgumentTypeError("a public key has 64 hex digits")
    return key
