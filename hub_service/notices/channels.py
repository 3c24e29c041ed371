"""Ways to reach people. A channel hands one message over, or raises; the same notice may come twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from hub_service.notices.words import Message
from hub_service.store.database import Store
from hub_service.store.outbox import Notice, deliver_to_mailbox


class Refused(Exception):
    """The provider has said no for good: to ask again would not help. The text must not hold content."""


class Channel(Protocol):
    """Where notices go. `notice.once` is the key by which a provider recognises one that it already has."""

    def deliver(self, notice: Notice, message: Message) -> None:
        """Returns when the provider has it; raises Refused, or anything else when it may work later.

        No exception's text may hold content.
        """
        ...


class Channels:
    """Hands each notice to the channel that it names."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def deliver(self, notice: Notice, message: Message) -> None:
        """Raises Refused where the operator has no such channel: another address of the person may work."""
        channel = self._channels.get(notice.channel)
        if channel is None:
            raise Refused(f"no channel for {notice.channel}")
        channel.deliver(notice, message)


class Mailbox:
    """Keeps every message for the demo's mailbox page instead of sending it."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def deliver(self, notice: Notice, message: Message) -> None:
        """Puts it into the mailbox, once."""
        subject, body = (message.subject, message.body) if notice.channel == "email" else ("", message.sms)
        deliver_to_mailbox(self._store, notice, subject, body, self._now_ms())
