"""Drives notices from the outbox to the channel: at least once, each with its key, and never giving up.

The log names a notice by its number and kind only: no names, addresses or codes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import tzinfo

from hub_service import telemetry
from hub_service.measures import Measures
from hub_service.notices.alarm_words import alarm_message
from hub_service.notices.channels import Channel, Refused
from hub_service.notices.texts import KINDS
from hub_service.notices.words import About, Message, render
from hub_service.store import outbox
from hub_service.store.database import Store

LOOK_S = 1.0
SLOWEST_MS = 25_000
"""So long one delivery may take before another worker makes it as well: no other is begun so late in a lease."""

_log = logging.getLogger(__name__)


class Worker:
    """Sends what the outbox holds; any number of them may work on one store. `zone` None is this machine's."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        now_ms: Callable[[], int],
        zone: tzinfo | None = None,
        measures: Measures | None = None,
    ) -> None:
        self._measures = measures or Measures()
        self._store = store
        self._channel = channel
        self._now_ms = now_ms
        self._zone = zone
        self._stopped = False

    def work(self) -> int:
        """Hands over all that is due now; returns how many went through. Blocks."""
        sent = 0
        while not self._stopped and (notices := outbox.claim_due(self._store, claimed_ms := self._now_ms())):
            for place, notice in enumerate(notices):
                if self._stopped or self._now_ms() > claimed_ms + outbox.LEASE_MS - SLOWEST_MS:
                    outbox.give_back(self._store, notices[place:], claimed_ms)
                    break
                with telemetry.caused_by(notice.cause):
                    sent += self._send(notice)
        return sent

    async def run(self) -> None:
        """Works until cancelled: at once after every commit of this process, else every `LOOK_S` seconds.

        What is being handed over then is finished and noted by its thread, which begins nothing else.
        """
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(news.set)

        self._store.on_commit(wake)
        self._stopped = False
        try:
            while True:
                news.clear()
                try:
                    await asyncio.to_thread(self.work)
                except Exception:  # noqa: BLE001 - the loop outlives a locked disk; what was claimed comes back by itself
                    _log.exception("notices wait")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), LOOK_S)
        finally:
            self._stopped = True

    def _send(self, notice: outbox.Notice) -> bool:
        try:
            self._channel.deliver(notice, words_of(notice, self._zone))
        except Refused as refused:
            _log.warning("notice %s (%s) was refused: %s", notice.id, notice.kind, refused)
            outbox.mark_refused(self._store, notice, self._now_ms(), str(refused))
            self._told(notice, "refused")
            return False
        except Exception as error:  # noqa: BLE001 - one notice that can't be sent must not hold up the others
            why = type(error).__name__
            _log.warning("notice %s (%s) did not get through: %s", notice.id, notice.kind, why)
            outbox.mark_failed(self._store, notice.id, self._now_ms(), why)
            self._told(notice, "failed")
            return False
        outbox.mark_sent(self._store, notice.id, self._now_ms())
        self._measures.notice_s.observe(max(0, self._now_ms() - notice.written_ms) / 1000)
        self._told(notice, "sent")
        return True

    def _told(self, notice: outbox.Notice, outcome: str) -> None:
        self._measures.notices.labels(notice.kind, outcome).inc()
        telemetry.tell(f"notice_{outcome}", notice=notice.id, kind=notice.kind, parcel=notice.parcel_id)


def words_of(notice: outbox.Notice, zone: tzinfo | None) -> Message:
    """A notice in its reader's language. Raises LookupError for a kind that has no words."""
    if notice.kind == "alarm":
        return alarm_message(notice.params)
    kind = next((kind for kind in KINDS if kind == notice.kind), None)
    if kind is None:
        raise LookupError(f"no words for {notice.kind}")
    return render(kind, About.of(notice.params), notice.language, zone)
