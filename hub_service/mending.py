"""The command line's part for what went wrong or has gone: parked reports, codes of staff, machines, lost tickets."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from hub_service.commands import Commands, WithHub, shown
from hub_service.domain.refusals import Refusal
from hub_service.handlers import deposit_tickets, parked, replacing, sites
from hub_service.handlers.hub import Hub


def add(commands: Commands, with_hub: WithHub) -> tuple[argparse.ArgumentParser, ...]:
    """Adds the commands; returns them, for the options that all commands have."""
    ticket = commands.add_parser(
        "issue-deposit-ticket", help="a QR code to deposit a parcel the locker hasn't heard of"
    )
    ticket.set_defaults(do=with_hub(_issue_deposit_ticket))
    ticket.add_argument("--parcel", required=True, help="the parcel's id")
    waiting = commands.add_parser("parked", help="list what lockers told and couldn't be applied, or try it again")
    waiting.set_defaults(do=with_hub(_parked))
    waiting.add_argument("action", nargs="?", choices=("list", "retry"), default="list")
    waiting.add_argument("--id", help="the locker's id (all lockers)")
    waiting.add_argument("--json", action="store_true", help="for programs")
    return (ticket, waiting, *_add_passes(commands, with_hub), _add_replacing(commands, with_hub))


def _add_passes(
    commands: Commands, with_hub: WithHub
) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser, argparse.ArgumentParser]:
    every = commands.add_parser("passes", help="list whose codes lockers honour")
    every.set_defaults(do=with_hub(_passes))
    end = commands.add_parser("end-pass", help="a code of staff that works no more")
    end.set_defaults(do=with_hub(_end_pass))
    rotate = commands.add_parser("rotate-pass", help="another code for the same member of staff; it is shown once")
    rotate.set_defaults(do=with_hub(_rotate_pass))
    for command in (end, rotate):
        command.add_argument("--pass", dest="pass_id", required=True, help="its id, from `hub passes`")
    return every, end, rotate


def _add_replacing(commands: Commands, with_hub: WithHub) -> argparse.ArgumentParser:
    new = commands.add_parser("replace-locker", help="another machine takes a locker's place; the old key is revoked")
    new.set_defaults(do=with_hub(_replace_locker))
    new.add_argument("--id", required=True, help="the locker's id")
    new.add_argument("--public-key", required=True, help="the new machine's, 64 hex digits, from `locker init`")
    return new


def _issue_deposit_ticket(hub: Hub, options: argparse.Namespace) -> object:
    return shown(deposit_tickets.issue(hub, options.parcel))


def _parked(hub: Hub, options: argparse.Namespace) -> object:
    if options.action == "retry":
        done = parked.retry(hub, options.id)
        if isinstance(done, Refusal):
            return done
        return {"applied": done.applied, "still_parked": [asdict(one) for one in done.still_parked]}
    found = parked.waiting(hub, options.id)
    if isinstance(found, Refusal) or options.json:
        return found if isinstance(found, Refusal) else {"parked": [asdict(one) for one in found]}
    lines = [f"{one.locker_id} {one.n or '-'}: {one.kind} {' '.join(one.deliveries)}: {one.why}" for one in found]
    return "\n".join(lines) or "nothing is parked"


def _passes(hub: Hub, _: argparse.Namespace) -> object:
    return [asdict(one) for one in sites.passes(hub)]


def _end_pass(hub: Hub, options: argparse.Namespace) -> object:
    return sites.end_pass(hub, options.pass_id) or {"ended": options.pass_id}


def _rotate_pass(hub: Hub, options: argparse.Namespace) -> object:
    return shown(sites.rotate_pass(hub, options.pass_id))


def _replace_locker(hub: Hub, options: argparse.Namespace) -> object:
    return shown(replacing.replace(hub, options.id, options.public_key))
