"""Carries requests to whichever hub worker lives, like the load balancer in front of an operator's workers.

A request whose worker dies is asked again under the same idempotency key, as a careful program does.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time

import httpx

GIVES_UP_S = 80.0
"""A request that a worker has begun and not finished is another's after a minute."""

LOOK_S = 0.1


class Balancer(httpx.AsyncBaseTransport):
    """For requests to the hub's one address; all others go where they say."""

    def __init__(self) -> None:
        self.asked_again = 0
        self._inner = httpx.AsyncHTTPTransport()
        self._address = ""
        self._workers = itertools.cycle([httpx.URL()])

    def lead(self, address: str, workers: list[str]) -> None:
        """From now on requests to this address go to these in turn."""
        self._address = address
        self._workers = itertools.cycle([httpx.URL(url) for url in workers])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if not self._address or f"{url.scheme}://{url.netloc.decode()}" != self._address:
            return await self._inner.handle_async_request(request)
        body = await request.aread()
        headers = dict(request.headers)
        if request.method == "POST":
            headers.setdefault("idempotency-key", secrets.token_hex(8))
        deadline = time.monotonic() + GIVES_UP_S
        while True:
            answer = await self._asked(httpx.Request(request.method, url, headers=headers, content=body))
            if answer is not None or time.monotonic() > deadline:
                break
            self.asked_again += 1
            await asyncio.sleep(LOOK_S)
        assert answer is not None, "no worker answers"
        return answer

    async def _asked(self, request: httpx.Request) -> httpx.Response | None:
        worker = next(self._workers)
        request.url = request.url.copy_with(host=worker.host, port=worker.port)
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
        except httpx.TransportError:
            return None
        # Another worker has it, or had it when it died.
        under_way = answer.status_code == 409 and b"first_under_way" in answer.content
        return None if under_way or answer.status_code >= 500 else answer
