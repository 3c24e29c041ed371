"""The guardian alone: what it does with each line from the daemon, and that it leaves no lock energised behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from locker.devices.pulses import PulseRule
from locker.guardian import Guardian


class Relays:
    """Outputs that write down what was done to them, and can be broken."""

    def __init__(self) -> None:
        self.done: list[tuple[int, bool] | str] = []
        self.broken = False

    def set(self, n: int, energised: bool) -> None:
        if self.broken:
            raise OSError("the line is gone")
        self.done.append((n, energised))

    def close(self) -> None:
        self.done.append("all released")


class Rig:
    """A guardian in a thread, and the daemon's end of its socket."""

    def __init__(self) -> None:
        self.relays = Relays()
        self.daemon, theirs = socket.socketpair()
        self.stop, stop = socket.socketpair()
        guardian = Guardian(theirs, self.relays, PulseRule([1, 2], 200, 1))
        self.fault: BaseException | None = None

        def run() -> None:
            try:
                guardian.run(stop)
            except OSError as fault:
                self.fault = fault
            finally:
                theirs.close()
                stop.close()

        self._thread = threading.Thread(target=run)
        self._thread.start()
        self.daemon.settimeout(5)
        self._lines = self.daemon.makefile("r", encoding="ascii")

    def hears(self) -> str:
        return self._lines.readline().rstrip("\n")

    def ended(self) -> None:
        self._thread.join(5)
        assert not self._thread.is_alive()
        assert self.relays.done[-1] == "all released"

    def close(self) -> None:
        self._lines.close()
        self.daemon.close()
        self.ended()
        self.stop.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    one = Rig()
    assert one.hears() == "ready"
    yield one
    one.close()


def test_a_pulse_begins_and_ends_by_itself(rig: Rig) -> None:
    rig.daemon.send(b"pulse 1 50\n")
    assert [rig.hears(), rig.hears()] == ["began 1", "ended 1"]
    assert rig.relays.done == [(1, True), (1, False)]


def test_what_is_refused_is_said_and_not_done(rig: Rig) -> None:
    rig.daemon.send(b"pulse 9 50\npulse 1 200\npulse 2 50\n")
    assert [rig.hears() for _ in range(3)] == ["refused 9 no such lock", "began 1", "refused 2 too many energised"]
    assert rig.relays.done == [(1, True)]


def test_lines_that_make_no_sense_do_nothing(rig: Rig) -> None:
    rig.daemon.send(b"open all\npulse\npulse -1 50\npulse 1 1e9\n\xff\xfe\npulse 2 50\n")
    assert rig.hears() == "began 2"


def test_a_line_may_come_in_pieces(rig: Rig) -> None:
    rig.daemon.send(b"pul")
    rig.daemon.send(b"se 1 50\n")
    assert rig.hears() == "began 1"


def test_the_end_of_the_pipe_releases_everything(rig: Rig) -> None:
    rig.daemon.send(b"pulse 1 200\n")
    assert rig.hears() == "began 1"
    rig.daemon.shutdown(socket.SHUT_RDWR)
    rig.ended()


def test_a_polite_stop_releases_everything(rig: Rig) -> None:
    rig.daemon.send(b"pulse 1 200\n")
    assert rig.hears() == "began 1"
    rig.stop.send(b"x")
    rig.ended()


def test_a_line_that_cannot_be_driven_ends_the_guardian_with_all_released(rig: Rig) -> None:
    rig.relays.broken = True
    rig.daemon.send(b"pulse 1 50\n")
    rig.ended()
    assert isinstance(rig.fault, OSError)


def test_a_daemon_that_does_not_read_does_not_hold_up_the_end_of_a_pulse(rig: Rig) -> None:
    rig.daemon.send(b"pulse 9 50\n" * 5_000)
    rig.daemon.send(b"pulse 1 50\n")
    while (line := rig.hears()) != "ended 1":
        assert line in {"refused 9 no such lock", "began 1"}
