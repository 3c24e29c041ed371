"""What the pulses have shown, put together: which lock and which switch is whose, their polarity and byte order.

Decided at the end over all doors, not door by door: one switch in the wrong place may be two wires swapped, and is a
byte order when all of them are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from locker.commissioning import findings as found
from locker.commissioning.findings import Finding
from locker.commissioning.notes import Notes
from locker.commissioning.plan import Place, Plan, has_orders, mirrored
from locker.wiring import Board

Wires = dict[int, Place]
# One door may be an accident; a board whose doors all say so is built like that.
ALIKE_LEAST = 2


def conclude(plan: Plan, notes: Notes) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan as the machine really is, and what is new about it. What wasn't seen stays as it was."""
    learned, told = _orders(plan, notes)
    notes = turned(plan, learned, notes)
    for part in (_locks, _switches, _polarities):
        learned, new = part(learned, notes)
        told += new
    return learned, tuple(told)


def _single(notes: Notes) -> Iterator[tuple[int, Place, Mapping[Place, bool | None]]]:
    """The pulses that opened one door: its number, the lock, and the switches that moved."""
    for one in notes.observations:
        if len(one.opened) == 1:
            yield one.opened[0], one.lock, dict(one.moved)


def _switch_of(plan: Plan, notes: Notes) -> tuple[Wires, dict[int, bool | None]]:
    """Which switch moved with each door, and what it said while the door was open."""
    places: Wires = {}
    said: dict[int, bool | None] = {}
    for n, _, moved in _single(notes):
        own = plan.box(n).switch
        if len(moved) == 1 or own in moved:
            places[n] = own if own is not None and own in moved else next(iter(moved))
            said[n] = moved[places[n]]
    return places, said


def _orders(plan: Plan, notes: Notes) -> tuple[Plan, list[Finding]]:
    told = []
    for board in filter(has_orders, plan.boards):
        if _is_mirrored(plan, board, notes):
            usual = "low_first" if board.locks > 32 else "high_first"
            order = "low_first" if (board.status_order or usual) == "high_first" else "high_first"
            plan = plan.with_board(board.model_copy(update={"status_order": order}))
            told.append(found.status_order(board.name, order))
    return plan, told


def _is_mirrored(plan: Plan, board: Board, notes: Notes) -> bool:
    straight = turned = 0
    for n, place in _switch_of(plan, notes)[0].items():
        own = plan.box(n).switch
        if own and own[:2] == place[:2] == ("board", board.name) and mirrored(board, own.channel) != own.channel:
            straight += place == own
            turned += place.channel == mirrored(board, own.channel)
    return turned > straight


def turned(plan: Plan, learned: Plan, notes: Notes) -> Notes:
    """Notes as they would read if the bytes had come in the learned order."""

    def turn(place: Place) -> Place:
        if place.kind == "pin" or plan.board(place.name) == learned.board(place.name):
            return place
        return place._replace(channel=mirrored(plan.board(place.name), place.channel))

    return replace(
        notes,
        observations=tuple(
            replace(one, moved=tuple((turn(place), said) for place, said in one.moved)) for one in notes.observations
        ),
    )


def _locks(plan: Plan, notes: Notes) -> tuple[Plan, list[Finding]]:
    opens = {n: lock for n, lock, _ in _single(notes)}
    # A pair that was seen from one side only: the lock that is left over belongs to the door that is.
    left_locks = [box.lock for box in plan.boxes if box.lock not in opens.values()]
    left_doors = [box.n for box in plan.boxes if box.n not in opens]
    lost = [n for n in left_doors if plan.box(n).lock not in left_locks]
    if len(lost) == 1 == len(left_doors) == len(left_locks):
        opens[lost[0]], lost = left_locks[0], []
    told = list(_exchanges({box.n: box.lock for box in plan.boxes}, opens, found.swapped_locks, found.other_lock))
    told += [found.lost_lock(n, plan.box(n).lock) for n in lost]
    if not lost:
        for n, lock in opens.items():
            plan = plan.with_box(replace(plan.box(n), lock=lock))
    return plan, told


def _switches(plan: Plan, notes: Notes) -> tuple[Plan, list[Finding]]:
    moved, _ = _switch_of(plan, notes)
    counts = Counter(moved.values())
    told = [
        found.shared_switch(min(doors), max(doors), place)
        for place, count in counts.items()
        if count > 1 and (doors := [n for n in moved if moved[n] == place])
    ]
    sure = {n: place for n, place in moved.items() if counts[place] == 1}
    taken = {box.switch: box.n for box in plan.boxes if box.switch and box.n not in sure}
    # A switch that the config gives to a door that wasn't seen yet can't be taken away from it.
    sure = {n: place for n, place in sure.items() if place not in taken}
    before = {box.n: box.switch for box in plan.boxes if box.switch}
    told += _exchanges(before, sure, found.swapped_switches, found.other_switch)
    for n, place in sure.items():
        plan = plan.with_box(replace(plan.box(n), switch=place))
    return plan, told


def _exchanges(
    before: Wires, after: Wires, swapped: Callable[[int, int], Finding], other: Callable[[int, Place], Finding]
) -> Iterator[Finding]:
    holder = {place: n for n, place in before.items()}
    changed = {n for n, place in after.items() if before.get(n) != place}
    for n in sorted(changed):
        partner = holder.get(after[n], n)
        if partner in changed and holder.get(after[partner]) == n:
            if n < partner:
                yield swapped(n, partner)
        else:
            yield other(n, after[n])


def _polarities(plan: Plan, notes: Notes) -> tuple[Plan, list[Finding]]:
    places, said = _switch_of(plan, notes)
    # Its door is open: a switch that says shut says the opposite.
    truth = {n: bool(said[n]) for n in places if said[n] is not None and plan.box(n).switch == places[n]}
    wrong = {n for n, inverted in truth.items() if plan.is_inverted(n) != inverted}
    told: list[Finding] = []
    for board in plan.boards:
        own = {n for n in truth if (switch := plan.box(n).switch) and switch[:2] == ("board", board.name)}
        if len(own) >= ALIKE_LEAST and own <= wrong:
            plan = plan.with_board(board.model_copy(update={"inverted": not board.inverted}))
            told.append(found.inverted_board(board.name, not board.inverted))
            wrong -= own
    for n in sorted(wrong):
        box = plan.box(n)
        plan = plan.with_box(replace(box, inverted=not box.inverted))
        told.append(found.inverted_switch(n, not box.inverted))
    return plan, told
