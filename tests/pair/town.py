"""A town: the real hub on a real store, lockers, the bus between them, the people. Checks from outside what is true.

I1 no pulse without a durable permission (in `machine`) - I2 no two pickups in one compartment - I4 every fact at the
hub exactly once, in order - I8 hub, locker and steel say the same.
"""

from __future__ import annotations

import json
import pickle
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub_service.handlers import announce, day_codes, links, looks, opening, orders, replacing, reports, sites, waits
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.settings import DATABASE
from hub_service.store import keys
from hub_service.store.databases import open_store
from hub_service.store.location import Server
from locker.cabinet.events import Commissioned
from locker.wire import codec
from locker.wire.facts import CompartmentSpec, SizeClass
from locker.wire.messages import Batch, Hello, Message, Presence
from locker.wire.opening import Answered, Challenge
from tests.pair.bus import CALM, SECOND_MS, Bus, Timeline, Weather
from tests.pair.machine import MONDAY_MS, Keys, Machine
from tests.servers.where import copied, database, put_back

INSIDE_MM: dict[SizeClass, int] = {"XS": 60, "S": 90, "M": 200, "L": 420, "XL": 860}
AGREE_S = 60
RESEND_MS = 2 * SECOND_MS
WILL_MS = 1_500
_TOLD_OF = (
    "COALESCE((SELECT MIN(o.created_ms) FROM orders AS o WHERE o.body LIKE '%' || d.id || '%'), d.created_s * 1000)"
)
"""When a delivery's locker was first told of it: two of one second can't be told apart otherwise."""

DOOR_S = 8
"""A lock rests between two pulses, and several of them take turns."""

HOUR_MS = 3_600 * SECOND_MS


class TownClock:
    """The hub's time."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def now_ms(self) -> int:
        return MONDAY_MS + self._timeline.now_ms


class Town:
    """Everything and everybody. `seed` fixes what the bus does to each message."""

    machine_of: type[Machine] = Machine

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.timeline = Timeline()
        self.bus = Bus(self.timeline, self.chance)
        self.lockers: dict[str, Machine] = {}
        self.parcels: list[ParcelView] = []
        self.answers_lost = 0
        # What a recipient may hear of one parcel more than once, each time for a new reason.
        self.told_again = {"attention"}
        self._folder = folder
        self._sent: dict[str, tuple[object, int]] = {}
        self._pushing = False
        self._public: dict[str, Ed25519PublicKey] = {}
        self._former: dict[str, int] = {}
        keys.create(folder)
        self.start_hub()
        self._passes = {
            "operator": sites.add_pass(self.hub, "operator", "olga").id,
            "courier": sites.add_pass(self.hub, "courier", "carl", "swift").id,
        }

    @property
    def operator_code(self) -> str:
        """What an operator types today."""
        return self.todays_code(self._passes["operator"])

    @property
    def courier_code(self) -> str:
        """What a courier types today."""
        return self.todays_code(self._passes["courier"])

    def todays_code(self, pass_id: str) -> str:
        """What somebody of the staff reads on their page today; every locker that can hear has been told of it."""
        # In tests no duty looks every few seconds; and codes of later days cost a slow hash each.
        while day_codes.keep(self.hub, ahead=0):
            self.wait(1)
        return next(one.code for one in day_codes.today(self.hub) if one.pass_id == pass_id)

    # The hub

    def start_hub(self) -> None:
        """The hub's process starts: it knows what is in its store, and nothing else."""
        secret = keys.load(self._folder)
        self.hub = Hub(
            open_store(database(self._folder), secret.vault), secret, TownClock(self.timeline), "http://hub.example"
        )
        self._sent.clear()
        self.hub.store.on_commit(self._push_soon)

    def restart_hub(self) -> None:
        """The hub's process dies and another one starts."""
        self.hub.store.close()
        self.start_hub()
        self._push_soon()

    def back_up(self) -> bytes:
        """A copy of the hub's whole database."""
        place = database(self._folder)
        if isinstance(place, Server):
            return pickle.dumps(copied(place))
        with closing(sqlite3.connect(place)) as file:
            return file.serialize()

    def restore(self, backup: bytes) -> None:
        """The hub's disk has died; the hub starts again from a copy, and nobody tells the lockers."""
        self.hub.store.close()
        place = database(self._folder)
        if isinstance(place, Server):
            put_back(place, pickle.loads(backup))
        else:
            for leftover in self._folder.glob(f"{DATABASE}*"):
                leftover.unlink()
            place.write_bytes(backup)
        self.start_hub()
        self._push_soon()

    def stop(self) -> None:
        """Nobody looks any more."""
        self.hub.store.close()

    def hub_hears(self, name: str, raw: bytes) -> None:
        """A locker's message reaches the hub, which answers after its commit, unless it dies in between."""
        message = codec.decode(raw, self._public[name])
        if isinstance(message, Presence):
            reports.take(self.hub, message.locker, message)
            return
        if isinstance(message, Challenge | Answered):
            answers = opening.heard(self.hub, name, message)
        else:
            assert isinstance(message, Hello | Batch)
            answers = reports.take(self.hub, name, message)
        if self.answers_lost:
            self.answers_lost -= 1
            self.restart_hub()
            return
        for answer in answers:
            self._say(name, answer)

    def _say(self, name: str, message: Message) -> None:
        self.bus.send(name, codec.encode(message, self.hub.keys.message), self.lockers[name].hear)

    def _push_soon(self) -> None:
        if not self._pushing:
            self._pushing = True
            self.timeline.after(1, self._push)

    def _push(self) -> None:
        self._pushing = False
        knocks = opening.knocks(self.hub)
        for name, knock in knocks:
            self._say(name, knock)
        if knocks:
            self.timeline.after(SECOND_MS, self._push_soon)
        behind = links.behind(self.hub)
        for name, up_to in behind:
            before, again_ms = self._sent.get(name, (None, 0))
            if (before != up_to or self.timeline.now_ms >= again_ms) and (message := orders.due(self.hub, name)):
                self._sent[name] = (up_to, self.timeline.now_ms + RESEND_MS)
                self._say(name, message)
        if behind:
            self.timeline.after(RESEND_MS, self._push_soon)

    # Lockers

    def locker(self, name: str, classes: str, where: str = "") -> Machine:
        """Sets up a locker with compartments of these classes; somebody has looked that all are empty."""
        own, number = Ed25519PrivateKey.generate(), len(self.lockers) + 1
        public = own.public_key()
        new = sites.NewLocker(
            id=name,
            number=number,
            name=f"{name.title()} Street",
            where=where,
            public_key=public.public_bytes_raw().hex(),
        )
        made = sites.add_locker(self.hub, new)
        assert isinstance(made, sites.Introduced)
        specs = tuple(_spec(n, size) for n, size in enumerate(classes.split(), start=1))
        machine = self._machine(name, number, specs, _keys(own, made))
        machine.happens(Commissioned())
        machine.plug_in()
        self.settle()
        return machine

    def replace(self, old: Machine) -> Machine:
        """New hardware takes a locker's place, with an empty card and its own key; what lay in the boxes lies there."""
        own = Ed25519PrivateKey.generate()
        self._former[old.name] = len(self._rows("SELECT 1 FROM reports WHERE locker_id = ?", old.name))
        made = replacing.replace(self.hub, old.name, own.public_key().public_bytes_raw().hex())
        assert isinstance(made, sites.Introduced)
        machine = self._machine(old.name, old.number, old.specs, _keys(own, made))
        machine.steel.inside = {n: set(lying) for n, lying in old.steel.inside.items()}
        machine.plug_in()
        self.settle()
        return machine

    def _machine(self, name: str, number: int, specs: tuple[CompartmentSpec, ...], keys: Keys) -> Machine:
        machine = self.machine_of(name, number, specs, keys, self.timeline, self.chance.random)
        self._public[name], self.lockers[name] = keys.own.public_key(), machine
        machine.send = lambda raw: self.bus.send(name, raw, lambda heard: self.hub_hears(name, heard))
        return machine

    def cut_network(self, machine: Machine) -> None:
        """Somebody pulls the network cable; a little later the broker publishes the last will."""
        will = machine.pull_out()
        self.bus.cut.add(machine.name)
        self.timeline.after(WILL_MS, lambda: reports.take(self.hub, will.locker, will))

    def mend_network(self, machine: Machine) -> None:
        """The cable is back."""
        self.bus.cut.discard(machine.name)
        machine.plug_in()

    def power_cut(self, machine: Machine, seconds: float = 5) -> None:
        """Power goes, and comes back after a while."""
        machine.switch_off()
        self.wait(seconds)
        machine.switch_on()

    # Time

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        self.timeline.run_until(self.timeline.now_ms + int(seconds * SECOND_MS))

    def leap(self, hours: int) -> None:
        """Hours of quiet pass; whatever falls due by the clock is done."""
        self.settle()
        self.leap_in_the_dark(hours)
        self.settle()

    def leap_in_the_dark(self, hours: int) -> None:
        """The same, with the network as it is."""
        self.timeline.leap(hours * HOUR_MS)
        waits.run_due(self.hub)
        self.wait(1)

    @property
    def settled(self) -> bool:
        """Whether everybody has told everything and every order is obeyed."""
        on_the_net = [machine for machine in self.lockers.values() if machine.connected and machine.powered]
        return not self.bus.under_way and all(machine.settled for machine in on_the_net) and not links.behind(self.hub)

    def settle(self) -> None:
        """Lets everybody come to rest, which may take a minute at most on a bus that works."""
        self.wait(0.1)
        over = self.timeline.run_until(self.timeline.now_ms + AGREE_S * SECOND_MS, lambda: self.settled)
        assert over, f"P6: no agreement within {AGREE_S} s: {links.behind(self.hub)}"

    def weather(self, weather: Weather) -> None:
        """From now on the bus is like this."""
        self.bus.weather = weather

    def heal(self) -> None:
        """Every fault ends."""
        self.weather(CALM)
        self.answers_lost = 0
        for machine in self.lockers.values():
            machine.gaps_left = None
            if machine.name in self.bus.cut:
                self.mend_network(machine)
            if not machine.powered:
                machine.switch_on()

    # People

    def announce(self, who: str, to: str | None, size: SizeClass = "S", **more: Any) -> ParcelView:
        """A carrier announces a parcel for somebody, to a locker or (None) to a door."""
        number = f"{who.upper()}{len(self.parcels) + 1}"
        parcel = announce.announce(self.hub, wish(who, number, to, size, **more))
        assert isinstance(parcel, ParcelView), parcel
        self.parcels.append(parcel)
        self.wait(0.1)
        return parcel

    def deposit(self, machine: Machine, parcel: ParcelView, code: str = "") -> int:
        """A courier scans, puts in and shuts; returns the compartment."""
        machine.scan(code or parcel.tracking_number)
        n: int = self.door_opens(machine)
        self.put(machine, parcel, n)
        machine.shut(n)
        self.wait(0.1)
        return n

    def put(self, machine: Machine, parcel: ParcelView, n: int) -> None:
        """Lays the parcel in; nobody else's may be there."""
        theirs = {self.pickup_of(other) for other in machine.steel.inside[n]}
        assert theirs <= {self.pickup_of(parcel.id)}, f"I2: compartment {n} holds somebody else's parcel"
        machine.put(parcel.id, n)

    def collect(self, machine: Machine, parcel: ParcelView, pin: bool = False) -> list[int]:
        """A recipient shows the code, empties and shuts every door that opens; returns them."""
        shown = self.seen(parcel)
        machine.type(shown.pin) if pin else machine.scan(shown.ticket)
        doors: list[int] = []
        while (n := self.door_opens(machine, needed=not doors)) is not None:
            doors.append(n)
            machine.steel.inside[n].clear()
            machine.shut(n)
        self.wait(0.1)
        return doors

    def inspect(self, machine: Machine) -> None:
        """An operator looks into every compartment that is in doubt, and says what is there."""
        doubtful = [one.n for one in machine.cabinet.overview() if one.content == "uncertain"]
        if not doubtful:
            return
        machine.type(self.operator_code)
        assert machine.shown == "operator_menu", machine.shown
        for n in doubtful:
            machine.choose("inspect", n)
            self.door_opens(machine)
            assert n in machine.steel.open, f"door {n} stays shut: {machine.shown}"
            machine.shut(n)
            machine.choose("holds_parcel" if machine.steel.inside[n] else "is_empty")
        machine.choose("done")
        self.wait(1)

    def door_opens(self, machine: Machine, needed: bool = True) -> Any:
        """The door that opens now; None where none does and none is needed."""
        self.wait(1)
        until_ms = self.timeline.now_ms + DOOR_S * SECOND_MS
        self.timeline.run_until(until_ms, lambda: bool(machine.steel.open) or machine.shown != "opening")
        opened = sorted(machine.steel.open)
        assert opened or not needed, f"no door opens: {machine.shown}"
        return opened[0] if opened else None

    # What is there to see

    def seen(self, parcel: ParcelView) -> ParcelView:
        """A parcel as the hub shows it now."""
        view = looks.parcel(self.hub, parcel.id)
        assert view is not None
        return view

    def status(self, parcel: ParcelView) -> str:
        """A parcel's status at the hub."""
        return self.seen(parcel).status

    def notices(self, parcel: ParcelView) -> list[str]:
        """What its recipient was told, oldest first."""
        return [
            row["kind"]
            for row in self._rows("SELECT kind FROM notices_outbox WHERE parcel_id = ? ORDER BY id", parcel.id)
        ]

    def pickup_of(self, parcel_id: str) -> str:
        """The pickup that a parcel belongs to."""
        query = f"SELECT pickup_id FROM deliveries AS d WHERE parcel_id = ? ORDER BY state = 'ended', {_TOLD_OF} DESC"
        return str(self._rows(query, parcel_id)[0]["pickup_id"])

    def delivery_of(self, parcel: ParcelView) -> str:
        """What a parcel's first delivery is called on the wire."""
        return str(
            self._rows(f"SELECT id FROM deliveries AS d WHERE parcel_id = ? ORDER BY {_TOLD_OF}", parcel.id)[0]["id"]
        )

    def alarms(self) -> set[str]:
        """What the hub calls a person for."""
        return {row["kind"] for row in self._rows("SELECT kind FROM alarms WHERE closed_ms IS NULL")}

    # Truth

    def agree(self) -> None:
        """Everybody comes to rest, and says what is true."""
        self.settle()
        for machine in self.lockers.values():
            self._all_told_once(machine)
            self._all_say_the_same(machine)
        self._nobody_is_told_twice()

    def _all_told_once(self, machine: Machine) -> None:
        told = self._rows("SELECT digest, fact, state FROM reports WHERE locker_id = ? ORDER BY position", machine.name)
        # What the machine before it has told stays told.
        told = told[self._former.get(machine.name, 0) :]
        journalled = [(digest, fact) for _, digest, fact in machine.journal.entries()]
        assert [(row["digest"], json.loads(row["fact"])) for row in told] == journalled, (
            "I4: what was told isn't what is"
        )
        parked = [row["fact"] for row in told if row["state"] != "applied"]
        assert not parked, f"I4: nothing here is a reason to park anything: {parked}"

    def _all_say_the_same(self, machine: Machine) -> None:
        view = looks.locker(self.hub, machine.name)
        assert view is not None
        believed = {box.n: (box.content, tuple(sorted(box.faults))) for box in view.compartments}
        known = {one.n: (one.content, one.faults) for one in machine.cabinet.overview()}
        assert believed == known, "I8: hub and locker differ"
        numbers = {parcel.tracking_number: parcel.id for parcel in self.parcels}
        for box in view.compartments:
            there = {numbers[number] for number in box.parcels}
            assert box.content == "uncertain" or there == machine.steel.inside[box.n], f"I8: {machine.name} {box.n}"
            assert len({self.pickup_of(one) for one in there}) <= 1, f"I2: {machine.name} {box.n}"

    def _nobody_is_told_twice(self) -> None:
        # A browser is told beside the mail, not instead of it.
        rows = self._rows("SELECT kind, parcel_id, once FROM notices_outbox WHERE channel <> 'push' ORDER BY id")
        told = Counter((row["parcel_id"], row["kind"]) for row in rows if row["kind"] not in self.told_again)
        assert {what: count for what, count in told.items() if count > 1} == {}, "somebody is told twice"

    def _rows(self, query: str, *values: str) -> list[Any]:
        with self.hub.store.read() as db:
            return db.execute(query, values).fetchall()


def _keys(own: Ed25519PrivateKey, made: sites.Introduced) -> Keys:
    hub_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(made.hub_public_key))
    return Keys(own, hub_key, bytes.fromhex(made.code_key))


def _spec(n: int, said: str) -> CompartmentSpec:
    """`M` is a compartment at a middle height, `M/low` and `M/high` are not."""
    name, _, reach = said.partition("/")
    size: Any = name
    within: Any = reach or "middle"
    return CompartmentSpec(n=n, size_class=size, width_mm=380, height_mm=INSIDE_MM[size], depth_mm=640, reach=within)


def wish(who: str, number: str, to: str | None, size: SizeClass, **more: Any) -> Announcement:
    """A parcel that fits a compartment of this class and all larger ones."""
    return Announcement(
        tracking_number=number, carrier="swift", recipient=Recipient(name=who, email=f"{who}@example.org"),
        locker_id=to, width_mm=300, height_mm=INSIDE_MM[size] - 20, depth_mm=200, **more,
    )  # fmt: skip
