"""The four stories of a parcel locker, played through the twins' hands and checked against the steel.

1. A courier deposits a parcel and the recipient is told.
2. A recipient collects it while the locker's network is cut; the hub learns of it afterwards.
3. A home delivery fails and falls back to a locker, where the recipient collects with the code they had been given.
4. A recipient opens the door from the telephone: a wrong number opens nothing, the one on the screen does.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from locker.twin import life
from locker.twin.stage import Stage

AGREE_TIMEOUT_S = 60.0
LOOK_S = 0.05
OFFLINE, HOME = "birch", "oak"


@dataclass(slots=True)
class Told:
    """One story as it went: its steps with their times, and what wasn't true."""

    title: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


async def play(stage: Stage) -> int:
    """Plays all stories, prints each step and a line of JSON; 0 only if hub, lockers and steel agree."""
    played = await told(stage)
    last = Told("hub, lockers and steel agree")
    last.violations += await disagreements(stage)
    violations = [violation for one in (*played, last) for violation in one.violations]
    for violation in violations:
        stage.say(f"VIOLATION {violation}")
    print(json.dumps({"stories": [asdict(told) for told in played], "violations": len(violations)}), flush=True)
    return 1 if violations else 0


async def told(stage: Stage) -> list[Told]:
    """Plays all stories, one after the other."""
    return [await story(stage) for story in (_deposit_and_tell, _collect_offline, _fall_back, _open_by_phone)]


async def _deposit_and_tell(stage: Stage) -> Told:
    told = _begin(stage, "1. A courier deposits, the recipient is told")
    parcel = await _announced(stage, told, "STORY-1", OFFLINE)
    n = await stage.person_at(OFFLINE).deposits("STORY-1")
    _step(stage, told, f"the courier has put it into compartment {n} of {OFFLINE}")
    await _until_status(stage, told, parcel["id"], "ready_for_pickup")
    await _expect_mail(stage, told, parcel, "ready")
    return told


async def _collect_offline(stage: Stage) -> Told:
    told = _begin(stage, "2. The recipient collects without a network")
    parcel = await _parcel(stage, "STORY-1")
    person = stage.person_at(OFFLINE)
    await person.network(False)
    await person.until_screen("the locker to notice that it is offline", lambda shown: not shown["online"])
    _step(stage, told, f"the network of {OFFLINE} is cut")
    n, content = await person.collects(parcel["pickup"]["ticket"])
    _step(stage, told, f"the recipient has taken {', '.join(content)} out of compartment {n}")
    if content != ["STORY-1"]:
        told.violations.append(f"compartment {n} held {content}, not STORY-1")
    if (status := (await _parcel(stage, "STORY-1"))["status"]) != "ready_for_pickup":
        told.violations.append(f"the hub said {status} before it could know")
    await person.network(True)
    _step(stage, told, "the network is back")
    await _until_status(stage, told, parcel["id"], "collected")
    return told


async def _fall_back(stage: Stage) -> Told:
    told = _begin(stage, "3. A home delivery fails and falls back to a locker")
    # Of another size than the first: a lock that was just used for two people rests for a while.
    parcel = await _announced(stage, told, "STORY-3", None, life.MIDDLE)
    attempt = {"parcel_id": parcel["id"], "outcome": "failed", "reason": "nobody_home"}
    answer = await stage.api.post("/v1/delivery-attempts", json=attempt)
    answer.raise_for_status()
    parcel = await _parcel(stage, "STORY-3")
    locker, pin = parcel["locker_id"], parcel["pickup"]["pin"]
    _step(stage, told, f"nobody was at home: the hub holds room at {locker}")
    await _expect_mail(stage, told, parcel, "redirected")
    await life.until_known(stage, locker)
    person = stage.person_at(locker)
    n = await person.deposits("STORY-3")
    _step(stage, told, f"the courier has put it into compartment {n} of {locker}")
    await _until_status(stage, told, parcel["id"], "ready_for_pickup")
    await person.choose("done")
    n, content = await person.collects(pin)
    _step(stage, told, f"the recipient has typed the PIN and taken {', '.join(content)} out of compartment {n}")
    if content != ["STORY-3"]:
        told.violations.append(f"compartment {n} held {content}, not STORY-3")
    await _until_status(stage, told, parcel["id"], "collected")
    return told


async def _open_by_phone(stage: Stage) -> Told:
    told = _begin(stage, "4. A recipient opens the door from the telephone")
    parcel = await _announced(stage, told, "STORY-4", HOME, life.LARGE)
    person = stage.person_at(HOME)
    n = await person.deposits("STORY-4")
    _step(stage, told, f"the courier has put it into compartment {n} of {HOME}")
    await person.choose("done")
    await _until_status(stage, told, parcel["id"], "ready_for_pickup")
    number = str((await person.reads())["number"])
    said = await _taps(stage, parcel, n, "".join(str(9 - int(digit)) for digit in number))
    if "stays shut" not in said:
        told.violations.append("a wrong number opened a door, or nobody was told why not")
    tapped = time.monotonic()
    said = await _taps(stage, parcel, n, number)
    took, content = await person.takes_all()
    _step(
        stage, told, f"door {took} has opened by telephone", f"{(time.monotonic() - tapped) * 1000:.0f} ms with taking"
    )
    if (took, content) != (n, ["STORY-4"]) or "opens" not in said:
        told.violations.append(f"compartment {took} held {content}, not STORY-4 in {n}")
    await _until_status(stage, told, parcel["id"], "collected")
    return told


async def _taps(stage: Stage, parcel: dict[str, Any], n: int, number: str) -> str:
    """What the recipient's page says in the end, after the number was typed and the button pressed."""
    page = parcel["pickup"]["page_url"]
    answer = await stage.web.post(f"{page}/open", data={"n": n, "number": number}, follow_redirects=True)
    deadline = time.monotonic() + AGREE_TIMEOUT_S
    while "refresh" in answer.headers and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_S)
        answer = await stage.web.get(str(answer.url))
    return answer.text


async def disagreements(stage: Stage) -> list[str]:
    """Where hub, locker and physical truth differ after they had time to agree; empty if nowhere."""
    deadline = time.monotonic() + AGREE_TIMEOUT_S
    while (found := [one for place in stage.lockers for one in await _disagreements_at(stage, place.id)]) and (
        time.monotonic() < deadline
    ):
        await asyncio.sleep(LOOK_S)
    return found


async def _disagreements_at(stage: Stage, locker: str) -> list[str]:
    person = stage.person_at(locker)
    steel = {door["n"]: sorted(door["content"]) for door in (await person.looks())["doors"]}
    shown = {box["n"]: box["content"] for box in (await person.reads())["compartments"]}
    answer = await stage.api.get("/v1/compartments", params={"locker_id": locker})
    answer.raise_for_status()
    known = {box["n"]: sorted(box["parcels"]) for box in answer.json()["items"]}
    problems = []
    for n, content in steel.items():
        if known.get(n) != content:
            problems.append(f"{locker} {n}: the hub believes {known.get(n)}, inside is {content}")
        if shown.get(n) != ("occupied" if content else "empty"):
            problems.append(f"{locker} {n}: the locker believes {shown.get(n)}, inside is {content}")
    return problems


def _begin(stage: Stage, title: str) -> Told:
    stage.say(f"\n{title}")
    return Told(title)


def _step(stage: Stage, told: Told, text: str, times: str = "") -> None:
    told.steps.append({"step": text, "at_ms": int(time.time() * 1000), "times": times})
    stage.say(f"  {datetime.now(UTC):%H:%M:%S.%f} {text}{f' ({times})' if times else ''}")


async def _announced(
    stage: Stage, told: Told, label: str, locker: str | None, size_mm: tuple[int, int, int] = life.SMALL
) -> Any:
    parcel = await life.announce(stage, label, size_mm, locker)
    _step(stage, told, f"{label} is announced {f'for {locker}' if locker else 'as a home delivery'}")
    if locker:
        await life.until_known(stage, locker)
    return parcel


async def _parcel(stage: Stage, label: str) -> Any:
    answer = await stage.api.get("/v1/parcels", params={"tracking_number": label})
    answer.raise_for_status()
    return answer.json()["items"][0]


async def _until_status(stage: Stage, told: Told, parcel_id: str, status: str) -> None:
    deadline = time.monotonic() + AGREE_TIMEOUT_S
    while (parcel := (await stage.api.get(f"/v1/parcels/{parcel_id}")).json())["status"] != status:
        if time.monotonic() > deadline:
            told.violations.append(f"{parcel['tracking_number']} is {parcel['status']}, not {status}")
            return
        await asyncio.sleep(LOOK_S)
    _step(stage, told, f"the hub says {status}", await _times(stage, parcel_id))


async def _times(stage: Stage, parcel_id: str) -> str:
    """When locker and hub saw the newest event of this parcel that came from a locker, each by its own clock."""
    events = (await stage.api.get("/v1/events", params={"parcel_id": parcel_id, "limit": 100})).json()["items"]
    seen = [event for event in events if event["locker_at_ms"]]
    if not seen:
        return ""
    at, hub = (datetime.fromtimestamp(seen[-1][name] / 1000, UTC) for name in ("locker_at_ms", "hub_at_ms"))
    return f"locker {at:%H:%M:%S.%f}, hub {hub:%H:%M:%S.%f}"


async def _expect_mail(stage: Stage, told: Told, parcel: dict[str, Any], about: str) -> None:
    deadline = time.monotonic() + AGREE_TIMEOUT_S
    link = parcel["pickup"]["page_url"]
    while link not in (await stage.web.get(f"{stage.hub_url}/mailbox")).text:
        if time.monotonic() > deadline:
            told.violations.append(f"no mail about {parcel['tracking_number']} ({about})")
            return
        await asyncio.sleep(LOOK_S)
    _step(stage, told, f"the recipient has mail ({about}), with PIN {parcel['pickup']['pin']}")
