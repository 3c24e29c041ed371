"""What the screen shows and what is pressed on it: the daemon's side of the kiosk, as plain data and four calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import get_args

from locker import telemetry
from locker.cabinet.actions import Sound
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Choice, ChoiceMade, Event
from locker.clock import Clock
from locker.code_entry import CodeEntry
from locker.settings import Settings
from locker.wire.messages import CompartmentState
from locker.wire.orders import Site

_CHOICES = frozenset(get_args(Choice))


class Front:
    """The face of one cabinet. `take` hands an event to the daemon, which calls `changed_now` where there is news."""

    def __init__(
        self, settings: Settings, cabinet: Cabinet, clock: Clock, entry: CodeEntry, take: Callable[[Event], None]
    ) -> None:
        self._cabinet = cabinet
        self._clock = clock
        self._entry = entry
        self._take = take
        self._specs = {box.n: asdict(box.spec()) for box in settings.compartment}
        self._name = settings.locker.id
        self._version = 0
        self._news = asyncio.Event()
        self._sound: dict[str, object] | None = None
        self.online = False

    def changed_now(self) -> None:
        """There is something new to show."""
        self._version += 1
        self._news.set()
        self._news = asyncio.Event()

    def sound(self, sound: Sound) -> None:
        """The page shall make this sound, once."""
        number = self._sound["id"] if self._sound else 0
        assert isinstance(number, int)
        self._sound = {"id": number + 1, "name": sound}

    def picture(self) -> dict[str, object]:
        """All that the page shows, as JSON."""
        screen, site = self._cabinet.screen, self._cabinet.state.site or Site(name=self._name)
        return {
            "version": self._version,
            "screen": asdict(screen),
            "site": {"name": site.name, "where": site.where, "help_phone": site.help_phone},
            "online": self.online,
            # Without a connection nobody could tell it to anybody.
            "number": self._cabinet.number if self.online else "",
            "compartments": [self._specs[box.n] | asdict(box) for box in self._built()],
            "typed": self._entry.count,
            "sound": self._sound,
            "run_ms": self._clock.now().run_ms,
        }

    def _built(self) -> list[CompartmentState]:
        # The cabinet remembers compartments that the machine has no more: something may have been in them.
        return [box for box in self._cabinet.overview() if box.n in self._specs]

    async def changed(self, seen_version: int) -> None:
        """Returns when the picture is newer than that (or another run's)."""
        if seen_version == self._version:
            await self._news.wait()

    def press(self, key: str) -> None:
        """A key of the keypad."""
        self._entry.press(key, self._clock.now().run_ms)

    def choose(self, choice: str, n: int) -> None:
        """A button of the screen, for compartment `n` where it needs one."""
        if choice in _CHOICES and (n == 0 or n in self._specs):
            self._take(ChoiceMade(choice=choice, n=n))  # type: ignore[arg-type]
        else:
            telemetry.warn("choice_dropped", n=n, chars=len(choice))
