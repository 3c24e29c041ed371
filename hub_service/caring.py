"""The command line's part for lockers at work: more time for everybody, how room is promised, cards for the printer."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from hub_service.commands import Commands, WithHub, shown
from hub_service.domain.deadlines import ALL_EXTENDED_MAX_S, HOUR_S
from hub_service.domain.refusals import Refusal
from hub_service.handlers import cards, room_policy, storms
from hub_service.handlers.hub import Hub


def add(commands: Commands, with_hub: WithHub, who: str) -> tuple[argparse.ArgumentParser, ...]:
    """Adds the commands; returns them, for the options that all commands have. `who` stands in the audit log."""
    storm = commands.add_parser("extend-all", help="more time for every parcel in a locker: a storm, a strike")
    storm.set_defaults(do=with_hub(lambda hub, options: _extend_all(hub, options, who)))
    storm.add_argument("--hours", type=_hours, required=True)
    storm.add_argument("--reason", required=True, help="for the audit log")
    policy = commands.add_parser("room-policy", help="how a locker's room is promised, and what that costs")
    policy.set_defaults(do=with_hub(lambda hub, options: _room_policy(hub, options, who)))
    policy.add_argument("--kept", type=int, choices=range(1000), metavar="N", help="for failed home deliveries only")
    policy.add_argument("--hard-hold", choices=("on", "off"), help="a planned compartment is its parcel's alone")
    for command in (storm, policy):
        command.add_argument("--id", required=True, help="the locker's id")
    printer = commands.add_parser("print-cards", help="new cards that couriers leave at doors; shown once")
    printer.set_defaults(do=with_hub(_print_cards))
    printer.add_argument(
        "--count", type=int, choices=range(1, cards.PRINTED_AT_ONCE_MAX + 1), required=True, metavar="N"
    )
    return storm, policy, printer


def _extend_all(hub: Hub, options: argparse.Namespace, who: str) -> object:
    done = storms.extend_all(hub, options.id, storms.More(hours=options.hours, reason=options.reason, by=who))
    return done if isinstance(done, Refusal) else {"parcels": done}


def _room_policy(hub: Hub, options: argparse.Namespace, who: str) -> object:
    hard_hold = None if options.hard_hold is None else options.hard_hold == "on"
    return shown(room_policy.change(hub, options.id, options.kept, hard_hold, who))


def _print_cards(hub: Hub, options: argparse.Namespace) -> object:
    return {"cards": [asdict(one) for one in cards.make(hub, options.count)]}


def _hours(text: str) -> int:
    hours, most = int(text), ALL_EXTENDED_MAX_S // HOUR_S
    if not 1 <= hours <= most:
        raise argparse.ArgumentTypeError(f"1 to {most} hours")
    return hours
