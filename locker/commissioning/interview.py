"""The whole check, from the first question to the written config. A generator of what `wishes` names."""

from __future__ import annotations

from dataclasses import replace

from locker.commissioning import findings as found
from locker.commissioning.conclude import conclude
from locker.commissioning.doors import Walk
from locker.commissioning.findings import Finding
from locker.commissioning.listening import listen_to_all
from locker.commissioning.notes import Notes
from locker.commissioning.plan import Plan
from locker.commissioning.setup import set_up
from locker.commissioning.wishes import (
    CodeRead,
    Compare,
    Difference,
    Keep,
    Question,
    ReadCode,
    Result,
    Steps,
    Tell,
    Write,
    Written,
    ask,
)

SCAN_WITHIN_S = 30.0


def interview(plan: Plan, notes: Notes) -> Steps[Result]:
    """Asks until everything is known or left; `notes` are those of an earlier check that was stopped."""
    plan = yield from set_up(plan)
    heeded = yield from listen_to_all(plan)
    plan, told = heeded.plan, list(heeded.findings)
    notes = yield from _go_on(plan, notes)
    walked = yield from Walk(plan, notes, heeded.unsure).steps()
    told += walked.findings
    if walked.stopped:
        # Half of the doors would only look like wires in the wrong place.
        yield Tell("Stopped. What was seen is kept; the next `locker check` goes on from here.")
        return Result(plan, tuple(told))
    learned, concluded = conclude(plan, walked.notes)
    for finding in concluded:
        yield Tell(finding)
    told += concluded
    told += yield from _scanner(plan)
    written = yield from _write(learned, walked.notes)
    yield Tell(_summary(told))
    return Result(learned, tuple(told), written)


def wiring_of(plan: Plan) -> str:
    """What notes have to be of to be gone on with."""
    return "; ".join(f"{box.n}: {box.lock}, {box.switch}" for box in plan.boxes)


def _go_on(plan: Plan, notes: Notes) -> Steps[Notes]:
    fresh = Notes(wiring=wiring_of(plan))
    if notes.wiring != fresh.wiring or not notes.observations:
        return fresh
    text = f"An earlier check has seen {len(notes.observations)} doors. Go on behind them?"
    answer = yield from ask(Question("go_on", text, ("yes", "anew"), "yes"))
    return notes if answer == "yes" else fresh


def _scanner(plan: Plan) -> Steps[list[Finding]]:
    if not plan.has_scanner:
        return []
    answer = yield from ask(
        Question("scan", "Hold a parcel's label before the scanner now.", ("ready", "skip"), "ready")
    )
    if answer == "skip":
        return []
    read = yield ReadCode(SCAN_WITHIN_S)
    assert isinstance(read, CodeRead)
    told = [] if read.text and read.symbology else [found.NO_SYMBOLOGY if read.text else found.SCANNER_SILENT]
    for finding in told:
        yield Tell(finding)
    if read.text:
        # Its length, not its text: labels bear names and addresses.
        yield Tell(f"The scanner read {len(read.text)} characters.")
    return told


def _write(learned: Plan, notes: Notes) -> Steps[bool]:
    compared = yield Compare(learned)
    assert isinstance(compared, Difference)
    if compared.wrong:
        yield Tell(f"This can't be written yet: {compared.wrong}.")
        return False
    if not compared.text:
        yield Tell("The config is right as it is.")
        yield Keep(replace(notes, observations=()))
        return False
    yield Tell(compared.text)
    if (yield from ask(Question("write", "Write this into the config?", ("yes", "no")))) == "no":
        return False
    written = yield Write(learned)
    assert isinstance(written, Written)
    yield Keep(replace(notes, observations=()))
    yield Tell(f"Written; the old file is {written.old}.")
    return True


def _summary(told: list[Finding]) -> str:
    open_ones = [finding for finding in told if not finding.mended]
    if not told:
        return "Nothing is wrong."
    left = (
        f"{len(open_ones)} left for hands: {', '.join(one.code for one in open_ones)}"
        if open_ones
        else "nothing is left"
    )
    return f"Found {len(told)}: {len(told) - len(open_ones)} mended or taken into the config, {left}."
