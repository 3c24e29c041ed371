"""What becomes of the hub's orders when they arrive: each strictly behind the one before it, or not at all.

Repeats and old snapshots change nothing. A gap, a digest that doesn't fit or another epoch makes the locker say where
it stands, so that the hub sends what is missing.
"""

from __future__ import annotations

from typing import Any

from locker.cabinet import owned
from locker.cabinet.actions import AskForOrders
from locker.cabinet.desk import Desk
from locker.wire import chain, codec, facts
from locker.wire.messages import FullState, Orders
from locker.wire.orders import Mistrust, Order, Withdraw


def received(desk: Desk, message: Orders | FullState) -> None:
    """A message of the hub has come, its signature verified."""
    if isinstance(message, Orders):
        _orders(desk, message)
    else:
        _full_state(desk, message)


def _orders(desk: Desk, message: Orders) -> None:
    state = desk.state
    if message.epoch in state.past_epochs:
        # Late, or repeated by somebody who holds the bus; to ask would only make it come again.
        return
    if message.epoch != state.epoch or message.first > state.order_number + 1:
        desk.actions.append(AskForOrders())
        return
    digest = message.parent
    for number, raw in enumerate(message.orders, message.first):
        if number == state.order_number + 1:
            if digest != state.order_digest:
                desk.actions.append(AskForOrders())
                return
            if not _apply(desk, number, digest, raw):
                return
        digest = chain.digest(digest, raw)
        if number == state.order_number and digest != state.order_digest:
            # The hub has another history than it had: only a snapshot under a new epoch helps.
            desk.actions.append(AskForOrders())
            return


def _apply(desk: Desk, number: int, parent: str, raw: dict[str, Any]) -> bool:
    try:
        order = codec.order_from_json(raw)
    except codec.WireError:
        # An order of a newer hub: the position stays behind it, where the hub sees it. Asking again wouldn't help, and
        # what comes behind it may rely on it.
        _tell_unread(desk, desk.state.epoch, number)
        return False
    digest = chain.digest(parent, raw)
    desk.record(facts.OrderApplied(at=desk.now, epoch=desk.state.epoch, number=number, digest=digest, order=order))
    if isinstance(order, Withdraw) and (n := desk.state.where(order.delivery)):
        _tell_unknown(desk, {order.delivery: n})
    _doubt(desk, order)
    return True


def _full_state(desk: Desk, message: FullState) -> None:
    state = desk.state
    older = message.epoch == state.epoch and message.number <= state.order_number
    same = older and message.digest == state.order_digest
    if message.epoch in state.past_epochs or (older and (same or message.number < state.order_number)):
        return
    try:
        snapshot = codec.snapshot_from_json(message.snapshot)
    except codec.WireError:
        _tell_unread(desk, message.epoch, message.number)
        return
    desk.record(
        facts.SnapshotApplied(
            at=desk.now,
            epoch=message.epoch,
            number=message.number,
            digest=message.digest,
            snapshot=snapshot,
            over=message.over,
        )
    )
    _tell_unknown(desk, owned.unknown(state, snapshot))
    for order in snapshot.orders:
        _doubt(desk, order)


def _doubt(desk: Desk, order: Order) -> None:
    if isinstance(order, Mistrust) and order.n in desk.state.boxes and desk.state.boxes[order.n].doubt != "fork":
        desk.record(facts.ContentsUncertain(at=desk.now, n=order.n, doubt="fork", deliveries=order.deliveries))


def _tell_unread(desk: Desk, epoch: str, number: int) -> None:
    # The hub sends it again and again; a person has to hear of it once.
    if desk.unread != (epoch, number):
        desk.unread = (epoch, number)
        desk.record(facts.Alarmed(at=desk.now, alarm="unknown_order", detail=str(number)))


def _tell_unknown(desk: Desk, deliveries: dict[str, int]) -> None:
    # Its recipient's code goes on working: a person has to find out whose it is.
    for delivery, n in deliveries.items():
        desk.record(facts.Alarmed(at=desk.now, alarm="unknown_delivery", n=n, detail=delivery))
