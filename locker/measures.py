"""What one daemon counts while it works, in the words of Prometheus, for a page on the kiosk's own address.

Labels are words of this program only: what people scan or type makes no series and is told nobody.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.registry import Collector

from locker.wire.facts import Alarmed, Fact, UnlockAuthorised
from locker.wire.messages import CompartmentState

_STEP_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)


class Measures:
    """The counters of one run."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.scans = Counter("locker_scans", "What the scanner has read.", ["kind"], registry=registry)
        self.facts = Counter("locker_facts", "Facts of this run.", ["kind"], registry=registry)
        self.unlocks = Counter("locker_unlocks", "Locks that were released.", ["reason"], registry=registry)
        self.alarms = Counter("locker_alarms", "Alarms that were raised.", ["alarm"], registry=registry)
        self.step_s = Histogram(
            "locker_step_seconds", "From something that happened to all that followed, the disk included.",
            buckets=_STEP_S, registry=registry,
        )  # fmt: skip
        self.connected = Gauge("locker_broker_connected", "Whether there is a broker.", registry=registry)
        self.connects = Counter("locker_broker_connects", "How often a broker was reached.", registry=registry)

    def recorded(self, fact: Fact) -> None:
        """Counts a fact that is durable now."""
        self.facts.labels(fact.kind).inc()
        if isinstance(fact, UnlockAuthorised):
            self.unlocks.labels(fact.reason).inc()
        if isinstance(fact, Alarmed):
            self.alarms.labels(fact.alarm).inc()

    def watch(self, name: str, meaning: str, count: Callable[[], float]) -> None:
        """Asks for a number whenever somebody reads the page."""
        Gauge(name, meaning, registry=self._registry).set_function(count)

    def watch_compartments(self, overview: Callable[[], tuple[CompartmentState, ...]]) -> None:
        """Counts compartments by what they hold, and faults, whenever somebody reads the page."""
        self._registry.register(_Compartments(overview))

    def name(self, locker: str, software: str, run: str) -> None:
        """Says whose numbers these are."""
        about = Info("locker_daemon", "Which locker, program and run this is.", registry=self._registry)
        about.info({"locker": locker, "software": software, "run": run})

    def page(self) -> bytes:
        """All numbers, as Prometheus reads them."""
        return generate_latest(self._registry)


class _Compartments(Collector):
    def __init__(self, overview: Callable[[], tuple[CompartmentState, ...]]) -> None:
        self._overview = overview

    def collect(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        boxes = self._overview()
        for name, meaning, label, found in (
            ("locker_boxes", "Compartments by what they hold.", "content", Tally(box.content for box in boxes)),
            ("locker_doors", "Doors by how they stand.", "door", Tally(box.door for box in boxes)),
            ("locker_box_faults", "Faults.", "fault", Tally(fault for box in boxes for fault in box.faults)),
        ):
            gauge = Gauge(name, meaning, [label], registry=None)
            for word, count in found.items():
                gauge.labels(word).set(count)
            yield from gauge.collect()
