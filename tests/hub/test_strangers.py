"""Whatever is the matter with a stranger's address, or with what was to be sent there, is an answer and no fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest

from hub_service.strangers import Answer, Letter, Posting
from tests.hub.receiver import Receiver


@pytest.fixture
def stranger() -> Iterator[Receiver]:
    with closing(Receiver()) as stranger:
        yield stranger


def posting(*, allow_private: bool = True, at_once: int = 2) -> Posting:
    return Posting(at_once=at_once, timeout_s=5.0, slowest_s=5.0, allow_private=allow_private)


def posted(how: Posting, url: str, write: Callable[[], Letter]) -> Answer:
    async def post() -> Answer:
        async with how.client() as client:
            return await how.post(client, url, write)

    return asyncio.run(post())


def test_a_letter_that_cannot_be_written_is_an_answer(stranger: Receiver) -> None:
    """A browser may have named a key that nothing can be sealed for: its notice mustn't come up for ever."""

    def write() -> Letter:
        raise ValueError("not a point on the curve: 04ab")

    assert posted(posting(), stranger.url, write) == Answer(problem="ValueError")


def test_nothing_is_written_for_an_address_that_is_nobodys(stranger: Receiver) -> None:
    written: list[Letter] = []

    def write() -> Letter:
        written.append(Letter({}, b"sealed"))
        return written[-1]

    assert posted(posting(allow_private=False), stranger.url, write) == Answer(problem="its address is private")
    assert (written, stranger.got) == ([], [])


def test_no_more_are_under_way_than_may_be() -> None:
    asked: list[int] = []
    waiting, most, let_go = list(range(5)), 0, asyncio.Event()

    def claim(free: int) -> list[int]:
        asked.append(free)
        return [waiting.pop() for _ in range(min(free, len(waiting)))]

    async def sent() -> None:
        nonlocal most
        under_way: set[int] = set()
        done = asyncio.Event()

        async def send(_: httpx.AsyncClient, one: int) -> None:
            nonlocal most
            under_way.add(one)
            most = max(most, len(under_way))
            if len(under_way) == 2:
                let_go.set()
            await let_go.wait()
            under_way.remove(one)
            if not waiting and not under_way:
                done.set()

        running = asyncio.create_task(posting(at_once=2).run(claim, send))
        await asyncio.wait_for(done.wait(), 10)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(sent())
    assert most == 2
    assert 0 not in asked, "nothing is asked for while there is no room for it"
