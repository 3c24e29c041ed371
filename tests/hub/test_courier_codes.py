"""Codes of the day over HTTP: a carrier shows its couriers theirs, and nobody elses; which days they are for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from hub_service.domain import day_codes as days
from hub_service.handlers import day_codes, keys, sites
from hub_service.handlers.hub import Hub
from locker.wire.access_tag import PASS_PREFIX

Visit = Callable[..., AbstractContextManager[httpx.Client]]
BERLIN = ZoneInfo("Europe/Berlin")


def at(*when: int, zone: Any = BERLIN) -> int:
    return int(datetime(*when, tzinfo=zone).timestamp())  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("when", "begins", "ends"),
    [
        # A usual day; the night in which an hour is missing; the one in which it comes twice.
        ((2026, 1, 5, 12), (2026, 1, 5), (2026, 1, 6, 3)),
        ((2026, 3, 28, 23, 59), (2026, 3, 28), (2026, 3, 29, 3)),
        ((2026, 10, 24, 0), (2026, 10, 24), (2026, 10, 25, 3)),
    ],
)
def test_a_day_is_the_calendars_and_ends_at_three(when: Any, begins: Any, ends: Any) -> None:
    (today,) = days.awaited(at(*when), BERLIN, ahead=0)
    assert (today.from_s, today.until_s) == (at(*begins), at(*ends))


def test_a_week_ahead_follows_without_a_gap() -> None:
    week = days.awaited(at(2026, 1, 5, 1, zone=UTC), UTC)
    assert len(week) == 8
    assert all(later.from_s - one.from_s == 86_400 for one, later in pairwise(week))
    assert all(one.until_s - later.from_s == 3 * 3_600 for one, later in pairwise(week))


def key(hub: Hub, carrier: str = "", *, test: bool = False) -> dict[str, str]:
    made = keys.add(hub, carrier or "operator", carrier=carrier, test=test)
    assert isinstance(made, tuple)
    return {"Authorization": f"Bearer {made[1]}"}


def test_a_carriers_program_is_shown_the_codes_of_its_couriers_only(hub: Hub, set_up: Any, visit: Visit) -> None:
    set_up()
    for who, carrier in (("cara", "swift"), ("carl", "swift"), ("sol", "slow")):
        assert isinstance(sites.add_pass(hub, "courier", who, carrier), sites.NewPass)
    sites.add_pass(hub, "operator", "olga")
    with visit(demo=False) as web:
        seen = web.get("/v1/courier-codes", headers=key(hub, "swift")).json()["items"]
        assert [one["who"] for one in seen] == ["cara", "carl"]
        assert all(one["qr"] == PASS_PREFIX + one["code"] for one in seen)
        everybody = web.get("/v1/courier-codes", headers=key(hub)).json()["items"]
        assert [one["who"] for one in everybody] == ["cara", "carl", "sol"]
        assert web.get("/v1/courier-codes", headers=key(hub, "third")).json() == {"items": []}
        assert web.get("/v1/courier-codes", headers=key(hub, test=True)).json() == {"items": []}
        assert web.get("/v1/courier-codes").status_code == 401


def test_what_is_due_is_done_once_and_in_small_pieces(hub: Hub, set_up: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    locker = set_up()
    sites.add_pass(hub, "courier", "cara", "swift")
    (told,) = locker.catch_up()
    assert len(told["given"]) == 1
    monkeypatch.setattr(day_codes, "AT_ONCE", 3)
    assert [day_codes.keep(hub) for _ in range(4)] == [3, 3, 1, 0]
    given = [one for order in locker.catch_up() for one in order["given"]]
    assert len({one["tag"] for one in given}) == 7
    assert all(one["until_ms"] - one["from_ms"] == 27 * 3_600_000 for one in given)


def test_what_is_over_is_taken_from_the_locker_and_the_week_goes_on(hub: Hub, set_up: Any, clock: Any) -> None:
    locker = set_up()
    made = sites.add_pass(hub, "courier", "cara", "swift")
    assert isinstance(made, sites.NewPass)
    (told,) = locker.catch_up()
    clock.ms += 2 * 86_400_000
    while day_codes.keep(hub, ahead=1):
        pass
    orders = locker.catch_up()
    assert told["given"][0]["tag"] in [tag for order in orders for tag in order.get("ended", ())]
    assert all(order["hub_ms"] == hub.now_ms() for order in orders)
    assert [one.code for one in day_codes.today(hub)] != [made.code]
