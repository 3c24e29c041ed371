"""Backups of a hub, and the hub that comes back from one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub_service.handlers.hub import Hub
from hub_service.store import audit, backup, lockers, orders
from hub_service.store.database import StoreError
from hub_service.store.location import Server

PREFIX, SUFFIX = "hub-", ".tar.gz"
ON_A_SERVER = (
    "this hub's database is on a PostgreSQL server, which keeps its own backups (deploy/postgresql/README.md);"
    " copy the folder `keys` and the .toml files beside it by hand"
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is complete. `size_bytes` is that of its file; `removed` are older ones that were not kept."""

    name: str
    size_bytes: int
    removed: tuple[str, ...]


def make(hub: Hub, database: Path | Server, folder: Path, keep: int, by: str) -> Backup:
    """Writes a backup into a folder and leaves the `keep` newest there; lockers then hear what is safe.

    Raises StoreError, with nothing removed.
    """
    if isinstance(database, Server):
        raise StoreError(ON_A_SERVER)
    folder.mkdir(parents=True, exist_ok=True)
    # The number of milliseconds sorts like the time, and says the same in every zone.
    target = folder / f"{PREFIX}{hub.now_ms()}{SUFFIX}"
    heads = backup.write(database, target)
    size_bytes = target.stat().st_size
    with hub.store.write() as db:
        backup.remember(db, target.name, size_bytes, heads, hub.now_ms())
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="backup_made", about=f"backup {target.name}"))
    return Backup(target.name, size_bytes, _forget_old(folder, keep))


def heads(hub: Hub) -> dict[str, str]:
    """Where each locker stands now: whatever a server's own tools copy from here on holds at least this."""
    with hub.store.read() as db:
        return {locker.id: locker.head for locker in lockers.every(db)}


def ended(hub: Hub, name: str, size_bytes: int, heads: dict[str, str], by: str) -> None:
    """A server's own backup is complete; lockers then hear what is safe."""
    with hub.store.write() as db:
        backup.remember(db, name, size_bytes, heads, hub.now_ms())
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="backup_made", about=f"backup {name}"))


def came_back(hub: Hub, name: str, by: str) -> int:
    """The hub was restored: every locker gets everything in an epoch that no other hub has used. Returns how many."""
    with hub.store.write() as db:
        every = lockers.every(db)
        for locker in every:
            # The hub before knew more: what it has told since would contradict what this one tells next.
            orders.begin_epoch(db, locker.id, hub.draws.epoch())
            lockers.update(db, locker.id, online=0)
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="restored", about=f"backup {name}"))
    return len(every)


def _forget_old(folder: Path, keep: int) -> tuple[str, ...]:
    found = sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))
    old = found[:-keep] if keep else []
    for path in old:
        path.unlink()
    return tuple(path.name for path in old)
