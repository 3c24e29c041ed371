"""`./run fleet --lockers N --rate R`: how many lockers and parcels a machine carries.

Without `--hub` a broker and a hub are started on this machine, with everything in `build/fleet`:

    ./run fleet --lockers 1000 --rate 5 --minutes 2 --json build/fleet.json
    ./run fleet --lockers 10000 --kill-broker          everybody loses the broker at once

    ./run fleet --lockers 1000 --rate 20 --workers 3 --database postgresql://hub@127.0.0.1/empty

With `--hub URL --broker HOST:PORT --api-key-file FILE` it drives somebody's hub (several workers: `--hub` once for
each). That hub has to know the lockers: the first call writes `lockers.jsonl` into `--folder` and says what to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from locker.twin.fleet import descriptors
from locker.twin.fleet.ground import FleetError, Ground, Local, known_there, start_here
from locker.twin.fleet.line import Broker
from locker.twin.fleet.locker import Identity
from locker.twin.fleet.people import Habits
from locker.twin.fleet.trial import Plan, Trial
from locker.twin.processes import DemoError


def main(argv: list[str] | None = None) -> int:
    """Runs one trial; 0 if everything that was begun was finished without an error."""
    options = _parser().parse_args(argv)
    fits = descriptors.raised()
    if options.lockers > fits:
        print(f"fleet: this machine's hard limit of open files allows {fits} lockers (ulimit -Hn)", file=sys.stderr)
        return 2
    print(f"fleet: {options.lockers} lockers; the limit of open files allows {fits}", file=sys.stderr)
    try:
        figures = asyncio.run(_run(options))
    except (FleetError, DemoError) as problem:
        print(f"fleet: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    text = json.dumps(figures, indent=2)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 1 if figures.get("errors") or figures.get("not_finished") else 0


async def _run(options: argparse.Namespace) -> dict[str, object]:
    habits = Habits(hands_s=options.hands, dwell_s=options.dwell, pins=options.pins)
    plan = Plan(
        rate=options.rate, seconds=options.minutes * 60, habits=habits, connects_per_s=options.connects,
        kill_broker=options.kill_broker, seed=options.seed,
    )  # fmt: skip
    ground, identities = await _ground(options)
    try:
        return await Trial(ground, identities, plan, _shower()).run()
    finally:
        _show_end()
        await ground.stop()


async def _ground(options: argparse.Namespace) -> tuple[Ground, list[Identity]]:
    local = Local(
        folder=options.folder, lockers=options.lockers, compartments=options.compartments, seed=options.seed,
        workers=options.workers, database=options.database, watched=dict(options.watch),
    )  # fmt: skip
    if not options.hub:
        return await start_here(local)
    if not options.broker or not options.api_key_file:
        raise FleetError("somebody's hub needs --broker HOST:PORT and --api-key-file FILE as well")
    if options.kill_broker:
        raise FleetError("only a broker that is started here is killed: leave --kill-broker out, or --hub")
    key = options.api_key_file.read_text(encoding="utf-8").strip()
    ground = Ground(tuple(url.rstrip("/") for url in options.hub), key, options.broker, watched=local.watched)
    return ground, known_there(local)


def _shower() -> Callable[[str], None]:
    # A terminal's line is redrawn; a log gets a line now and then.
    if sys.stderr.isatty():
        return lambda line: print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    calls = iter(range(sys.maxsize))
    return lambda line: print(line, file=sys.stderr, flush=True) if next(calls) % 10 == 0 else None


def _show_end() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run fleet", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lockers", type=int, default=100, metavar="N")
    parser.add_argument("--compartments", type=int, default=20, metavar="N", help="of each locker (20)")
    parser.add_argument("--rate", type=float, default=0.0, help="parcels that are announced a second (0: none)")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (1)")
    parser.add_argument("--dwell", type=float, default=10.0, help="seconds that a parcel stays, on average (10)")
    parser.add_argument("--hands", type=float, default=1.0, help="seconds that a door stands open (1)")
    parser.add_argument("--pins", type=float, default=0.05, help="share of recipients that type their PIN (0.05)")
    parser.add_argument("--connects", type=float, default=200.0, help="lockers that are switched on a second (200)")
    parser.add_argument("--kill-broker", action="store_true", help="at the end: everybody loses the broker at once")
    parser.add_argument("--workers", type=int, default=1, help="of the hub that is started here (1)")
    parser.add_argument("--database", default="", help="postgresql://... of an empty database (SQLite)")
    parser.add_argument("--hub", action="append", metavar="URL", help="somebody's hub instead of one that is started")
    parser.add_argument("--broker", type=_address, metavar="HOST:PORT", help="that hub's broker")
    parser.add_argument("--api-key-file", type=Path, metavar="FILE", help="holds a key of that hub's operator")
    parser.add_argument(
        "--watch", action="append", type=_watched, default=[], metavar="NAME=PID",
        help="tell what this process and its children use as well: a database",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn but for keys")
    parser.add_argument("--folder", type=Path, default=Path("build/fleet"), help="where everything lies; emptied")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, also into this file")
    return parser


def _address(text: str) -> Broker:
    host, _, port = text.rpartition(":")
    return Broker(host or "127.0.0.1", int(port))


def _watched(text: str) -> tuple[str, int]:
    name, _, pid = text.partition("=")
    return name, int(pid)
