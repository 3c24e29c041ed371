"""Ways to reach people. A channel hands one message over, or raises; the same notice may come twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hub_service.notices.words import Message
from hub_service.store.database import Store
from hub_service.store.outbox import Notice, deliver_to_mailbox


class Channel(Protocol):
    """Where notices go. `notice.once` is the key by which a provider recognises one that it already has."""

    def deliver(self, notice: Notice, message: Message) -> None:
        """Returns when the provider has it; raises anything else, whose text must not hold content."""
        ...


class Mailbox:
    """Keeps every message for the demo's mailbox page instead of sending it."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def deliver(self, notice: Notice, message: Message) -> None:
        """Puts it into the mailbox, once."""
        subject, body = ("", message.sms) if notice.channel == "sms" else (message.subject, message.body)
        deliver_to_mailbox(self._store, notice, subject, body, self._now_ms())
