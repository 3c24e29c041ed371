"""Somebody sends a parcel, or sends one back: without a printed label, with a code, and with proof for both sides."""

from __future__ import annotations

import pytest

from hub_service.domain.refusals import Refusal
from hub_service.handlers import courier_work, drop_off_looks, drop_offs, sites
from hub_service.handlers.drop_off_looks import DropOffView
from hub_service.handlers.drop_offs import DropOff
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Recipient
from hub_service.store import orders
from hub_service.store.staff import PassRecord
from tests.pair.machine import Machine
from tests.pair.town import DOOR_S, Town

SAM = Recipient(name="Sam Sender", email="sam@example.org", phone="+44 20 7946 0001")
CARL = PassRecord(id="p", party="courier", who="carl", carrier="swift")


def asked(town: Town, **wish: object) -> DropOffView:
    """A drop-off is asked for; the locker has heard of it."""
    wish = {"carrier": "swift", "sender": SAM, "size_mm": (300, 60, 200), "locker_id": "elm"} | wish
    done = drop_offs.ask(town.hub, DropOff(**wish))  # type: ignore[arg-type]
    assert isinstance(done, str), done
    town.settle()
    return known(town, done)


def known(town: Town, drop_off_id: str) -> DropOffView:
    """A drop-off that the town's truth is held against from now on."""
    view = now(town, drop_off_id)
    town.parcels.append(view.parcel)
    return view


def now(town: Town, drop_off_id: str) -> DropOffView:
    """How a drop-off stands at the hub."""
    view = drop_off_looks.one(town.hub, drop_off_id)
    assert view is not None
    return view


def state(town: Town, drop_off: DropOffView) -> str:
    """Its status now."""
    return now(town, drop_off.parcel.id).parcel.status


def put_in(town: Town, machine: Machine, drop_off: DropOffView, typed: bool = False) -> int:
    """The sender shows the code, puts the parcel in and shuts the door; returns the compartment."""
    machine.type(drop_off.parcel.pin) if typed else machine.scan(drop_off.parcel.ticket)
    n: int = town.door_opens(machine)
    town.put(machine, drop_off.parcel, n)
    machine.shut(n)
    town.wait(0.1)
    return n


def fetch(town: Town, machine: Machine, code: str) -> list[int]:
    """A courier signs in and empties every door on the list; returns them."""
    machine.type(code)
    assert machine.shown == "courier_menu", machine.shown
    doors: list[int] = []
    while machine.cabinet.screen.params["retrieve"]:
        machine.choose("retrieve")
        n = town.door_opens(machine)
        machine.steel.inside[n].clear()
        machine.shut(n)
        doors.append(n)
        town.wait(DOOR_S)
        if machine.shown != "courier_menu":
            break
    machine.choose("done")
    town.wait(0.1)
    return doors


def to_fetch(town: Town, courier: PassRecord = CARL) -> list[tuple[str, int | None]]:
    """What a courier's list says is to be fetched: number and door."""
    stops = courier_work.round_of(town.hub, courier).stops
    return [(one.tracking_number, one.n) for stop in stops for one in stop.dropped_off]


def test_a_return_without_a_label_from_the_code_to_both_receipts(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    assert (drop_off.parcel.status, drop_off.parcel.tracking_number[0]) == ("return_announced", "R")
    assert town.notices(drop_off.parcel) == ["drop_off"]
    n = put_in(town, elm, drop_off)
    assert elm.shown == "thanks"
    town.settle()
    assert state(town, drop_off) == "return_deposited"
    assert to_fetch(town) == [(drop_off.parcel.tracking_number, n)]
    assert fetch(town, elm, town.courier_code) == [n]
    town.settle()
    assert (state(town, drop_off), to_fetch(town)) == ("returned", [])
    assert town.notices(drop_off.parcel) == ["drop_off", "dropped_off", "picked_up"]
    put, taken = now(town, drop_off.parcel.id).hand_overs
    assert [(one.kind, one.locker_name, one.n) for one in (put, taken)] == [
        ("dropped_off", "Elm Street", n),
        ("picked_up", "Elm Street", n),
    ]
    journalled = {digest: fact["kind"] for _, digest, fact in elm.journal.entries()}
    assert (journalled[put.receipt], journalled[taken.receipt]) == ("deposited", "retrieved")
    town.agree()


def test_the_first_mile_of_a_private_sender_who_types_the_code(town: Town, elm: Machine, oak: Machine) -> None:
    """Nobody names a locker: the nearest with room is taken. What is sent isn't a delivery of this hub."""
    drop_off = asked(town, purpose="send", locker_id=None)
    assert drop_off.parcel.locker_id == "elm"
    n = put_in(town, elm, drop_off, typed=True)
    assert fetch(town, elm, town.courier_code) == [n]
    town.settle()
    assert (state(town, drop_off), now(town, drop_off.parcel.id).purpose) == ("returned", "send")
    town.agree()


def test_a_recipient_returns_what_was_collected_and_nobody_prints_anything(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm", return_days=14)
    town.deposit(elm, parcel)
    town.collect(elm, parcel)
    town.settle()
    drop_off = returned_by_page(town, parcel)
    assert (drop_off.of_parcel_id, drop_off.parcel.locker_id) == (parcel.id, "elm")
    assert drop_off.parcel.pin != parcel.pin, "a code that has taken something out puts nothing in"
    n = put_in(town, elm, drop_off)
    town.wait(120)
    assert fetch(town, elm, town.courier_code) == [n]
    town.settle()
    assert (state(town, drop_off), town.status(parcel)) == ("returned", "collected")


def test_a_recipient_returns_only_what_may_be_returned_and_only_in_time(town: Town, elm: Machine) -> None:
    kept, parcel = town.announce("eva", "elm"), town.announce("ada", "elm", return_days=14)
    for one in (kept, parcel):
        town.deposit(elm, one)
        assert refused(by_page(town, one)) == "not_returnable", "it lies in the locker still"
        town.collect(elm, one)
        town.settle()
    assert refused(by_page(town, kept)) == "not_returnable"
    returned_by_page(town, parcel)
    assert refused(by_page(town, parcel)) == "return_under_way"
    town.leap(15 * 24)
    assert refused(by_page(town, parcel)) == "not_returnable"


def test_a_locker_without_a_network_takes_it_in_and_a_courier_takes_it_out(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    town.cut_network(elm)
    n = put_in(town, elm, drop_off, typed=True)
    town.wait(3600)
    assert fetch(town, elm, town.courier_code) == [n]
    assert state(town, drop_off) == "return_announced"
    town.mend_network(elm)
    town.settle()
    put, taken = now(town, drop_off.parcel.id).hand_overs
    assert (put.kind, taken.kind, state(town, drop_off)) == ("dropped_off", "picked_up", "returned")
    assert taken.at_s - put.at_s >= 3600, "a receipt says when it was, not when somebody heard of it"
    town.agree()


def test_a_full_locker_sends_its_sender_to_another_one_with_the_same_code(
    town: Town, elm: Machine, oak: Machine
) -> None:
    """Somebody has taken the last large compartment out of service meanwhile."""
    drop_off = asked(town, size_mm=(300, 300, 300))
    sites.serve(town.hub, "elm", 4, False, "hinge")
    town.settle()
    elm.scan(drop_off.parcel.ticket)
    assert (elm.shown, elm.steel.open) == ("no_room", set())
    assert drop_offs.move(town.hub, drop_off.parcel.id, None) is None
    town.settle()
    moved = now(town, drop_off.parcel.id)
    assert (moved.parcel.locker_id, moved.parcel.pin) == ("oak", drop_off.parcel.pin)
    assert moved.parcel.ticket == drop_off.parcel.ticket
    elm.scan(drop_off.parcel.ticket)
    assert (elm.shown, elm.where) == ("withdrawn", "Oak Street, beside the café")
    n = put_in(town, oak, moved)
    assert fetch(town, oak, town.courier_code) == [n]
    town.settle()
    assert town.notices(drop_off.parcel) == ["drop_off", "drop_off_moved", "dropped_off", "picked_up"]


def test_a_code_that_has_done_its_work_opens_nothing(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    put_in(town, elm, drop_off)
    for show in (lambda: elm.scan(drop_off.parcel.ticket), lambda: elm.type(drop_off.parcel.pin)):
        town.wait(DOOR_S)
        show()
        assert (elm.shown, elm.steel.open) == ("dropped_off", set())
    fetch(town, elm, town.courier_code)
    elm.scan(drop_off.parcel.ticket)
    assert (elm.shown, elm.steel.open) == ("dropped_off", set())
    town.agree()


def test_another_carriers_courier_sees_nothing_and_gets_nothing(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    n = put_in(town, elm, drop_off)
    town.settle()
    other = sites.add_pass(town.hub, "courier", "vera", "other").code
    town.settle()
    assert to_fetch(town, PassRecord(id="q", party="courier", who="vera", carrier="other")) == []
    assert fetch(town, elm, other) == []
    assert elm.steel.inside[n] == {drop_off.parcel.id}
    assert fetch(town, elm, town.courier_code) == [n]


def test_who_never_comes_is_told_and_the_room_is_free_again(town: Town, elm: Machine) -> None:
    drop_off = asked(town, days=2)
    town.leap(47)
    assert state(town, drop_off) == "return_announced"
    town.leap(2)
    assert (state(town, drop_off), town.notices(drop_off.parcel)) == ("cancelled", ["drop_off", "drop_off_lapsed"])
    elm.scan(drop_off.parcel.ticket)
    assert (elm.shown, elm.steel.open) == ("withdrawn", set())
    town.agree()


def test_a_deposit_that_happened_wins_over_a_code_that_had_ended(town: Town, elm: Machine) -> None:
    """The locker was cut off, and of it nobody could say that nothing lies inside."""
    drop_off = asked(town, days=1)
    town.cut_network(elm)
    town.wait(5)
    town.leap_in_the_dark(30)
    assert state(town, drop_off) == "return_announced"
    assert drop_offs.call_off(town.hub, drop_off.parcel.id) is None
    n = put_in(town, elm, drop_off)
    town.mend_network(elm)
    town.settle()
    assert (state(town, drop_off), to_fetch(town)) == (
        "return_deposited",
        [(drop_off.parcel.tracking_number, n)],
    )
    assert "deposit_refused" in town.alarms()


def test_it_is_fetched_also_if_its_locker_was_told_everything_anew_meanwhile(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    elm.scan(drop_off.parcel.ticket)
    assert drop_offs.call_off(town.hub, drop_off.parcel.id) is None
    with town.hub.store.write() as db:
        orders.begin_epoch(db, "elm", town.hub.draws.epoch())
    town.settle()
    n = town.door_opens(elm)
    town.put(elm, drop_off.parcel, n)
    elm.shut(n)
    town.settle()
    assert state(town, drop_off) == "return_deposited"
    assert fetch(town, elm, town.courier_code) == [n]


def test_what_no_courier_comes_for_calls_a_person_once(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    n = put_in(town, elm, drop_off)
    town.leap(71)
    assert town.alarms() == set()
    town.leap(2)
    town.leap(24)
    assert town.alarms() == {"not_fetched"}
    assert fetch(town, elm, town.courier_code) == [n]
    town.settle()
    assert town.alarms() == set()


def test_who_changes_their_mind_at_home_keeps_the_parcel(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    assert drop_offs.call_off(town.hub, drop_off.parcel.id) is None
    town.settle()
    elm.type(drop_off.parcel.pin)
    assert (elm.shown, elm.steel.open) == ("withdrawn", set())
    assert state(town, drop_off) == "cancelled"
    assert refused(drop_offs.call_off(town.hub, drop_off.parcel.id)) == "not_a_drop_off"


def test_who_changes_their_mind_afterwards_takes_it_out_again_with_the_same_code(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    n = put_in(town, elm, drop_off)
    town.settle()
    assert drop_offs.call_off(town.hub, drop_off.parcel.id) is None
    town.settle()
    assert (state(town, drop_off), to_fetch(town)) == ("ready_for_pickup", [])
    assert fetch(town, elm, town.courier_code) == []
    assert town.collect(elm, drop_off.parcel) == [n]
    town.settle()
    assert state(town, drop_off) == "cancelled"
    assert [one.kind for one in now(town, drop_off.parcel.id).hand_overs] == ["dropped_off", "taken_back"]
    assert town.notices(drop_off.parcel) == ["drop_off", "dropped_off", "wanted_back", "taken_back"]
    town.agree()


def test_who_wants_it_back_and_never_comes_has_it_sent_after_all(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    n = put_in(town, elm, drop_off)
    town.settle()
    drop_offs.call_off(town.hub, drop_off.parcel.id)
    town.leap(73)
    assert state(town, drop_off) == "expired"
    assert fetch(town, elm, town.courier_code) == [n]
    town.settle()
    assert state(town, drop_off) == "returned"


def test_a_courier_may_be_quicker_than_the_order_to_give_it_back(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    put_in(town, elm, drop_off)
    town.settle()
    town.cut_network(elm)
    drop_offs.call_off(town.hub, drop_off.parcel.id)
    fetch(town, elm, town.courier_code)
    town.mend_network(elm)
    town.settle()
    assert state(town, drop_off) == "returned"
    elm.scan(drop_off.parcel.ticket)
    assert elm.steel.open == set()
    town.agree()


def test_a_power_cut_before_the_door_is_shut_and_the_code_goes_on_where_it_was(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    elm.scan(drop_off.parcel.ticket)
    n = town.door_opens(elm)
    town.put(elm, drop_off.parcel, n)
    town.power_cut(elm)
    elm.shut(n)
    town.settle()
    assert state(town, drop_off) == "needs_attention"
    elm.scan(drop_off.parcel.ticket)
    assert town.door_opens(elm) == n
    elm.shut(n)
    town.settle()
    assert state(town, drop_off) == "return_deposited"
    assert fetch(town, elm, town.courier_code) == [n]
    town.agree()


def test_a_compartment_that_a_courier_finds_empty_is_nobodys_receipt(town: Town, elm: Machine) -> None:
    drop_off = asked(town)
    elm.scan(drop_off.parcel.ticket)
    n = town.door_opens(elm)
    elm.shut(n)
    town.settle()
    assert state(town, drop_off) == "return_deposited", "nobody can see into it"
    elm.type(town.courier_code)
    elm.choose("retrieve")
    town.door_opens(elm)
    elm.choose("is_empty")
    elm.shut(n)
    elm.choose("done")
    town.settle()
    assert (state(town, drop_off), town.alarms()) == ("needs_attention", {"missing"})
    assert [one.kind for one in now(town, drop_off.parcel.id).hand_overs] == ["dropped_off"]


@pytest.mark.parametrize("typed", [False, True], ids=["by QR code", "by PIN"])
def test_what_is_dropped_off_takes_room_that_was_held_for_it(town: Town, elm: Machine, typed: bool) -> None:
    drop_off = asked(town, size_mm=(300, 300, 300))
    refused_room = drop_offs.ask(
        town.hub, DropOff(carrier="swift", sender=SAM, size_mm=(300, 300, 300), locker_id="elm")
    )
    assert refused(refused_room) == "no_room"
    n = put_in(town, elm, drop_off, typed)
    assert elm.specs[n - 1].size_class == "L"


def by_page(town: Town, parcel: ParcelView) -> str | Refusal | None:
    """A recipient presses 'return this parcel' on the parcel's page."""
    return drop_offs.ask_by_page(town.hub, parcel.page_path.removeprefix("/p/"))


def returned_by_page(town: Town, parcel: ParcelView) -> DropOffView:
    """The drop-off that comes of it."""
    done = by_page(town, parcel)
    assert isinstance(done, str), done
    town.settle()
    return known(town, done)


def refused(outcome: object) -> str:
    """Why not."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.code
