"""The only way the cabinet's state changes: one fact after the other. A restart is a replay of the journal.

Nothing is decided here. A fact has happened, so every one of them can be applied to every state.
"""

from __future__ import annotations

from locker.cabinet import owned, throttle
from locker.cabinet.records import Box, Ending, Gone, Since, State, Taken, VisitRecord
from locker.wire import facts
from locker.wire.doubts import deeper
from locker.wire.facts import Fact, Fault
from locker.wire.orders import Admit

__all__ = ["State", "apply"]

MEND_BY_THEMSELVES: tuple[Fault, ...] = ("jammed", "lock_silent")

LASTING = frozenset(("mains_failed", "tampered", "too_warm", "spoiled", "probe_dead", "seems_empty", "seems_full"))
"""Alarms that are raised once and end with their cause."""


def apply(state: State, fact: Fact) -> None:
    """Takes one fact into the state."""
    if isinstance(fact, facts.RunStarted):
        _run_started(state, fact)
    state.last_ms = max(state.last_ms, fact.at.run_ms)
    match fact:
        case facts.Described():
            _described(state, fact)
        case facts.OrderApplied():
            state.epoch, state.order_number, state.order_digest = fact.epoch, fact.number, fact.digest
            owned.obey(state, fact.order, fact.at)
        case facts.SnapshotApplied():
            _snapshot_applied(state, fact)
        case facts.VisitStarted():
            state.visit = VisitRecord(fact.visit, fact.party, fact.by, fact.who)
        case facts.VisitEnded():
            state.visit = None
            _forget_permissions(state, fact.visit)
        case facts.PinRefused():
            state.failures_ms = throttle.with_failure(state.failures_ms, state.witnessed_ms(fact.at))
        case facts.Alarmed():
            if fact.alarm in LASTING:
                wall_ms = fact.at.wall_ms if fact.at.trusted else 0
                state.alarms.setdefault(f"{fact.alarm}/{fact.n}", Since(state.witnessed_ms(fact.at), wall_ms))
        case facts.AlarmEnded():
            state.alarms.pop(f"{fact.alarm}/{fact.n}", None)
        case facts.RunStarted() | facts.AdmittedFromAfar():
            pass
        case _:
            # Everything else is about one compartment.
            _in_box(state, state.boxes.get(fact.n), fact)


def _run_started(state: State, fact: facts.RunStarted) -> None:
    state.base_ms += state.last_ms
    state.last_ms = 0
    state.run, state.locker = fact.run, fact.locker
    # No permission outlives its run: what it may have done in the dark is recorded as a doubt.
    state.allowed, state.opened = {}, {}
    for box in state.boxes.values():
        box.taken = None


def _described(state: State, fact: facts.Described) -> None:
    state.number = fact.number
    specs = {spec.n: spec for spec in fact.compartments}
    for n, spec in specs.items():
        box = state.boxes.setdefault(n, Box(spec))
        box.spec, box.built = spec, True
    for n in [n for n in state.boxes if n not in specs]:
        # A compartment that the config has lost is forgotten only if nothing is forgotten with it.
        if state.boxes[n].contents:
            state.boxes[n].built = False
        else:
            del state.boxes[n]


def _snapshot_applied(state: State, fact: facts.SnapshotApplied) -> None:
    if state.epoch and fact.epoch != state.epoch:
        state.past_epochs.add(state.epoch)
    state.past_epochs |= set(fact.over) - {fact.epoch}
    state.epoch, state.order_number, state.order_digest = fact.epoch, fact.number, fact.digest
    owned.replace(state, fact.snapshot, fact.at)


def _forget_permissions(state: State, visit: str) -> None:
    for pulses in (state.allowed, state.opened):
        for n in [n for n, allowed in pulses.items() if allowed.visit == visit]:
            del pulses[n]


_BoxFact = (
    facts.UnlockAuthorised
    | facts.Opened
    | facts.Closed
    | facts.Deposited
    | facts.Collected
    | facts.Retrieved
    | facts.ContentsUncertain
    | facts.Inspected
    | facts.FaultFound
    | facts.FaultCleared
)


def _in_box(state: State, box: Box | None, fact: _BoxFact) -> None:
    if box is None:
        return
    match fact:
        case facts.UnlockAuthorised() | facts.Opened() | facts.Closed():
            _door(state, box, fact)
        case facts.Deposited():
            _deposited(state, box, fact)
        case facts.Collected():
            box.taken = Taken(fact.pickup, fact.deliveries, fact.at.run_ms)
            _taken_out(state, box, fact)
        case facts.Retrieved():
            _taken_out(state, box, fact)
            box.doubt, box.unclosed = None if not box.maybe else box.doubt, set()
        case facts.ContentsUncertain():
            _uncertain(state, box, fact)
        case facts.Inspected():
            _inspected(state, box, fact)
        case facts.FaultFound():
            box.faults.add(fact.fault)
            # A visit's permission ends with the visit: its door may still be pulled open. A safety release has none.
            allowed = state.allowed.get(fact.n)
            if fact.fault in MEND_BY_THEMSELVES and allowed and not allowed.visit:
                del state.allowed[fact.n]
        case facts.FaultCleared():
            box.faults.discard(fact.fault)


def _door(state: State, box: Box, fact: facts.UnlockAuthorised | facts.Opened | facts.Closed) -> None:
    match fact:
        case facts.UnlockAuthorised():
            state.allowed[fact.n] = fact
            if fact.reason not in ("collect", "reopen"):
                box.taken = None
        case facts.Opened():
            box.open = True
            if allowed := state.allowed.pop(fact.n, None):
                state.opened[fact.n] = allowed
        case facts.Closed():
            box.open = False
            state.allowed.pop(fact.n, None)
            state.opened.pop(fact.n, None)


def _deposited(state: State, box: Box, fact: facts.Deposited) -> None:
    for other in state.boxes.values():
        # Who deposits a parcel had it in hand: it lies nowhere else.
        other.inside.pop(fact.delivery, None)
        other.maybe.pop(fact.delivery, None)
    box.inside[fact.delivery] = fact.pickup
    # Beside what the same person has here, which its courier has seen again now.
    box.inside |= {
        delivery: pickup
        for delivery, pickup in box.maybe.items()
        if pickup == fact.pickup and delivery not in box.unclosed and not state.is_finished(delivery)
    }
    box.doubt, box.taken = None, None
    box.maybe, box.unclosed = {}, set()
    state.gone.pop(fact.delivery, None)
    # Its recipient's codes must work even if the hub's order never comes.
    if fact.by_ticket and fact.pickup not in state.admits:
        generation = int(fact.delivery.rpartition(".")[2])
        state.admits[fact.pickup] = Admit(pickup=fact.pickup, generation=generation, pin_tag=fact.pin_tag)


def _taken_out(state: State, box: Box, fact: facts.Collected | facts.Retrieved) -> None:
    how: Ending = "collected" if isinstance(fact, facts.Collected) else "retrieved"
    wall_ms = fact.at.wall_ms if fact.at.trusted else 0
    for delivery in fact.deliveries:
        pickup = box.contents.get(delivery) or state.pickup_of(delivery)
        unproven = how == "collected" and delivery in box.unclosed
        box.inside.pop(delivery, None)
        box.maybe.pop(delivery, None)
        box.unclosed.discard(delivery)
        owned.finish(state, delivery, Gone(pickup, how, state.run, fact.at.run_ms, wall_ms, unproven=unproven))


def _uncertain(state: State, box: Box, fact: facts.ContentsUncertain) -> None:
    named = {delivery: state.pickup_of(delivery) for delivery in fact.deliveries}
    if fact.doubt == "fork":
        # This card may hold what has been collected since: only what the hub names can lie here.
        box.inside, box.maybe = {}, {}
    maybe = box.maybe | named
    # What was neither inside nor taken before this doubt is on its way in: its courier may go on.
    on_their_way = {name for name in maybe if name not in box.contents and not state.is_finished(name)}
    box.doubt, box.maybe, box.inside = deeper(box.doubt, fact.doubt), maybe | box.inside, {}
    # Where history has forked nobody knows that: a label is no code, and ends no doubt that takes a look.
    box.unclosed = set() if box.doubt == "fork" else box.unclosed | on_their_way


def _inspected(state: State, box: Box, fact: facts.Inspected) -> None:
    inside = {delivery: state.pickup_of(delivery) for delivery in fact.deliveries}
    assert len(set(inside.values())) <= 1, "one compartment, one person"
    box.doubt, box.inside, box.maybe, box.unclosed = None, inside, {}, set()
    for delivery in inside:
        # Whatever was believed of it: it lies here and nowhere else, and its recipient's code opens the door.
        state.gone.pop(delivery, None)
        for other in state.boxes.values():
            if other is not box:
                other.inside.pop(delivery, None)
                other.maybe.pop(delivery, None)
