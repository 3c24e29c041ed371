"""A hub that is asked to stop while a mail is on its way ends that first: it mustn't be sent again by the next one."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub_service import cli
from hub_service.store import keys, outbox
from hub_service.store.databases import open_store
from locker.twin.ports import free_port
from tests.notices.conftest import READY
from tests.servers.where import database

PATIENCE_S = 20.0
SHORT_S = 0.3
"""So long a hub is given to forget the mail that it shouldn't forget."""


@dataclass
class SlowPostman:
    """A mail server that takes its time before it says that it has a mail."""

    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    taken: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        self.begun.set()
        # In the server's own loop, where nobody else waits.
        assert self.go_on.wait(PATIENCE_S)
        self.taken += 1
        return "250 OK"


@pytest.fixture
def postman() -> SlowPostman:
    return SlowPostman()


@pytest.fixture
def port(postman: SlowPostman) -> Iterator[int]:
    port = free_port()
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


def test_the_mail_that_is_under_way_is_noted_before_the_store_is_closed(
    tmp_path: Path, postman: SlowPostman, port: int
) -> None:
    where = database(tmp_path)
    assert cli.main(["init", "--data-dir", str(tmp_path)]) == 0
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "lockers@example.org"\n'
    (tmp_path / "notices.toml").write_text(mail)
    store = open_store(where, keys.load(tmp_path).vault)
    with store.write() as db:
        outbox.put(db, store, READY, 1)
    words = [sys.executable, "-m", "hub_service", "run", "--data-dir", str(tmp_path), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        address = json.loads(hub.stdout.readline())["hub_url"].rpartition(":")[2]
        assert postman.begun.wait(PATIENCE_S)
        hub.send_signal(signal.SIGTERM)
        wait_until_nobody_answers(int(address))
        postman.go_on.wait(SHORT_S)
        postman.go_on.set()
        _, noise = hub.communicate(timeout=PATIENCE_S)
    assert (hub.returncode, "Traceback" in noise) == (0, False), noise
    with store.read() as db:
        assert [one.state for one in outbox.told(db, READY.parcel_id)] == ["sent"]
    assert postman.taken == 1
    store.close()


def wait_until_nobody_answers(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return
    raise AssertionError("the hub goes on")
