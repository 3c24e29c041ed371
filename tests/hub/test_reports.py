"""What lockers tell is taken exactly once in effect, in order, whatever the broker does to it; nothing is discarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.handlers import attempts, looks, parked, reports, stays
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt, Recipient
from locker.wire import facts
from locker.wire.chain import GENESIS, digest
from locker.wire.messages import Batch, Confirm, Presence, Welcome
from tests.servers.where import stored

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]
Status = Callable[[ParcelView], str]
Notices = Callable[[], list[str]]


def alarms(hub: Hub) -> list[tuple[str, int]]:
    return sorted((alarm.kind, alarm.n) for alarm in looks.locker(hub, "elm").alarms)


def row(hub: Hub) -> dict[str, Any]:
    with hub.store.read() as db:
        return dict(db.execute("SELECT * FROM lockers WHERE id = 'elm'").fetchone())


def faults(hub: Hub) -> set[int]:
    return {one.n for one in looks.locker(hub, "elm").compartments if one.faults}


def content(hub: Hub, n: int) -> str:
    return looks.locker(hub, "elm").compartments[n - 1].content


def head(hub: Hub) -> str:
    with hub.store.read() as db:
        return db.execute("SELECT head FROM lockers").fetchone()["head"]


def test_a_batch_is_answered_with_its_last_entry(set_up: SetUp) -> None:
    locker = set_up()
    answer = locker.tell(facts.VisitEnded(at=locker.at, visit="v"), facts.PinRefused(at=locker.at))
    assert answer == Confirm(locker="elm", known=locker.head, safe="")


def test_the_same_batch_twice_has_one_effect(hub: Hub, set_up: SetUp, send: Send, notices: Notices) -> None:
    locker = set_up()
    locker.tell(locker.deposits(send(), 1))
    events = looks.events(hub, limit=1000)
    (answer,) = reports.take(hub, "elm", locker.batch(start=0))
    assert isinstance(answer, Confirm)
    assert answer.known == locker.head
    assert looks.events(hub, limit=1000) == events
    assert notices() == ["ready"]


def test_a_gap_is_answered_with_the_head(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    before = locker.head
    locker.write(facts.VisitEnded(at=locker.at, visit="v"), facts.VisitEnded(at=locker.at, visit="w"))
    (answer,) = reports.take(hub, "elm", locker.batch(start=len(locker.entries) - 1))
    assert isinstance(answer, Confirm)
    assert answer.known == before
    assert head(hub) == before


def test_an_old_batch_that_comes_late_is_answered_with_its_own_end(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    (answer,) = reports.take(hub, "elm", locker.batch(start=0, end=2))
    assert isinstance(answer, Confirm)
    assert answer.known == locker.entries[2][0]
    assert head(hub) == locker.head


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_of_batches_ends_with_every_fact_once(hub: Hub, set_up: SetUp, data: st.DataObject) -> None:
    number = len(looks.lockers(hub))
    locker = set_up(f"l{number}")
    first = locker.told
    locker.write(*(facts.VisitEnded(at=locker.at, visit=str(n)) for n in range(8)))
    cuts = st.tuples(st.integers(first, first + 7), st.integers(1, 4))
    for start, length in data.draw(st.lists(cuts, max_size=12)):
        reports.take(hub, locker.locker_id, locker.batch(start=start, end=start + length))
    reports.take(hub, locker.locker_id, locker.batch(start=first))
    with hub.store.read() as db:
        rows = db.execute(
            "SELECT fact, position FROM reports WHERE locker_id = ? ORDER BY position", (locker.locker_id,)
        ).fetchall()
    assert [row["position"] for row in rows] == list(range(1, len(locker.entries) + 1))
    assert head_of(hub, locker.locker_id) == locker.head


def head_of(hub: Hub, locker_id: str) -> str:
    with hub.store.read() as db:
        return db.execute("SELECT head FROM lockers WHERE id = ?", (locker_id,)).fetchone()["head"]


def test_a_deposit_that_happened_wins(hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices) -> None:
    locker = set_up()
    first, second = send(), send()
    locker.tell(locker.deposits(first, 1))
    locker.tell(locker.deposits(second, 1))
    assert (status(first), status(second)) == ("needs_attention", "ready_for_pickup")
    assert looks.locker(hub, "elm").compartments[0].parcels == (second.tracking_number,)
    assert ("displaced", 1) in alarms(hub)
    assert notices() == ["ready", "attention", "ready"]


def test_a_deposit_into_a_compartment_planned_for_another_moves_the_plan(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    planned, other = send(), send()
    locker.tell(locker.deposits(other, planned.planned or 0))
    assert (status(planned), status(other)) == ("announced", "ready_for_pickup")
    assert looks.parcel(hub, planned.id).planned is None
    locker.tell(locker.deposits(planned, 3))
    assert looks.parcel(hub, planned.id).compartment == 3


def test_a_cancelled_parcel_that_is_put_in_all_the_same_is_told_of(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    locker = set_up()
    parcel = send()
    deposit = locker.deposits(parcel, 1)
    stays.cancel(hub, parcel.id)
    locker.tell(deposit)
    assert status(parcel) == "ready_for_pickup"
    assert looks.parcel(hub, parcel.id).pin == parcel.pin
    assert notices() == ["cancelled", "ready"]
    assert ("deposit_refused", 0) in alarms(hub)


def test_a_pin_that_was_given_away_meanwhile_is_replaced(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel, other = send(), send()
    deposit = locker.deposits(parcel, 1)
    stays.cancel(hub, parcel.id)
    with hub.store.write() as db:
        # The same PIN for somebody else: one chance in a hundred million.
        db.execute(
            "UPDATE pickups SET pin_sealed = (SELECT pin_sealed FROM pickups WHERE id = ?), pin_lookup ="
            " (SELECT pin_lookup FROM pickups WHERE id = ?) WHERE live = 1",
            (deposit.pickup, deposit.pickup),
        )
    locker.catch_up()
    locker.tell(deposit)
    now = looks.parcel(hub, parcel.id)
    assert now.pin not in ("", parcel.pin)
    assert now.ticket == parcel.ticket
    assert [body["kind"] for body in locker.catch_up()] == ["admit", "expect"]
    assert looks.parcel(hub, other.id).pin == parcel.pin


def test_a_redirected_parcel_that_came_first_to_its_old_locker_stays_there(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    old = set_up("elm")
    new = set_up("oak")
    parcel = send("elm")
    deposit = old.deposits(parcel, 1)
    stays.cancel(hub, parcel.id)
    with hub.store.write() as db:
        db.execute("UPDATE parcels SET status = 'out_for_delivery', live = 1 WHERE id = ?", (parcel.id,))
    with hub.store.write() as db:
        db.execute("UPDATE compartments SET in_service = 0 WHERE locker_id = 'elm'")
    done = attempts.failed(hub, FailedAttempt(parcel_id=parcel.id))
    assert isinstance(done, attempts.Attempted)
    assert done.parcel.locker_id == "oak"
    old.tell(deposit)
    now = looks.parcel(hub, parcel.id)
    assert (now.status, now.locker_id, now.compartment) == ("ready_for_pickup", "elm", 1)
    (_, _, withdraw) = new.catch_up()
    assert (withdraw["kind"], withdraw["moved_to"]) == ("withdraw", "Elm Street")


def test_what_is_unknown_is_parked_and_nothing_else_waits(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send()
    strange = facts.Deposited(at=locker.at, n=2, visit="v", delivery="d_unknown", pickup="00" * 8)
    answer = locker.tell(strange, locker.deposits(parcel, 1))
    assert answer.known == locker.head
    assert status(parcel) == "ready_for_pickup"
    assert ("parked_report", 2) in alarms(hub)
    assert content(hub, 2) == "uncertain"


def test_later_reports_about_the_same_compartment_wait_with_a_parked_one(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    parcel = send()
    strange = facts.Deposited(at=locker.at, n=2, visit="v", delivery="d_unknown", pickup="00" * 8)
    name = locker.deposits(parcel, 2).delivery
    doubt = facts.ContentsUncertain(at=locker.at, n=2, doubt="power_cut", deliveries=(name,))
    locker.tell(strange, doubt)
    assert status(parcel) == "announced"
    assert [one.waits for one in parked.retry(hub, "elm").still_parked] == [False, True]
    locker.tell(facts.Inspected(at=locker.at, n=2))
    assert content(hub, 2) == "empty"
    assert alarms(hub) == []


def test_a_kind_of_fact_that_this_hub_does_not_know_holds_nothing_up(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    parcel = send()
    news = {"kind": "warmed_up", "n": 1, "at": {"run_ms": 1, "wall_ms": 1, "trusted": True}, "celsius": 40}
    (answer,) = reports.take(hub, "elm", Batch(locker="elm", parent=locker.head, facts=(news,)))
    assert isinstance(answer, Confirm)
    locker.entries.append((locker.head, news))
    locker.head = digest(locker.head, news)
    assert answer.known == locker.head
    locker.told = len(locker.entries)
    locker.tell(locker.deposits(parcel, 1))
    assert status(parcel) == "ready_for_pickup"


def test_a_restored_card_is_a_fork_with_an_alarm_and_its_facts_count(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    lost, kept = send(), send()
    locker.catch_up()
    image = (list(locker.entries), locker.head)
    locker.tell(locker.deposits(lost, 1))
    locker.entries, locker.head = list(image[0]), image[1]
    locker.told = len(locker.entries)
    answer = locker.tell(
        facts.RunStarted(at=locker.at, run="bb" * 8, locker="elm", software="t"), locker.deposits(kept, 2)
    )
    assert answer.known == locker.head
    assert status(kept) == "ready_for_pickup"
    assert status(lost) == "needs_attention"
    assert content(hub, 1) == "uncertain"
    assert ("fork", 0) in alarms(hub)
    locker.run = "bb" * 8
    welcome, everything = locker.hello()
    assert isinstance(welcome, Welcome)
    assert everything.kind == "full_state"


def test_a_history_that_a_late_message_has_hidden_goes_on_with_the_faults_that_it_knew(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    locker.tell(facts.FaultFound(at=locker.at, n=1, fault="jammed"))
    image = (list(locker.entries), locker.head)
    locker.write(facts.FaultFound(at=locker.at, n=3, fault="jammed"))
    late = locker.batch()
    locker.entries, locker.head = list(image[0]), image[1]
    locker.tell(facts.FaultFound(at=locker.at, n=2, fault="jammed"))
    reports.take(hub, "elm", late)
    assert faults(hub) == {1, 3}
    locker.tell(facts.RunStarted(at=locker.at, run="cc" * 8, locker="elm", software="t"))
    assert faults(hub) == {1, 2}


def forgets_a_door(locker: Any, n: int) -> None:
    """A door of it has opened, and its card is replaced by an image from before."""
    locker.catch_up()
    image = (list(locker.entries), locker.head)
    locker.tell(facts.Opened(at=locker.at, n=n, visit="v"))
    locker.entries, locker.head = list(image[0]), image[1]
    locker.told = len(locker.entries)
    locker.tell(facts.RunStarted(at=locker.at, run="bb" * 8, locker="elm", software="t"))
    locker.run = "bb" * 8


def mistrusted(locker: Any) -> list[tuple[int, list[str]]]:
    """The compartments that it is told to mistrust when it greets next, and what may lie there."""
    orders = locker.hello()[-1].snapshot["orders"]
    return [(one["n"], one["deliveries"]) for one in orders if one["kind"] == "mistrust"]


def test_a_fork_mistrusts_a_compartment_for_what_may_lie_there_and_not_for_what_is_planned_for_it(
    hub: Hub, set_up: SetUp, send: Send
) -> None:
    locker = set_up()
    planned = send()
    assert planned.planned is not None
    forgets_a_door(locker, planned.planned)
    assert mistrusted(locker) == [(planned.planned, [])]


def test_what_is_parked_behind_a_fork_makes_nobody_trust_the_compartment_again(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    forgets_a_door(locker, 2)
    locker.tell(facts.Collected(at=locker.at, n=2, visit="v", pickup="00" * 8, deliveries=("d_unknown",)))
    assert ("parked_report", 2) in alarms(hub)
    assert mistrusted(locker) == [(2, [])]


def test_but_a_deposit_behind_a_fork_that_is_parked_stays_what_its_courier_has_seen(hub: Hub, set_up: SetUp) -> None:
    """The locker would forget a parcel that it has taken in since."""
    locker = set_up()
    forgets_a_door(locker, 2)
    locker.tell(facts.Deposited(at=locker.at, n=2, visit="v", delivery="d_unknown", pickup="00" * 8))
    assert ("parked_report", 2) in alarms(hub)
    assert (content(hub, 2), mistrusted(locker)) == ("uncertain", [])


def test_a_greeting_that_is_no_news_is_heard_and_changes_nothing_else(hub: Hub, set_up: SetUp, clock: Any) -> None:
    locker = set_up()
    locker.catch_up()
    locker.hello()
    before = row(hub)
    clock.ms += 30_000
    assert [message.kind for message in locker.hello()] == ["welcome"]
    assert row(hub) == before | {"seen_ms": clock.ms}


def test_a_greeting_that_is_no_news_still_brings_what_there_is_to_obey(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    locker.catch_up()
    locker.hello()
    send()
    assert [message.kind for message in locker.hello()] == ["welcome", "orders"]


def test_a_doubt_is_settled_by_looking(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    inside, on_its_way, taken = send(), send(), send()
    first, second, third = (locker.deposits(parcel, n) for n, parcel in enumerate((inside, on_its_way, taken), start=1))
    locker.tell(first, third, locker.collects(taken, 3))
    for deposit in (first, second, third):
        locker.tell(
            facts.ContentsUncertain(at=locker.at, n=deposit.n, doubt="power_cut", deliveries=(deposit.delivery,))
        )
    assert [status(parcel) for parcel in (inside, on_its_way, taken)] == ["needs_attention"] * 3
    assert [content(hub, n) for n in (1, 2, 3)] == ["uncertain"] * 3
    locker.tell(
        facts.Inspected(at=locker.at, n=1, deliveries=(first.delivery,)),
        facts.Inspected(at=locker.at, n=2),
        facts.Inspected(at=locker.at, n=3),
    )
    assert [status(parcel) for parcel in (inside, on_its_way, taken)] == ["ready_for_pickup", "announced", "collected"]
    assert [content(hub, n) for n in (1, 2, 3)] == ["occupied", "empty", "empty"]
    assert alarms(hub) == []


def test_a_parcel_that_is_seen_inside_after_a_power_cut_is_told_of(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    locker = set_up()
    parcel = send()
    name = locker.deposits(parcel, 2).delivery
    locker.tell(facts.ContentsUncertain(at=locker.at, n=2, doubt="power_cut", deliveries=(name,)))
    locker.tell(facts.Inspected(at=locker.at, n=2, deliveries=(name,)))
    assert status(parcel) == "ready_for_pickup"
    assert notices() == ["ready"]


def test_a_parcel_whose_deposit_was_cut_off_is_told_of_once_it_was_put_in_after_all(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    """Its recipient had opened the compartment before, for another parcel: nobody is told of a parcel not yet there."""
    locker = set_up()
    parcel = send()
    deposit, collection = locker.deposits(parcel, 2), locker.collects(parcel, 2)
    locker.tell(
        facts.ContentsUncertain(at=locker.at, n=2, doubt="power_cut", deliveries=(deposit.delivery,)), collection
    )
    assert notices() == []
    locker.tell(facts.Inspected(at=locker.at, n=2), deposit)
    assert (status(parcel), content(hub, 2)) == ("ready_for_pickup", "occupied")
    locker.tell(locker.collects(parcel, 2))
    assert (status(parcel), notices()) == ("collected", ["ready", "collected"])


def test_a_parcel_that_is_not_where_it_should_be_is_looked_for(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1), facts.Inspected(at=locker.at, n=1))
    assert status(parcel) == "needs_attention"
    assert alarms(hub) == [("missing", 1)]
    assert content(hub, 1) == "empty"


def test_faults_take_a_compartment_from_new_parcels_until_they_are_cleared(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up(classes="S M")
    locker.tell(facts.FaultFound(at=locker.at, n=1, fault="jammed"))
    assert looks.locker(hub, "elm").free_by_size == {"M": 1}
    assert send().planned == 2
    locker.tell(facts.FaultCleared(at=locker.at, n=1, fault="jammed"))
    assert alarms(hub) == []
    assert send().planned == 1


def test_a_new_compartment_counts_as_uncertain_until_somebody_has_looked(hub: Hub, set_up: SetUp) -> None:
    locker = set_up(classes="S")
    boxes = tuple(facts.CompartmentSpec(n=n, size_class="S", width_mm=380, height_mm=90, depth_mm=640) for n in (1, 2))
    locker.tell(facts.Described(at=locker.at, number=1, compartments=boxes))
    assert [content(hub, n) for n in (1, 2)] == ["empty", "uncertain"]


def test_a_last_will_of_an_earlier_run_says_nothing_about_this_one(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    locker.hello()
    reports.take(hub, "elm", Presence(locker="elm", run="other", online=False))
    assert looks.locker(hub, "elm").online
    reports.take(hub, "elm", Presence(locker="elm", run=locker.run, online=False))
    assert not looks.locker(hub, "elm").online


def test_no_name_pin_or_address_lies_readable_in_the_database(
    hub: Hub, set_up: SetUp, send: Send, tmp_path: Any
) -> None:
    locker = set_up()
    parcel = send(recipient=Recipient(name="Grace Hopper", email="grace@example.org", phone="+15550100"))
    locker.tell(locker.deposits(parcel, 1))
    raw = stored(tmp_path)
    for secret in ("Grace Hopper", "grace@example.org", "+15550100", parcel.pin, parcel.ticket):
        assert secret.encode() not in raw
    assert parcel.tracking_number.encode() in raw


def test_genesis_is_where_a_new_locker_stands(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    welcome = locker.hello()[0]
    assert isinstance(welcome, Welcome)
    assert welcome.head == locker.head != GENESIS
