"""Folders and files for servers that refuse to work as root: what they read and write belongs to somebody else."""

from __future__ import annotations

import asyncio
import functools
import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, ParamSpec

import pytest

P = ParamSpec("P")
DEPLOY = Path(__file__).parents[2] / "deploy"


def as_nobody() -> dict[str, Any]:
    """How to start a program that refuses to be root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def given(folder: Path) -> None:
    """Makes a folder, and all that lies in it, the server's."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def played(story: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Lets a test be told as it happens: with an event loop of its own."""

    @functools.wraps(story)
    def test(*given: P.args, **more: P.kwargs) -> None:
        asyncio.run(story(*given, **more))

    return test


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that others than root may reach; pytest's own may be read by its owner only."""
    folder = Path(tempfile.mkdtemp(prefix="parcel-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
