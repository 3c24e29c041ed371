"""The page that Prometheus reads: what this worker has counted, what the store knows now, and the figures of a day.

Whatever comes from the store is the same on every worker: dashboards take the greatest of them, not the sum.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from hub_service.domain.figures import DAY_S
from hub_service.domain.limits import Caller
from hub_service.handlers import figures, present
from hub_service.handlers.hub import Hub

FIGURES_KEPT_S, FIGURES_SHARE = 60.0, 0.005
"""Figures of a day cost a look at all its events, and within a minute they hardly change. Of 10 000 lockers they take
seconds: whatever it takes is at most this share of the time."""

Samples = Iterable[tuple[tuple[str, ...], float]]


class Page:
    """Writes the page for one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._turn = threading.Lock()
        self._figures: dict[bool, tuple[float, bytes]] = {}

    def __call__(self, caller: Caller) -> bytes:
        counted, stored = generate_latest(self._hub.measures.registry), generate_latest(self._store(caller))
        return counted + stored + self._day(caller)

    def _day(self, caller: Caller) -> bytes:
        # Two scrapes at once shouldn't both work it out.
        with self._turn:
            until_s, page = self._figures.get(caller.test, (0.0, b""))
            began_s = time.monotonic()
            if began_s >= until_s:
                page = generate_latest(_figures(self._hub, caller))
                took_s = time.monotonic() - began_s
                self._figures[caller.test] = (began_s + max(FIGURES_KEPT_S, took_s / FIGURES_SHARE), page)
        return page

    def _store(self, caller: Caller) -> CollectorRegistry:
        registry, now = CollectorRegistry(), present.look(self._hub, test=caller.test)
        _gauge(
            registry, "hub_store_read_seconds", "How long a look at the store took just now.", (), [((), now.read_s)]
        )
        _gauge(
            registry, "hub_store_write_seconds", "How long an empty transaction waited and took just now.", (),
            [((), now.write_s)],
        )  # fmt: skip
        _lockers(registry, now)
        _outboxes(registry, now)
        return registry


def _lockers(registry: CollectorRegistry, now: present.Present) -> None:
    each = now.lockers
    _gauge(
        registry, "locker_online", "Whether the locker is connected.", ("locker",),
        [((one.id,), one.online) for one in each],
    )  # fmt: skip
    _gauge(
        registry, "locker_silent_seconds", "For how long nothing was heard of it.", ("locker",),
        [((one.id,), one.silent_s) for one in each if one.silent_s is not None],
    )  # fmt: skip
    _gauge(
        registry, "locker_orders_behind", "Orders that it hasn't applied yet.", ("locker",),
        [((one.id,), one.orders_behind) for one in each],
    )  # fmt: skip
    _gauge(registry, "locker_compartments", "Compartments by what they hold.", ("locker", "content"), now.compartments)
    _gauge(registry, "locker_faults", "Faults that are open.", ("locker", "fault"), now.faults)
    _gauge(registry, "hub_alarms_open", "Alarms that wait for a person.", ("locker", "kind", "urgency"), now.alarms)
    _gauge(registry, "hub_deliveries_live", "Parcels that are promised room or lie in a locker.", ("state",), now.live)


def _outboxes(registry: CollectorRegistry, now: present.Present) -> None:
    for what, count in now.waiting.items():
        _gauge(registry, f"hub_{what}_waiting", f"{what} that wait".replace("_", " "), (), [((), count)])
    _gauge(
        registry, "hub_overdue_seconds", "For how long what should have been sent by now has waited.", ("outbox",),
        [((name,), seconds) for name, seconds in now.overdue_s.items()],
    )  # fmt: skip
    if now.backup_age_s is not None:
        _gauge(registry, "hub_backup_age_seconds", "Since the newest backup.", (), [((), now.backup_age_s)])


def _figures(hub: Hub, caller: Caller) -> CollectorRegistry:
    registry, now_s = CollectorRegistry(), hub.now_s()
    samples: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    definitions: dict[str, str] = {}
    for locker_id, values in figures.of_each(hub, caller, now_s - DAY_S, now_s).items():
        for value in values:
            # A gauge without a value is left out: a zero would be drawn as one.
            if value.value is not None:
                samples.setdefault(value.figure.name, []).append(((locker_id or "all",), value.value))
                definitions[value.figure.name] = value.figure.definition
    for name, found in samples.items():
        _gauge(registry, f"parcel_{name}", definitions[name], ("locker",), found)
    return registry


def _gauge(registry: CollectorRegistry, name: str, meaning: str, labels: tuple[str, ...], samples: Samples) -> None:
    gauge = Gauge(name, meaning, labels, registry=registry)
    for values, number in samples:
        (gauge.labels(*values) if labels else gauge).set(number)
