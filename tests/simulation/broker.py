"""A broker that nobody may rely on: it loses, repeats, delays, reorders, forgets, and listens to a rogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from locker.wire.topics import read_topic
from tests.simulation.world import World

HUB = "hub"
Hear = Callable[[str, bytes], None]


@dataclass
class Weather:
    """Shares of messages that are lost and repeated, and the longest delay."""

    loss: float = 0.0
    repeat: float = 0.0
    delay_ms: int = 20


@dataclass
class Session:
    """One client's connection; `broken` tells the client that it has ended, `will` is published when it does."""

    client: str
    hear: Hear
    broken: Callable[[], None]
    will: tuple[str, bytes] | None = None
    over: bool = False


class Broker:
    """Carries between lockers and hub. Who stands in `deaf` hears nothing, who stands in `mute` isn't heard."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.draw("broker")
        self.weather = Weather()
        self.deaf: set[str] = set()
        self.mute: set[str] = set()
        self.sessions: dict[str, Session] = {}
        self.retained: dict[str, bytes] = {}
        self.listener: Callable[[bytes], None] = lambda _: None
        self.overheard: list[tuple[str, bytes]] = []
        self.restarts = self.lost = self.repeated = self.carried = 0

    def connect(self, session: Session) -> bool:
        """Begins a clean session; one of the same name ends."""
        if session.client in self.deaf | self.mute:
            return False
        self.end(self.sessions.get(session.client))
        self.sessions[session.client] = session
        if session.client == HUB:
            for topic, raw in sorted(self.retained.items()):
                self._deliver(session, topic, raw)
        return True

    def end(self, session: Session | None) -> None:
        """A connection is gone: its last will is published."""
        if session is None or session.over:
            return
        session.over = True
        if self.sessions.get(session.client) is session:
            del self.sessions[session.client]
        if session.will:
            self._route(*session.will, retain=True)

    def restart(self) -> None:
        """Forgets everything: sessions, what is retained, what is on its way."""
        self.restarts += 1
        gone, self.sessions, self.retained = list(self.sessions.values()), {}, {}
        for session in gone:
            session.over = True
            self._world.after(1, session.broken)

    def publish(self, session: Session, topic: str, raw: bytes, retain: bool = False) -> None:
        """A client says something."""
        self._world.hear(raw)
        self.listener(raw)
        self.overheard = [*self.overheard[-199:], (topic, raw)]
        if not session.over and session.client not in self.mute:
            self._route(topic, raw, retain)

    def rogue(self, topic: str, raw: bytes) -> None:
        """Whoever holds the broker says what it likes."""
        self._route(topic, raw, False)

    def _route(self, topic: str, raw: bytes, retain: bool) -> None:
        address = read_topic(topic)
        assert address is not None, topic
        if retain:
            self.retained[topic] = raw
        client = HUB if address.channel in ("reports", "presence") else address.locker
        if address.channel != "state" and (session := self.sessions.get(client)):
            self._deliver(session, topic, raw)

    def _deliver(self, session: Session, topic: str, raw: bytes) -> None:
        times = 2 if self._chance.random() < self.weather.repeat else 1
        self.repeated += times - 1
        for _ in range(times):
            if self._chance.random() < self.weather.loss:
                self.lost += 1
                continue
            delay_ms = 1 + self._chance.randrange(self.weather.delay_ms)
            generation = self.restarts
            self._world.after(delay_ms, partial(self._arrive, session, topic, raw, generation))

    def _arrive(self, session: Session, topic: str, raw: bytes, generation: int) -> None:
        if session.over or session.client in self.deaf or generation != self.restarts:
            self.lost += 1
            return
        self.carried += 1
        session.hear(topic, raw)
