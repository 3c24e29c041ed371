"""What programs of this machine use: processor time and memory of a process and its children, as Linux counts it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME = 11, 12
"""Places behind the program's name in /proc/PID/stat, which may hold spaces itself."""


@dataclass(frozen=True, slots=True)
class Use:
    """Processor seconds so far, and resident memory in megabytes (shared pages counted once, where Linux says so)."""

    cpu_s: float = 0.0
    memory_mb: float = 0.0


def use_of(pid: int) -> Use:
    """What a process and all its descendants use; nothing for one that has gone."""
    total = Use()
    for one in (pid, *descendants(pid)):
        own = _own(one)
        total = Use(total.cpu_s + own.cpu_s, total.memory_mb + own.memory_mb)
    return total


def descendants(pid: int) -> list[int]:
    """Children, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for word in _read(task).split():
            found += [int(word), *descendants(int(word))]
    return found


def _own(pid: int) -> Use:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    if not fields:
        return Use()
    cpu_s = (int(fields[_UTIME]) + int(fields[_STIME])) / _TICKS_PER_S
    sizes = dict(line.split(":", 1) for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()[1:])
    return Use(cpu_s, int(sizes.get("Pss", "0 kB").split()[0]) / 1024)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
