"""`python -m locker.twin.fleet`, which `./run fleet` is."""

from __future__ import annotations

import sys

from locker.twin.fleet.cli import main

if __name__ == "__main__":
    sys.exit(main())
