"""Some life for the demo: parcels of several kinds, announced over the API and handled by people at the twins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from locker.twin.person import LOOK_S, PATIENCE_S, GaveUp
from locker.twin.sites import SITES
from locker.twin.stage import Stage

CARRIER = "demo-post"
SMALL, MIDDLE, LARGE = (300, 60, 200), (350, 180, 300), (370, 380, 500)
NAMES = ("Ada", "Ben", "Chloe", "Dai", "Elif", "Femi", "Grete", "Hugo", "Ines", "Jan", "Kaya", "Leo")


async def announce(
    stage: Stage, label: str, size_mm: tuple[int, int, int], locker: str | None, name: str = "Ada"
) -> Any:
    """Announces a parcel over the API; returns what the hub says of it."""
    answer = await stage.api.post(
        "/v1/parcels",
        json={
            "tracking_number": label,
            "carrier": CARRIER,
            "recipient": {"name": name, "email": f"{name.lower()}@example.org"},
            "size_mm": dict(zip(("width", "height", "depth"), size_mm, strict=True)),
            "locker_id": locker,
        },
    )
    answer.raise_for_status()
    return answer.json()


async def fill(stage: Stage) -> dict[str, Any]:
    """Deposits and collects at all lockers; returns the parcel that is left for trying: locker, PIN and ticket."""
    stage.say("bringing some parcels ...")
    await asyncio.gather(*(_a_morning_at(stage, site.id, site.number) for site in SITES))
    await announce(stage, "HOME-0001", MIDDLE, None, "Mira")
    here = SITES[0].id
    parcel = await announce(stage, "TRY-0001", SMALL, here, "Nora")
    await stage.person_at(here).deposits("TRY-0001")
    return {"locker": here, "pin": parcel["pickup"]["pin"], "ticket": parcel["pickup"]["ticket"]}


async def _a_morning_at(stage: Stage, locker: str, number: int) -> None:
    person, sizes = stage.person_at(locker), (SMALL, MIDDLE, LARGE)
    parcels = [
        await announce(
            stage, f"DP{number}{4711 + index}", sizes[index % len(sizes)], locker, NAMES[4 * number - 4 + index]
        )
        for index in range(min(number + 1, len(NAMES)))
    ]
    for parcel in parcels:
        await until_known(stage, locker)
        await person.deposits(parcel["tracking_number"])
    await person.choose("done")
    await person.collects(parcels[0]["pickup"]["ticket"])
    await announce(stage, f"DP{number}9000", SMALL, locker, "Olga")


async def until_known(stage: Stage, locker: str) -> None:
    """Waits until the locker has confirmed all that the hub has told it."""
    await until_hub_knows(stage, locker, lambda told: told["orders_behind"] == 0)


async def until_hub_knows(stage: Stage, locker: str, holds: Callable[[dict[str, Any]], Any]) -> None:
    """Waits until what the hub says of a locker satisfies `holds`."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds((await stage.api.get(f"/v1/lockers/{locker}")).json()):
        if time.monotonic() > deadline:
            raise GaveUp(f"waited {PATIENCE_S:.0f} s for {locker} and the hub to agree")
        await asyncio.sleep(LOOK_S)
