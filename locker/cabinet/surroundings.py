"""What goes on around the doors: mains, the loop that guards the case, cooling, sensors that look into compartments.

Each of these has an alarm that lasts as long as its cause, so it is durable, and ended by a fact of its own.
"""

from __future__ import annotations

from locker.cabinet import events
from locker.cabinet.actions import Screen
from locker.cabinet.desk import Desk
from locker.cabinet.records import Box, Since
from locker.cabinet.screens import TYPING_MS, rest
from locker.wire import facts
from locker.wire.facts import Alarm

CONTRADICTS_MS = 5_000
"""A sensor inside is asked for its opinion only when the door was shut and it has said the same for so long."""

CARD_MS = 60_000
"""For so long after a card was shown its holder may type the code that belongs to it."""


def mains(desk: Desk, there: bool) -> None:
    """The power from outside has gone or is back. On a battery no lock is pulsed for anybody new: its coil would pull
    the voltage down, and with it the computer that has to tell what happened."""
    desk.mains = there
    (_ends if there else _lasts)(desk, "mains_failed")
    rest(desk)


def loop(desk: Desk, closed: bool) -> None:
    """The loop around the locker's insides was opened or closed."""
    (_ends if closed else _lasts)(desk, "tampered")


def cooling(desk: Desk, event: events.CoolingSeen) -> None:
    """A cooled compartment is too warm, its probe is dead, or all is well again. It gets no new parcels meanwhile."""
    box = desk.state.boxes.get(event.n)
    if box is None:
        return
    desk.spoils_after_ms[event.n] = event.spoils_after_ms
    (_lasts if event.verdict == "warm" else _ends)(desk, "too_warm", event.n)
    (_lasts if event.verdict == "dead" else _ends)(desk, "probe_dead", event.n)
    cold = event.verdict == "fine"
    if cold and "cooling" in box.faults:
        desk.record(facts.FaultCleared(at=desk.now, n=event.n, fault="cooling"))
    elif not cold and "cooling" not in box.faults:
        desk.record(facts.FaultFound(at=desk.now, n=event.n, fault="cooling"))


def content(desk: Desk, n: int, present: bool) -> None:
    """A sensor sees something inside, or doesn't any more. Believed when it has said so for a while."""
    if n in desk.state.boxes:
        desk.sensed[n] = present
        desk.contradicts_ms.pop(n, None)


def card(desk: Desk, tag: str) -> None:
    """Somebody of the staff has shown a card: their code is awaited. Without it a card opens nothing."""
    desk.card, desk.card_ms = tag, desk.now.run_ms
    if desk.talk is None or not desk.talk.at_a_door:
        desk.beep("yes")
        until_ms = desk.now.run_ms + TYPING_MS
        desk.show(Screen(name="typing", params={"count": 0}, until_run_ms=until_ms))


def has_shown(desk: Desk, tag: str) -> bool:
    """Whether this card was shown just now (an empty tag: no card is needed)."""
    return tag in ("", desk.card) and (not tag or desk.now.run_ms - desk.card_ms <= CARD_MS)


def look(desk: Desk) -> None:
    """What is true by now, whatever has happened: warm food spoils, a sensor that goes on contradicting is a hint."""
    for n, after_ms in desk.spoils_after_ms.items():
        _spoils(desk, n, after_ms)
    for n, present in desk.sensed.items():
        if (box := desk.state.boxes.get(n)) is not None:
            _compare(desk, n, box, present)


def next_ms(desk: Desk) -> list[int]:
    """When there is something to look at."""
    alarms, due = desk.state.alarms, []
    for n, after_ms in desk.spoils_after_ms.items():
        since, box = alarms.get(_key("too_warm", n)), desk.state.boxes.get(n)
        if since and box and box.contents and _key("spoiled", n) not in alarms:
            due.append(desk.now.run_ms + max(0, after_ms - _lasted_ms(desk, since)))
    for n, since_ms in desk.contradicts_ms.items():
        if not {_key("seems_empty", n), _key("seems_full", n)} & alarms.keys():
            due.append(since_ms + CONTRADICTS_MS)
    return due


def _spoils(desk: Desk, n: int, after_ms: int) -> None:
    since = desk.state.alarms.get(_key("too_warm", n))
    box = desk.state.boxes.get(n)
    if box is None or not box.contents:
        _ends(desk, "spoiled", n)
    elif since and _lasted_ms(desk, since) >= after_ms:
        _lasts(desk, "spoiled", n)


def _lasted_ms(desk: Desk, since: Since) -> int:
    # A locker without power isn't cold either; but a clock that nobody has set must not spoil anything.
    by_wall_ms = desk.now.wall_ms - since.wall_ms if desk.now.trusted and since.wall_ms else 0
    return max(desk.state.witnessed_ms(desk.now) - since.witnessed_ms, by_wall_ms)


def _compare(desk: Desk, n: int, box: Box, present: bool) -> None:
    says: Alarm | None = None
    if not box.open and box.inside and not present:
        says = "seems_empty"
    elif not box.open and box.empty and present:
        says = "seems_full"
    if says is None:
        desk.contradicts_ms.pop(n, None)
        _ends(desk, "seems_empty", n)
        _ends(desk, "seems_full", n)
        return
    _ends(desk, "seems_full" if says == "seems_empty" else "seems_empty", n)
    if desk.now.run_ms - desk.contradicts_ms.setdefault(n, desk.now.run_ms) >= CONTRADICTS_MS:
        _lasts(desk, says, n)


def _lasts(desk: Desk, alarm: Alarm, n: int = 0) -> None:
    if _key(alarm, n) not in desk.state.alarms:
        desk.record(facts.Alarmed(at=desk.now, alarm=alarm, n=n))


def _ends(desk: Desk, alarm: Alarm, n: int = 0) -> None:
    if _key(alarm, n) in desk.state.alarms:
        desk.record(facts.AlarmEnded(at=desk.now, alarm=alarm, n=n))


def _key(alarm: Alarm, n: int) -> str:
    return f"{alarm}/{n}"
