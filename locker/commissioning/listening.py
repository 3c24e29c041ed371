"""The first part of a check: does each board answer, alone, at its address and speed? Nothing moves here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from locker.commissioning import findings as found
from locker.commissioning.findings import Finding
from locker.commissioning.plan import Plan
from locker.commissioning.wishes import Question, Steps, Tell, ask, listen
from locker.wiring import Board, Bus

# One clean answer may be luck where two boards talk at once.
TIMES = 3
BAUDS = (9_600, 19_200, 115_200, 57_600, 38_400)
# Where addresses are set by hand they are low ones; a board that answers far above them is asked for by name.
SEARCHED = 16

How = Literal["answer", "silence", "garbage", "gone"]


@dataclass(frozen=True, slots=True)
class Heeded:
    """What listening has shown: the plan, perhaps corrected; boards to keep away from; boards to be careful with."""

    plan: Plan
    findings: tuple[Finding, ...] = ()
    unsure: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Something found, and the plan that would do away with it (None: hands have to)."""

    finding: Finding
    remedy: Plan | None = None


def listen_to_all(plan: Plan) -> Steps[Heeded]:
    """Every board of every bus, one after the other, until all is well or left as it is."""
    all_found: list[Finding] = []
    unsure: set[str] = set()
    for bus in plan.buses:
        heeded = yield from _bus(plan, bus.name)
        plan = heeded.plan
        all_found += heeded.findings
        unsure |= heeded.unsure
    return Heeded(plan, tuple(all_found), frozenset(unsure))


def _bus(plan: Plan, name: str) -> Steps[Heeded]:
    told: list[Finding] = []
    while True:
        heard: dict[str, How] = {}
        for board in plan.on(name):
            heard[board.name] = yield from _judge(board, plan.baud(name))
        troubles = yield from _diagnose(plan, plan.bus(name), heard)
        for trouble in troubles:
            if trouble.finding not in told:
                told.append(trouble.finding)
            yield Tell(trouble.finding)
        bad = frozenset(board for board, how in heard.items() if how != "answer")
        if not troubles:
            yield Tell(f"Bus {name}: {_spoken(plan, name)}.")
            return Heeded(plan, tuple(replace(finding, mended=True) for finding in told))
        remedy = next((trouble.remedy for trouble in troubles if trouble.remedy), None)
        answer = yield from _what_now(name, remedy is not None)
        if answer == "leave":
            doubtful = yield from _doubtful(plan, name, heard)
            return Heeded(plan, tuple(told), bad | doubtful)
        if answer == "take" and remedy:
            plan = remedy


def _doubtful(plan: Plan, bus: str, heard: dict[str, How]) -> Steps[frozenset[str]]:
    """Boards that answer, but perhaps not alone: a silent one of their make may obey the same address."""
    silent = [board for board in plan.on(bus) if heard[board.name] != "answer"]
    makes = {board.protocol for board in silent}
    beside = frozenset(one.name for one in plan.on(bus) if heard[one.name] == "answer" and one.protocol in makes)
    if not beside:
        return frozenset()
    names = " and ".join(board.name for board in silent)
    text = f"Board {names} may hear what is meant for another, and open a second door. Is its power off?"
    answer = yield from ask(Question("power_off", text, ("yes", "no")))
    return frozenset() if answer == "yes" else beside


def _what_now(bus: str, can_take: bool) -> Steps[str]:
    take = ("take",) if can_take else ()
    words = "take it into the config, mend it and ask again, or leave it" if can_take else "mended, or leave it"
    question = Question("bus", f"Bus {bus}: {words}?", (*take, "again", "leave"), "again")
    return (yield from ask(question))


def _spoken(plan: Plan, bus: str) -> str:
    names = [f"{board.name} ({board.protocol}, address {board.address})" for board in plan.on(bus)]
    return f"{', '.join(names) or 'no board'} at {plan.baud(bus)} baud, each answers alone" if names else "no boards"


def _judge(board: Board, baud: int) -> Steps[How]:
    heard: list[How] = []
    for _ in range(TIMES):
        answer = yield from listen(board, baud)
        heard.append(answer.how)
        if answer.how == "gone":
            break
    if "gone" in heard:
        return "gone"
    return heard[0] if len(set(heard)) == 1 else "garbage"


def _diagnose(plan: Plan, bus: Bus, heard: dict[str, How]) -> Steps[list[_Trouble]]:
    bad: dict[str, How] = {name: how for name, how in heard.items() if how != "answer"}
    if "gone" in bad.values():
        gone = yield from listen(plan.on(bus.name)[0], plan.baud(bus.name), quick=True)
        return [_Trouble(found.port_gone(bus.name, str(bus.port), gone.why))]
    troubles: list[_Trouble] = []
    doubled: set[str] = set()
    for name, how in bad.items():
        if name in doubled:
            continue
        board = plan.board(name)
        faster = yield from _other_speed(plan, board, heard)
        partner = _partner(plan, board, bad) if how == "garbage" and not faster else None
        if faster:
            troubles.append(faster)
        elif partner:
            doubled |= {name, partner.name}
            troubles = [one for one in troubles if one.finding != found.silent(partner)]
            troubles.append(_Trouble(found.double_address(board, partner)))
        elif not (how == "silence" and _is_doubled(plan, board, bad)):
            troubles.append((yield from _alone(plan, board, heard)))
    return troubles


def _partner(plan: Plan, board: Board, bad: dict[str, How]) -> Board | None:
    """The silent board of the same make that may answer in this one's place."""
    silent = [plan.board(name) for name, how in bad.items() if how == "silence"]
    return next((one for one in silent if one.protocol == board.protocol), None)


def _is_doubled(plan: Plan, board: Board, bad: dict[str, How]) -> bool:
    return any(how == "garbage" and plan.board(name).protocol == board.protocol for name, how in bad.items())


def _other_speed(plan: Plan, board: Board, heard: dict[str, How]) -> Steps[_Trouble | None]:
    baud = plan.baud(board.bus)
    for other in BAUDS:
        if other != baud and (yield from listen(board, other, quick=True)).how == "answer":
            bus = plan.bus(board.bus).model_copy(update={"baud": other})
            # The others are heard at the present speed: then it is this board that has to change.
            agreed = all(how != "answer" for how in heard.values())
            return _Trouble(found.wrong_baud(board, baud, other), plan.with_bus(bus) if agreed else None)
    return None


def _alone(plan: Plan, board: Board, heard: dict[str, How]) -> Steps[_Trouble]:
    baud = plan.baud(board.bus)
    if heard[board.name] == "garbage":
        return _Trouble(found.garbled(board))
    taken = {one.address for one in plan.on(board.bus)}
    for address in board.make.addresses[:SEARCHED]:
        elsewhere = board.model_copy(update={"address": address})
        if address not in taken and (yield from listen(elsewhere, baud, quick=True)).how == "answer":
            return _Trouble(found.other_address(board, address), plan.with_board(elsewhere))
    return _Trouble(found.silent(board))
