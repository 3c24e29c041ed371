"""Each kind of transaction of the hub: what comes before it, the thing itself, and how its story goes on to its end."""

from __future__ import annotations

from typing import Any

from hub_service.handlers import announce, attempts, sites, stays, waits
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt
from hub_service.notices.worker import Worker
from hub_service.store import orders as order_log
from tests.crash_points import backing_up, people
from tests.crash_points.kind import Kind
from tests.crash_points.locker_kinds import announced, brings, deposited, elm, is_brought_and_fetched, is_fetched, takes
from tests.crash_points.town import CrashTown
from tests.pair.town import wish


class Post:
    """A channel that only counts: what a provider has got, by its key, and how often."""

    def __init__(self) -> None:
        self.got: dict[str, int] = {}

    def deliver(self, notice: Any, _: Any) -> None:
        """The provider has it."""
        self.got[notice.once] = self.got.get(notice.once, 0) + 1


def nothing(_: CrashTown) -> None:
    """There is nothing to prepare."""


def at_rest(town: CrashTown) -> None:
    """Everybody agrees, and coils rest."""
    people.look(town, elm(town))
    town.agree()


def number_of(town: CrashTown) -> str:
    """A new tracking number."""
    return f"NEW{town.timeline.now_ms}"


def announces(town: CrashTown, number: str) -> None:
    """A carrier announces, and asks again with the same key where no answer has come."""
    key = RequestKey("carrier", number)
    for _ in range(3):
        asked = town.ask(lambda: announce.announce(town.hub, wish("ada", number, "elm", "S"), key))
        if isinstance(asked, ParcelView):
            town.parcels.append(asked)
            return
        assert asked is None, asked


def is_there_once(town: CrashTown, number: str) -> None:
    """It is announced once, and its story goes on to its end."""
    rows = town._rows("SELECT id FROM parcels WHERE tracking_number = ?", number)
    assert len(rows) == 1 and town.parcels[-1].tracking_number == number
    is_brought_and_fetched(town, town.parcels[-1])


def at_home(town: CrashTown) -> ParcelView:
    """A parcel is on its way to a door."""
    return town.announce("cleo", None)


def fails(town: CrashTown, parcel: ParcelView) -> None:
    """Nobody was at home; the courier's device asks until it has an answer."""
    attempt = FailedAttempt(parcel_id=parcel.id, reason="nobody_home")
    for _ in range(3):
        if town.ask(lambda: attempts.failed(town.hub, attempt)) is not None:
            return


def has_one_place(town: CrashTown, parcel: ParcelView) -> None:
    """Room is held once."""
    rows = town._rows("SELECT id FROM deliveries WHERE parcel_id = ? AND state <> 'ended'", parcel.id)
    assert len(rows) == 1, "a parcel holds room twice"
    is_brought_and_fetched(town, parcel)


def extends(town: CrashTown, parcel: ParcelView) -> None:
    """Its recipient asks for more time, once more where no answer has come."""
    if town.ask(lambda: stays.extend(town.hub, parcel.id)) is None:
        town.ask(lambda: stays.extend(town.hub, parcel.id))


def was_extended_once(town: CrashTown, parcel: ParcelView) -> None:
    """There was one extension."""
    assert town.notices(parcel).count("extended") == 1
    is_fetched(town, parcel)


def cancels(town: CrashTown, parcel: ParcelView) -> None:
    """The carrier takes its announcement back."""
    if town.ask(lambda: stays.cancel(town.hub, parcel.id)) is None:
        town.ask(lambda: stays.cancel(town.hub, parcel.id))


def is_cancelled(town: CrashTown, parcel: ParcelView) -> None:
    """It is not expected any more, and its label opens nothing."""
    at_rest(town)
    assert town.status(parcel) == "cancelled"
    elm(town).scan(parcel.tracking_number)
    town.wait(1)
    assert not elm(town).steel.open


def greets(town: CrashTown, _: Any) -> None:
    """The locker connects anew, and there is something to tell it."""
    machine = elm(town)
    machine.pull_out()
    town.ask(lambda: sites.serve(town.hub, "elm", 3, False, "hinge"))
    machine.plug_in()
    town.wait(1)


def knows_the_order(town: CrashTown, _: Any) -> None:
    """The locker has heard it, whatever became of the request: then somebody asks again."""
    sites.serve(town.hub, "elm", 3, False, "hinge")
    at_rest(town)
    assert 3 in elm(town).cabinet.state.out_of_service
    sites.serve(town.hub, "elm", 3, True)
    at_rest(town)


def restored_card(town: CrashTown) -> ParcelView:
    """A parcel lies in the locker, and its card is an older one that doesn't know it."""
    machine = elm(town)
    parcel = announced(town)
    image = machine.disk.image()
    town.deposit(machine, parcel)
    town.settle()
    machine.switch_off()
    machine.said.clear()
    machine.disk.restore(image)
    machine._counted = min(machine._counted, 10**9)
    return parcel


def comes_back(town: CrashTown, _: ParcelView) -> None:
    """The locker starts with that card."""
    machine = elm(town)
    machine.given.clear()
    machine._counted = 0
    machine.switch_on()
    town.wait(3)


def is_found_again(town: CrashTown, parcel: ParcelView) -> None:
    """The fork is noticed, a person looks, and the recipient gets the parcel."""
    town.settle()
    assert "fork" in town.alarms()
    people.look(town, elm(town))
    town.settle()
    people.recipient(town, elm(town), parcel)
    town.settle()
    # The alarms of this story aren't the next one's.
    with town.hub.store.write() as db:
        db.execute("UPDATE alarms SET closed_ms = 1 WHERE closed_ms IS NULL")
    town.wait(200)


def late(town: CrashTown) -> ParcelView:
    """A parcel lies in the locker, and its time is over."""
    parcel = deposited(town)
    town.timeline.leap(80 * 3_600_000)
    town.wait(1)
    return parcel


def duties(town: CrashTown, _: Any) -> None:
    """What runs by the clock runs."""
    town.ask(lambda: waits.run_due(town.hub))
    town.wait(1)


def is_expired(town: CrashTown, parcel: ParcelView) -> None:
    """It is expired, and its recipient was told once; the code still works."""
    waits.run_due(town.hub)
    town.settle()
    assert town.status(parcel) == "expired"
    assert town.notices(parcel).count("expired") <= 1
    is_fetched(town, parcel)


def cleans_up(town: CrashTown, _: Any) -> None:
    """Orders that everybody has obeyed are forgotten."""
    kept, waits.ORDERS_KEPT = waits.ORDERS_KEPT, 1
    town.ask(lambda: waits.forget_old_orders(town.hub))
    waits.ORDERS_KEPT = kept


def begins_anew(town: CrashTown, _: Any) -> None:
    """The locker is told everything in a new epoch."""

    def new_epoch() -> bool:
        with town.hub.store.write() as db:
            order_log.begin_epoch(db, "elm", f"epoch-{town.timeline.now_ms}")
        return True

    town.ask(new_epoch)
    town.wait(3)


def told(town: CrashTown) -> tuple[ParcelView, Post]:
    """Somebody has to be told of a parcel."""
    return deposited(town), Post()


def sends(town: CrashTown, story: tuple[ParcelView, Post]) -> None:
    """The worker hands notices over; one whose end was cut off is sent again some minutes later."""
    post = story[1]
    for _ in range(2):
        town.ask(lambda: Worker(town.hub.store, post, town.hub.now_ms).work())
        town.timeline.leap(1_000_000)


def was_told(town: CrashTown, story: tuple[ParcelView, Post]) -> None:
    """Everything was handed over, twice only where the end was cut off, and with the same key."""
    parcel, post = story
    Worker(town.hub.store, post, town.hub.now_ms).work()
    rows = town._rows("SELECT once FROM notices_outbox WHERE parcel_id = ?", parcel.id)
    assert rows and all(1 <= post.got.get(row["once"], 0) <= 2 for row in rows)
    assert sum(count - 1 for count in post.got.values()) <= 1
    is_fetched(town, parcel)


def starts(town: CrashTown, _: Any) -> None:
    """A hub starts on an empty disk: it makes its tables, or updates them."""
    town.ask(lambda: town.new_store())


def starts_again(town: CrashTown, _: Any) -> None:
    """The next start makes what is missing."""
    town.new_store(again=True)


KINDS = (
    Kind("tables made", "hub", nothing, starts, starts_again),
    Kind("announcement", "hub", number_of, announces, is_there_once),
    Kind("failed home delivery", "hub", at_home, fails, has_one_place),
    Kind("more time", "hub", deposited, extends, was_extended_once),
    Kind("cancellation", "hub", announced, cancels, is_cancelled),
    Kind("greeting, orders sent", "hub", nothing, greets, knows_the_order),
    Kind("deposit reported", "hub", announced, brings, is_brought_and_fetched),
    Kind("collection reported", "hub", deposited, takes, is_fetched),
    Kind("fork reported", "hub", restored_card, comes_back, is_found_again),
    Kind("new epoch, snapshot sent", "hub", deposited, begins_anew, is_fetched),
    Kind("duties by the clock", "hub", late, duties, is_expired),
    Kind("old orders forgotten", "hub", deposited, cleans_up, is_fetched),
    Kind("notices sent", "hub", told, sends, was_told),
    Kind("backup", "hub", backing_up.something_to_keep, backing_up.backs_up, backing_up.is_counted_on_if_whole),
)
