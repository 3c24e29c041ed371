"""Time and slow hashes of shipping modules come from the seed while it runs; everything else is as it ships."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any

import apsw

import hub_service.handlers.contents
import hub_service.handlers.hub
import hub_service.handlers.replacing
import hub_service.intake
import hub_service.locker_link
import locker.code_entry
import locker.daemon
import locker.journal
from tests.simulation import coverage
from tests.simulation.world import Gone, World


def _quick_tag(code: str, key: bytes) -> str:
    return blake2b(code.encode(), key=key, digest_size=16).hexdigest()


def _but_for_disks(hook: Callable[[Any], object]) -> Callable[[Any], None]:
    """What SQLite has already swallowed of a disk's failure (it tries a pragma, and goes on) is no news."""

    def told(unraisable: Any) -> None:
        if not isinstance(unraisable.exc_value, apsw.Error | Gone):
            hook(unraisable)

    return told


def _telling(world: World) -> Callable[..., None]:
    """Journals that say aloud what they write down, for whoever reads the story of one seed."""
    append = locker.journal.Journal.append

    def aloud(journal: locker.journal.Journal, facts: Any) -> None:
        append(journal, facts)
        where: Any = journal._connection
        for fact in facts:
            told = {
                name: value for name, value in asdict(fact).items() if name not in ("at", "kind", "order") and value
            }
            world.tell("   ", where.filename.split("/")[1][:8], fact.kind, told)

    return aloud


@contextmanager
def stand_ins(world: World) -> Iterator[None]:
    """Puts the world's time into shipping modules, and takes them out again."""
    replaced: list[tuple[Any, str, Any]] = [
        (hub_service.handlers.replacing, "access_tag", _quick_tag),
        (hub_service.locker_link, "time", SimpleNamespace(monotonic=lambda: world.now_ms / 1000)),
        (hub_service.intake, "Ed25519PublicKey", world.signatures),
        (locker.daemon, "TICK_MS", 20_000),
        (locker.journal, "_ROOM_BYTES", 8_192),
    ]
    for module in (hub_service.handlers.hub, hub_service.handlers.contents, locker.code_entry):
        replaced.append((module, "access_tag", _quick_tag))
    replaced += coverage.counted(world.cells)
    replaced.append((sys, "unraisablehook", _but_for_disks(sys.unraisablehook)))
    if world.told is not None:
        replaced.append((locker.journal.Journal, "append", _telling(world)))
    before = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    for module, name, value in replaced:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
