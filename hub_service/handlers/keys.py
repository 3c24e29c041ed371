"""API keys: made, listed and ended; each lets a program do some things, for one carrier or for the operator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub_service.domain.limits import CARRIERS_SCOPES, SCOPES, Caller, Scope
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import callers
from hub_service.store.callers import SEEN_EVERY_S, KeyRecord


def add(
    hub: Hub, name: str, *, carrier: str = "", scopes: Iterable[Scope] | None = None, test: bool = False
) -> tuple[KeyRecord, str] | Refusal:
    """A new key and its secret, which is shown once. Without `scopes` it may do all that its kind may."""
    wanted = frozenset(scopes if scopes is not None else CARRIERS_SCOPES if carrier else SCOPES)
    if carrier and "operate" in wanted:
        return Refusal("scope_of_operators", "A carrier's key can't operate lockers: leave the scope `operate` out.")
    caller = Caller(id=hub.draws.id("k"), name=name, carrier=carrier, scopes=wanted, test=test)
    # Whoever finds one in a log sees what it is, and whether it matters.
    secret = ("test_" if test else "live_") + hub.draws.token()
    now_s = hub.now_s()
    with hub.store.write() as db:
        callers.add(db, secret, caller, now_s)
    return KeyRecord(caller=caller, created_s=now_s, seen_s=None, ended_s=None), secret


def every(hub: Hub) -> list[KeyRecord]:
    """All keys, oldest first, with those that were ended."""
    with hub.store.read() as db:
        return callers.every(db)


def end(hub: Hub, key_id: str) -> KeyRecord | Refusal:
    """A key that lets nobody in any more, from the next request on."""
    with hub.store.write() as db:
        callers.end(db, key_id, hub.now_s())
        ended = callers.find_by_id(db, key_id)
    return ended or Refusal("unknown_key", "There is no key with this id: GET /v1/keys lists them.")


def caller(hub: Hub, secret: str) -> Caller | None:
    """Whose key this is; None for nobody."""
    return callers_of(hub, [secret])[0]


def callers_of(hub: Hub, secrets: Sequence[str]) -> list[Caller | None]:
    """The same for several keys."""
    now_s = hub.now_s()
    with hub.store.read() as db:
        found = callers.find_all(db, secrets)
    unseen = {one.caller.id for one in found.values() if one.seen_s is None or one.seen_s < now_s - SEEN_EVERY_S}
    if unseen:
        with hub.store.write() as db:
            for key_id in unseen:
                callers.mark_seen(db, key_id, now_s)
    return [found[one].caller if one in found else None for one in secrets]
