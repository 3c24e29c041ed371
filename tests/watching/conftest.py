"""A hub and a locker as real processes that write their logs for programs, and people who bring and fetch a parcel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from locker.twin import demo, life
from locker.twin.processes import Processes
from locker.twin.sites import SITES
from locker.twin.stage import Stage

TRACKING = "FOLLOWED-0001"
PATIENCE_S, LOOK_S = 60.0, 0.05


@dataclass
class Watched:
    """What was seen of a parcel's way from outside: pages, logs, numbers."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The log of a program."""
        text = (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def told(self, name: str, event: str, **like: object) -> list[dict[str, Any]]:
        """The lines of a program about this."""
        return [
            line
            for line in self.lines(name)
            if line["event"] == event and all(line.get(key) == value for key, value in like.items())
        ]


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One parcel, announced, brought and fetched; everything is still up while pages are read, then it ends."""
    seen = Watched(tmp_path_factory.mktemp("watched"))
    asyncio.run(_play(seen))
    yield seen


async def _play(seen: Watched) -> None:
    async with httpx.AsyncClient(timeout=10) as web, httpx.AsyncClient(timeout=10) as api:
        stage = Stage(seen.folder, True, Processes(seen.folder / "logs"), api, web, log_format="json")
        try:
            await demo.bring_up(stage, False, SITES[:1])
            await _one_parcel(stage, seen)
            await _look(stage, seen)
            await stage.processes.kill("broker")
            await _until_not_ready(stage, seen)
        finally:
            await stage.processes.stop()


async def _one_parcel(stage: Stage, seen: Watched) -> None:
    locker = SITES[0].id
    parcel = await life.announce(stage, TRACKING, life.SMALL, locker, "Hildegard")
    await life.until_known(stage, locker)
    person = stage.person_at(locker)
    await person.deposits(TRACKING)
    await person.choose("done")
    await person.collects(parcel["pickup"]["ticket"])
    await _until(lambda: len(seen.told("hub", "notice_sent")) >= 2)
    pickup = parcel["pickup"]
    seen.secrets = {
        "PIN": pickup["pin"], "ticket": pickup["ticket"], "label": TRACKING, "name": "hildegard",
        "address": "hildegard@example.org", "key": stage.api_key, "code": stage.courier_code,
        "page": str(parcel.get("page_url", "")).rpartition("/")[2] or "no page",
    }  # fmt: skip


async def _look(stage: Stage, seen: Watched) -> None:
    locker = stage.lockers[0].kiosk_url
    for name, url in {"hub": stage.hub_url, "locker": locker}.items():
        for page in ("health", "ready"):
            seen.pages[f"{name} {page}"] = await stage.api.get(f"{url}/{page}")
        seen.numbers[name] = (await stage.api.get(f"{url}/metrics")).text
    seen.pages["named"] = await stage.api.get("/v1/lockers", headers={"X-Request-Id": "asked-by-a-shop"})
    seen.pages["misnamed"] = await stage.api.get("/v1/lockers", headers={"X-Request-Id": "two words\tand more"})


async def _until_not_ready(stage: Stage, seen: Watched) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while (answer := await stage.api.get(f"{stage.hub_url}/ready")).is_success:
        assert asyncio.get_running_loop().time() < deadline, "the hub hasn't noticed that its broker is gone"
        await asyncio.sleep(LOOK_S)
    seen.pages["hub without a broker"] = answer
    seen.pages["hub alive without a broker"] = await stage.api.get(f"{stage.hub_url}/health")
    seen.pages["locker without a broker"] = await stage.api.get(f"{stage.lockers[0].kiosk_url}/ready")


async def _until(holds: Any) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "it hasn't come in time"
        await asyncio.sleep(LOOK_S)
