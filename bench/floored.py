"""The shipping hub with one route more, which checks the same body as `POST /v1/parcels` and does nothing with it.

python -m bench.floored CODES run --data-dir DIR ...        CODES in stock for each locker, then what `hub run` takes

The codes' tags are invented, as nobody types these codes: working them out takes a core 25 ms each, before all this.
"""

from __future__ import annotations

import secrets
import sys

from fastapi import FastAPI

from hub_service import cli
from hub_service.api import routes
from hub_service.api.bodies import NewParcel
from hub_service.api.gate import Gate
from hub_service.handlers.code_stock import Stocked
from hub_service.handlers.hub import Hub
from hub_service.store import lockers

FLOOR = "/floor"


def main() -> int:
    """Runs the hub's command."""
    shipped, codes = routes.add, int(sys.argv.pop(1))

    def add(app: FastAPI, hub: Hub, demo: bool, gate: Gate | None = None) -> None:
        shipped(app, hub, demo, gate)
        _stock(hub, codes)

        # As quick as a route can be: what awaits nothing needs no thread.
        @app.post(FLOOR, status_code=201)
        async def floor(body: NewParcel) -> dict[str, str]:
            return {"tracking_number": body.tracking_number}

    routes.add = add
    return cli.main()


def _stock(hub: Hub, codes: int) -> None:
    with hub.store.read() as db:
        keys = lockers.sealed_code_keys(db, lockers.ids(db))
    for locker_id, key in keys.items():
        hub.stock.put(locker_id, key, [Stocked(hub.draws.pin(), secrets.token_hex(16)) for _ in range(codes)])


if __name__ == "__main__":
    sys.exit(main())
