"""Works out tags of access codes beside the hub, whenever a processor has nothing else to do.

python -m hub_service.hashing        reads lines of JSON {"pin", "key"}, writes a tag for each; ends with its input
"""

from __future__ import annotations

import json
import os
import sys

from locker.wire.access_tag import access_tag

NICE = 19


def main() -> int:
    """Hashes until the hub that has started it is gone."""
    # A process of its own: a thread that yields to everybody would sometimes stop while all others wait for it.
    os.nice(NICE)
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(access_tag(asked["pin"], bytes.fromhex(asked["key"])) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
