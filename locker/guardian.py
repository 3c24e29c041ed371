"""Holds the output lines, alone, and ends every pulse: by its own clock, and when the daemon's pipe closes.

Started by the daemon as `python -m locker.guardian --config FILE` with a socket as standard input. One line each way:
`pulse N MS` is answered by `began N` and later `ended N`, or by `refused N WHY`; `ready` comes first. Whatever the
daemon does - hang, be stopped, be killed - no lock stays energised beyond its limit.
"""

from __future__ import annotations

import argparse
import logging
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

from locker import settings as config
from locker import unneeded
from locker.devices.outputs import Outputs, open_outputs
from locker.devices.pulses import PulseRule

log = logging.getLogger("locker.guardian")

LINE_BYTES_MAX = 64


class Guardian:
    """Serves one daemon over one socket until either goes away."""

    def __init__(self, daemon: socket.socket, outputs: Outputs, rule: PulseRule) -> None:
        self._daemon = daemon
        self._outputs = outputs
        self._rule = rule
        self._received = b""

    def run(self, stop: socket.socket) -> None:
        """Until the daemon's socket closes or `stop` becomes readable; then everything is released."""
        # Replies must never hold up the end of a pulse, so nothing here may block but the wait itself.
        self._daemon.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._daemon, selectors.EVENT_READ)
            selector.register(stop, selectors.EVENT_READ)
            try:
                self._say("ready")
                while self._serve(selector, stop):
                    pass
            finally:
                self._outputs.close()

    def _serve(self, selector: selectors.BaseSelector, stop: socket.socket) -> bool:
        # Pulses end before anything is heard: a talkative daemon must not hold up the end of one.
        ready = [key.fileobj for key, _ in selector.select(self._wait_s())]
        self._end_pulses()
        if stop in ready:
            log.info("told to stop")
            return False
        return self._daemon not in ready or self._hear()

    def _wait_s(self) -> float | None:
        end_ms = self._rule.next_end_ms
        return None if end_ms is None else max(0, end_ms - _now_ms()) / 1000

    def _end_pulses(self) -> None:
        for n in self._rule.end_due(_now_ms()):
            self._outputs.set(n, False)
            self._say(f"ended {n}")

    def _hear(self) -> bool:
        try:
            data = self._daemon.recv(4096)
        except BlockingIOError:
            return True
        except OSError as error:
            log.warning("the daemon has gone: %s", error)
            return False
        if not data:
            log.info("the daemon has gone")
            return False
        *lines, self._received = (self._received + data).split(b"\n")
        # A partial line can't grow without end: the pipe has one honest speaker, and it is short.
        assert len(self._received) <= LINE_BYTES_MAX
        for line in lines:
            self._obey(line)
        return True

    def _obey(self, line: bytes) -> None:
        match line.split():
            case [b"pulse", n, pulse_ms] if n.isdigit() and pulse_ms.isdigit():
                self._pulse(int(n), int(pulse_ms))
            case _:
                log.error("not understood: %r", line[:LINE_BYTES_MAX])

    def _pulse(self, n: int, pulse_ms: int) -> None:
        why = self._rule.begin(n, pulse_ms, _now_ms())
        if why:
            self._say(f"refused {n} {why}")
            return
        # The current first, the words after it: a person waits for the one and nobody for the other.
        self._outputs.set(n, True)
        self._say(f"began {n}")

    def _say(self, line: str) -> None:
        try:
            self._daemon.send(f"{line}\n".encode())
        except OSError as error:
            # A daemon that hangs doesn't read; one that has gone is noticed by the next recv.
            log.warning("not told %r: %s", line, error)


def main(argv: list[str] | None = None) -> int:
    """Serves the daemon on standard input. 0 when it ended as told."""
    parser = argparse.ArgumentParser(prog="locker.guardian", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
    stop = _stop_on_sigterm()
    # Nobody can be served before it is ready: what it never uses it needn't load either.
    unneeded.leave_out()
    settings = config.load(options.config)
    locks = settings.locks
    on_pins = (box.n for box in settings.compartment if box.lock_pin is not None)
    rule = PulseRule(on_pins, locks.pulse_ms, locks.energised_max)
    with socket.socket(fileno=sys.stdin.fileno()) as daemon:
        Guardian(daemon, open_outputs(settings), rule).run(stop)
    return 0


def _stop_on_sigterm() -> socket.socket:
    # Ctrl-C in a terminal reaches daemon and guardian alike: the daemon decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    readable, written = socket.socketpair()
    written.setblocking(False)
    # A handler that raised could interrupt the release of a lock; a byte in a socket waits for its turn.
    signal.set_wakeup_fd(written.detach())
    signal.signal(signal.SIGTERM, lambda *_: None)
    return readable


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
