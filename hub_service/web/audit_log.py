"""The page of the audit log: who has done what, newest first, and whether it is still as it was written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from hub_service.store import audit
from hub_service.web.desk import HOME, Desk

PATH = f"{HOME}/audit"
ENTRIES_SHOWN = 50


def add_audit_page(routes: APIRouter, desk: Desk) -> None:
    """Adds the page; it only shows."""

    @routes.get(PATH)
    def log(
        request: Request,
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
        about: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        user = desk.user(request, "read_audit")
        if isinstance(user, Response):
            return user
        with desk.hub.store.read() as db:
            found = audit.latest(db, ENTRIES_SHOWN + 1, before, about or None)
            # The whole chain is computed anew: some 100 000 entries a second.
            broken = audit.first_broken(db)
            count = audit.latest(db, 1)[0].seq
        return desk.pages.show(
            "audit", user=user, entries=found[:ENTRIES_SHOWN], about=about, broken=broken, count=count,
            older=found[ENTRIES_SHOWN - 1].seq if len(found) > ENTRIES_SHOWN else None, path=PATH,
        )  # fmt: skip
