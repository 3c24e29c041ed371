"""Drives notices for browsers from the outbox to their push services: many at the same time, each with an end.

Strangers have named these addresses: none is in a private network, and a slow one holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from hub_service.notices import web_push
from hub_service.notices.worker import words_of
from hub_service.store import outbox, push_devices
from hub_service.store.database import Store
from hub_service.store.outbox import Notice
from hub_service.store.push_devices import Device
from hub_service.strangers import Answer, Letter, Posting

AT_ONCE = 16
TIMEOUT_S = 10.0
SLOWEST_S = 20.0
"""Well within the outbox's lease, also for a service that lets its answer drip."""

TRIES_MAX = 16
"""About half a day: whoever never answers isn't asked for ever. The page still says everything."""

KEPT_BY_SERVICE_S = 24 * 3_600
_GONE = (404, 410)
_WORTH_A_TRY = (408, 425, 429)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the key that push services know the hub by, and the address where they may complain."""

    key: ec.EllipticCurvePrivateKey
    contact: str


class Pusher:
    """Several may run at once, in any number of processes."""

    def __init__(
        self, store: Store, sender: Sender, now_ms: Callable[[], int], *, allow_private: bool = False,
        zone: tzinfo | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._sender = sender
        self._now_ms = now_ms
        self._zone = zone
        self._posting = Posting(at_once=AT_ONCE, timeout_s=TIMEOUT_S, slowest_s=SLOWEST_S, allow_private=allow_private)

    async def run(self) -> None:
        """Sends until cancelled."""
        await self._posting.run(self._claim, self._kept)

    async def work(self) -> None:
        """Sends all that is due now, once."""
        async with self._posting.client() as client:
            while due := self._claim(AT_ONCE):
                await asyncio.gather(*(self._kept(client, notice) for notice in due))

    def _claim(self, free: int) -> list[Notice]:
        return outbox.claim_due(self._store, self._now_ms(), free, push=True)

    async def _kept(self, client: httpx.AsyncClient, notice: Notice) -> None:
        try:
            await self._send(client, notice)
        except Exception:  # noqa: BLE001 - the notice is due again when its lease ends, and others go on
            _log.exception("notice %s (%s) for a browser waits", notice.id, notice.kind)

    async def _send(self, client: httpx.AsyncClient, notice: Notice) -> None:
        device = await asyncio.to_thread(push_devices.find, self._store, notice.to)
        if device is None:
            await asyncio.to_thread(self._close, notice, "switched off")
            return
        answer = await self._posting.post(client, device.endpoint, lambda: self._letter(notice, device))
        await asyncio.to_thread(self._mark, notice, answer)

    def _letter(self, notice: Notice, device: Device) -> Letter:
        plain = web_push.content(words_of(notice, self._zone), str(notice.params.get("page_url", "")), notice.once)
        draw = web_push.Draw(ec.generate_private_key(ec.SECP256R1()), os.urandom(web_push.SALT_BYTES))
        headers = {
            # A push service judges by its own clock: the demo's moved one says nothing to it.
            "Authorization": web_push.authorisation(
                device.endpoint, self._sender.key, self._sender.contact, int(time.time())
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_BY_SERVICE_S),
            "Urgency": "high",
        }
        return Letter(headers, web_push.encrypted(plain, device, draw))

    def _mark(self, notice: Notice, answer: Answer) -> None:
        now_ms, status = self._now_ms(), answer.status or 0
        why = answer.problem or f"answered {status}"
        if 200 <= status < 300:
            outbox.mark_sent(self._store, notice.id, now_ms)
        elif status in _GONE:
            self._drop(notice, "the browser has switched it off")
        elif 300 <= status < 500 and status not in _WORTH_A_TRY:
            self._close(notice, why)
        elif notice.attempts >= TRIES_MAX:
            self._drop(notice, why)
        else:
            outbox.mark_failed(self._store, notice.id, now_ms, why)

    def _drop(self, notice: Notice, why: str) -> None:
        with self._store.write() as db:
            push_devices.drop(db, notice.to)
        self._close(notice, why)

    def _close(self, notice: Notice, why: str) -> None:
        _log.warning("notice %s (%s) didn't reach a browser: %s", notice.id, notice.kind, why)
        outbox.mark_closed(self._store, notice, self._now_ms(), why)
