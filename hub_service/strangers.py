"""Posts to addresses that strangers have named: many at the same time, each attempt with an end.

None is in the hub's own network, one that is slow holds up nobody else, and what is answered is never read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from hub_service import targets

LOOK_S = 1.0
LOOKUPS_AT_ONCE = 32
_Due = TypeVar("_Due")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted; the headers that say where to come with it."""

    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The status that was answered, else what was in the way: never the address, which may be a secret."""

    status: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """How strangers are asked. `slowest_s` ends an attempt whose answer drips in below every other time-out."""

    at_once: int
    timeout_s: float
    slowest_s: float
    allow_private: bool
    # A look-up ends when the stranger's name server pleases: no thread of anybody else waits for it.
    _lookups: ThreadPoolExecutor = field(
        init=False, default_factory=lambda: ThreadPoolExecutor(LOOKUPS_AT_ONCE, "lookup")
    )

    def client(self) -> httpx.AsyncClient:
        # No environment: a proxy of the operator's would be asked to reach what is forbidden here.
        return httpx.AsyncClient(
            timeout=httpx.Timeout(self.timeout_s, connect=5.0), follow_redirects=False, trust_env=False
        )

    async def run(
        self, claim: Callable[[int], list[_Due]], send: Callable[[httpx.AsyncClient, _Due], Awaitable[None]]
    ) -> None:
        """Sends what `claim` gives, at most `at_once` at a time, until cancelled. `send` keeps its faults to itself."""
        under_way: set[asyncio.Task[None]] = set()
        async with self.client() as client:
            try:
                while True:
                    free = self.at_once - len(under_way)
                    for one in await asyncio.to_thread(claim, free) if free else ():
                        under_way.add(asyncio.ensure_future(send(client, one)))
                    if under_way:
                        await asyncio.wait(under_way, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                        under_way = {task for task in under_way if not task.done()}
                    else:
                        await asyncio.sleep(LOOK_S)
            finally:
                for task in under_way:
                    task.cancel()
                await asyncio.gather(*under_way, return_exceptions=True)

    async def post(self, client: httpx.AsyncClient, url: str, write: Callable[[], Letter]) -> Answer:
        """Posts once. The letter is written when its target is known; one that can't be written is an answer too."""
        try:
            async with asyncio.timeout(self.slowest_s):
                return Answer(await self._status(client, url, write))
        except TimeoutError:
            return Answer(problem="no answer in time")
        except targets.NotATarget as refused:
            return Answer(problem=str(refused))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            # The kind of fault only: its text may repeat the address, or what was answered.
            return Answer(problem=type(error).__name__)

    async def _status(self, client: httpx.AsyncClient, url: str, write: Callable[[], Letter]) -> int:
        loop = asyncio.get_running_loop()
        target = await loop.run_in_executor(self._lookups, targets.resolved, url, self.allow_private)
        letter = write()
        request = client.build_request(
            "POST", target.url, content=letter.content, headers={"Host": target.host_header, **letter.headers},
            extensions={"sni_hostname": target.name},
        )  # fmt: skip
        # What is answered may be endless: only the status is read.
        answer = await client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code
