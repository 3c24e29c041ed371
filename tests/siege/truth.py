"""What must be true when a siege is over: hub, lockers and steel agree, and nothing is lost, doubled, hot or told."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from hub_service.settings import DATABASE
from locker.journal import Journal, read_file
from locker.twin.stage import Stage
from tests.siege.people import Crowd

JOURNAL = "journal.sqlite"
TAKEN = ("collected", "needs_attention")
LYING = ("ready_for_pickup", "expired", "needs_attention")


async def violations(stage: Stage, crowds: list[Crowd], lost: dict[str, set[str]]) -> list[str]:
    """Everything that is wrong, a sentence each. `lost` is what was on cards that were replaced by older copies."""
    found = [wrong for crowd in crowds for wrong in await _accounts(stage, crowd)]
    for place in stage.lockers:
        found += [f"{place.id} {door['n']} is energised" for door in (await stage.person_at(place.id).looks())["doors"]
                  if door["energised"]]  # fmt: skip
        found += _chain(stage, place.id, lost[place.id])
    return found + _told_twice(stage) + _secrets(stage, crowds)


async def _accounts(stage: Stage, crowd: Crowd) -> list[str]:
    doors = (await stage.person_at(crowd.locker).looks())["doors"]
    lying = Counter(label for door in doors for label in door["content"])
    found = []
    for parcel in crowd.parcels:
        status = (await stage.api.get(f"/v1/parcels/{parcel.told['id']}")).json()["status"]
        here = lying[parcel.label]
        if here != (parcel.place == "inside"):
            found.append(f"{parcel.label} should be {parcel.place} and lies here {here} times")
        if parcel.place == "inside" and status not in LYING:
            found.append(f"{parcel.label} lies inside and counts as {status}")
        if parcel.place == "fetched" and status not in TAKEN:
            found.append(f"{parcel.label} was fetched and counts as {status}")
        if parcel.place == "outside" and status in ("collected", "retrieved"):
            found.append(f"{parcel.label} never came and counts as {status}")
    return found


def _chain(stage: Stage, locker: str, lost: set[str]) -> list[str]:
    """Every fact of a journal is at the hub once, in order, and applied."""
    journalled = list(entries_of(stage.folder / locker / "data"))
    rows = told(stage, locker)
    found = [f"a report of {locker} is {state}: {kind}" for _, state, kind in rows if state != "applied"]
    kept = [digest for digest, _, _ in rows if digest in journalled or digest not in lost]
    if kept != journalled[: len(kept)] or len(journalled) - len(kept) > 5:
        found.append(f"{locker} has {len(journalled)} facts, the hub {len(kept)}, and they aren't the same")
    return found


def told(stage: Stage, locker: str) -> list[Any]:
    """Digest, state and kind of all that a locker has told its hub, oldest first."""
    return _rows(stage, f"SELECT digest, state, kind FROM reports WHERE locker_id = '{locker}' ORDER BY position")


def entries_of(data: Path) -> dict[str, int]:
    """The entries of the journal in a locker's folder, oldest first."""
    with closing(read_file(data / JOURNAL)) as connection:
        return {digest: position for position, digest, _ in Journal(connection).entries()}


def _told_twice(stage: Stage) -> list[str]:
    rows = _rows(
        stage,
        "SELECT kind, parcel_id, count(*) FROM notices_outbox WHERE kind IN ('ready', 'collected')"
        " GROUP BY kind, parcel_id HAVING count(*) > 1",
    )
    return [f"somebody was told {count} times that {parcel} is {kind}" for kind, parcel, count in rows]


def _rows(stage: Stage, query: str) -> list[Any]:
    if stage.database:
        with psycopg.connect(stage.database) as server:
            return server.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]
    with closing(sqlite3.connect(f"file:{stage.folder / 'hub' / DATABASE}?mode=ro", uri=True)) as hub:
        return hub.execute(query).fetchall()


def _secrets(stage: Stage, crowds: list[Crowd]) -> list[str]:
    secrets = {
        stage.courier_code: "a courier's code",
        stage.operator_code: "an operator's code",
        stage.api_key: "a key",
    }
    for crowd in crowds:
        for parcel in crowd.parcels:
            pickup = parcel.told["pickup"]
            secrets |= {
                pickup["pin"]: "a PIN",
                pickup["ticket"]: "a ticket",
                f"{parcel.email}@example.org": "an address",
            }
    found = []
    for log in sorted((stage.folder / "logs").glob("*.log")):
        text = log.read_text(errors="replace")
        found += [f"{log.name} holds {what}" for secret, what in secrets.items() if secret and secret in text]
    return found
