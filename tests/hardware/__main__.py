"""`python -m tests.hardware`: plays the whole fault matrix, prints it, and writes docs/reference/faults.md."""

from __future__ import annotations

import logging
import sys

from tests.hardware.matrix import PAGE, page, row_text
from tests.hardware.rows import ROWS


def main() -> int:
    """Returns 1 if something went unnoticed, or the locker didn't recover."""
    logging.disable(logging.CRITICAL)
    lines = []
    for row in ROWS:
        lines.append(row_text(row))
        print(lines[-1], flush=True)
    PAGE.write_text(page(lines), encoding="utf-8")
    return 1 if any("**" in line for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
