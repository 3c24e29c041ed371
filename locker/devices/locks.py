"""The daemon's side of the guardian: asks it for pulses, hears how they went, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

from locker.cabinet.events import DeviceFailed, DeviceRecovered, PulseEnded
from locker.devices import guardian_child
from locker.devices.guardian_child import GuardianChild
from locker.devices.outputs import open_outputs
from locker.devices.ports import Tell
from locker.settings import Settings

log = logging.getLogger(__name__)

DEVICE = "locks"
READY_TIMEOUT_S = 20.0
OVERDUE_S = 1.0
RETRY_S, RETRY_MAX_S = 0.2, 5.0


class GuardedLocks:
    """Releases doors through the guardian, a process of its own. Used in the daemon's event loop.

    `first` is a guardian that has been started already; it is taken over by `start`.
    """

    def __init__(self, settings: Settings, config_path: Path, tell: Tell, first: GuardianChild | None = None) -> None:
        self._settings = settings
        self._config_path = config_path
        self._tell = tell
        self._first = first
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._received = b""
        self._ready = False
        self._decided = asyncio.Event()
        self._failed = False
        self._waiting: dict[int, asyncio.TimerHandle] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the guardian; returns when it holds the lines, or has ended and was told as failed."""
        self._keeper = self._loop.create_task(self._keep())
        await self._decided.wait()

    def unlock(self, n: int, pulse_ms: int) -> None:
        """Ask for one pulse; its end is told as `PulseEnded`."""
        if self._socket is None or not self._ready or n in self._waiting:
            why = "asked twice" if n in self._waiting else "no guardian"
            # Not from inside the call: whoever asks is in the middle of performing a decision.
            self._loop.call_soon(self._tell, PulseEnded(n=n, given=False, why=why))
            return
        # Written here and now: nothing may stand between the decision and the lock.
        try:
            self._socket.send(b"pulse %d %d\n" % (n, pulse_ms))
        except OSError as error:
            # It counts as asked all the same: the overdue timer kills a guardian that doesn't listen.
            log.error("the guardian doesn't take a pulse: %s", error)
        overdue_s = pulse_ms / 1000 + OVERDUE_S
        self._waiting[n] = self._loop.call_later(overdue_s, self._overdue, n)

    async def close(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for timer in self._waiting.values():
            timer.cancel()
        if self._process:
            await guardian_child.ended(self._process)

    async def _keep(self) -> None:
        wait_s = RETRY_S
        while True:
            held = await self._hold_guardian()
            wait_s = RETRY_S if held else min(wait_s * 2, RETRY_MAX_S)
            await asyncio.sleep(wait_s)

    async def _hold_guardian(self) -> bool:
        """Starts a guardian and stays with it until it ends; whether it ever was ready."""
        try:
            child = await self._next_guardian()
        except OSError as error:
            # No memory or no process to be had at this moment: said, and tried again.
            self._lost(f"guardian can't be started: {error.strerror}")
            return False
        self._process = child.process
        with child.pipe as ours:
            self._socket = ours
            self._loop.add_reader(ours, self._hear)
            late = self._loop.call_later(READY_TIMEOUT_S, self._not_ready)
            try:
                code = await self._process.wait()
            finally:
                late.cancel()
                self._loop.remove_reader(ours)
                was_ready, self._ready = self._ready, False
                self._socket, self._received = None, b""
        self._release_all()
        self._lost(f"guardian ended with {code}")
        return was_ready

    async def _next_guardian(self) -> GuardianChild:
        first, self._first = self._first, None
        if first is None:
            return await guardian_child.start(self._config_path)
        first.taken = True
        return first

    def _release_all(self) -> None:
        # A kernel may keep the level of a dead process's line. A new guardian needs a second to start; this needs none.
        try:
            open_outputs(self._settings).close()
        except Exception:  # each pin library has its own errors; the next guardian claims every line at rest too
            log.exception("the lines of a dead guardian can't be released")

    def _hear(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hung_up()
            return
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            self._understand(line.decode("ascii", "replace"))

    def _hung_up(self) -> None:
        assert self._socket is not None
        self._loop.remove_reader(self._socket)
        self._kill()

    def _understand(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        n, _, why = rest.partition(" ")
        if word == "ready":
            self._recovered()
        elif word == "ended":
            self._told(int(n), True, "")
        elif word == "refused":
            log.error("the guardian refused a pulse of lock %s: %s", n, why)
            self._told(int(n), False, why)

    def _recovered(self) -> None:
        self._ready = True
        self._decided.set()
        if self._failed:
            self._failed = False
            self._tell(DeviceRecovered(device=DEVICE))

    def _told(self, n: int, given: bool, why: str) -> None:
        timer = self._waiting.pop(n, None)
        if timer:
            timer.cancel()
            self._tell(PulseEnded(n=n, given=given, why=why))

    def _overdue(self, n: int) -> None:
        # It hangs, perhaps with a lock energised: the next one claims every line at rest.
        log.error("the guardian doesn't end the pulse of lock %d: killed", n)
        self._kill()

    def _not_ready(self) -> None:
        if not self._ready:
            log.error("the guardian isn't ready after %.0f s: killed", READY_TIMEOUT_S)
            self._kill()

    def _kill(self) -> None:
        if self._process:
            guardian_child.kill(self._process)

    def _lost(self, why: str) -> None:
        self._decided.set()
        # Whether the door was released nobody knows; the door's contact will tell.
        for n in tuple(self._waiting):
            self._told(n, False, why)
        if not self._failed:
            self._failed = True
            log.error("no lock can be opened: %s", why)
            self._tell(DeviceFailed(device=DEVICE, why=why))
