"""The fault matrix: every fault in every state of a door - noticed, told, recovered from, and what the person sees."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from locker.cabinet.events import DeviceFailed, SensorFailed
from locker.twin.physics import CantBeDone
from locker.wire.facts import Alarmed, Collected, ContentsUncertain, Fact, FaultFound
from tests.hardware import virtual_time
from tests.hardware.rows import Row
from tests.hardware.scene import Scene

WINDOW_S = 12.0
"""How long a fault is left to itself after the person's next move."""

REST_S = 75.0
"""How long everything is left in peace once it was put right; a contact that has rattled is believed after a minute."""

Step = Callable[[Scene, Row], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault in one state. `told`: faults and alarms since; `shown`: screens since; `wrong`: what is not well.

    `known` is whether something had been told before that says what is the matter.
    """

    known: bool
    told: tuple[str, ...]
    shown: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def text(self) -> str:
        """The cell as the table has it."""
        return f"{self.report}; {' → '.join(self.shown) or 'as before'}" + "".join(f" **{one}**" for one in self.wrong)

    @property
    def report(self) -> str:
        """What is on record because of it."""
        return ", ".join(sorted(self.told)) or ("told before" if self.known else "absorbed")


async def _scan(scene: Scene, row: Row) -> None:
    if row.code:
        scene.scanner.put(row.code)
    else:
        scene.scan("ada")


async def _shut(scene: Scene, _: Row) -> None:
    await scene.shut(1)


async def _let_be(_: Scene, __: Row) -> None:
    """The door moves by itself."""


async def _again(scene: Scene, _: Row) -> None:
    scene.at_steel(lambda now_ms: scene.machine.steel.free(1, now_ms))
    scene.choose("not_open")


async def _say_done(scene: Scene, _: Row) -> None:
    await scene.shut(1)
    scene.choose("done")


async def _to_shut(_: Scene) -> None:
    """It is."""


async def _to_unlocking(scene: Scene) -> None:
    scene.machine.steel.delay(1, 1_000)
    scene.scan("ada")
    await scene.until(lambda: scene.phase(1) == "unlocking" and not scene.door(1).energised_ms)
    scene.machine.steel.delay(1, 0)


async def _to_open(scene: Scene) -> None:
    scene.scan("ada")
    await scene.until(lambda: scene.phase(1) == "open")


async def _to_left_open(scene: Scene) -> None:
    await _to_open(scene)
    await scene.until(lambda: scene.phase(1) == "left_open", within_s=70)


async def _to_stuck(scene: Scene) -> None:
    scene.machine.steel.jam(1)
    scene.scan("ada")
    await scene.until(lambda: scene.phase(1) == "stuck")


async def _to_unseen(scene: Scene) -> None:
    await _to_open(scene)
    scene.at_board("silence")
    await scene.until(lambda: scene.phase(1) == "unseen")
    # The board is back, and the person has not answered yet.
    scene.at_board("mend")
    await scene.until(lambda: not scene.faults(1))


STATES: dict[str, tuple[Callable[[Scene], Awaitable[None]], Step]] = {
    "shut": (_to_shut, _scan),
    "unlocking": (_to_unlocking, _let_be),
    "open": (_to_open, _shut),
    "left_open": (_to_left_open, _shut),
    "stuck": (_to_stuck, _again),
    "unseen": (_to_unseen, _say_done),
}


def cell(row: Row, state: str) -> Cell:
    """Plays one fault in one state of the door, and puts everything right again."""

    async def story() -> Cell:
        with tempfile.TemporaryDirectory(prefix="cell-") as folder:
            scene = Scene(Path(folder), row.variant)
            await scene.begin()
            try:
                return await _played(scene, row, state)
            finally:
                await scene.end()

    return virtual_time.run(story())


async def _played(scene: Scene, row: Row, state: str) -> Cell:
    reach, step = STATES[state]
    await reach(scene)
    recorded, shown, told = len(scene.facts()), len(scene.shown), len(scene.told)
    await row.begin(scene)
    await step(scene, row)
    if row.code and state != "shut":
        # Where the next move isn't a scan, the code is held before the scanner all the same.
        scene.scanner.put(row.code)
    await scene.pass_time(WINDOW_S)
    if not _agrees(scene) or (step is not _scan and step is not _let_be and scene.door(1).open):
        # A door that stands open, or seems to, is told of after a minute.
        await scene.pass_time(REST_S)
    new = scene.facts()[recorded:]
    noticed = bool(_told(scene.facts())) or any(
        isinstance(one, DeviceFailed | SensorFailed) for one in scene.told[told:]
    )
    agrees = _agrees(scene)
    wrong = [] if agrees or noticed else ["unnoticed"]
    screens = tuple(dict.fromkeys(scene.shown[shown:]))
    await row.mend(scene)
    wrong += await _recovered(scene)
    return Cell(not agrees, tuple(_told(new)), screens, tuple(wrong))


def _agrees(scene: Scene) -> bool:
    """Whether what the cabinet believes of the door is so."""
    believed = scene.phase(1) in ("open", "left_open")
    return scene.phase(1) != "unseen" and believed == scene.door(1).open


def _told(facts: Iterable[Fact]) -> list[str]:
    names: list[str] = []
    for fact in facts:
        if isinstance(fact, FaultFound):
            names.append(fact.fault)
        elif isinstance(fact, Alarmed):
            names.append(fact.alarm)
        elif isinstance(fact, ContentsUncertain):
            names.append(f"doubt: {fact.doubt}")
    return list(dict.fromkeys(names))


async def _recovered(scene: Scene) -> list[str]:
    """Hands put everything right, an operator says so, and the locker serves as before; what doesn't is returned."""
    await _set_right(scene)
    await scene.pass_time(REST_S)
    scene.repair()
    await scene.pass_time(REST_S)
    problems = [f"fault stays: {', '.join(scene.faults(n))}" for n in (1, 2) if scene.faults(n)]
    problems += [f"door is {scene.phase(1)}"] if scene.phase(1) != "shut" else []
    scene.scan("ben")
    try:
        await scene.until(lambda: scene.door(2).contact_open and scene.phase(2) == "open", within_s=10)
    except AssertionError:
        return [*problems, f"Ben can't get his parcel: {scene.screen['name']}"]
    await scene.shut(2)
    await scene.pass_time(3)
    took = [fact.deliveries for fact in scene.facts() if isinstance(fact, Collected)]
    problems += [] if ("d-ben",) in took else ["Ben's parcel isn't collected"]
    problems += ["door 3 was pulsed"] if scene.door(3).pulses else []
    return problems


async def _set_right(scene: Scene) -> None:
    steel = scene.machine.steel
    for n in (1, 2, 3):
        if scene.door(n).jammed:
            scene.at_steel(lambda now_ms, n=n: steel.free(n, now_ms))
    await scene.pass_time(5)
    for n in (1, 2, 3):
        try:
            scene.at_steel(lambda now_ms, n=n: steel.close(n, now_ms))
        except CantBeDone as why:
            raise AssertionError(f"a hand can't put it right: {why}") from why


PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
HEAD = """# Faults

What happens when something goes wrong at a lock board, a door, a scanner, the mains or the clock, in every state that
its door can be in. Generated by `python -m tests.hardware`, which plays each cell with the real daemon and drivers on
boards and scanners in software: the fault begins, the person makes the next move of that state (shows a code, shuts the
door, tries again, says "done"), then everything is put right and somebody else fetches a parcel. A test plays a part of
it again and compares.

Each cell says what is on record (faults and alarms, which the hub tells an operator; *absorbed*: the drivers coped;
*told before*: what is the matter had been told in that state already), and which screens the person sees from then on.
In every cell nobody's lock was pulsed without permission, and the locker served again afterwards.

"""


def row_text(row: Row) -> str:
    """One row of the table, played now."""
    cells = " | ".join(cell(row, state).text for state in STATES)
    return f"| {row.number} | {row.name} | {cells} |"


def page(lines: Iterable[str]) -> str:
    """The whole page, from the rows of its table."""
    head = f"| | fault | {' | '.join(STATES)} |\n|---|---|{'---|' * len(STATES)}\n"
    return HEAD + head + "".join(f"{line}\n" for line in lines)


def written(text: str) -> dict[tuple[str, str], str]:
    """What a page says: (fault, state) to the text of its cell."""
    rows = [line.strip("| \n").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return {(name, state): text for _, name, *cells in rows for state, text in zip(STATES, cells, strict=True)}
