"""What must never be true, looked at from outside: steel, the bytes on the platter, the hub's tables, the people.

The numbers are those of the facts page on reliability: I1 a durable permission before each pulse, I2 one pickup a
compartment, I3 a code opens its own doors only, I4 every fact at the hub once and in order, I6 coils, I7 faults and
false ends, I8 agreement, I9 the chain, I10 nothing forgotten, I11 no secrets at rest, I12 whoever is right is let in.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from hub_service.handlers import looks
from locker.wire.chain import GENESIS, digest
from tests.simulation.disk import survivor
from tests.simulation.machine import Machine, Watcher
from tests.simulation.world import MINUTE_MS, Violation

if TYPE_CHECKING:
    from tests.simulation.people import Parcel
    from tests.simulation.town import Town

COIL_MS_MAX = 1_000
AT_ONCE_MAX = 1
LATELY_MS = 15 * MINUTE_MS
SPENT_AFTER_MS = 190_000
OVER = ("collected", "retrieved", "returned", "cancelled")


def must(holds: bool, what: str) -> None:
    """Ends the run with what was violated."""
    if not holds:
        raise Violation(what)


class Checker(Watcher):
    """Stands beside every locker."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._pulses: Counter[tuple[str, str, int]] = Counter()
        self.pulses = self.checks = 0

    def pulsed(self, machine: Machine, n: int) -> None:
        """I1, I3, I6: who allowed this pulse, and is it on the platter, power cut or not?"""
        assert machine.daemon is not None
        key = machine.name, machine.daemon.run, n
        self._pulses[key] += 1
        self.pulses += 1
        run = durable(machine)
        allowed = [fact for fact in run if fact["kind"] == "unlock_authorised" and fact["n"] == n]
        at = f"{machine.name} door {n}"
        must(len(allowed) >= self._pulses[key], f"I1: {at} is pulsed without a permission on the platter")
        must(len(machine.on_since) < AT_ONCE_MAX, f"I6: {at} is pulsed while {sorted(machine.on_since)} are energised")
        started = [fact["at"]["run_ms"] for fact in run if fact.get("visit") == allowed[-1]["visit"]]
        visit_ms = allowed[-1]["at"]["run_ms"] - min(started)
        if not self._town.memory.doubtful(machine, n):
            self._theirs(machine, n, allowed[-1], visit_ms)

    def released(self, machine: Machine, n: int, on_ms: int) -> None:
        """I6: how long was it energised?"""
        must(on_ms <= COIL_MS_MAX, f"I6: {machine.name} door {n} was energised for {on_ms} ms")

    def _theirs(self, machine: Machine, n: int, fact: dict[str, Any], visit_ms: int) -> None:
        town, at = self._town, f"{machine.name} door {n} ({fact['reason']})"
        inside = [one for one in town.inside(machine, n) if not one.stray]
        shown = town.shown_lately(machine, LATELY_MS)
        for parcel in inside:
            staff = ("operator", "") in shown or (fact["reason"] == "retrieve" and ("courier", "swift") in shown)
            must(staff or ("pickup", parcel.pickup) in shown or ("label", parcel.pickup) in shown,
                 f"I3: {at} opens before {parcel.name}, whose code nobody has shown")  # fmt: skip
            must(fact["reason"] != "safety", f"I3: {at} opens by itself before {parcel.name}")
        if fact["reason"] == "deposit":
            own = {town.pickup_of(delivery) for delivery in fact["deliveries"]}
            others = [one.name for one in inside if one.pickup not in own]
            # While the hub is down nobody can be asked whose a delivery is.
            must(not others or "" in own, f"I2: {at} is given to somebody although {others} lie there")
            must(
                town.was_sound(machine, n) or town.goes_on(machine, n, fact["deliveries"]),
                f"I7: {at} is given to somebody although it has a fault",
            )
        if fact["reason"] in ("collect", "reopen") and not inside and not town.in_doubt(machine, n):
            taken_ms = town.taken_ms.get((machine.name, n))
            late = taken_ms is not None and town.world.now_ms - visit_ms - taken_ms > SPENT_AFTER_MS
            must(not late, f"I3: {at} opens again long after it was emptied")

    def put(self, machine: Machine, n: int, parcel: Parcel) -> None:
        """I2: a parcel is laid in."""
        others = [one for one in self._town.inside(machine, n) if one.pickup != parcel.pickup and not one.stray]
        if others and self._town.memory.doubtful(machine, n):
            parcel.stray = True
            return
        must(not others, f"I2: {parcel.name} comes to lie with {[one.name for one in others]}")

    def found(self, machine: Machine, n: int, parcel: Parcel) -> None:
        """I10: an operator finds a parcel that the locker didn't tell of, and didn't doubt either."""
        known = parcel.stray or self._town.in_doubt(machine, n) or self._town.memory.doubtful(machine, n)
        must(known, f"I10: {parcel.name} lies forgotten at {machine.name} {n}")

    def nothing_lies_forgotten(self) -> None:
        """I10: before the last recipients come, every parcel that lies in a locker is one that the locker knows of."""
        for machine in self._town.machines.values():
            for n, box in (machine.daemon._cabinet.state.boxes if machine.daemon else {}).items():
                there = [one.name for one in self._town.inside(machine, n) if not one.stray]
                must(not (there and box.empty), f"I10: {machine.name} {n} counts as empty and holds {there}")

    def agree(self) -> None:
        """Everything at rest: what everybody says is the same, and true."""
        for machine in self._town.machines.values():
            self._audit(machine)
            self._told(machine)
            self._chain(machine)
            self._same(machine)
            self._secrets(machine)
        self._nothing_forgotten()

    def _audit(self, machine: Machine) -> None:
        """I9: what the hub holds of the chain fits together, and accounts for every pulse."""
        rows = self._town.rows(
            "SELECT digest, parent, fact FROM reports WHERE locker_id = ? ORDER BY position", machine.name
        )
        run, known, allowed = "", {GENESIS}, Counter[tuple[str, int]]()
        for row in rows:
            fact = json.loads(row["fact"])
            fits = row["parent"] in known and digest(row["parent"], fact) == row["digest"]
            must(fits, f"I9: the chain of {machine.name} breaks at {fact['kind']}")
            known.add(row["digest"])
            run = fact["run"] if fact["kind"] == "run_started" else run
            if fact["kind"] == "unlock_authorised":
                allowed[run, fact["n"]] += 1
        for (name, run, n), times in self._pulses.items():
            covered = name != machine.name or name in self._town.memory.abandoned or allowed[run, n] >= times
            must(covered, f"I9: a pulse of {name} door {n} isn't in the audit log")

    def _told(self, machine: Machine) -> None:
        rows = self._town.rows("SELECT digest, state FROM reports WHERE locker_id = ? ORDER BY position", machine.name)
        assert machine.journal is not None
        journalled = [digest for _, digest, _ in machine.journal.entries()]
        lost = self._town.memory.abandoned.get(machine.name, set()) - set(journalled)
        told = [row["digest"] for row in rows if row["digest"] not in lost]
        must(told == journalled, f"I4: what {machine.name} told isn't what happened")
        parked = [row["digest"][:8] for row in rows if row["state"] != "applied"]
        must(not parked, f"I4: reports of {machine.name} are parked: {parked}")

    def _chain(self, machine: Machine) -> None:
        assert machine.journal is not None
        numbers: list[tuple[str, int]] = []
        for fact in machine.journal.facts():
            if fact.kind == "order_applied":
                numbers.append((fact.epoch, fact.number))
        must(len(numbers) == len(set(numbers)), f"I5: {machine.name} has obeyed an order twice")

    def _same(self, machine: Machine) -> None:
        view = self._town.hub.ask(lambda hub: looks.locker(hub, machine.name))
        assert view is not None and machine.daemon is not None
        believed = {box.n: (box.content, tuple(sorted(box.faults))) for box in view.compartments}
        known = {box.n: (box.content, box.faults) for box in machine.daemon._cabinet.overview()}
        must(believed == known, f"I8: hub and {machine.name} differ: {believed} and {known}")
        self.nothing_lies_forgotten()

    def _secrets(self, machine: Machine) -> None:
        card = b"".join(machine.disk.image().values())
        for parcel in self._town.parcels:
            for secret in (parcel.pin, f"{parcel.who}@example.org", f"Name of {parcel.who}"):
                must(not secret or secret.encode() not in card, f"I11: {machine.name} keeps a secret of {parcel.name}")

    def _nothing_forgotten(self) -> None:
        town = self._town
        status = {row["id"]: row["status"] for row in town.rows("SELECT id, status FROM parcels")}
        for parcel in town.parcels:
            if parcel.place == "inside" and not parcel.stray:
                must(status[parcel.id] not in OVER, f"I7: {parcel.name} counts as {status[parcel.id]} and lies inside")
                must(status[parcel.id] in ("ready_for_pickup", "expired", "needs_attention"),
                     f"I10: {parcel.name} lies inside as {status[parcel.id]}")  # fmt: skip
        told = Counter(row["once"] for row in town.rows("SELECT once FROM notices_outbox"))
        must(all(count == 1 for count in told.values()), "P7: somebody was told twice")


def durable(machine: Machine) -> list[dict[str, Any]]:
    """The facts of the present run that would survive if the power went now and nothing unsynced was written."""
    facts: list[dict[str, Any]] = []
    with survivor(machine.disk.image()) as connection:
        for (spelled,) in connection.execute("SELECT fact FROM entries ORDER BY position DESC LIMIT 400"):
            fact = json.loads(spelled)
            if fact["kind"] == "run_started":
                break
            facts.insert(0, fact)
    return facts
