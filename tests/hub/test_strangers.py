"""Whatever is the matter with a stranger's address, or with what was to be sent there, is an answer and no fault."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from hub_service import targets
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


def test_a_name_server_that_never_answers_takes_no_thread_of_anybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answers = threading.Semaphore(0), threading.Event()

    def silent(_: str, __: bool) -> targets.Target:
        asked.release()
        assert answers.wait(20)
        raise targets.NotATarget("its name has no address")

    monkeypatch.setattr(targets, "resolved", silent)
    how = posting()

    async def hub() -> list[Answer]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        async with how.client() as client:
            letters = [how.post(client, f"https://{n}.example/", lambda: Letter({}, b"")) for n in range(4)]
            posts = asyncio.ensure_future(asyncio.gather(*letters))
            try:
                await asyncio.sleep(0)
                # All the hub's threads are free: this is what reports of lockers are taken with.
                async with asyncio.timeout(10):
                    for _ in range(4):
                        assert await asyncio.to_thread(asked.acquire, timeout=10)
            finally:
                answers.set()
            return await posts

    assert asyncio.run(hub()) == [Answer(problem="its name has no address")] * 4
