"""`./run attack bytes` and `./run attack http`: what must never open a door or crash a program, at length."""

from __future__ import annotations

import importlib
import sys

KINDS = {"bytes": "tests.attack.fuzz_bytes", "http": "tests.attack.fuzz_http"}


def main(argv: list[str]) -> int:
    """Runs one kind of attack; its own words follow its name."""
    if not argv or argv[0] not in KINDS:
        print(f"usage: ./run attack {'|'.join(KINDS)} [--help]", file=sys.stderr)
        return 0 if argv[:1] in (["--help"], ["-h"]) else 2
    try:
        attack = importlib.import_module(KINDS[argv[0]])
    except ModuleNotFoundError as missing:
        if missing.name != KINDS[argv[0]]:
            raise
        print(f"run attack: there is no {argv[0]} yet", file=sys.stderr)
        return 2
    code: int = attack.main(argv[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
