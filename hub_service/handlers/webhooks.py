"""Where a caller's programs are told of events: made, tested, replayed, rotated, ended."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub_service.domain.limits import Caller
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import webhook_outbox, webhooks
from hub_service.store.sql import Connection
from hub_service.store.webhook_outbox import MessageRecord
from hub_service.store.webhooks import WebhookRecord

WEBHOOKS_MAX = 20
_UNKNOWN = Refusal("unknown_webhook", "There is no webhook with this id: GET /v1/webhooks lists them.")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A webhook and its secret, which is shown once."""

    webhook: WebhookRecord
    secret: str


def add(hub: Hub, caller: Caller, url: str, kinds: tuple[str, ...]) -> Fresh | Refusal:
    """Events of the caller's parcels go there from now on (all, where `kinds` is empty)."""
    if (refusal := _target_refusal(hub, url)) is not None:
        return refusal
    webhook = WebhookRecord(
        id=hub.draws.id("wh"), carrier=caller.carrier, test=caller.test, url=url, kinds=kinds, created_ms=hub.now_ms()
    )  # fmt: skip
    secret = _draw_secret(hub)
    with hub.store.write() as db:
        if len(webhooks.every(db, caller)) >= WEBHOOKS_MAX:
            return Refusal(
                "too_many_webhooks", f"There are {WEBHOOKS_MAX} already: end one, or let one hear more kinds."
            )
        webhooks.add(db, hub.store, webhook, secret)
    return Fresh(webhook, secret)


def every(hub: Hub, caller: Caller) -> list[WebhookRecord]:
    with hub.store.read() as db:
        return webhooks.every(db, caller)


def one(hub: Hub, caller: Caller, webhook_id: str) -> WebhookRecord | Refusal:
    with hub.store.read() as db:
        return _own(db, caller, webhook_id)


def end(hub: Hub, caller: Caller, webhook_id: str) -> WebhookRecord | Refusal:
    """Nothing more is sent there."""
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if not isinstance(webhook, Refusal):
            webhooks.end(db, webhook_id, hub.now_ms())
    return webhook


def enable(hub: Hub, caller: Caller, webhook_id: str) -> WebhookRecord | Refusal:
    """An address that was disabled is tried again; what waits for it is sent."""
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if isinstance(webhook, Refusal):
            return webhook
        webhooks.enable(db, webhook_id)
        return webhooks.find(db, webhook_id) or _UNKNOWN


def rotate(hub: Hub, caller: Caller, webhook_id: str) -> Fresh | Refusal:
    """A new secret; the old one signs beside it for a day."""
    secret = _draw_secret(hub)
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if isinstance(webhook, Refusal):
            return webhook
        webhooks.rotate(db, hub.store, webhook_id, secret, hub.now_ms())
    return Fresh(webhook, secret)


def test(hub: Hub, caller: Caller, webhook_id: str) -> MessageRecord | Refusal:
    """Sends a message that says nothing, to see that it arrives."""
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if isinstance(webhook, Refusal):
            return webhook
        number = webhook_outbox.put(db, webhook_id, "webhook.test", {"webhook_id": webhook_id}, hub.now_ms())
        return _message(db, webhook_id, number)


def log(hub: Hub, caller: Caller, webhook_id: str, before: int | None, limit: int) -> list[MessageRecord] | Refusal:
    """What was sent there, and how it went; newest first."""
    with hub.store.read() as db:
        webhook = _own(db, caller, webhook_id)
        return webhook if isinstance(webhook, Refusal) else webhook_outbox.log(db, webhook_id, before, limit)


def replay_one(hub: Hub, caller: Caller, webhook_id: str, number: int) -> MessageRecord | Refusal:
    """Sends a message once more, under the id that it had."""
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if isinstance(webhook, Refusal):
            return webhook
        webhook_outbox.again(db, webhook_id, hub.now_ms(), number=number, since_ms=None)
        return _message(db, webhook_id, number)


def replay_since(hub: Hub, caller: Caller, webhook_id: str, since_ms: int) -> int | Refusal:
    """Sends everything since then once more; returns how many messages that are."""
    with hub.store.write() as db:
        webhook = _own(db, caller, webhook_id)
        if isinstance(webhook, Refusal):
            return webhook
        return webhook_outbox.again(db, webhook_id, hub.now_ms(), number=None, since_ms=since_ms)


def _own(db: Connection, caller: Caller, webhook_id: str) -> WebhookRecord | Refusal:
    found = webhooks.find(db, webhook_id)
    # The operator's key sees the operator's own: what a carrier has set up is between it and its programs.
    if found is None or (found.carrier, found.test) != (caller.carrier, caller.test):
        return _UNKNOWN
    return found


def _message(db: Connection, webhook_id: str, number: int) -> MessageRecord | Refusal:
    found = webhook_outbox.find(db, webhook_id, number)
    return found or Refusal("unknown_delivery", "No message of this webhook has this number: look at its log.")


def _target_refusal(hub: Hub, url: str) -> Refusal | None:
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        usable = parts.hostname and parts.port != 0 and not parts.username and not parts.password and url.isascii()
    except ValueError:
        usable = None
    if not usable or not all(33 <= ord(letter) < 127 for letter in url):
        return Refusal("not_a_target", "Send an address like https://shop.example/hooks, without a user name in it.")
    if parts.scheme == "https" or (parts.scheme == "http" and hub.private_webhooks):
        return None
    # What events say of people's parcels isn't for everybody on the way.
    return Refusal("not_a_target", "Webhooks go to https:// addresses only: use one.")


def _draw_secret(hub: Hub) -> str:
    return "whsec_" + base64.b64encode(hub.draws.key()).decode()
