"""Requests that are sent again: the same key with the same content gets the first answer, and has one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import repeats, webhook_outbox
from hub_service.store.repeats import Answer

KEPT_MS = 48 * 3_600_000
MESSAGES_KEPT_MS = 30 * 24 * 3_600_000
AT_ONCE = 1_000
WAIT_S = 10.0
"""How long a repeat waits for the first one before it is told to come again."""

_LOOK_EVERY_S = 0.05


async def once(
    hub: Hub, names: tuple[str, str], digest: str, work: Callable[[], Awaitable[Answer | None]]
) -> Answer | Refusal | None:
    """The first answer to this caller's key; `work` is done only where there is none yet.

    `work` answers None where it had no effect and may be tried anew; exceptions of it count like that too.
    """
    for turn in range(round(WAIT_S / _LOOK_EVERY_S)):
        # Whoever waits only looks: all writers of the hub would stand still for each of its questions.
        claimed = await asyncio.to_thread(_look, hub, names, digest) if turn else None
        claimed = claimed or await asyncio.to_thread(_claim, hub, names, digest)
        if claimed == "yours":
            return await _worked(hub, names, work)
        if isinstance(claimed, Answer):
            return claimed
        if claimed == "other_request":
            return Refusal(
                "key_used_otherwise", "This Idempotency-Key came with another request before: use a new one."
            )
        await asyncio.sleep(_LOOK_EVERY_S)
    return Refusal("first_under_way", "The first request with this Idempotency-Key is still under way: ask again.")


def forget_old(hub: Hub) -> None:
    """Drops answers and messages to programs that nobody will ask for again."""
    now_ms = hub.now_ms()
    more = True
    while more:
        # In small pieces, also after a standstill: others write between two of them.
        with hub.store.write() as db:
            answers = repeats.forget_before(db, now_ms - KEPT_MS, AT_ONCE)
            messages = webhook_outbox.forget_before(db, now_ms - MESSAGES_KEPT_MS, AT_ONCE)
        more = answers or messages


async def _worked(hub: Hub, names: tuple[str, str], work: Callable[[], Awaitable[Answer | None]]) -> Answer | None:
    answer = None
    try:
        answer = await work()
    finally:
        # Also when the client has gone: what was claimed must not stay so until the lease ends.
        await asyncio.shield(asyncio.to_thread(_end, hub, names, answer))
    return answer


def _look(hub: Hub, names: tuple[str, str], digest: str) -> object:
    with hub.store.read() as db:
        return repeats.known(db, hub.store, names, digest, hub.now_ms())


def _claim(hub: Hub, names: tuple[str, str], digest: str) -> object:
    with hub.store.write() as db:
        return repeats.claim(db, hub.store, names, digest, hub.now_ms())


def _end(hub: Hub, names: tuple[str, str], answer: Answer | None) -> None:
    with hub.store.write() as db:
        if answer is None:
            repeats.release(db, names)
        else:
            repeats.keep(db, hub.store, names, answer)
