"""Codes that are worked out beforehand: each is given once, under the key that the locker has now."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from hub_service import stocking
from hub_service.handlers import announce
from hub_service.handlers.code_stock import CodeStock, Stocked
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.store import lockers
from locker.wire.access_tag import access_tag
from tests.hub.conftest import Journal
from tests.hub.test_announced_together import wish

KEY, OTHER = b"a sealed key", b"another machine's"


def codes(count: int) -> list[Stocked]:
    return [Stocked(f"{number:08d}", f"{number:032x}") for number in range(count)]


def test_each_code_is_given_once() -> None:
    stock = CodeStock()
    stock.put("elm", KEY, codes(2))
    given = [stock.take("elm", KEY) for _ in range(3)]
    assert given == [*codes(2), None]
    assert len(stock) == 0


def test_codes_of_a_machine_that_was_replaced_are_never_given() -> None:
    stock = CodeStock()
    stock.put("elm", KEY, codes(2))
    assert stock.take("elm", OTHER) is None
    assert stock.take("elm", KEY) is None
    stock.put("elm", OTHER, codes(1))
    assert stock.take("elm", OTHER) == codes(1)[0]


def test_who_was_asked_for_last_is_filled_first() -> None:
    stock = CodeStock(each=2)
    stock.take("oak", KEY)
    stock.take("elm", KEY)
    stock.put("oak", KEY, codes(1))
    assert stock.lacking(["elm", "fir", "oak"], 10) == ["elm", "elm", "oak", "fir", "fir"]
    assert stock.lacking(["elm", "fir", "oak"], 3) == ["elm", "elm", "oak"]


def test_there_is_a_most_for_all_together() -> None:
    stock = CodeStock(each=3, most=4)
    stock.put("elm", KEY, codes(3))
    assert stock.lacking(["elm", "oak"], 10) == ["oak"]
    stock.put("oak", KEY, codes(1))
    assert stock.lacking(["elm", "oak"], 10) == []


def test_more_lockers_than_there_is_room_for_get_a_share_each() -> None:
    stock, known = CodeStock(each=20, most=50), [f"locker {n}" for n in range(10)]
    while some := stock.lacking(known, 7):
        for locker_id in some:
            stock.put(locker_id, KEY, codes(1))
    assert [sum(stock.take(one, KEY) is not None for _ in range(20)) for one in known] == [5] * 10


def test_beyond_one_code_each_whoever_was_asked_for_last_gets_what_is_free() -> None:
    stock = CodeStock(each=20, most=2)
    for some in ("elm", "oak"):
        stock.put(some, KEY, codes(1))
    assert stock.take("elm", KEY)
    assert stock.take("fir", KEY) is None
    assert stock.lacking(["elm", "oak", "fir"], 10) == ["fir"]


def test_the_process_that_hashes_makes_the_tags_that_lockers_make() -> None:
    key = bytes(range(32))
    line = json.dumps({"pin": "23456789", "key": key.hex()}) + "\n"
    words = [sys.executable, "-m", "hub_service.hashing"]
    done = subprocess.run(words, input=line, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [access_tag("23456789", key)]


def test_a_hub_fills_its_stock_and_its_codes_open(
    hub: Hub, set_up: Callable[..., Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocking, "START_S", 0.0)
    set_up("elm"), set_up("oak")

    async def filled() -> None:
        task = asyncio.create_task(stocking.run(hub))
        async with asyncio.timeout(60):
            while len(hub.stock) < 4:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(filled())
    view = announce.announce(hub, wish(1))
    assert isinstance(view, ParcelView)
    with hub.store.read() as db:
        key = lockers.code_key(db, hub.store, "elm")
        tags = [row["pin_tag"] for row in db.execute("SELECT pin_tag FROM admissions")]
    assert tags == [access_tag(view.pin, key)]
