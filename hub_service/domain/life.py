"""The page about a parcel's life: the table of `custody` as a drawing and in words."""

from __future__ import annotations

from hub_service.domain import deadlines
from hub_service.domain.custody import (
    HAPPENINGS,
    MEANINGS,
    NEXT,
    OVER,
    STATUSES,
    TOLD_BY_LOCKERS,
    Happening,
    Status,
    attention,
)


def drawn() -> list[tuple[Status, Happening, Status]]:
    """The moves of the drawing: what people ask for, and of what lockers tell only what is expected.

    What lockers tell has happened, so it moves a parcel from every status; drawn, that would be black.
    """
    asked = [
        (status, happening, to)
        for happening, moves in NEXT.items()
        if happening not in TOLD_BY_LOCKERS
        for status, to in moves.items()
    ]
    expected: list[tuple[Status, Happening]] = [
        ("announced", "deposited"), ("in_transit", "deposited"), ("out_for_delivery", "deposited"),
        ("redirected", "deposited"), ("return_announced", "dropped_off"), ("ready_for_pickup", "collected"),
        ("expired", "collected"), ("expired", "retrieved"),
        ("return_deposited", "picked_up"), ("ready_for_pickup", "taken_back"), ("expired", "picked_up"),
        ("ready_for_pickup", "doubted"), ("ready_for_pickup", "displaced"), ("needs_attention", "deposited"),
    ]  # fmt: skip
    told = [(status, happening, NEXT[happening][status]) for status, happening in expected]
    return [*asked, *told]


def page(made: str) -> str:
    """The page in Markdown; `made` says where it comes from."""
    lines = ["# A parcel's life", "", made, "", "```mermaid", "stateDiagram-v2", "    [*] --> announced"]
    lines += ["    [*] --> return_announced: drop-off"]
    lines += [f"    {status} --> {to}: {happening}" for status, happening, to in drawn()]
    lines += [f"    {status} --> [*]" for status in STATUSES if status in OVER]
    lines += [
        "```",
        "",
        "What a locker tells has happened: it moves a parcel from *every* status, whatever the hub",
        "",
    ]
    lines[-2] += " believed. Drawn is only what is expected; the table says all."
    lines += ["| Status | What it means |", "|---|---|"]
    lines += [f"| `{status}` | {MEANINGS[status]}{' (over)' if status in OVER else ''} |" for status in STATUSES]
    lines += ["", "| Happening | Who says so | From | To |", "|---|---|---|---|"]
    lines += [_row(happening) for happening in HAPPENINGS]
    lines += ["", *_attention(), "", *_limits(), ""]
    return "\n".join(lines)


def _row(happening: Happening) -> str:
    moves = NEXT[happening]
    targets = sorted(set(moves.values()), key=lambda to: -list(moves.values()).count(to))
    sources = "every status" if moves.keys() == set(STATUSES) else ", ".join(f"`{one}`" for one in moves)
    to = f"`{targets[0]}`"
    for other in targets[1:]:
        exceptions = ", ".join(f"`{status}`" for status, target in moves.items() if target == other)
        to += f"; from {exceptions} `{other}`"
    return f"| `{happening}` | {HAPPENINGS[happening]} | {sources} | {to} |"


def _attention() -> list[str]:
    lines = ["A parcel that needs attention says why (`attention`):", ""]
    return lines + [f"- `{why}`: {HAPPENINGS[happening]}." for happening in HAPPENINGS if (why := attention(happening))]


def _limits() -> list[str]:
    hours = deadlines.HOUR_S
    return [
        "| Limit | Value |",
        "|---|---|",
        f"| time in a locker | {deadlines.STAY_S // hours} h from when the recipient is told |",
        f"| more time, once, for whoever asks first | {deadlines.EXTENSION_S // hours} h |",
        f"| more time for everybody at a locker, at once | up to {deadlines.ALL_EXTENDED_MAX_S // hours} h |",
        "| clock stands still | while the locker is offline, or the parcel's door is "
        + ", ".join(f"`{fault}`" for fault in deadlines.STOPPING_FAULTS)
        + " |",
        f"| recipient is told of the new deadline | after {deadlines.STANDSTILL_TOLD_S // hours} h of standstill |",
        "| reminders | by the plan in `notices.toml` (`remind_before_h`), each once a stay |",
    ]
