"""The `locker` command, also as `python -m locker`: Ctrl-C ends it in peace from its first import on."""

import sys


def main() -> int:
    """Runs the command; 130 if it was interrupted before it could do better."""
    try:
        from locker.cli import main as command

        return command()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
