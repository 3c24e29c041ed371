"""A town on its seed: hub, broker, lockers and people, and what is true of every parcel whatever anybody believes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub_service.handlers import announce, attempts, deposit_tickets, drop_offs, links, looks, replacing, sites
from hub_service.handlers.hub import Hub
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, FailedAttempt, Recipient
from locker.cabinet.events import Commissioned
from locker.wire import ticket
from tests.simulation import people
from tests.simulation.beginning import beginning
from tests.simulation.broker import Broker
from tests.simulation.checkers import Checker
from tests.simulation.hub_node import HubNode
from tests.simulation.machine import INSIDE_MM, Machine, keys_of
from tests.simulation.memory import Memory
from tests.simulation.motions import Manners, Parcel, Queue
from tests.simulation.world import MINUTE_MS, SECOND_MS, Script, World

LOCKERS = (1, 1, 1, 2)
LIES_MS = 5 * MINUTE_MS
PLANS = ("S S M", "S M L", "XS S M XL", "M M", "S S S M L")


class Town:
    """Everything and everybody of one seed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.draw("people")
        self.broker = Broker(world)
        begun = beginning(self.chance.choice(LOCKERS))
        self.hub = HubNode(world, self.broker, begun.hub_disk)
        self.staff = begun.staff
        self.checker = Checker(self)
        self.hub.watcher, self.broker.listener = self.checker, self.checker.said
        self.machines: dict[str, Machine] = {}
        self.parcels: list[Parcel] = []
        self.queue, self.manners = Queue(), Manners()
        self.memory = Memory(self)
        self.healed = False
        self._under_way = self._announced = 0
        self.taken_ms: dict[tuple[str, int], int] = {}
        self._names: dict[str, str] = {}
        self._shown: list[tuple[int, str, str, str]] = []
        for number, introduced in enumerate(begun.lockers, 1):
            self._build(number, introduced)

    def _build(self, number: int, made: sites.Introduced) -> None:
        name = f"locker-{number}"
        machine = Machine(self.world, self.broker, self.checker, name, number, self.chance.choice(PLANS))
        keys = keys_of(self.world, name, self.hub.keys.message.public_key())
        machine.introduce(made.hub_public_key, keys, bytes.fromhex(made.code_key))
        self.machines[name] = machine
        machine.power(True)
        self.commission(machine)

    def commission(self, machine: Machine) -> None:
        """The installer says that what is new is empty, if the machine has started."""
        process = machine.process
        if process and machine.daemon:
            process.enter(lambda: process.daemon.take(Commissioned()))

    def replaced(self, machine: Machine) -> bool:
        """Another computer, without power yet, takes a locker's place; False: the hub hasn't answered."""
        # A request that wasn't answered may have been heard: the next one needs another key.
        machine.computers += 1
        computer = f"{machine.name}/{machine.computers}"
        keys = keys_of(self.world, computer, self.hub.keys.message.public_key())
        public_key = keys.own.public_key().public_bytes_raw().hex()
        made = self.hub.ask(lambda hub: replacing.replace(hub, machine.name, public_key))
        if not isinstance(made, sites.Introduced):
            return False
        machine.power(False)
        self.memory.restored(machine, {})
        machine.introduce(made.hub_public_key, keys, bytes.fromhex(made.code_key))
        return True

    # What people do to things

    def put(self, machine: Machine, n: int, parcel: Parcel) -> None:
        """A parcel is laid into an open compartment."""
        self.checker.put(machine, n, parcel)
        machine.steel.put(n, parcel.name)
        parcel.place, parcel.n = "inside", n
        self.world.note(machine.name, "put", n, parcel.name)

    def take(self, machine: Machine, n: int, pickup: str) -> None:
        """Somebody takes what is theirs out of an open compartment (no pickup: a courier takes all of it)."""
        for parcel in self.inside(machine, n):
            if pickup in ("", parcel.pickup) or parcel.stray:
                machine.steel.take(n, parcel.name)
                parcel.place = "recipient" if pickup else "office"
                self.world.note(machine.name, "take", n, parcel.name)
        self.taken_ms[machine.name, n] = self.world.now_ms

    def gives_up(self, machine: Machine, parcel: Parcel) -> None:
        """A recipient goes without their parcel, and telephones: where a sensor lied the locker may not know of it."""
        lately = self.world.now_ms - machine.lied_ms.get(parcel.n, -LIES_MS) < LIES_MS
        if parcel.place == "inside" and (lately or machine.steel.doors[parcel.n].cut or parcel.n in machine.glued):
            parcel.stray = True

    def forget(self, machine: Machine, n: int, pickup: str) -> None:
        """Somebody has the door open and leaves the parcel where it is."""
        for parcel in self.inside(machine, n):
            parcel.stray = parcel.stray or parcel.pickup == pickup
        self.taken_ms[machine.name, n] = self.world.now_ms

    def to_the_office(self, machine: Machine, n: int) -> None:
        """An operator takes along what doesn't belong there."""
        for parcel in self.inside(machine, n):
            self.checker.found(machine, n, parcel)
            machine.steel.take(n, parcel.name)
            parcel.place = "office"

    def careless_door(self, machine: Machine, n: int) -> None:
        """A door is left open; some passer-by shuts it."""

        def passer_by() -> Iterator[int]:
            for _ in range(20):
                yield self.chance.randrange(20, 240) * SECOND_MS
                while self.queue.standing[machine.name]:
                    # Nobody shuts a door in somebody's face.
                    yield 10 * SECOND_MS
                if machine.shut(n):
                    return

        self.world.go(passer_by())  # type: ignore[arg-type]

    # What is true

    def inside(self, machine: Machine, n: int) -> list[Parcel]:
        """What lies in a compartment."""
        names = machine.steel.doors[n].content
        return [parcel for parcel in self.parcels if parcel.name in names]

    def waiting(self, machine: Machine, pickup: str) -> list[int]:
        """Behind which doors of a locker somebody still has something to take."""
        theirs = {one.n for one in self.parcels if one.pickup == pickup and one.locker == machine.name}
        return [n for n in theirs if n and any(one.pickup == pickup for one in self.inside(machine, n))]

    def presented(self, machine: Machine, kind: str, whose: str) -> None:
        """Somebody shows a code that is good for something."""
        self._shown.append((self.world.now_ms, machine.name, kind, whose))

    def shown_lately(self, machine: Machine, ms: int) -> set[tuple[str, str]]:
        """What was shown at a locker in the last so many milliseconds."""
        since = self.world.now_ms - ms
        return {(kind, whose) for at, where, kind, whose in self._shown if where == machine.name and at >= since}

    def was_sound(self, machine: Machine, n: int, since: set[str]) -> bool:
        """Whether the locker knew nothing against a compartment, but for what was found `since`."""
        known = machine.daemon._cabinet.state.boxes[n].faults if machine.daemon else set()
        return not known - {"jammed", "lock_silent"} - since

    def goes_on(self, machine: Machine, n: int, deliveries: list[str]) -> bool:
        """Whether a deposit that was cut off goes on where it began."""
        return machine.daemon is not None and bool(machine.daemon._cabinet.state.boxes[n].unclosed & set(deliveries))

    def in_doubt(self, machine: Machine, n: int) -> bool:
        """Whether the locker says that it doesn't know what is in a compartment, or believes that something is."""
        box = machine.daemon._cabinet.state.boxes[n] if machine.daemon else None
        return box is None or bool(box.doubt or box.inside)

    def believed(self, machine: Machine, n: int) -> set[str]:
        """The deliveries that the locker believes to lie in a compartment."""
        for parcel in self.parcels:
            self._remember(parcel)
        return set(machine.daemon._cabinet.state.boxes[n].contents) if machine.daemon else set()

    def mend(self, machine: Machine, n: int) -> None:
        """An operator frees a door that is jammed."""
        if machine.steel.doors[n].jammed:
            machine.steel.free(n, self.world.now_ms)
            machine.steel_moves()

    def is_broken(self, machine: Machine, n: int) -> bool:
        """Whether something about a door really is broken."""
        door = machine.steel.doors[n]
        return door.jammed or door.cut or n in machine.glued or door.burnt

    def delivery_of(self, name: str) -> str:
        """What the locker calls a parcel."""
        return next((delivery for delivery, parcel in reversed(self._names.items()) if parcel == name), name)

    def pickup_of(self, delivery: str) -> str:
        """Whose a delivery is ("": nobody can be asked now)."""
        if delivery not in self._names:
            for parcel in self.parcels:
                self._remember(parcel)
        if name := self._names.get(delivery):
            return next(parcel.pickup for parcel in self.parcels if parcel.name == name)
        return delivery.rpartition(".")[0]

    def _remember(self, parcel: Parcel) -> None:
        for row in self.rows("SELECT id, alias FROM deliveries WHERE parcel_id = ? ORDER BY rowid", parcel.id):
            self._names[row["id"]] = parcel.name
            if row["alias"]:
                self._names[row["alias"]] = parcel.name

    def rows(self, query: str, *values: str | int) -> list[Any]:
        """What the hub's tables say."""

        def look(hub: Hub) -> list[Any]:
            with hub.store.read() as db:
                return db.execute(query, values).fetchall()

        return self.hub.ask(look) or []

    # The carriers' computers

    def announce(self, who: str, machine: Machine, size: str, at_home: bool) -> Script:
        """A parcel is announced, for a locker or for a door where nobody will be."""
        self._announced += 1
        name = f"{who.upper()}{self._announced:03}"
        recipient = Recipient(name=f"Name of {who}", email=f"{who}@example.org")
        wish = Announcement(
            tracking_number=name, carrier="swift", recipient=recipient,
            locker_id=None if at_home else machine.name, width_mm=300, height_mm=INSIDE_MM[size] - 20, depth_mm=200,
            share_compartment=self.chance.random() < 0.5,
        )  # fmt: skip
        yield from self._until_answered(wish, Parcel(name, who, machine.name, size))

    def _until_answered(self, wish: Announcement, parcel: Parcel) -> Script:
        request = RequestKey("carrier", parcel.name)
        while (answer := self.hub.ask(lambda hub: announce.announce(hub, wish, request))) is None:
            yield 2 * SECOND_MS
        if not isinstance(answer, ParcelView):
            return
        parcel.id = answer.id
        if wish.locker_id is None:
            yield 5 * SECOND_MS
            attempt = FailedAttempt(parcel_id=parcel.id)
            while self.hub.ask(lambda hub: attempts.failed(hub, attempt)) is None:
                yield 2 * SECOND_MS
        self.look_up(parcel)
        if not parcel.pickup:
            return
        self.parcels.append(parcel)
        if self.chance.random() < self.manners.by_ticket:
            issued = self.hub.ask(lambda hub: deposit_tickets.issue(hub, parcel.id))
            parcel.deposit_ticket = issued.ticket if isinstance(issued, deposit_tickets.DepositTicket) else ""
        yield self.chance.randrange(5, 60) * SECOND_MS
        yield from people.bring(self, parcel)

    def look_up(self, parcel: Parcel) -> None:
        """What the carrier and the recipient see of a parcel now."""
        self._remember(parcel)
        view = self.hub.ask(lambda hub: looks.parcel(hub, parcel.id))
        if view is None or not view.ticket:
            return
        parcel.locker, parcel.ticket, parcel.pin = view.locker_id or parcel.locker, view.ticket, view.pin
        parcel.page = view.page_path.removeprefix("/p/")
        found = ticket.read(view.ticket)
        parcel.pickup = found.ticket.pickup if found else ""
        self.checker.keep(parcel)

    def page_says(self, parcel: Parcel) -> int:
        """The door that a parcel's page names (0: none)."""
        view = self.hub.ask(lambda hub: looks.parcel(hub, parcel.id))
        return (view and view.compartment) or 0

    def drop_off(self, machine: Machine, size: str) -> Script:
        """Somebody has something to send, and asks for a code."""
        self._announced += 1
        name, sender = f"SAM{self._announced:03}", Recipient(name="Name of sam", email="sam@example.org")
        wish = drop_offs.DropOff(
            carrier="swift", sender=sender, size_mm=(300, INSIDE_MM[size] - 20, 200), locker_id=machine.name,
            tracking_number=name,
        )  # fmt: skip
        parcel, request = Parcel(name, "sam", machine.name, size, sent=True), RequestKey("carrier", name)
        while (answer := self.hub.ask(lambda hub: drop_offs.ask(hub, wish, request))) is None:
            yield 2 * SECOND_MS
        if isinstance(answer, str):
            parcel.id = answer
            self.look_up(parcel)
            if parcel.pickup:
                self.parcels.append(parcel)
                yield self.chance.randrange(5, 60) * SECOND_MS
                yield from people.bring(self, parcel)

    # Rest

    def has_told(self, locker: str) -> bool:
        """Whether the hub has heard all that a locker knows."""
        daemon = self.machines[locker].daemon
        return daemon is not None and daemon._link.settled

    def settled(self) -> bool:
        """Whether everybody has told everything and every order is obeyed."""
        if not all(map(self.has_told, self.machines)):
            return False
        return not self.hub.ask(links.behind) and self.hub.session is not None

    def go(self, script: Script, after_ms: int = 0) -> None:
        """Somebody comes, and is waited for."""

        def until_gone() -> Script:
            yield from script
            self._under_way -= 1

        self._under_way += 1
        self.world.go(until_gone(), after_ms)

    def is_still(self) -> bool:
        """Whether no locker deals with anybody: it may be left alone for a while."""
        if self.queue.standing.total():
            return False
        daemons = [machine.daemon for machine in self.machines.values() if machine.daemon]
        return all(
            daemon._cabinet._desk.talk is None and not daemon._cabinet._desk.pulses.due_ms() for daemon in daemons
        ) and not any(machine.on_since for machine in self.machines.values())

    def at_rest(self) -> bool:
        """Whether nobody is on the way or in front of a locker, and no lock is at work."""
        if self._under_way or any(machine.on_since for machine in self.machines.values()):
            return False
        talks = [machine.daemon._cabinet._desk.talk for machine in self.machines.values() if machine.daemon]
        return not any(talk and talk.at_a_door for talk in talks)

    def is_sound(self, machine: Machine) -> bool:
        """Whether a locker has nothing for an operator to do."""
        return all(box.content != "uncertain" and not box.faults for box in machine.daemon._cabinet.overview()
                   ) if machine.daemon else False  # fmt: skip

    def wait(self, ms: int, over: Callable[[], bool] = lambda: False) -> bool:
        """Lets time pass."""
        return self.world.run_until(self.world.now_ms + ms, over)

    def quiet(self) -> None:
        """Lets people finish what they do."""
        self.wait(5 * MINUTE_MS, self.at_rest)
