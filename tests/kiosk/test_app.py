"""The kiosk over HTTP: what is pressed reaches the daemon, what isn't a press is refused with one sentence."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from locker.kiosk.app import pictures

pytestmark = pytest.mark.anyio


async def test_the_picture_is_the_daemons(web: httpx.AsyncClient, front: Any) -> None:
    front.show("open", n=3, purpose="collect")
    assert (await web.get("/state")).json() == front.picture()


async def test_keys_reach_the_daemon_one_by_one(web: httpx.AsyncClient, front: Any) -> None:
    assert (await web.post("/keys", json={"text": "1234 56C"})).is_success
    assert front.pressed == ["1", "2", "3", "4", "5", "6", "clear"]


async def test_a_key_may_be_named(web: httpx.AsyncClient, front: Any) -> None:
    await web.post("/keys", json={"key": "ok"})
    assert front.pressed == ["ok"]


async def test_a_button_reaches_the_daemon_with_its_compartment(web: httpx.AsyncClient, front: Any) -> None:
    await web.post("/choices", json={"choice": "done"})
    await web.post("/choices", json={"choice": "retrieve", "n": 7})
    assert front.chosen == [("done", 0), ("retrieve", 7)]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/keys", b"", 400),
        ("/keys", b"{", 400),
        ("/keys", b"\xff\xfe", 400),
        ("/keys", b"[" * 1_000, 400),
        ("/keys", b"x" * 2_000, 413),
        ("/keys", b"[1]", 422),
        ("/keys", b"{}", 422),
        ("/keys", b'{"text": 1234}', 422),
        ("/keys", b'{"text": "12x4"}', 422),
        ("/keys", '{"text": "١٢"}'.encode(), 422),
        ("/keys", b'{"key": ["clear"]}', 422),
        ("/keys", json.dumps({"text": "1" * 65}).encode(), 422),
        ("/choices", b'{"n": 1}', 422),
        ("/choices", b'{"choice": ""}', 422),
        ("/choices", b'{"choice": "done", "n": -1}', 422),
        ("/choices", b'{"choice": "done", "n": true}', 422),
        ("/choices", b'{"choice": "done", "n": 1.5}', 422),
    ],
)
async def test_what_is_no_press_is_refused(
    web: httpx.AsyncClient, front: Any, path: str, body: bytes, status: int
) -> None:
    answer = await web.post(path, content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    assert (front.pressed, front.chosen) == ([], [])


async def test_nothing_is_pressed_when_one_key_is_wrong(web: httpx.AsyncClient, front: Any) -> None:
    await web.post("/keys", json={"text": "123x"})
    assert front.pressed == []


async def test_another_sites_page_presses_nothing(web: httpx.AsyncClient, front: Any) -> None:
    answer = await web.post("/keys", json={"text": "1"}, headers={"Origin": "http://elsewhere.example"})
    assert answer.status_code == 403
    assert front.pressed == []


async def test_the_page_may_only_use_what_the_kiosk_serves(web: httpx.AsyncClient) -> None:
    policy = (await web.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*" in policy


async def test_sounds_are_served_and_others_are_not_found(web: httpx.AsyncClient) -> None:
    assert (await web.get("/sounds/yes.wav")).headers["content-type"] == "audio/wav"
    missing = await web.get("/sounds/fanfare.wav")
    assert missing.status_code == 404
    assert "yes" in missing.json()["detail"]


async def test_it_says_that_it_is_well(web: httpx.AsyncClient) -> None:
    assert (await web.get("/health")).json()["ok"] is True


async def _next_picture(stream: Any) -> dict[str, Any]:
    async for event in stream:
        for line in event.splitlines():
            if line.startswith("data: {"):
                picture: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return picture
    raise AssertionError("the stream has ended")


async def test_the_picture_comes_at_once_and_again_with_each_change(front: Any) -> None:
    stream = pictures(front)
    assert (await _next_picture(stream))["screen"]["name"] == "idle"
    coming = asyncio.create_task(_next_picture(stream))
    front.show("thanks", purpose="collect")
    assert (await asyncio.wait_for(coming, 5))["screen"]["name"] == "thanks"
    await stream.aclose()


async def test_a_quiet_kiosk_says_that_it_is_still_here(front: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locker.kiosk.app.STILL_HERE_S", 0.01)
    stream = pictures(front)
    await _next_picture(stream)
    assert "event: still" in await asyncio.wait_for(anext(stream), 5)
    await stream.aclose()
