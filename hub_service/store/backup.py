"""One file with all that a hub is: its database as of one moment, its keys, its settings. Keep it like a key.

A backup counts when it lies on the disk under its name and was read again; only then are lockers told what is safe.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hub_service.store.database import StoreError
from hub_service.store.keys import FOLDER
from hub_service.store.sql import Connection

CONTENTS = "contents.json"
FORMAT = 1
_DATABASE = "hub.sqlite"


def write(database: Path, target: Path) -> dict[str, str]:
    """Writes the backup and checks it; returns each locker's head in it. The hub may go on working meanwhile.

    Raises StoreError; then there is no file of that name.
    """
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            copy, made = Path(folder) / _DATABASE, Path(folder) / "made"
            _copy(database, copy)
            heads = _heads(copy)
            _pack([(copy, _DATABASE), *_companions(database.parent)], made)
            _check(made)
            made.replace(target)
            _sync(target.parent)
    except (OSError, EOFError, zlib.error, sqlite3.Error, tarfile.TarError) as error:
        raise StoreError(f"can't write the backup {target}: {error}") from error
    return heads


def unpack(backup: Path, data_dir: Path) -> None:
    """Lays a backup out as a hub's data folder, which must be empty or missing. Raises StoreError."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise StoreError(f"{data_dir} isn't empty: move what is there away first, nothing is overwritten")
    try:
        _check(backup)
        data_dir.mkdir(parents=True, exist_ok=True)
        with tarfile.open(backup) as archive:
            for member in archive.getmembers():
                if member.name != CONTENTS:
                    _lay_out(archive, member, data_dir)
        _sync(data_dir)
    except (OSError, tarfile.TarError) as error:
        raise StoreError(f"can't restore {backup}: {error}") from error


def remember(db: Connection, name: str, size_bytes: int, heads: dict[str, str], at_ms: int) -> None:
    """A backup is complete: what was in it is safe."""
    db.execute("INSERT INTO backups (at_ms, name, bytes) VALUES (?, ?, ?)", (at_ms, name, size_bytes))
    for locker_id, head in heads.items():
        db.execute("UPDATE lockers SET safe = ? WHERE id = ?", (head, locker_id))


def _copy(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # One file instead of three: a log left behind would be forgotten sooner or later.
        target.execute("PRAGMA journal_mode = DELETE")
        found = target.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise StoreError(f"the database is damaged ({found}): restore an older backup")


def _heads(copy: Path) -> dict[str, str]:
    with closing(sqlite3.connect(copy)) as db:
        # What is parked is stored as well, so the whole chain up to the head is in here.
        return dict(db.execute("SELECT id, head FROM lockers"))


def _companions(data_dir: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(data_dir.iterdir()):
        # Its own database was copied; the log and index beside it belong to the running hub.
        if (
            path.is_file()
            and not path.name.startswith((_DATABASE, "."))
            and not path.name.endswith((".tar.gz", ".lock"))
        ):
            yield path, path.name
    for path in sorted((data_dir / FOLDER).iterdir()):
        yield path, f"{FOLDER}/{path.name}"


def _pack(files: list[tuple[Path, str]], made: Path) -> None:
    contents = {"format": FORMAT, "sha256": {name: _digest(path.read_bytes()) for path, name in files}}
    said = json.dumps(contents).encode()
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            info = tarfile.TarInfo(CONTENTS)
            info.size = len(said)
            archive.addfile(info, io.BytesIO(said))
            for path, name in files:
                archive.add(path, name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _check(backup: Path) -> None:
    """Reads the whole file again. Raises StoreError when a byte of it isn't what it was."""
    try:
        with tarfile.open(backup) as archive:
            contents = json.loads(_read(archive, archive.getmember(CONTENTS)))
            found = {one.name: _digest(_read(archive, one)) for one in archive.getmembers() if one.name != CONTENTS}
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError, OSError) as error:
        raise StoreError(f"{backup} is no backup of a hub, or damaged: {type(error).__name__}") from error
    if contents.get("format") != FORMAT:
        raise StoreError(f"{backup} was written by a newer program: update the program")
    if contents["sha256"] != found:
        raise StoreError(f"{backup} is damaged: take another one")


def _lay_out(archive: tarfile.TarFile, member: tarfile.TarInfo, data_dir: Path) -> None:
    # Names come from a file that somebody brings along: only those that a backup has are taken.
    name = Path(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts or len(name.parts) > 2:
        raise StoreError(f"{member.name} doesn't belong into a backup: nothing was restored")
    target = data_dir / name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_read(archive, member))
        file.flush()
        os.fsync(file.fileno())


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return b"" if file is None else file.read()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sync(folder: Path) -> None:
    # A new name is durable when its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
