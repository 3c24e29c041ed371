"""Puts the hub together: HTTP interface, pages, the link to the lockers, notices and duties, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from hub_service import broker_watch, duties, memory, stocking, web
from hub_service.api import health, routes
from hub_service.api.requests import Requests
from hub_service.domain.courtesy import Courtesy
from hub_service.domain.deadlines import HOUR_S
from hub_service.handlers.hub import Hub, open_hub
from hub_service.home_assistant import Discovery
from hub_service.locker_link import Bus, LockerLink
from hub_service.notices.channels import Channel, Mailbox
from hub_service.notices.providers import channels
from hub_service.notices.pusher import Pusher, Sender
from hub_service.notices.settings import NoticeSettings
from hub_service.notices.settings import load as notice_settings
from hub_service.notices.worker import Worker
from hub_service.settings import Settings, SettingsError
from hub_service.store.database import StoreError
from hub_service.web.provider import Provider
from hub_service.web.provider import load as load_provider
from hub_service.webhooks.worker import Worker as WebhookWorker

Task = Callable[[], Coroutine[Any, Any, None]]
_log = logging.getLogger(__name__)


def build(
    hub: Hub,
    demo: bool,
    tasks: tuple[Task, ...] = (),
    provider: Provider | None = None,
    has_broker: Callable[[], bool] = lambda: True,
) -> FastAPI:
    """The app that answers; `tasks` run beside it for as long as it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        running = [asyncio.create_task(_kept(task, hub)) for task in tasks]
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    app = FastAPIOffline(title="Parcel hub", version="1", lifespan=lifespan)
    routes.add(app, hub, demo)

    health.add(app, hub, has_broker)
    app.add_middleware(Requests, measures=hub.measures)
    app.include_router(web.router(hub, demo, provider))
    return app


async def serve(settings: Settings) -> None:
    """Runs the hub until SIGTERM or Ctrl-C; prints a line of JSON when it answers.

    Raises StoreError, SettingsError and NoticeSettingsError.
    """
    memory.give_back_large()
    listener = _listen(settings)
    url = settings.public_url.rstrip("/") or f"http://{settings.host}:{listener.getsockname()[1]}"
    notices = notice_settings(settings.data_dir)
    hub = open_hub(
        settings.data_dir, settings.database, public_url=url, links=settings.demo_links, moved=settings.demo,
        courtesy=_courtesy(notices), private_webhooks=settings.demo or settings.allow_private_webhooks,
    )  # fmt: skip
    bus = Bus(
        settings.broker_host, settings.broker_port, *_login(settings), settings.broker_shared, settings.broker_qos
    )
    link = LockerLink(hub, bus)
    calling = WebhookWorker(hub.store, hub.now_ms, hub.private_webhooks, hub.measures)
    hub.store.on_commit(hub.measures.commits.inc)
    pushing = Pusher(
        hub.store, Sender(hub.keys.push, url), hub.now_ms, allow_private=hub.private_webhooks, zone=notices.zone_info
    )
    tasks: tuple[Task, ...] = (link.run, calling.run, pushing.run, lambda: duties.run(hub, settings.keep_events_months))
    tasks = (*tasks, lambda: broker_watch.run(link.bus, hub.measures), lambda: stocking.run(hub))
    if settings.home_assistant:
        tasks = (*tasks, Discovery(hub, link.bus).run)
    channel: Channel | None = Mailbox(hub.store, hub.now_ms) if settings.demo else channels(notices)
    if not settings.demo and not notices.mail and not notices.service:
        # Nothing is lost: they are sent as soon as there is one.
        _log.warning("no channel is set up yet (notices.toml): notices wait in the outbox")
        channel = None
    if channel:
        tasks = (*tasks, Worker(hub.store, channel, hub.now_ms, notices.zone_info, hub.measures).run)
    server = uvicorn.Server(
        uvicorn.Config(
            build(hub, settings.demo, tasks, load_provider(settings.data_dir), link.connected.is_set),
            log_config=None,
            access_log=False,
        )
    )
    _end_quietly(server)
    hub.store.on_broken(lambda: setattr(server, "should_exit", True))
    announcing = asyncio.create_task(_announce(server, url))
    try:
        await server.serve(sockets=[listener])
    finally:
        announcing.cancel()
        # Threads go on after their tasks: a mail that is with its server by now must be noted, or it is sent again.
        link.close()
        await asyncio.get_running_loop().shutdown_default_executor()
        hub.store.close()
    if hub.store.broken:
        # Not as if somebody had asked for it: whoever watches over the hub starts it again.
        raise StoreError("a write has failed: look at the disk, then start the hub again")


def _courtesy(notices: NoticeSettings) -> Courtesy:
    quiet, before_s = notices.quiet, tuple(hours * HOUR_S for hours in notices.remind_before_h)
    if quiet is None:
        return Courtesy(notices.zone_info, remind_before_s=before_s)
    return Courtesy(notices.zone_info, quiet.from_hour, quiet.until_hour, before_s)


async def _kept(task: Task, hub: Hub) -> None:
    # Each task catches what it expects; whatever else ends one is a fault, and it starts anew.
    while True:
        try:
            await task()
        except Exception:  # noqa: BLE001 - the hub must go on without a part of it, and say so
            hub.measures.failed.labels("task").inc()
            _log.exception("a part of the hub has failed and starts again")
        await asyncio.sleep(1)


async def _announce(server: uvicorn.Server, url: str) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    print(json.dumps({"hub_url": url}), flush=True)  # noqa: T201


def _end_quietly(server: uvicorn.Server) -> None:
    # uvicorn raises the signal that ended it once more, for whoever was there before: that is us, and all is done.
    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.host, settings.port), backlog=256)
    except OSError as error:
        raise SettingsError(f"can't listen on {settings.host}:{settings.port}: {error.strerror}") from error


def _login(settings: Settings) -> tuple[str | None, str | None]:
    if not settings.broker_username:
        return None, None
    file = settings.broker_password_file
    if file is None:
        return settings.broker_username, None
    try:
        return settings.broker_username, file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"broker_password_file: can't read {file}: {error.strerror}") from error
