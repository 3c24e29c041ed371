"""What comes before a check where the config is still empty: which boards answer, and which bank stands there."""

from __future__ import annotations

from dataclasses import replace

from locker.commissioning.plan import Place, Plan
from locker.commissioning.templates import TEMPLATES, boxes_of
from locker.commissioning.wishes import Question, Steps, Tell, ask, listen
from locker.wiring import MAKES, Board

SEARCHED = 32


def set_up(plan: Plan) -> Steps[Plan]:
    """The plan with boards and compartments, where it had none."""
    for bus in plan.buses:
        if not plan.on(bus.name):
            plan = yield from _find_boards(plan, bus.name)
    if plan.boards and not plan.boxes:
        plan = yield from _choose_bank(plan)
    return plan


def _find_boards(plan: Plan, bus: str) -> Steps[Plan]:
    question = Question("make", f"Which make of lock board is on bus {bus}?", tuple(MAKES))
    answer = yield from ask(question)
    protocol = next(name for name in MAKES if name == answer)
    make = MAKES[protocol]
    found: list[Board] = []
    for address in make.addresses[:SEARCHED]:
        inputs = make.channels if protocol == "waveshare" else 0
        board = Board(name=f"{bus[:16]}-{address}", protocol=protocol, bus=bus, address=address, inputs=inputs)
        if (yield from listen(board, plan.bus(bus).baud or make.baud, quick=True)).how == "answer":
            found.append(board)
            yield Tell(f"A board answers at address {address}.")
    if not found:
        yield Tell(f"No {protocol} board answers on bus {bus}. Has it power, and do A and B go to A and B?")
    return replace(plan, boards=(*plan.boards, *found))


def _choose_bank(plan: Plan) -> Steps[Plan]:
    for name, template in TEMPLATES.items():
        yield Tell(f"{name}: {template.title}")
    bank = TEMPLATES[(yield from ask(Question("bank", "Which bank is it?", tuple(TEMPLATES), next(iter(TEMPLATES)))))]
    locks = [Place("board", board.name, channel) for board in plan.boards for channel in range(1, board.locks + 1)]
    while True:
        text = yield from ask(Question("count", "How many doors has it?", default=str(len(locks))))
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(locks):
            return replace(plan, boxes=boxes_of(bank, locks[: int(text)]))
        yield Tell(f"These boards have {len(locks)} locks.")
