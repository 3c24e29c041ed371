"""What systemd is told, and that two daemons never share a locker."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from locker.supervision import AlreadyRunning, alone, notify


def test_systemd_is_told_where_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        notify("READY=1")

        assert systemd.recv(100) == b"READY=1"


def test_a_name_in_the_kernel_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("")  # Linux chooses a free abstract name
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + systemd.getsockname()[1:].decode())

        notify("WATCHDOG=1")

        assert systemd.recv(100) == b"WATCHDOG=1"


def test_nobody_is_told_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify("READY=1")


def test_a_second_daemon_is_turned_away_until_the_first_has_ended(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyRunning, match="stop the locker's daemon"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_a_supervisor_that_does_not_read_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        for _ in range(2_000):
            notify("WATCHDOG=1")

        deaf.setblocking(False)
        assert deaf.recv(100) == b"WATCHDOG=1"
