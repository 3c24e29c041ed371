"""Sends what is due, to many addresses at the same time and to each one message after the other."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import httpx

from hub_service.measures import Measures
from hub_service.store import webhook_sending
from hub_service.store.database import Store
from hub_service.store.webhook_sending import Outcome, Sending
from hub_service.strangers import Letter, Posting
from hub_service.webhooks import signing

AT_ONCE = 32
TIMEOUT_S = 15.0
SLOWEST_S = 25.0
"""Well within the lease, the attempt is over."""

_log = logging.getLogger(__name__)


class Worker:
    """Several may run at once, in any number of processes."""

    def __init__(
        self, store: Store, now_ms: Callable[[], int], allow_private: bool, measures: Measures | None = None
    ) -> None:
        self._measures = measures or Measures()
        self._store = store
        self._now_ms = now_ms
        self._posting = Posting(at_once=AT_ONCE, timeout_s=TIMEOUT_S, slowest_s=SLOWEST_S, allow_private=allow_private)

    async def run(self) -> None:
        """Sends until cancelled."""
        await self._posting.run(self._claim, self._send)

    def _claim(self, free: int) -> list[Sending]:
        return webhook_sending.claim(self._store, self._now_ms(), free)

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
        answer = await self._posting.post(client, sending.url, lambda: _letter(sending))
        return Outcome(round((time.monotonic() - started) * 1000), answer.status, answer.problem)


def _letter(sending: Sending) -> Letter:
    body = sending.body.encode()
    # The receiver judges by its own clock whether a message is fresh: the demo's moved one says nothing to it.
    signed = signing.headers(sending.message, int(time.time()), body, sending.secrets)
    return Letter({"Content-Type": "application/json", **signed}, body)
