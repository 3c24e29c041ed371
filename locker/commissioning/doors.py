"""The second part: one lock after the other gets current, behind a yes, and eyes and switches say what opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from locker.commissioning import findings as found
from locker.commissioning.findings import Finding
from locker.commissioning.notes import Notes, Observation
from locker.commissioning.plan import Box, Plan
from locker.commissioning.wishes import Keep, Pulse, Pulsed, Question, Readings, Steps, Tell, ask, look, moved

OPENS_WITHIN_S, SHUTS_WITHIN_S = 2.5, 1.0
CONSENT = ("yes", "all", "skip", "stop")


@dataclass(frozen=True, slots=True)
class Walked:
    """What the walk from door to door has shown."""

    notes: Notes
    findings: tuple[Finding, ...] = ()
    stopped: bool = False


class Walk:
    """Goes from door to door. Keeps away from boards that aren't sure, and from those that open two doors."""

    def __init__(self, plan: Plan, notes: Notes, unsure: frozenset[str]) -> None:
        self._plan = plan
        self._notes = notes
        self._unsure = set(unsure)
        self._all = False
        self._found: list[Finding] = []

    def steps(self) -> Steps[Walked]:
        """All doors that weren't seen yet."""
        left = [box for box in self._plan.boxes if not self._notes.seen(box.lock)]
        if any(box.lock.kind == "pin" or box.lock.name not in self._unsure for box in left):
            yield from ask(Question("shut_all", "Shut every door, then go on."))
        for box in left:
            if box.lock.kind == "board" and box.lock.name in self._unsure:
                yield Tell(f"Door {box.n} is left out: board {box.lock.name} isn't sure.")
                continue
            consent = yield from self._consent(box)
            if consent == "stop":
                return Walked(self._notes, tuple(self._found), stopped=True)
            if consent != "skip":
                yield from self._door(box)
        return Walked(self._notes, tuple(self._found))

    def _consent(self, box: Box) -> Steps[str]:
        if self._all:
            return "yes"
        text = f"Lock {box.lock} gets current for a moment; door {box.n} should open. Yes, go on?"
        answer = yield from ask(Question("pulse", text, CONSENT, n=box.n))
        self._all = answer == "all"
        return answer

    def _door(self, box: Box) -> Steps[None]:
        plan = self._plan
        before = yield from look(plan)
        pulsed = yield Pulse(plan, box.lock)
        assert isinstance(pulsed, Pulsed)
        after = yield from look(plan, before, OPENS_WITHIN_S)
        opened = yield from self._eyes(box)
        yield from self._judge(box, Observation(box.lock, opened, moved(before, after)), pulsed.why)
        if len(opened) == 1:
            yield from self._shut(opened[0], before, after)
        elif opened:
            yield from ask(Question("shut", f"Shut doors {' and '.join(map(str, opened))}, then go on."))

    def _eyes(self, box: Box) -> Steps[tuple[int, ...]]:
        numbers = {one.n for one in self._plan.boxes}
        question = Question(
            "which", "Which door has opened? (its number, several, or none)", default=str(box.n), n=box.n
        )
        while True:
            text = yield from ask(question)
            opened = tuple(dict.fromkeys(int(word) for word in re.findall(r"\d{1,3}", text)))
            if text in ("none", "no", "0"):
                return ()
            if opened and set(opened) <= numbers:
                return opened
            yield Tell(f"The doors are {', '.join(map(str, sorted(numbers)))}; or say none.")

    def _judge(self, box: Box, observed: Observation, why: str) -> Steps[None]:
        match self._without_hook(observed):
            case Observation(opened=(), moved=()):
                yield from self._tell(found.stays_shut(box.n, box.lock, why))
            case Observation(opened=()):
                yield from self._tell(found.hook_only(box.n, box.lock))
            case Observation(opened=(_, _, *_)):
                if box.lock.kind == "board":
                    self._unsure.add(box.lock.name)
                yield from self._tell(found.two_doors(observed.opened, box.lock))
            case Observation(opened=(n,), moved=()):
                yield from self._tell(found.dead_switch(n, self._plan.box(n).switch))
            case Observation(opened=(n,), moved=(_, _, *_)):
                yield from self._tell(found.loose_switches(n, tuple(place for place, _ in observed.moved)))
            case Observation(opened=(n,), moved=((switch, _),)):
                yield Tell(f"Lock {box.lock} opens door {n}; switch {switch} moved.")
        if observed.opened:
            # What stayed shut comes again the next time: it may be mended until then.
            self._notes = self._notes.with_one(observed)
            yield Keep(self._notes)

    def _without_hook(self, observed: Observation) -> Observation:
        """Beside a door's own switch the lock's channel may read the hook: it moves along and is no door's."""
        own = self._plan.box(observed.opened[0]).switch if len(observed.opened) == 1 else None
        if own == observed.lock or own not in dict(observed.moved):
            return observed
        return replace(observed, moved=tuple(one for one in observed.moved if one[0] != observed.lock))

    def _shut(self, n: int, before: Readings, after: Readings) -> Steps[None]:
        plan = self._plan
        switches = [place for place, _ in moved(before, after)]
        since = after if switches else None
        yield from ask(Question("shut", f"Shut door {n}.", n=n, moves=since, plan=plan))
        shut = yield from look(plan, since, SHUTS_WITHIN_S)
        for place in switches:
            if shut.get(place) == after[place]:
                yield from self._tell(found.stuck_switch(n, place))

    def _tell(self, finding: Finding) -> Steps[None]:
        self._found.append(finding)
        yield Tell(finding)
