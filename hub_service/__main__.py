"""The `hub` command, also as `python -m hub_service`: Ctrl-C ends it in peace from its first import on."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command; 130 if it was interrupted before it could do better."""
    try:
        from hub_service.cli import main as command

        return command()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
