"""Browsers and programs in the town: the hub's pages and its HTTP interface, in process."""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import httpx

from hub_service.app import build
from hub_service.handlers import users
from hub_service.notices.channels import Mailbox
from hub_service.notices.pusher import Pusher, Sender
from hub_service.notices.worker import Worker
from hub_service.store import outbox
from hub_service.store.outbox import Mail
from tests.pair.town import Town

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@contextmanager
def browser(town: Town) -> Iterator[httpx.Client]:
    """Somebody without a cookie, or a program without a key yet."""
    with TestClient(build(town.hub, demo=False)) as client:
        yield client


@contextmanager
def desk(town: Town, login: str, role: str) -> Iterator[httpx.Client]:
    """One of the operator's people, signed in."""
    made = users.add(town.hub, login, role, "shell")  # type: ignore[arg-type]
    assert isinstance(made, users.NewUser)
    with browser(town) as client:
        client.post("/operate/sign-in", data={"login": login, "password": made.password})
        client.post("/operate/password", data={"password": "four unrelated words here"})
        yield client


def words(page: httpx.Response) -> str:
    """A page's words as people read them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def mails(town: Town) -> list[Mail]:
    """What the hub has sent by now, oldest first."""
    Worker(town.hub.store, Mailbox(town.hub.store, town.hub.now_ms), town.hub.now_ms).work()
    return outbox.mailbox(town.hub.store)[::-1]


def push(town: Town) -> None:
    """The hub tells browsers what is due."""
    hub = town.hub
    asyncio.run(Pusher(hub.store, Sender(hub.keys.push, hub.public_url), hub.now_ms, allow_private=True).work())
