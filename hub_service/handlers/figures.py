"""The figures of a time, for whoever asks; and what dashboards are told."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.figures import Observed, Value, all_figures
from hub_service.domain.limits import Caller
from hub_service.handlers.hub import Hub
from hub_service.store import figures

SHORTEST_S, LONGEST_S = 60, 400 * 86_400


def of_time(hub: Hub, caller: Caller, from_s: int, to_s: int, locker_id: str | None = None) -> list[Value]:
    """Every figure of a time, of one locker where one is given."""
    span_ms = (from_s * 1000, to_s * 1000)
    with hub.store.read() as db:
        doors, since_s = figures.doors(db, caller, locker_id)
        lockers = {locker for locker, _ in doors}
        observed = Observed(
            # The future is neither free nor in service.
            span=(from_s, min(to_s, hub.now_s())),
            doors=doors,
            since_s=since_s,
            happenings=figures.happenings(db, caller, span_ms, locker_id),
            openings=figures.openings(db, lockers, span_ms),
            visits=figures.courier_visits(db, lockers, span_ms),
        )
    return all_figures(observed, operator=not caller.carrier, one_locker=locker_id is not None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be sent."""

    notices: int
    webhooks: int
    parked_reports: int


def waiting(hub: Hub) -> Waiting:
    with hub.store.read() as db:
        counts = [
            db.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0]
            for what in (
                "notices_outbox WHERE sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL",
                "webhook_outbox WHERE sent_ms IS NULL AND given_up_ms IS NULL",
                "reports WHERE state = 'parked'",
            )
        ]
    return Waiting(*counts)
