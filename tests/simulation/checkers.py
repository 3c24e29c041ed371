"""What must never be true, looked at from outside: steel, the bytes on the platter, the hub's tables, the people.

The numbers are those of the facts page on reliability: I1 a durable permission before each pulse, I2 one pickup a
compartment, I3 a code opens its own doors only, I4 every fact at the hub once and in order, I5 no order twice, I6
coils, I7 faults and false ends, I8 agreement, I9 the chain, I10 nothing forgotten, I11 no secrets at rest, I12 whoever
is right is let in.

Each is looked at where it can be broken: I1, I3, I6, I7 at every pulse, I2 at every parcel, I5 and I11 at every write
of a journal, I11 at every message, I4 and I9 at every commit and every start of the hub. What remains can't be judged
at every step: that all has arrived (I4) and is the same on both sides (I8) only when nothing is under way, what lies
forgotten (I10) or was taken for collected (I7) only when nobody stands before an open door, so before each leap in
time; whether people are let in (I12) only when nothing is broken.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from hub_service.handlers import looks
from locker.journal import Journal
from locker.wire.chain import GENESIS, digest
from tests.simulation.disk import survivor
from tests.simulation.machine import Machine, Watcher
from tests.simulation.world import MINUTE_MS, Violation

if TYPE_CHECKING:
    from tests.simulation.motions import Parcel
    from tests.simulation.town import Town

COIL_MS_MAX = 1_000
AT_ONCE_MAX = 1
LATELY_MS = 15 * MINUTE_MS
SPENT_AFTER_MS = 190_000
LYING = ("ready_for_pickup", "expired", "needs_attention", "return_deposited")
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
        self.pulses = 0
        self._positions: Counter[str] = Counter()
        self._written: dict[str, set[str]] = defaultdict(set)
        self._obeyed: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._taken: dict[str, dict[str, int]] = defaultdict(lambda: {GENESIS: 0})
        self._secret: set[bytes] = set()

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
            # A pulse waits for the one before it, and meanwhile something may have been found.
            since = {fact["fault"] for fact in run[run.index(allowed[-1]) :] if fact["kind"] == "fault_found"}
            self._theirs(machine, n, allowed[-1] | {"since": since}, visit_ms)

    def released(self, machine: Machine, n: int, on_ms: int) -> None:
        """I6: how long was it energised?"""
        must(on_ms <= COIL_MS_MAX, f"I6: {machine.name} door {n} was energised for {on_ms} ms")

    def opened(self, machine: Machine, journal: Journal, other_card: bool) -> None:
        """I9: a start finds all that was claimed to be durable, perhaps what was being written as well."""
        known = 0 if other_card else self._positions[machine.name]
        must(journal.position >= known, f"I9: the card of {machine.name} has lost what it had promised to keep")
        if other_card:
            self._obeyed[machine.name].clear()
        self.recorded(machine, journal, journal.position - known)

    def recorded(self, machine: Machine, journal: Journal, facts: int) -> None:
        """I5, I11: so many facts have just become durable."""
        name, orders = machine.name, self._obeyed[machine.name]
        self._positions[name] = journal.position
        for _, entry, fact in journal.entries(journal.position - facts):
            if fact["kind"] == "order_applied":
                must((fact["epoch"], fact["number"]) not in orders, f"I5: {name} obeys an order twice")
                orders.add((fact["epoch"], fact["number"]))
            self._written[name].add(entry)
            self._keeps_quiet(json.dumps(fact, ensure_ascii=False).encode(), f"the journal of {name}")

    def said(self, raw: bytes) -> None:
        """I11: something goes over the bus."""
        self._keeps_quiet(raw, "a message")

    def keep(self, parcel: Parcel) -> None:
        """What of a parcel nobody may find on a card or on the bus."""
        words = (parcel.pin, f"{parcel.who}@example.org", f"Name of {parcel.who}")
        self._secret |= {word.encode() for word in words if word}

    def _keeps_quiet(self, where: bytes, what: str) -> None:
        for secret in self._secret:
            # A PIN is eight digits, and in a signature any eight may stand side by side.
            must(
                secret not in where or not re.search(rb"(?<![0-9a-f])" + re.escape(secret) + rb"(?![0-9a-f])", where),
                f"I11: {what} holds a secret",
            )

    def committed(self) -> None:
        """I4, I9: what the hub has just taken is what happened, follows what it knew, and comes once."""
        for name in self._town.machines:
            taken = self._taken[name]
            for row in self._reports(name, len(taken) - 1):
                fact, digest_of = json.loads(row["fact"]), row["digest"]
                fits = row["parent"] in taken and digest(row["parent"], fact) == digest_of
                must(fits, f"I9: the chain of {name} breaks at {fact['kind']}")
                must(digest_of not in taken, f"I4: a {fact['kind']} of {name} is taken twice")
                must(digest_of in self._written[name], f"I4: a {fact['kind']} of {name} never happened")
                must(row["position"] == len(taken), f"I4: a {fact['kind']} of {name} is out of order")
                taken[digest_of] = len(taken)

    def hub_started(self) -> None:
        """I4: whatever the hub had taken, it still has."""
        for name, taken in self._taken.items():
            told = {row["digest"] for row in self._reports(name, 0)}
            must(taken.keys() - {GENESIS} <= told, f"I4: the hub has forgotten what {name} has told")

    def _reports(self, name: str, behind: int) -> list[Any]:
        query = (
            "SELECT digest, parent, position, fact FROM reports WHERE locker_id = ? AND position > ? ORDER BY position"
        )
        return self._town.rows(query, name, behind)

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
                town.was_sound(machine, n, fact["since"]) or town.goes_on(machine, n, fact["deliveries"]),
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
        """I10: every parcel that lies in a locker is one that the locker knows of."""
        for machine in self._town.machines.values():
            for n, box in (machine.daemon._cabinet.state.boxes if machine.daemon else {}).items():
                # Whoever stands before an open door may still be putting something in.
                if self._town.memory.doubtful(machine, n) or machine.steel.doors[n].open:
                    continue
                there = [one.name for one in self._town.inside(machine, n) if not one.stray]
                must(not (there and box.empty), f"I10: {machine.name} {n} counts as empty and holds {there}")

    def before_a_leap(self) -> None:
        """I7, I10: nobody is there; what everybody will believe for days is true of what lies inside."""
        town = self._town
        self.nothing_lies_forgotten()
        status = {row["id"]: row["status"] for row in town.rows("SELECT id, status FROM parcels")}
        for parcel in town.parcels:
            # Of a locker that is cut off the hub believes what it heard last.
            known = parcel.place == "inside" and not parcel.stray and parcel.id in status
            if known and town.has_told(parcel.locker):
                must(status[parcel.id] not in OVER, f"I7: {parcel.name} counts as {status[parcel.id]} and lies inside")

    def agree(self) -> None:
        """Everything at rest: what everybody says is the same, and true."""
        for machine in self._town.machines.values():
            self._audit(machine)
            self._told(machine)
            self.same(machine)
            self._card(machine)
        self._nothing_forgotten()

    def _audit(self, machine: Machine) -> None:
        """I9: what the hub holds accounts for every pulse."""
        run, allowed = "", Counter[tuple[str, int]]()
        for row in self._reports(machine.name, 0):
            fact = json.loads(row["fact"])
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

    def same(self, machine: Machine) -> None:
        """I8: nothing is under way; hub and locker believe the same, and nothing lies forgotten."""
        view = self._town.hub.ask(lambda hub: looks.locker(hub, machine.name))
        assert view is not None and machine.daemon is not None
        believed = {box.n: (box.content, tuple(sorted(box.faults))) for box in view.compartments}
        known = {box.n: (box.content, box.faults) for box in machine.daemon._cabinet.overview()}
        must(believed == known, f"I8: hub and {machine.name} differ: {believed} and {known}")
        self.nothing_lies_forgotten()

    def _card(self, machine: Machine) -> None:
        """I11: also what was let go has left nothing."""
        card = b"".join(machine.disk.image().values())
        self._keeps_quiet(card, f"the card of {machine.name}")

    def _nothing_forgotten(self) -> None:
        town = self._town
        self.before_a_leap()
        status = {row["id"]: row["status"] for row in town.rows("SELECT id, status FROM parcels")}
        for parcel in town.parcels:
            if parcel.place == "inside" and not parcel.stray:
                must(status[parcel.id] in LYING,
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
