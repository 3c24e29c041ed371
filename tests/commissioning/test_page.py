"""The check's page: one question at a time, answered once, with the cabinet's doors and what was found on them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from locker.check_page import Page, served
from locker.commissioning import findings
from locker.commissioning.wishes import Question

from .conftest import plan_of

QUESTION = Question("pulse", "Lock 3 gets current. Yes, go on?", ("yes", "skip"), n=3)


def play(story: Callable[[Page, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def go() -> None:
        page = Page(plan_of())
        transport = httpx.ASGITransport(app=page.build())
        async with httpx.AsyncClient(transport=transport, base_url="http://check") as web:
            await story(page, web)

    asyncio.run(go())


async def asked(page: Page) -> asyncio.Task[str]:
    """A question that is on the page now."""
    task = asyncio.create_task(page.ask(QUESTION))
    await asyncio.sleep(0)
    return task


def test_a_tap_answers_the_question_that_was_seen() -> None:
    async def story(page: Page, web: httpx.AsyncClient) -> None:
        task = await asked(page)
        state = (await web.get("/state")).json()
        assert (state["question"]["n"], state["question"]["choices"]) == (3, ["yes", "skip"])
        answer = await web.post("/answers", json={"answer": "yes", "version": state["version"]})
        assert answer.status_code == 200
        assert await task == "yes"
        assert (await web.get("/state")).json()["question"] is None

    play(story)


def test_a_late_tap_answers_no_other_question() -> None:
    async def story(page: Page, web: httpx.AsyncClient) -> None:
        first = await asked(page)
        seen = (await web.get("/state")).json()["version"]
        await web.post("/answers", json={"answer": "skip", "version": seen})
        await first
        second = await asked(page)
        late = await web.post("/answers", json={"answer": "yes", "version": seen})
        assert late.status_code == 409
        assert not second.done()
        second.cancel()

    play(story)


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b'{"answer": "yes", "version": 1}', "text/plain", 415),
        (b"yes", "application/json", 400),
        (b"{}", "application/json", 400),
    ],
)
def test_what_is_no_answer_of_this_page_opens_nothing(body: bytes, kind: str, code: int) -> None:
    """Another site in the same browser can send a form, and no JSON."""

    async def story(page: Page, web: httpx.AsyncClient) -> None:
        task = await asked(page)
        answer = await web.post("/answers", content=body, headers={"Content-Type": kind})
        assert answer.status_code == code
        assert not task.done()
        task.cancel()

    play(story)


def test_a_finding_stands_at_its_door() -> None:
    async def story(page: Page, web: httpx.AsyncClient) -> None:
        page.tell(findings.inverted_switch(2, True))
        page.tell(findings.stays_shut(5, plan_of().box(5).lock))
        state = (await web.get("/state")).json()
        assert {door["n"]: door["mark"] for door in state["doors"] if door["mark"]} == {2: "mended", 5: "wrong"}
        assert state["told"][0]["finding"] == "inverted_switch"

    play(story)


def test_the_page_is_found_only_by_the_address_that_was_printed() -> None:
    async def go() -> None:
        async with served(Page(plan_of()), "127.0.0.1", 0) as url, httpx.AsyncClient(trust_env=False) as web:
            assert (await web.get(url)).status_code == 200
            assert (await web.get(url + "state")).json()["question"] is None
            guessed = url.rsplit("/", 2)[0]
            assert (await web.get(guessed + "/state")).status_code == 404

    asyncio.run(go())


def test_the_page_and_what_it_needs_are_there() -> None:
    async def story(_: Page, web: httpx.AsyncClient) -> None:
        for path in ("/", "/static/check.js", "/static/check.css"):
            assert (await web.get(path)).status_code == 200
        assert "default-src 'none'" in (await web.get("/")).headers["content-security-policy"]

    play(story)
