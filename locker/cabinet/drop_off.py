"""What a sender's code means here: a parcel that its sender puts in, without a label and without a courier.

A drop-off is an announced delivery like any other, but for two things: the code of its pickup puts it in instead of
taking it out, and from then on couriers of its carrier may take it out without having to be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from locker.cabinet.actions import Refusal
from locker.cabinet.records import State
from locker.wire.orders import Expect


@dataclass(frozen=True, slots=True)
class Answered:
    """Why a sender's code opens nothing: it has done its work, or the parcel is to go to `where`."""

    refusal: Refusal
    where: str = ""


def meant(state: State, pickup: str) -> Expect | Answered | None:
    """The parcel that a code of this pickup puts in now, or why none; None: this is no sender's code."""
    orders = [order for order in state.expected.values() if order.pickup == pickup]
    # It may have been sent to another locker and back: only the newest counts. One that its sender wants back is no
    # drop-off any more, but a parcel that its code takes out.
    if not orders or not orders[-1].by_sender:
        return None
    newest, n = orders[-1].delivery, state.where(orders[-1].delivery)
    # One whose deposit was cut off goes on.
    if newest in state.boxes[n].unclosed if n else newest not in state.gone:
        return orders[-1]
    mark = state.gone.get(newest)
    if mark is not None and mark.how == "withdrawn":
        return Answered("withdrawn", mark.moved_to)
    return Answered("dropped_off")
