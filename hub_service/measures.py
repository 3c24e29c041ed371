"""What one hub process counts while it works, in the words of Prometheus. What the store knows is counted when asked.

Labels are words of this program only: nothing that somebody else has chosen can make new series.
"""

from __future__ import annotations

from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector

from locker.wire import facts

_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
KINDS = frozenset(kind.__dataclass_fields__["kind"].default for kind in get_args(get_args(facts.Fact)[0]))
"""The facts that this version knows; what a newer locker tells counts as `unknown`."""


class Measures:
    """The counters of one hub; each has its own, so that two in one process don't mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._count_link()
        self._count_work()

    def _count_link(self) -> None:
        registry = self.registry
        self.facts = Counter(
            "hub_facts_taken", "Facts that lockers told, repeats included.", ["kind"], registry=registry
        )
        self.batch_s = Histogram(
            "hub_message_seconds", "From a locker's message to its answer, the commit included.", ["kind"],
            buckets=_QUICK_S, registry=registry,
        )  # fmt: skip
        self.refused = Counter("hub_messages_refused", "Messages that weren't taken.", ["reason"], registry=registry)
        self.sent = Counter("hub_messages_sent", "What was said to lockers.", ["kind"], registry=registry)
        self.connected = Gauge("hub_broker_connected", "Whether this worker has a broker.", registry=registry)
        self.broker_dropped = Gauge(
            "hub_broker_dropped_messages", "What the broker says that it dropped.", registry=registry
        )
        self.broker_clients = Gauge("hub_broker_clients", "What the broker says is connected.", registry=registry)
        self.connects = Counter("hub_broker_connects", "How often a broker was reached.", registry=registry)

    def _count_work(self) -> None:
        registry = self.registry
        self.requests = Counter(
            "hub_http_requests", "Requests that were answered.", ["method", "route", "status"], registry=registry
        )
        self.request_s = Histogram(
            "hub_http_request_seconds", "How long answers took.", ["route"], buckets=_QUICK_S, registry=registry
        )
        self.notices = Counter("hub_notices", "Notices that were tried.", ["kind", "outcome"], registry=registry)
        self.notice_s = Histogram(
            "hub_notice_seconds", "From when a notice was due first to when a provider had it.", buckets=_SLOW_S,
            registry=registry,
        )  # fmt: skip
        self.webhooks = Counter("hub_webhooks", "Messages to webhooks that were tried.", ["outcome"], registry=registry)
        self.duties_s = Histogram(
            "hub_duties_seconds", "How long a turn of what runs by the clock took.", buckets=_SLOW_S, registry=registry
        )
        self.failed = Counter(
            "hub_part_failures", "Parts of this worker that have failed.", ["part"], registry=registry
        )
        self.commits = Counter("hub_commits", "Transactions of this worker.", registry=registry)

    def took(self, kinds: list[str]) -> None:
        """Counts facts by their kind."""
        for kind in kinds:
            self.facts.labels(kind if kind in KINDS else "unknown").inc()
