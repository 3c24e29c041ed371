"""A backup that is cut off: no file in the folder is half a backup, and nobody counts on what isn't in a whole one."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hub_service.handlers import backups
from hub_service.settings import DATABASE
from hub_service.store import backup
from hub_service.store.database import StoreError
from locker.wire.chain import GENESIS
from tests.crash_points.locker_kinds import deposited, elm, is_fetched
from tests.crash_points.town import CrashTown, Fuse

KEPT = 2


class Folder:
    """Where backups go, on a file system that forgets: names that weren't synced may be lost, contents torn.

    `whole` are files whose contents were synced; `known` are names that the folder was synced with.
    """

    def __init__(self, path: Path, fuse: Fuse) -> None:
        self.path, self._fuse = path, fuse
        self.known: dict[str, bytes] = {}
        self._whole: set[int] = set()
        path.mkdir()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Each call that changes something on the file system is a moment."""
        with pytest.MonkeyPatch.context() as stand_ins:
            stand_ins.setattr(backup, "os", _Calls(self))
            stand_ins.setattr(Path, "replace", self._counted(Path.replace))
            stand_ins.setattr(Path, "unlink", self._counted(Path.unlink))
            yield

    def synced(self, handle: int) -> None:
        """What a program has asked to be made durable is."""
        self._fuse.touch("sync")
        os.fsync(handle)
        self._whole.add(os.fstat(handle).st_ino)
        if os.fstat(handle).st_ino == self.path.stat().st_ino:
            self.known = self._files()

    def lose_power(self, chance: random.Random) -> None:
        """What the folder wasn't synced with is there or not; what wasn't synced itself is torn."""
        for name, content in self._files().items():
            path = self.path / name
            if path.stat().st_ino not in self._whole:
                path.write_bytes(content[: chance.randrange(len(content) + 1)])
            elif name not in self.known and chance.random() < 0.5:
                path.unlink()
        for name, content in self.known.items():
            if not (self.path / name).exists() and chance.random() < 0.5:
                (self.path / name).write_bytes(content)

    def _files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.path.iterdir() if path.is_file()}

    def _counted(self, really: Any) -> Any:
        def does(path: Path, *asked: Any) -> Any:
            self._fuse.touch("name")
            return really(path, *asked)

        return does


class _Calls:
    """`os`, as the shipping module knows it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, *asked: Any) -> int:
        self._folder._fuse.touch("open")
        return os.open(*asked)

    def fsync(self, handle: int) -> None:
        self._folder.synced(handle)


def something_to_keep(town: CrashTown) -> Folder:
    """There are older backups, and what an earlier power cut has left of one; a parcel has come since."""
    folder = Folder(town._folder / f"backups-{town.timeline.now_ms}", town.hub_fuse)
    (folder.path / ".backup-cut-off").mkdir()
    for _ in range(KEPT):
        _back_up(town, folder)
        town.wait(1)
    deposited(town)
    return folder


def backs_up(town: CrashTown, folder: Folder) -> None:
    """The hub makes a backup; where its power goes, what the folder has not synced goes as well."""
    ends = town.hub_ends
    _back_up(town, folder)
    if town.hub_ends > ends:
        folder.lose_power(town.tear)
    town.wait(1)


def is_counted_on_if_whole(town: CrashTown, folder: Folder) -> None:
    """Each file is a whole backup, what is safe is in one of them, and the next one is made."""
    found = _whole(folder)
    assert len(found) >= KEPT, f"older backups are gone: {sorted(found)}"
    _safe_is_in(town, found)
    town.wait(1)
    assert _back_up(town, folder), "the next backup is made"
    _safe_is_in(town, _whole(folder))
    is_fetched(town, town.parcels[-1])
    assert elm(town).journal.safe != GENESIS, "the locker hears of it with its next report"
    shutil.rmtree(folder.path)


def _back_up(town: CrashTown, folder: Folder) -> bool:
    database = _on_a_real_disk(town)
    with folder.watched():
        made = town.ask(lambda: backups.make(town.hub, database, folder.path, KEPT, "the clock"))
    return made is not None


def _on_a_real_disk(town: CrashTown) -> Path:
    # The hub's own lies on a simulated disk; what a second process would read of it is there for a moment.
    for name, file in town.hub_disk.files.items():
        (town._folder / name).write_bytes(bytes(file.current))
    return town._folder / DATABASE


def _whole(folder: Folder) -> dict[str, dict[str, str]]:
    """The head of each locker's reports in every backup of the folder."""
    found = {}
    for path in sorted(folder.path.glob("hub-*")):
        restored = folder.path / f".restored-{path.name}"
        try:
            backup.unpack(path, restored)
        except StoreError as error:
            raise AssertionError(f"half a backup has the name of a whole one: {error}") from error
        found[path.name] = backup._heads(restored / DATABASE)
        shutil.rmtree(restored)
    return found


def _safe_is_in(town: CrashTown, found: dict[str, dict[str, str]]) -> None:
    safe = str(town._rows("SELECT safe FROM lockers WHERE id = ?", "elm")[0]["safe"])
    newest = max((_position(town, heads["elm"]) for heads in found.values()), default=0)
    assert _position(town, safe) <= newest, "a locker would let go what is in no backup"


def _position(town: CrashTown, digest: str) -> int:
    rows = town._rows("SELECT position FROM reports WHERE locker_id = ? AND digest = ?", "elm", digest)
    return int(rows[0]["position"]) if rows else 0
