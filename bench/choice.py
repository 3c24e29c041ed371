"""How long it takes to choose a locker among all of a country: one that fits, works, is near, is online and has room.

The handlers that the product calls, on both databases, with homes and lockers where people live. Each choice is for
another home, so that hardly any finds its lockers in a cache that the one before has warmed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench import filling
from bench.figures import Spread
from hub_service.domain.fallback import Place
from hub_service.domain.placement import Size
from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, attempts, near_by, offers
from hub_service.handlers.hub import Hub, open_hub
from hub_service.handlers.near_by import Near, Wanted
from hub_service.handlers.wishes import Acceptance, Announcement, FailedAttempt, Recipient
from hub_service.store import keys
from hub_service.store.location import DATABASE, Server
from tests.servers.postgresql import on_disk, programs, running

BOUND_MS = 20
SEED = 6
STOPS = 10
WARM_UP = 100
"""A connection plans each statement anew five times before it keeps a plan, and some are needed by few choices only: a
server that has run for a day has them all."""

NONE_AT_MOST = 0.1
MISSED = "a failed delivery and its offers"
"""More than a choice: made twice, the second time in the transaction that records the attempt and goes to disk."""

SIZES_MM = ((300, 60, 200), (300, 60, 200), (300, 60, 200), (300, 150, 200), (300, 150, 200), (350, 400, 600))
SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB"}


def measure(folder: Path, choices: int, *, lockers: int, crowded: bool = False) -> dict[str, object]:
    """So many choices of each kind on each database: the worst p99 of those that choose and do nothing else.

    `crowded`: with a parcel in every compartment that is taken.
    """
    found = {"sqlite": _on(folder / "sqlite", None, (lockers, choices), crowded)}
    if programs() is not None:
        with running(durable=True, folder=on_disk(), settings=SERVER) as server:
            server.run("CREATE DATABASE hub")
            place = Server(url=server.url("hub"))
            found["postgresql"] = _on(folder / "postgresql", place, (lockers, choices), crowded, server.run)
    worst = max(times["p99"] for kinds in found.values() for kind, times in kinds.items() if kind != MISSED) / 1_000
    return {
        "choice_lockers": lockers,
        "choice_us": found,
        "choice_p99_ms": round(worst, 1),
        "choice_p99_over_20_ms": round(worst / BOUND_MS, 2),
    }


def _on(
    folder: Path, server: Server | None, size: tuple[int, int], crowded: bool, tidy: Callable[..., object] | None = None
) -> dict[str, dict[str, float]]:
    folder.mkdir(parents=True)
    keys.create(folder)
    lockers, choices = size
    hub = open_hub(folder, server or folder / DATABASE)
    with closing(hub.store):
        country = filling.Country(SEED)
        filling.add_lockers(hub.store, [country.place() for _ in range(lockers)])
        filling.add_compartments(hub.store, lockers)
        filling.promise_parcels(hub.store, lockers, 2 if crowded else 1, hub.now_s())
        if crowded:
            filling.lay_in(hub.store, hub.now_s())
        if tidy:
            # What the server does by itself some minutes later: it would be in the middle of it.
            tidy("VACUUM ANALYZE", "hub")
            tidy("CHECKPOINT")
        return _times(hub, country, choices)


def _times(hub: Hub, country: filling.Country, choices: int) -> dict[str, dict[str, float]]:
    chance = random.Random(SEED)
    homes = [country.place() for _ in range(choices + WARM_UP)]
    rounds = [tuple(_beside(home, chance) for _ in range(STOPS)) for home in homes]
    sizes = [Size(*chance.choice(SIZES_MM)) for _ in homes]
    with hub.store.write() as db:
        parcels = [
            announce._add_parcel(db, hub, _wish(which, home, size)).id
            for which, (home, size) in enumerate(zip(homes, sizes, strict=True))
        ]

    def missed(which: int) -> object:
        done = attempts.failed(hub, FailedAttempt(parcel_id=parcels[which], decide="courier", stops=rounds[which]))
        return done if isinstance(done, Refusal) or done.offers else done.fallback

    def offered(which: int) -> object:
        found = offers.look(hub, Acceptance(parcel_id=parcels[which], locker_id="", stops=rounds[which]))
        return found if isinstance(found, Refusal) or found.items else found.refusal

    def for_a_sender(which: int) -> object:
        wanted = Wanted(size=sizes[which], carrier=filling.CARRIER, test=False)
        with hub.store.read() as db:
            return near_by.with_room(db, wanted, Near(homes[which].latitude, homes[which].longitude))

    kinds = {
        MISSED: missed,
        "offers to a courier": offered,
        "a locker for a sender": for_a_sender,
    }
    return {kind: _timed(choose, choices) for kind, choose in kinds.items()}


def _wish(which: int, home: Place, size: Size) -> Announcement:
    return Announcement(
        tracking_number=f"CHOICE-{which}", carrier=filling.CARRIER, width_mm=size.width_mm, height_mm=size.height_mm,
        depth_mm=size.depth_mm, recipient=Recipient(name="Ada"), latitude=home.latitude, longitude=home.longitude,
    )  # fmt: skip


def _beside(home: Place, chance: random.Random) -> Place:
    return Place(home.latitude + chance.gauss(0, 0.01), home.longitude + chance.gauss(0, 0.015))


def _timed(choose: Callable[[int], object], choices: int) -> dict[str, float]:
    times, none = [], 0
    for which in range(choices + WARM_UP):
        began_ns = time.perf_counter_ns()
        found = choose(which)
        times.append(time.perf_counter_ns() - began_ns)
        none += isinstance(found, Refusal)
    # Somewhere in the open country all that is near is full of large parcels, but seldom.
    assert none < choices * NONE_AT_MOST, f"{none} of {choices} homes found nothing"
    return Spread.of_ns(times[WARM_UP:]).figures() | {"none": none}
