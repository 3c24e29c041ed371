"""/v1/webhooks: where events are sent, the log of what was sent, and replays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, Field, StringConstraints

from hub_service.api import pages
from hub_service.api.answers import Answer, iso, iso_or_none
from hub_service.api.bodies import Body
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.handlers import webhooks
from hub_service.handlers.hub import Hub
from hub_service.handlers.webhooks import Fresh
from hub_service.store.webhook_outbox import MessageRecord, State
from hub_service.store.webhooks import WebhookRecord
from locker.wire.bounds import WHOLE_MAX

Kind = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z]+\.(\*|[a-z_]+))$", max_length=60)]
Number = Annotated[int, Path(ge=0, le=WHOLE_MAX)]


class NewWebhook(Body):
    """An address for events: `kinds` like `parcel.collected` or `parcel.*`; none means all."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kinds: Annotated[list[Kind], Field(max_length=50)] = []  # noqa: RUF012 - pydantic copies defaults


class Since(Body):
    """From when on; with an offset or `Z`."""

    since: AwareDatetime


class Webhook(Answer):
    """An address for events. `disabled_why` says why nothing is sent there any more."""

    id: str
    url: str
    kinds: list[str]
    test: bool
    created_at: str
    failing_since: str | None
    disabled_at: str | None
    disabled_why: str


class FreshWebhook(Webhook):
    """A webhook with its secret, which is told here and nowhere else."""

    secret: str


class Webhooks(Answer):
    """The caller's webhooks, oldest first."""

    items: list[Webhook]


class Attempt(Answer):
    """One attempt to send a message: what was answered, or the problem that was in the way."""

    at: str
    took_ms: int
    status: int | None
    problem: str


class Delivery(Answer):
    """One message to a webhook; `webhook_id` is the header that every attempt has carried."""

    id: int
    webhook_id: str
    type: str
    state: State
    created_at: str
    next_at: str | None
    attempts: list[Attempt]
    body: str


class Deliveries(Answer):
    """Messages, newest first; `next` is the cursor of the following page, if there is one."""

    items: list[Delivery]
    next: str | None


class Replayed(Answer):
    """How many messages are sent once more."""

    messages: int


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["webhooks"], route_class=route_class(hub))
    owner = Depends(gate.needs("webhooks"))
    _add_addresses(routes, hub, owner)
    _add_messages(routes, hub, owner)
    return routes


def _add_addresses(routes: APIRouter, hub: Hub, owner: Any) -> None:
    @routes.post("/webhooks", status_code=201, responses=documented(400, 409, 413, 415))
    def add_webhook(body: NewWebhook, caller: Caller = owner) -> FreshWebhook:
        """Tells a program of events from now on, signed as Standard Webhooks has it."""
        return _fresh(granted(webhooks.add(hub, caller, body.url, tuple(body.kinds))))

    @routes.get("/webhooks", responses=documented())
    def list_webhooks(caller: Caller = owner) -> Webhooks:
        """The caller's webhooks, oldest first."""
        return Webhooks(items=[_shown(one) for one in webhooks.every(hub, caller)])

    @routes.get("/webhooks/{webhook_id}", responses=documented(404))
    def get_webhook(webhook_id: str, caller: Caller = owner) -> Webhook:
        """One webhook."""
        return _shown(granted(webhooks.one(hub, caller, webhook_id)))

    @routes.delete("/webhooks/{webhook_id}", responses=documented(404))
    def end_webhook(webhook_id: str, caller: Caller = owner) -> Webhook:
        """Nothing more is sent there."""
        return _shown(granted(webhooks.end(hub, caller, webhook_id)))

    @routes.post("/webhooks/{webhook_id}/enable", responses=documented(404))
    def enable_webhook(webhook_id: str, caller: Caller = owner) -> Webhook:
        """Sends there again after it was disabled, beginning with what waits."""
        return _shown(granted(webhooks.enable(hub, caller, webhook_id)))

    @routes.post("/webhooks/{webhook_id}/rotate", responses=documented(404))
    def rotate_secret(webhook_id: str, caller: Caller = owner) -> FreshWebhook:
        """Makes a new secret. For a day messages are signed with both."""
        return _fresh(granted(webhooks.rotate(hub, caller, webhook_id)))


def _add_messages(routes: APIRouter, hub: Hub, owner: Any) -> None:
    @routes.post("/webhooks/{webhook_id}/test", status_code=202, responses=documented(404))
    def test_webhook(webhook_id: str, caller: Caller = owner) -> Delivery:
        """Sends `webhook.test`; the log says whether it has arrived."""
        return _delivery(granted(webhooks.test(hub, caller, webhook_id)))

    @routes.get("/webhooks/{webhook_id}/deliveries", responses=documented(404))
    def list_deliveries(
        webhook_id: str, cursor: pages.Cursor = None, limit: pages.Limit = 50, caller: Caller = owner
    ) -> Deliveries:
        """What was sent, with every attempt; newest first."""
        place = pages.place(cursor)
        found = granted(webhooks.log(hub, caller, webhook_id, place[0] if place else None, limit + 1))
        shown = [_delivery(one) for one in found[:limit]]
        return Deliveries(items=shown, next=pages.cursor((shown[-1].id, "")) if len(found) > limit else None)

    @routes.post("/webhooks/{webhook_id}/deliveries/{number}/replay", status_code=202, responses=documented(404))
    def replay_delivery(webhook_id: str, number: Number, caller: Caller = owner) -> Delivery:
        """Sends one message once more, under the webhook-id that it had."""
        return _delivery(granted(webhooks.replay_one(hub, caller, webhook_id, number)))

    @routes.post("/webhooks/{webhook_id}/replay", status_code=202, responses=documented(400, 404, 413, 415))
    def replay_since(webhook_id: str, body: Since, caller: Caller = owner) -> Replayed:
        """Sends everything since a time once more: for a receiver that has lost what it had."""
        since_ms = _unix_ms(body.since)
        return Replayed(messages=granted(webhooks.replay_since(hub, caller, webhook_id, since_ms)))


def _shown(one: WebhookRecord) -> Webhook:
    return Webhook(
        id=one.id, url=one.url, kinds=list(one.kinds), test=one.test, created_at=iso(one.created_ms // 1000),
        failing_since=_iso_ms(one.failing_since_ms), disabled_at=_iso_ms(one.disabled_ms),
        disabled_why=one.disabled_why,
    )  # fmt: skip


def _fresh(made: Fresh) -> FreshWebhook:
    return FreshWebhook(**_shown(made.webhook).model_dump(), secret=made.secret)


def _delivery(one: MessageRecord) -> Delivery:
    attempts = [
        Attempt(at=iso(at_ms // 1000), took_ms=took_ms, status=status, problem=problem)
        for at_ms, took_ms, status, problem in one.attempts
    ]
    return Delivery(
        id=one.id, webhook_id=one.message, type=one.kind, state=one.state, created_at=iso(one.created_ms // 1000),
        next_at=_iso_ms(one.due_ms) if one.state == "waiting" else None, attempts=attempts, body=one.body,
    )  # fmt: skip


def _iso_ms(at_ms: int | None) -> str | None:
    return iso_or_none(None if at_ms is None else at_ms // 1000)


def _unix_ms(at: datetime) -> int:
    try:
        return round(at.timestamp() * 1000)
    except (OverflowError, ValueError):
        # The year 1 somewhere east: everything is later.
        return 0
