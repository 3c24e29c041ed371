"""How fast a key may ask: a bucket that fills by itself, and what is told to somebody who empties it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import httpx
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.api import routes
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem
from hub_service.domain.limits import Caller, Rate
from hub_service.handlers import sites
from hub_service.handlers.hub import Hub
from tests.hub.conftest import TestClient

RATE = Rate(per_s=2, burst=3)
SHOP = Caller(id="k_shop", name="shop")


class Worker:
    """One of several that serve the same hub."""

    def __init__(self, hub: Hub, rate: Rate, clock: Callable[[], float]) -> None:
        self._gate = Gate(hub, rate, clock)

    def asks(self, caller: Caller) -> int:
        """Lets a request in: 0, or after how many seconds it may come back."""
        try:
            self._gate.count(caller)
        except Problem as problem:
            assert problem.retry_after_s
            return problem.retry_after_s
        return 0


def test_a_burst_passes_then_patience_helps(hub: Hub) -> None:
    now_s = [0.0]
    worker, waits = Worker(hub, RATE, lambda: now_s[0]), []
    for at_s in (0.0, 0.0, 0.0, 0.0, 0.1, 1.1):
        now_s[0] = at_s
        waits.append(worker.asks(SHOP))
    assert waits == [0, 0, 0, 1, 1, 0]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.floats(0, 0.3), st.integers(0, 2), st.integers(1, 40)), max_size=25),
    st.sampled_from([RATE, Rate(per_s=20, burst=80)]),
)
def test_a_keys_limit_holds_for_all_workers_together(hub: Hub, asked: list[tuple[float, int, int]], rate: Rate) -> None:
    """Three workers, in any order, bursts of any length: never more than burst and rate, but for what is owed."""
    now_s, passed, shop = [0.0], 0, Caller(id=secrets.token_hex(8), name="shop")
    workers = [Worker(hub, rate, lambda: now_s[0]) for _ in range(3)]
    for pause_s, which, count in asked:
        now_s[0] += pause_s
        passed += sum(workers[which].asks(shop) == 0 for _ in range(count))
    assert passed <= rate.burst + rate.per_s * now_s[0] + rate.debt * len(workers) + 1e-6


def test_whoever_waits_as_told_may_pass(hub: Hub) -> None:
    now_s = [0.0]
    workers = [Worker(hub, Rate(per_s=100, burst=400), lambda: now_s[0]) for _ in range(2)]
    for turn in range(2_000):
        wait_s = workers[turn % 2].asks(SHOP)
        if wait_s:
            now_s[0] += wait_s
            assert workers[turn % 2].asks(SHOP) == 0
    assert now_s[0] >= 1_500 / 100, "two workers let no more pass than one"


def test_a_clock_that_was_put_back_locks_nobody_out(hub: Hub) -> None:
    now_s = [1_000_000.0]
    worker = Worker(hub, RATE, lambda: now_s[0])
    while worker.asks(SHOP) == 0:
        continue
    now_s[0] -= 86_400
    assert Worker(hub, RATE, lambda: now_s[0]).asks(SHOP) == 0


def test_asking_in_a_loop_costs_hardly_any_writes(hub: Hub) -> None:
    writes = []
    hub.store.on_commit(lambda: writes.append(1))
    now_s = [0.0]
    worker = Worker(hub, Rate(per_s=100, burst=400), lambda: now_s[0])
    for _ in range(3_000):
        worker.asks(SHOP)
        now_s[0] += 0.005
    # Half of them were turned away, for 15 seconds.
    assert len(writes) < 3_000 / 10


def test_who_asks_too_often_is_told_when_to_come_back_and_others_go_on(hub: Hub) -> None:
    app, now_s = FastAPI(), [0.0]
    routes.add(app, hub, False, Gate(hub, RATE, lambda: now_s[0]))
    with TestClient(app) as client:
        hasty, calm = ({"Authorization": f"Bearer {sites.add_api_key(hub, name)}"} for name in ("hasty", "calm"))
        answers = [client.get("/v1/lockers", headers=hasty) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        refused: httpx.Response = answers[-1]
        assert (refused.json()["code"], refused.headers["Retry-After"]) == ("too_many_requests", "1")
        assert client.get("/v1/lockers", headers=calm).status_code == 200
        now_s[0] += int(refused.headers["Retry-After"])
        assert client.get("/v1/lockers", headers=hasty).status_code == 200
