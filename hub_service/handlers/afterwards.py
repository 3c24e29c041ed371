"""When a parcel's life is over: one tap to say how it was, and the end of what is known about its recipient."""

from __future__ import annotations

from hub_service.domain import deadlines
from hub_service.domain.refusals import UNKNOWN_PAGE, Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene
from hub_service.store import afterwards

AT_ONCE = 100


def rate(hub: Hub, token: str, stars: int) -> Refusal | None:
    """Whoever has collected says how it was, 1 to 5; saying it again replaces it."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        if parcel.status != "collected" or not 1 <= stars <= 5:
            return Refusal("not_waiting", "Only a parcel that was collected can be rated, with one to five stars.")
        afterwards.rate(db, parcel.id, stars, hub.now_ms())
        Scene(db, hub).event("rated", parcel.id, stars=stars)
    return None


def stars(hub: Hub, parcel_id: str) -> int | None:
    """How it was, if somebody has said."""
    with hub.store.read() as db:
        return afterwards.stars_of(db, parcel_id)


def ask_to_erase(hub: Hub, token: str) -> Refusal | None:
    """A recipient wants to be forgotten: a day from now, or a day after the parcel's life is over."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        afterwards.ask_to_erase(db, parcel.id, hub.now_s())
        Scene(db, hub).event("erasure_asked", parcel.id)
    return None


def erase_due(hub: Hub) -> int:
    """Forgets whose time has come; returns how many."""
    old_s, asked_s = hub.now_s() - deadlines.KEPT_S, hub.now_s() - deadlines.ERASED_AFTER_S
    done = 0
    while True:
        with hub.store.read() as db:
            due = afterwards.to_erase(db, old_s, asked_s, AT_ONCE)
        if not due:
            return done
        with hub.store.write() as db:
            for parcel_id in due:
                afterwards.erase(db, hub.store, parcel_id)
                Scene(db, hub).event("erased", parcel_id)
        done += len(due)
