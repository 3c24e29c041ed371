"""How fast a key may ask: a bucket that fills by itself, and what is told to somebody who empties it."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from hub_service.api import routes
from hub_service.api.gate import Gate
from hub_service.domain.limits import Bucket, Rate, take
from hub_service.handlers import sites
from hub_service.handlers.hub import Hub
from tests.hub.conftest import TestClient

RATE = Rate(per_s=2, burst=3)


def test_a_burst_passes_then_patience_helps() -> None:
    bucket, waits = None, []
    for at_s in (0.0, 0.0, 0.0, 0.0, 0.1, 1.1):
        bucket, wait_s = take(bucket, RATE, at_s)
        waits.append(wait_s)
    assert waits == [0, 0, 0, 1, 1, 0]


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_burst_and_rate_together(pauses_s: list[float]) -> None:
    bucket: Bucket | None = None
    now_s, passed = 0.0, 0
    for pause_s in pauses_s:
        now_s += pause_s
        bucket, wait_s = take(bucket, RATE, now_s)
        passed += wait_s == 0
        if wait_s:
            assert take(bucket, RATE, now_s + wait_s)[1] == 0, "whoever waits as told may pass"
    assert passed <= RATE.burst + RATE.per_s * now_s + 1e-6


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
