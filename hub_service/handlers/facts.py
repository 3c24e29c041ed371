"""What a fact of a locker changes at the hub: one function for each kind that changes anything."""

from __future__ import annotations

from hub_service import telemetry
from hub_service.domain import alarms
from hub_service.domain.standing import Position, advanced
from hub_service.handlers import contents, opening
from hub_service.handlers.contents import Report
from hub_service.store import events, lockers, reports
from locker.wire import facts
from locker.wire.facts import Fact


def apply(report: Report, fact: Fact) -> None:
    """Takes one fact as it is. Raises CannotApply, or whatever the store refuses; then it is parked."""
    # What follows from a fact was begun by its visit; one that belongs to none stands for itself.
    with telemetry.caused_by(getattr(fact, "visit", "") or report.digest[:16]), telemetry.when_committed():
        _apply(report, fact)


def _apply(report: Report, fact: Fact) -> None:
    match fact:
        case facts.Deposited():
            contents.deposited(report, fact)
        case facts.Collected():
            contents.collected(report, fact)
        case facts.Retrieved():
            contents.retrieved(report, fact)
        case facts.ContentsUncertain():
            contents.uncertain(report, fact)
        case facts.Inspected():
            contents.inspected(report, fact)
        case _:
            _about_the_machine(report, fact)


def _about_the_machine(report: Report, fact: Fact) -> None:
    db, locker_id = report.scene.db, report.locker_id
    match fact:
        case facts.RunStarted():
            reports.add_run(db, locker_id, fact.run)
            lockers.update(db, locker_id, run=fact.run)
            report.scene.event("run_started", software=fact.software)
        case facts.Described():
            lockers.describe(db, locker_id, fact.compartments)
            report.scene.event("described", compartments=len(fact.compartments))
        case facts.OrderApplied() | facts.SnapshotApplied():
            stands(report, fact.epoch, fact.number, fact.digest)
        case facts.AdmittedFromAfar():
            opening.admitted(report.scene, fact)
        case facts.Opened() | facts.Closed():
            _door(report, fact)
        case facts.FaultFound() | facts.FaultCleared():
            _fault(report, fact)
        case facts.Alarmed():
            contents.alarm(report, fact.n, fact.alarm)
        case facts.AlarmEnded():
            events.close_alarms(db, locker_id, fact.n, (fact.alarm,), report.scene.hub.now_ms())
            report.scene.event("alarm_ended", n=fact.n, alarm=fact.alarm)
        case _:
            # Visits, permissions and refused PINs are kept in the log; nothing at the hub depends on them.
            pass


def stands(report: Report, epoch: str, number: int, digest: str) -> None:
    """How far a locker has come with its orders."""
    db, locker_id = report.scene.db, report.locker_id
    place = lockers.find(db, locker_id)
    assert place is not None, "its report is being taken"
    before = Position(place.stands_epoch, place.stands_order, place.stands_digest)
    now = advanced(place.epoch, before, Position(epoch, number, digest))
    if now != before:
        lockers.update(db, locker_id, stands_epoch=now.epoch, stands_order=now.number, stands_digest=now.digest)
    lockers.note_reached(db, locker_id, epoch)
    # Whatever it couldn't read, it has come past it.
    events.close_alarms(db, locker_id, 0, ("unknown_order",), report.scene.hub.now_ms())


def _door(report: Report, fact: facts.Opened | facts.Closed) -> None:
    is_open = isinstance(fact, facts.Opened)
    lockers.set_door(report.scene.db, report.locker_id, fact.n, is_open)
    if not is_open:
        events.close_alarms(report.scene.db, report.locker_id, fact.n, ("left_open",), report.scene.hub.now_ms())


def _fault(report: Report, fact: facts.FaultFound | facts.FaultCleared) -> None:
    scene = report.scene
    if isinstance(fact, facts.FaultFound):
        lockers.add_fault(scene.db, report.locker_id, fact.n, fact.fault)
        scene.event("fault_found", n=fact.n, fault=fact.fault)
        contents.alarm(report, fact.n, _alarm_of(fact.fault))
        return
    lockers.clear_fault(scene.db, report.locker_id, fact.n, fact.fault)
    scene.event("fault_cleared", n=fact.n, fault=fact.fault)
    kind, now_ms = _alarm_of(fact.fault), scene.hub.now_ms()
    # The common one is about all faults that have no name of their own.
    if kind != "fault" or fact.n not in lockers.faults(scene.db, report.locker_id):
        events.close_alarms(scene.db, report.locker_id, fact.n, (kind,), now_ms)


def _alarm_of(fault: facts.Fault) -> str:
    return fault if fault in alarms.FAULTS else "fault"
