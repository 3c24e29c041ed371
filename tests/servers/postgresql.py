"""A PostgreSQL server for tests, measurements and trials: in a folder of its own, on a free port, gone at the end.

It is as quick as it is forgetful unless it is asked to be durable. It never runs as root.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from locker.twin.ports import free_port

READY_TIMEOUT_S = 30.0
LOOK_S = 0.02
MEMORY = Path("/dev/shm")
_PR_SET_PDEATHSIG = 1
INSTALLED = Path("/usr/lib/postgresql")
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path | None:
    """Where the newest installed server's programs are; None: there is none."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass
class PostgreSQL:
    """One server. `durable`: it survives its machine's power, which costs a sync a commit. Stop it with `stop`."""

    durable: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    folder: Path = field(default_factory=lambda: _folder(MEMORY if MEMORY.is_dir() else None))
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        bin_dir = programs()
        assert bin_dir is not None, "PostgreSQL is missing: apt install postgresql"
        self._bin = bin_dir
        self.port = self.port or free_port()
        if not self.data.exists():
            self._call("initdb", "-D", str(self.data), "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://hub@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts what lies in the folder, and waits until it answers."""
        chosen = {
            "port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder),
            "max_connections": "200", "shared_buffers": "128MB", "logging_collector": "off",
        } | ({} if self.durable else _FORGETFUL) | self.settings  # fmt: skip
        words = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self.data), *words], stdout=log, stderr=log, cwd="/",
                start_new_session=True, preexec_fn=_die_with_us, **_somebody(),
            )  # fmt: skip
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it: SIGINT is quick and orderly, SIGKILL what a power cut is; the folder stays."""
        if self.process is not None:
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Ends it and takes its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        """Runs one statement; returns its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def _call(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *words], capture_output=True, text=True, cwd="/", **_somebody()
        )  # type: ignore[call-overload]
        assert done.returncode == 0, f"{program}: {done.stderr[-500:]}"

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, (self.folder / "log").read_text()[-800:]
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(LOOK_S)
        raise AssertionError("PostgreSQL doesn't answer")


@contextmanager
def running(**options: Any) -> Iterator[PostgreSQL]:
    """A server for the time of a block."""
    server = PostgreSQL(**options)
    try:
        yield server
    finally:
        server.remove()


def on_disk() -> Path:
    """A folder for a server that is to pay for its syncs."""
    return _folder(None)


def _folder(where: Path | None) -> Path:
    # Short: the path of a Unix socket has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-", dir=where))
    if os.geteuid() == 0:
        shutil.chown(folder, _somebody()["user"])
    return folder


def _somebody() -> dict[str, Any]:
    """Who runs it: whoever asks, but for root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _die_with_us() -> None:
    # A test run that is killed takes its server along: nobody else would ever stop it.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
