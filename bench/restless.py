"""The shipping daemon and guardian, but locks and doors need no rest, so that 2 000 scans don't take a day.

python -m bench.restless daemon --config FILE        python -m bench.restless guardian --config FILE
"""

from __future__ import annotations

import sys

from locker import cli, guardian
from locker.cabinet import door
from locker.cabinet import pulses as cabinet_pulses
from locker.devices import contact, guardian_child, pulses


def main() -> int:
    """Runs one of the two programs."""
    program, *rest = sys.argv[1:]
    door.PULSES_MAX = 1_000_000
    cabinet_pulses.SPACING_MS = 0
    contact.CHANGES_S = 0.0
    pulses.SPACING_MS, pulses.PULSES_AT_ONCE = 0, 1_000_000
    if program == "guardian":
        return guardian.main(rest)
    guardian_child.GUARDIAN = ("-m", "bench.restless", "guardian")
    return cli.main(["run", *rest])


if __name__ == "__main__":
    sys.exit(main())
