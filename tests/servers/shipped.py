"""The shipped settings and scripts of PostgreSQL, run as whoever runs a server here."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.servers.postgresql import PostgreSQL, _somebody, programs

SHIPPED = Path(__file__).parents[2] / "deploy" / "postgresql"
SIZES = ("shared_buffers", "effective_cache_size", "maintenance_work_mem", "max_wal_size", "archive_command")
"""What of the shipped settings is for another machine than one that runs tests."""


def settings() -> dict[str, str]:
    """The shipped settings that hold for any machine."""
    text = (SHIPPED / "hub.conf").read_text(encoding="utf-8")
    found = dict(re.findall(r"^(\w+) = ('[^']*'|[^\s#]+)", text, flags=re.MULTILINE))
    return {name: value.strip("'") for name, value in found.items() if name not in SIZES}


@cache
def scripts() -> Path:
    """The shipped scripts where whoever runs a server can reach them: root's own folder is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="hub-scripts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    folder.chmod(0o755)
    return folder


def script(name: str, *words: object, by: dict[str, Any] | None = None, **more: str) -> str:
    """Runs one of them, as whoever runs the server unless it is said who; what it says."""
    environment = os.environ | {"PGBIN": str(programs())} | more
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [scripts() / name, *map(str, words)], capture_output=True, text=True, check=False, timeout=60, cwd="/",
        env=environment, **(_somebody() if by is None else by),
    )  # fmt: skip
    assert done.returncode == 0, f"{name}: {done.stderr}"
    return done.stdout


def beside(server: PostgreSQL, name: str) -> Path:
    """A folder for another server, with room for its database."""
    folder = server.folder.with_name(f"{server.folder.name}-{name}")
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, _somebody()["user"])
    return folder
