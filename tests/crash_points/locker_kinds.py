"""Each kind of transaction of a locker: what comes before it, the thing itself, how its story goes on to its end."""

from __future__ import annotations

from typing import Any

import locker.checkpoint
from hub_service.handlers import sites
from hub_service.handlers.views import ParcelView
from hub_service.store import orders as order_log
from locker.cabinet.events import DoorOpened
from locker.wire.facts import Moment
from tests.crash_points import people
from tests.crash_points.kind import Kind
from tests.crash_points.town import CardMachine, CrashTown
from tests.pair.machine import MONDAY_MS

DAY_MS = 24 * 60 * 60 * 1000


def elm(town: CrashTown) -> CardMachine:
    """The locker that all of it happens at."""
    machine = town.lockers["elm"]
    assert isinstance(machine, CardMachine)
    return machine


def announced(town: CrashTown) -> ParcelView:
    """A parcel is on its way, and the locker knows."""
    parcel = town.announce("ada", "elm")
    town.settle()
    return parcel


def deposited(town: CrashTown) -> ParcelView:
    """A parcel lies in the locker, and the hub knows."""
    parcel = announced(town)
    town.deposit(elm(town), parcel)
    elm(town).choose("done")
    town.settle()
    return parcel


def expired(town: CrashTown) -> ParcelView:
    """A parcel has lain there for too long."""
    parcel = deposited(town)
    town.leap(80)
    assert town.status(parcel) == "expired"
    return parcel


def nothing(_: CrashTown) -> None:
    """There is nothing to prepare."""


def brings(town: CrashTown, parcel: ParcelView) -> None:
    """A courier brings it; where the light goes out, they wait."""
    machine = elm(town)
    machine.scan(parcel.tracking_number)
    town.wait(1)
    if machine.powered and machine.steel.open:
        town.put(machine, parcel, min(machine.steel.open))
        people.shut_all(town, machine)


def takes(town: CrashTown, parcel: ParcelView) -> None:
    """Its recipient takes it."""
    machine = elm(town)
    machine.scan(parcel.ticket)
    town.wait(1)
    if machine.powered and machine.steel.open:
        machine.take(parcel.id)
        people.shut_all(town, machine)


def takes_back(town: CrashTown, parcel: ParcelView) -> None:
    """A courier takes it back."""
    machine = elm(town)
    n = next(n for n, inside in machine.steel.inside.items() if parcel.id in inside)
    machine.type(town.courier_code)
    machine.choose("retrieve", n)
    town.wait(1)
    if machine.powered and machine.steel.open:
        machine.take(parcel.id)
        people.shut_all(town, machine)
        machine.choose("done")


def is_brought_and_fetched(town: CrashTown, parcel: ParcelView) -> None:
    """The courier goes on, then the recipient; at the end it counts as collected, told once."""
    machine = elm(town)
    people.back(town, machine)
    people.courier(town, machine, parcel)
    people.look(town, machine)
    town.agree()
    assert town.status(parcel) == "ready_for_pickup"
    assert town.notices(parcel).count("ready") == 1
    is_fetched(town, parcel)


def is_fetched(town: CrashTown, parcel: ParcelView) -> None:
    """The recipient goes on."""
    machine = elm(town)
    people.back(town, machine)
    people.recipient(town, machine, parcel)
    people.look(town, machine)
    town.agree()
    assert town.status(parcel) == "collected"
    assert town.notices(parcel).count("collected") == 1


def is_taken_back(town: CrashTown, parcel: ParcelView) -> None:
    """The courier goes on until the parcel is out."""
    machine = elm(town)
    people.back(town, machine)
    machine.take(parcel.id)
    people.shut_all(town, machine)
    for _ in range(people.PATIENCE):
        if not people.lies_anywhere(machine, parcel):
            break
        town.wait(130)
        takes_back(town, parcel)
    assert not people.lies_anywhere(machine, parcel), machine.shown
    people.look(town, machine)
    town.agree()
    # Nobody saw it go where the light went out with the door open: then a person is asked.
    assert town.status(parcel) in ("retrieved", "needs_attention")


def goes_on(town: CrashTown, _: Any) -> None:
    """The locker works, and everybody agrees."""
    people.back(town, elm(town))
    people.look(town, elm(town))
    town.agree()


def starts(town: CrashTown, _: Any) -> None:
    """The daemon starts, with a parcel in the house."""
    machine = elm(town)
    left, machine.fuse.left = machine.fuse.left, None
    machine.switch_off()
    machine.fuse.left = left
    machine.switch_on()


def looks(town: CrashTown, _: Any) -> None:
    """An operator looks into a compartment that is in doubt."""
    machine = elm(town)
    machine.type(town.operator_code)
    machine.choose("inspect", 1)
    town.wait(1)
    if machine.powered and machine.steel.open:
        people.shut_all(town, machine)
        machine.choose("is_empty")
        machine.choose("done")


def is_forced(town: CrashTown, _: Any) -> None:
    """A door is torn open, and pushed shut again."""
    machine = elm(town)
    machine.steel.open.add(1)
    machine.happens(DoorOpened(n=1))
    town.wait(1)
    people.shut_all(town, machine)


def guesses(town: CrashTown, _: Any) -> None:
    """Somebody types a code that opens nothing."""
    elm(town).type("00000001")
    town.wait(1)


def fails_stay(town: CrashTown, before: int) -> None:
    """A failure whose answer was shown is counted for ever."""
    machine = elm(town)
    shown = machine.powered
    people.back(town, machine)
    counted = len(machine.cabinet.state.failures_ms)
    assert counted - before == 1 if shown else counted - before in (0, 1)
    town.wait(1_200)
    goes_on(town, None)


def hears_orders(town: CrashTown, _: None) -> None:
    """The hub announces a parcel and takes a compartment out of service."""
    town.ask(lambda: sites.serve(town.hub, "elm", 3, False, "hinge"))
    town.announce("ben", "elm")
    town.wait(1)


def obeyed_once(town: CrashTown, _: Any) -> None:
    """Each order is obeyed, and none twice."""
    machine = elm(town)
    goes_on(town, None)
    assert 3 in machine.cabinet.state.out_of_service
    numbers = [(fact.epoch, fact.number) for fact in machine.facts() if fact.kind == "order_applied"]
    assert len(numbers) == len(set(numbers)), "I5: an order was obeyed twice"
    sites.serve(town.hub, "elm", 3, True)
    parcel = town.parcels[-1]
    people.courier(town, machine, parcel)
    is_fetched(town, parcel)


def hears_everything(town: CrashTown, _: Any) -> None:
    """The hub replaces all that it has told."""
    with town.hub.store.write() as db:
        order_log.begin_epoch(db, "elm", f"epoch-{town.timeline.now_ms}")
    town.wait(3)


def is_quiet(town: CrashTown, now: Moment) -> None:
    """Nobody is there for a while."""
    elm(town).quiet(now)


def has_much(town: CrashTown) -> Moment:
    """There is more behind the last checkpoint than one is worth."""
    deposited(town)
    is_fetched(town, town.parcels[-1])
    locker.checkpoint.CHECKPOINT_FACTS, locker.checkpoint.LET_GO_FACTS = 10, 10**6
    return Moment(run_ms=0, wall_ms=MONDAY_MS + town.timeline.now_ms, trusted=True)


def has_much_that_is_old(town: CrashTown) -> Moment:
    """Much is in the hub's backup, and older than anybody needs it."""
    deposited(town)
    is_fetched(town, town.parcels[-1])
    journal = elm(town).journal
    journal.confirmed(journal.head, journal.head)
    # What the hub has in a backup may go: it is looked at before.
    elm(town).check()
    locker.checkpoint.CHECKPOINT_FACTS, locker.checkpoint.LET_GO_FACTS = 10**6, 10
    return Moment(run_ms=0, wall_ms=MONDAY_MS + town.timeline.now_ms + 36 * DAY_MS, trusted=True)


def stands_where_it_stood(town: CrashTown, _: Any) -> None:
    """Whatever was written down, the state is the same, and the story goes on."""
    machine = elm(town)
    before = machine.cabinet.state
    if not people.back(town, machine):
        machine.switch_off()
        people.back(town, machine)
    after = machine.cabinet.state
    assert (after.gone, after.boxes.keys(), after.order_number) == (
        before.gone, before.boxes.keys(), before.order_number,
    )  # fmt: skip
    town.settle()
    parcel = announced(town)
    people.courier(town, machine, parcel)
    people.recipient(town, machine, parcel)
    town.settle()
    assert town.status(parcel) == "collected"
    told = {row["digest"] for row in town._rows("SELECT digest FROM reports WHERE locker_id = 'elm'")}
    assert {digest for _, digest, _ in machine.journal.entries()} <= told
    town.wait(200)


def reports(town: CrashTown, _: Any) -> None:
    """The hub confirms, and the locker writes that down."""
    machine = elm(town)
    machine.type("00000002")
    town.wait(1)
    machine._guarded(machine.journal.tidy)


KINDS = (
    Kind("starts", "locker", deposited, starts, is_fetched),
    Kind("deposit", "locker", announced, brings, is_brought_and_fetched),
    Kind("collection", "locker", deposited, takes, is_fetched),
    Kind("retrieval", "locker", expired, takes_back, is_taken_back),
    Kind("inspection", "locker", nothing, looks, goes_on),
    Kind("forced door", "locker", nothing, is_forced, goes_on),
    Kind("wrong code", "locker", lambda town: len(elm(town).cabinet.state.failures_ms), guesses, fails_stay),
    Kind("orders obeyed", "locker", nothing, hears_orders, obeyed_once),
    Kind("snapshot obeyed", "locker", deposited, hears_everything, is_fetched),
    Kind("reports confirmed", "locker", nothing, reports, goes_on),
    Kind("checkpoint", "locker", has_much, is_quiet, stands_where_it_stood),
    Kind("old facts let go", "locker", has_much_that_is_old, is_quiet, stands_where_it_stood),
)
