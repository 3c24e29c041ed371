"""Somebody sends a parcel, or sends one back: without a printed label, with a code, and with proof for both sides."""

from __future__ import annotations

import pytest

from hub_service.domain.refusals import Refusal
from hub_service.handlers import courier_work, drop_off_looks, drop_offs, sites
from hub_service.handlers.drop_off_looks import DropOffView
from hub_service.handlers.drop_offs import DropOff
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Recipient
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
    return now(town, done)


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
