"""Orders reach a locker completely and in order, or it gets everything at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub_service.handlers import clocks, looks, orders, sites, stays, waits
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from locker.wire.chain import GENESIS, digest
from locker.wire.messages import FullState, Orders

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]


def test_a_new_locker_gets_everything_at_once(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    send()
    locker.position, locker.run = ("", 0, ""), "bb" * 8
    welcome, everything = locker.hello()
    assert (welcome.kind, everything.kind) == ("welcome", "full_state")
    assert isinstance(everything, FullState)
    assert everything.locker == "elm"
    kinds = [order["kind"] for order in everything.snapshot["orders"]]
    assert kinds == ["site", "passes", "admit", "expect"]


def test_a_locker_that_has_everything_gets_nothing(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    assert orders.due(hub, "elm") is None
    assert [message.kind for message in locker.hello()] == ["welcome"]
    assert looks.locker(hub, "elm").orders_behind == 0


def test_orders_follow_each_other_by_number_and_hash(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    epoch, number, _ = locker.position
    send()
    assert looks.locker(hub, "elm").orders_behind == 2
    message = orders.due(hub, "elm")
    assert isinstance(message, Orders)
    assert (message.locker, message.epoch, message.first, len(message.orders)) == ("elm", epoch, number + 1, 2)
    parent = message.parent
    for raw in message.orders:
        parent = digest(parent, raw)
    locker.obey(message)
    assert locker.position == (epoch, number + 2, parent)
    assert orders.due(hub, "elm") is None


def test_at_most_a_hundred_orders_travel_together(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    for n in range(1, 4):
        for _ in range(40):
            sites.serve(hub, "elm", n, in_service=False)
    message = orders.due(hub, "elm")
    assert isinstance(message, Orders)
    assert len(message.orders) == orders.ORDERS_AT_ONCE
    assert len(locker.catch_up()) == 120


def test_an_older_position_gets_the_orders_again(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    before = locker.position
    send()
    locker.catch_up()
    locker.position, locker.run = before, "bb" * 8
    answers = locker.hello()
    assert [message.kind for message in answers] == ["welcome", "orders"]


@pytest.mark.parametrize("epoch", ["", "cd" * 8])
@pytest.mark.parametrize("number", [0, 99])
def test_a_position_that_this_hub_never_gave_gets_a_new_epoch(hub: Hub, set_up: SetUp, epoch: str, number: int) -> None:
    locker = set_up()
    before = locker.position[0]
    locker.position, locker.run = (epoch or before, number, "ab" * 32), "bb" * 8
    everything = locker.hello()[-1]
    assert isinstance(everything, FullState)
    assert everything.epoch not in (before, epoch)
    assert (everything.number, everything.digest) == (0, GENESIS)
    again = orders.due(hub, "elm")
    assert isinstance(again, FullState)
    assert again.epoch == everything.epoch
    locker.obey(again)
    assert orders.due(hub, "elm") is None


def test_a_greeting_that_the_broker_kept_back_changes_nothing(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    old = locker.position
    send()
    locker.catch_up()
    new, locker.position = locker.position, old
    locker.head = "ab" * 32
    assert [message.kind for message in locker.hello()] == ["welcome"]
    locker.position = new
    assert orders.due(hub, "elm") is None


def test_a_snapshot_keeps_what_lies_inside_and_what_was_recalled(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    inside, gone = send(), send()
    locker.tell(locker.deposits(inside, 1))
    stays.cancel(hub, gone.id)
    clocks.wait(hub, 80)
    sites.serve(hub, "elm", 3, in_service=False, reason="hinge")
    locker.position, locker.run = ("", 0, ""), "bb" * 8
    everything = locker.hello()[-1]
    assert isinstance(everything, FullState)
    told = [order for order in everything.snapshot["orders"] if order["kind"] not in ("site", "passes", "admit")]
    assert [order["kind"] for order in told] == ["expect", "recall", "serve"]
    assert told[0]["labels"] == [inside.tracking_number]


def test_old_orders_are_forgotten_and_a_locker_that_needs_them_gets_everything(
    hub: Hub, set_up: SetUp, monkeypatch: Any
) -> None:
    locker = set_up()
    before = locker.position
    for _ in range(5):
        sites.serve(hub, "elm", 1, in_service=False)
    locker.catch_up()
    monkeypatch.setattr(waits, "ORDERS_KEPT", 1)
    waits.forget_old_orders(hub)
    assert orders.due(hub, "elm") is None
    locker.position, locker.run = (before[0], before[1] + 1, "ab" * 32), "bb" * 8
    assert locker.hello()[-1].kind == "full_state"


def test_staff_codes_reach_old_and_new_lockers(hub: Hub, set_up: SetUp) -> None:
    first = set_up("elm")
    new = sites.add_pass(hub, "courier", "c1", "demo-post")
    assert len(new.code) == 8
    (order,) = first.catch_up()
    second = set_up("oak")
    second.position, second.run = ("", 0, ""), "bb" * 8
    everything = second.hello()[-1]
    assert isinstance(everything, FullState)
    (passes,) = (one for one in everything.snapshot["orders"] if one["kind"] == "passes")
    (here,), (there,) = order["given"], passes["passes"]
    assert here["carrier"] == there["carrier"] == "demo-post"
    assert here["tag"] != there["tag"]


def test_lockers_know_where_the_others_are(hub: Hub, set_up: SetUp) -> None:
    first = set_up("elm")
    set_up("oak")
    (site,) = first.catch_up()
    assert [one["name"] for one in site["neighbours"]] == ["Oak Street"]
