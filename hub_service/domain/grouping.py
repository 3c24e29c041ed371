"""Which alarms have one cause, so that one person is told once: a silent locker, a board, or what many lockers hang on.

Pure. Groups are made anew from what is open; nothing has to be kept in step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub_service.domain import runbook
from hub_service.domain.runbook import Urgency

# So many lockers don't lose their power at once, and so many doors of a module not their switches.
MANY_LOCKERS, MANY_DOORS = 3, 3
TOGETHER_MS = 10 * 60_000
_OF_A_BOARD = frozenset({"lock_silent", "sensor", "flicker"})
_URGENCIES: tuple[Urgency, ...] = ("now", "today", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An alarm that is open. `n` is the compartment (0: the locker), `module` the one that it belongs to."""

    id: int
    locker_id: str
    n: int
    kind: str
    raised_ms: int
    module: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Alarms with one cause; `first` is the oldest, by whose id the group is known."""

    title: str
    first: Open
    alarms: tuple[Open, ...]
    urgency: Urgency


def grouped(alarms: Iterable[Open], names: Mapping[str, str]) -> list[Group]:
    """All alarms, each in one group, the most urgent and then the oldest first. `names`: of lockers."""
    left = sorted(alarms, key=lambda one: (one.raised_ms, one.id))
    groups: list[Group] = []
    for find in (_network, _boards):
        for title, members in find(left, names):
            groups.append(_group(title, members))
            left = [one for one in left if one not in members]
    by_kind: dict[tuple[str, str], list[Open]] = defaultdict(list)
    for one in left:
        by_kind[one.locker_id, one.kind].append(one)
    groups += [_group(_title(members, names), members) for members in by_kind.values()]
    return sorted(groups, key=lambda group: (_URGENCIES.index(group.urgency), group.first.raised_ms))


def _network(alarms: list[Open], _: Mapping[str, str]) -> list[tuple[str, list[Open]]]:
    silent = [one for one in alarms if one.kind == "offline"]
    found: list[tuple[str, list[Open]]] = []
    while silent:
        together = [one for one in silent if one.raised_ms - silent[0].raised_ms <= TOGETHER_MS]
        if len(together) >= MANY_LOCKERS:
            found.append((f"{len(together)} lockers fell silent together: network or broker", together))
        silent = silent[len(together) :]
    return found


def _boards(alarms: list[Open], names: Mapping[str, str]) -> list[tuple[str, list[Open]]]:
    by_module: dict[tuple[str, str], list[Open]] = defaultdict(list)
    for one in alarms:
        if one.kind in _OF_A_BOARD and one.module:
            by_module[one.locker_id, one.module].append(one)
    return [
        (f"{names.get(locker_id, locker_id)}: {len(members)} doors of module {module}: its board or cable", members)
        for (locker_id, module), members in by_module.items()
        if len({one.n for one in members}) >= MANY_DOORS
    ]


def _title(members: list[Open], names: Mapping[str, str]) -> str:
    first = members[0]
    doors = ", ".join(str(one.n) for one in sorted(members, key=lambda one: one.n) if one.n)
    where = names.get(first.locker_id, first.locker_id)
    kind = first.kind.replace("_", " ")
    return f"{where}: {kind}, {'doors' if len(members) > 1 else 'door'} {doors}" if doors else f"{where}: {kind}"


def _group(title: str, members: list[Open]) -> Group:
    urgencies = {runbook.entry(one.kind).urgency for one in members}
    return Group(
        title=title, first=members[0], alarms=tuple(members), urgency=min(urgencies, key=_URGENCIES.index)
    )  # fmt: skip
