"""Fills the hub's stock of access codes beforehand: whoever announces a parcel waits for no slow hash."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys

from hub_service.handlers.code_stock import Stocked
from hub_service.handlers.hub import Hub
from hub_service.store import lockers

START_S = 10.0
"""A hub that has just started has more urgent things to do."""

LOOK_S = 5.0
LIST_EVERY = 720
"""About once an hour: which lockers there are. Whoever announces for a new one before puts it on the list as well."""

ROUND = 40
"""So many codes are asked for at once: about a second of a core."""

_log = logging.getLogger(__name__)


async def run(hub: Hub) -> None:
    """Looks every few seconds until cancelled."""
    await asyncio.sleep(START_S)
    known: list[str] = []
    turn = 0
    while True:
        if turn % LIST_EVERY == 0:
            known = await asyncio.to_thread(_all, hub)
        if hub.stock.lacking(known, 1):
            await _filled(hub, known)
        turn += 1
        await asyncio.sleep(LOOK_S)


async def _filled(hub: Hub, known: list[str]) -> None:
    """Works until nothing is lacking, in a process that isn't there when it isn't needed."""
    words = (sys.executable, "-m", "hub_service.hashing")
    child = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    try:
        while some := hub.stock.lacking(known, ROUND):
            await _round(hub, child, some)
    except (EOFError, ConnectionError):
        _log.warning("the process that works codes out in advance has ended: announcing takes longer")
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _round(hub: Hub, child: asyncio.subprocess.Process, some: list[str]) -> None:
    assert child.stdin is not None and child.stdout is not None
    sealed = await asyncio.to_thread(_keys, hub, some)
    for locker_id in some:
        pin, key = hub.draws.pin(), lockers.opened_code_key(hub.store, sealed[locker_id])
        # By its input, as other users of the machine can read the words that a process is started with.
        child.stdin.write(json.dumps({"pin": pin, "key": key.hex()}).encode() + b"\n")
        await child.stdin.drain()
        tag = (await child.stdout.readline()).decode().strip()
        if not tag:
            raise EOFError
        hub.stock.put(locker_id, sealed[locker_id], [Stocked(pin, tag)])


def _all(hub: Hub) -> list[str]:
    with hub.store.read() as db:
        return lockers.ids(db)


def _keys(hub: Hub, some: list[str]) -> dict[str, bytes]:
    with hub.store.read() as db:
        return lockers.sealed_code_keys(db, list(dict.fromkeys(some)))
