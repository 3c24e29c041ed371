"""Sends what is due, to many addresses at the same time and to each one message after the other."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import httpx

from hub_service import targets
from hub_service.measures import Measures
from hub_service.store import webhook_sending
from hub_service.store.database import Store
from hub_service.store.webhook_sending import Outcome, Sending
from hub_service.webhooks import signing

LOOK_S = 1.0
AT_ONCE = 32
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
SLOWEST_S = 25.0
"""Bytes may drip in below every timeout; well within the lease, the attempt is over."""

_log = logging.getLogger(__name__)


class Worker:
    """Several may run at once, in any number of processes."""

    def __init__(
        self, store: Store, now_ms: Callable[[], int], allow_private: bool, measures: Measures | None = None
    ) -> None:
        self._measures = measures or Measures()
        self._store = store
        self._now_ms = now_ms
        self._allow_private = allow_private

    async def run(self) -> None:
        """Sends until cancelled."""
        under_way: set[asyncio.Task[None]] = set()
        # No environment: a proxy of the operator's would be asked to reach what was forbidden here.
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            try:
                while True:
                    free = AT_ONCE - len(under_way)
                    for sending in await asyncio.to_thread(self._claim, free):
                        under_way.add(asyncio.create_task(self._send(client, sending)))
                    if under_way:
                        await asyncio.wait(under_way, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                        under_way = {task for task in under_way if not task.done()}
                    else:
                        await asyncio.sleep(LOOK_S)
            finally:
                for task in under_way:
                    task.cancel()
                await asyncio.gather(*under_way, return_exceptions=True)

    def _claim(self, free: int) -> list[Sending]:
        return webhook_sending.claim(self._store, self._now_ms(), free) if free else []

    async def _send(self, client: httpx.AsyncClient, sending: Sending) -> None:
        try:
            outcome = await self.attempt(client, sending)
            self._measures.webhooks.labels("reached" if outcome.reached else "failed").inc()
            why = await asyncio.to_thread(webhook_sending.mark, self._store, sending, outcome, self._now_ms())
            if why:
                _log.warning("webhook %s is disabled: %s", sending.webhook_id, why)
        except Exception:  # noqa: BLE001 - the message is due again when its lease ends, and others go on
            _log.exception("a message to webhook %s waits", sending.webhook_id)

    async def attempt(self, client: httpx.AsyncClient, sending: Sending) -> Outcome:
        """Sends a message once and says how it went."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(SLOWEST_S):
                status, problem = await self._post(client, sending), ""
        except TimeoutError:
            status, problem = None, "no answer in time"
        except targets.NotATarget as refused:
            status, problem = None, str(refused)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            # The kind of fault only: its text may repeat what the receiver sent.
            status, problem = None, type(error).__name__
        return Outcome(round((time.monotonic() - started) * 1000), status, problem)

    async def _post(self, client: httpx.AsyncClient, sending: Sending) -> int:
        target = await asyncio.to_thread(targets.resolved, sending.url, self._allow_private)
        body = sending.body.encode()
        # The receiver judges by its own clock whether a message is fresh: the demo's moved one says nothing to it.
        signed = signing.headers(sending.message, int(time.time()), body, sending.secrets)
        request = client.build_request(
            "POST", target.url, content=body,
            headers={"Host": target.host_header, "Content-Type": "application/json", **signed},
            extensions={"sni_hostname": target.name},
        )  # fmt: skip
        # What is answered doesn't matter and may be endless: only the status is read.
        answer = await client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code
