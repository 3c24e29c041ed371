"""Writes the golden files that are missing under `tests/wire/golden/`; never changes one that is there.

Run it once after a kind of message, fact or order was added and has its sample in `tests/wire/samples.py`.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

from locker.wire import codec
from locker.wire.chain import GENESIS, digest

WIRE_TESTS = Path(__file__).parent.parent / "tests" / "wire"
FOLDER = WIRE_TESTS / "golden" / f"v{codec.WIRE_VERSION}"


def contents(samples: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What belongs into each file: a message as it travels, a fact or an order with its hash behind GENESIS."""
    files = {f"message.{one.kind}.json": json.loads(codec.encode(one, samples["KEY"])) for one in samples["MESSAGES"]}
    files |= {f"fact.{one.kind}.json": _chained(codec.fact_to_json(one)) for one in samples["FACTS"]}
    return files | {f"order.{one.kind}.json": _chained(codec.order_to_json(one)) for one in samples["ORDERS"]}


def _chained(entry: dict[str, Any]) -> dict[str, Any]:
    return {"entry": entry, "digest": digest(GENESIS, entry)}


def main() -> None:
    """Writes what is missing and says what it wrote."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in contents(runpy.run_path(str(WIRE_TESTS / "samples.py"))).items():
        path = FOLDER / name
        if not path.exists():
            path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main()
