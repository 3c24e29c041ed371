"""Draws the two tables as pages for the documentation: what a door does, and how a visit goes."""

from __future__ import annotations

from collections.abc import Iterable

from locker.cabinet import deposit, door, records, talk, throttle, visits

_SAID_OF_A_DOOR: dict[door.Happening, str] = {
    "pulsed": "its lock is pulsed",
    "opened": "its sensor goes from closed to open",
    "closed": "its sensor goes from open to closed",
    "gave_up": "all pulses are used up, or the courier doesn't want to wait",
    "stood_open": "it has stood open for too long",
    "lost_sight": 'its sensor can\'t be believed, or said "open" before the pulse',
    "mended": "an operator says that it works again",
    "answered": "the person has said what it did, or has gone",
}

_SAID_OF_A_VISIT: dict[talk.Happening, str] = {
    "released": "a pulse is authorised: the fact is on the disk before the pulse",
    "opened": "the door has opened: a recipient's deliveries are spent",
    "closed": "the door has closed: a courier's parcel is deposited, or taken back",
    "not_seen": "the sensor can't tell what the door does",
    "silent": "all pulses were in vain",
    "confirmed": "the person says that the door opened and is shut again",
    "given_up": "this door isn't tried any more",
    "looked": "an operator has shut the door again",
    "judged": "the operator has said what is inside",
}


def doors_page() -> str:
    """The page about doors, in Markdown with a Mermaid diagram."""
    limits = [
        ("time for a door to open after a pulse", f"{door.OPENS_WITHIN_MS // 1000} s, then it is pulsed again"),
        ("pulses of one lock", f"at most {door.PULSES_MAX} in {door.PULSES_WINDOW_MS // 1000} s"),
        ("open door: reminder", f"after {door.REMIND_AFTER_MS // 1000} s"),
        ("open door: alarm", f"after {door.ALARM_AFTER_MS // 1000} s"),
        ("rest between two safety releases", f"{door.SAFETY_REST_MS // 1000} s"),
        ("a code at a door that can't be seen", f"stays good for {door.ANSWER_WITHIN_MS // 60_000} min"),
    ]
    return "\n".join(
        [
            *_head("Doors", "locker/cabinet/door.py", "What one door does in one run of the daemon."),
            *_diagram("shut", door.TABLE.items()),
            *_rows("Phase", "What it means", door.MEANING.items()),
            *_rows("Happening", "When", _SAID_OF_A_DOOR.items()),
            *_rows("Limit", "Value", limits),
            "A door that opens without a permission of the last two minutes was forced: an alarm, a fault, and its",
            "contents are uncertain. A door that closes outside a visit on a box that could hold a child, and in which",
            "no parcel is or may be, is released again at once; that is the only pulse without a person's code.",
            "",
        ]
    )


def visits_page() -> str:
    """The page about visits, in Markdown with a Mermaid diagram."""
    limits = [
        ("a person who does nothing is gone", f"after {visits.IDLE_MS // 1000} s, never while a door is open"),
        ("a question about a door that can't be seen", f"waits {visits.ANSWER_MS // 1000} s for its answer"),
        ("the same code opens the same door again", f"for {records.REOPEN_MS // 60_000} min"),
        ("compartments opened for one parcel", f"at most {deposit.TRIES_MAX}"),
        ("boxes that one visit can report as occupied", f"at most {deposit.CLAIMS_MAX}"),
        ("a label scanned while a door is open", f"is remembered for {deposit.REMEMBER_MS // 1000} s"),
        ("wrong codes", f"{throttle.FREE} in {throttle.FREE_WINDOW_MS // 60_000} min are free"),
        ("pause after more", f"{throttle.PAUSE_MS // 1000} s, doubling to {throttle.PAUSE_MS_MAX // 60_000} min"),
        ("wrong codes in a day", f"{throttle.DAY_MAX}, then the keypad is closed"),
    ]
    return "\n".join(
        [
            *_head("Visits", "locker/cabinet/talk.py", "One person's dealings at the locker; one table for everybody."),
            *_diagram("choosing", talk.TABLE.items()),
            *_rows("Stage", "What it means", talk.MEANING.items()),
            *_rows("Happening", "When", _SAID_OF_A_VISIT.items()),
            *_rows("Limit", "Value", limits),
            "A visit ends when its person says so, leaves, or gives way to the next one; a recipient's also when the",
            "last door is shut. While a door may open or stands open nobody else can begin, unless it was left open",
            "until the alarm. After a power cut no visit goes on: what it may have left behind is uncertain, and the",
            "same code opens the same box again.",
            "",
        ]
    )


def _head(title: str, source: str, sentence: str) -> list[str]:
    return [f"# {title}", "", f"{sentence} Generated from the table in `{source}`; a test keeps the two equal.", ""]


def _diagram(start: str, table: Iterable[tuple[tuple[str, str], str]]) -> list[str]:
    arrows = [f"    {before} --> {after}: {happening}" for (before, happening), after in table]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {start}", *arrows, "```", ""]


def _rows(first: str, second: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    lines = [f"| {key} | {value} |" for key, value in rows]
    return [f"| {first} | {second} |", "|---|---|", *lines, ""]
