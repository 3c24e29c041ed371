"""Couriers sign in with their name and a code of their own; both, so that guesses can be counted.

The code opens no locker: what they type there is another one each day, and stands on the page behind this door. Only a
lasting code is good for both. Technicians come in the same way, for nothing but their code of the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import permissions
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import audit, courier_work, staff, users
from hub_service.store.callers import digest_of
from hub_service.store.staff import PassRecord

SESSION_S = 12 * 3_600
"""A shift; tomorrow somebody else may have the phone."""


@dataclass(frozen=True, slots=True)
class CourierIn:
    """Who has come in. `token` goes into the cookie and nowhere else."""

    token: str
    holder: PassRecord


def come_in(hub: Hub, name: str, code: str) -> CourierIn | Refusal:
    """Lets a courier in; says nothing about which of both was wrong. A name has to wait after several wrong codes."""
    said = _plain(name)
    # Keyed, as for logins: people type codes into the wrong field.
    lookup, now_s = hub.store.vault.lookup(said, "courier name"), hub.now_s()
    with hub.store.write() as db:
        failures, pause_until_s = users.wrong_passwords(db, lookup)
        if now_s < pause_until_s:
            return _paused(pause_until_s - now_s)
        holder = staff.find_by_code(db, hub.store, "".join(code.split()))
        if holder is None or _plain(holder.who) != said:
            pause_s = permissions.pause_s(failures + 1)
            users.set_wrong_passwords(db, lookup, (failures + 1, now_s + pause_s), now_s)
            return _paused(pause_s) if pause_s else Refusal("wrong_password", "Name or code is wrong.")
        users.forget_wrong_passwords(db, lookup)
        token = hub.draws.token()
        courier_work.begin_session(db, digest_of(token), holder.id, now_s)
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=f"pass {holder.id}", act="courier_signed_in"))
    return CourierIn(token, holder)


def holder_of(hub: Hub, token: str) -> PassRecord | None:
    """Whose browser this is; None where the session or the pass has ended."""
    with hub.store.read() as db:
        return courier_work.session(db, digest_of(token), hub.now_s() - SESSION_S)


def go_out(hub: Hub, token: str) -> None:
    with hub.store.write() as db:
        courier_work.end_session(db, digest_of(token), hub.now_s() - SESSION_S)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _paused(wait_s: int) -> Refusal:
    minutes = -(-wait_s // 60)
    said = f"{minutes} minute{'s' if minutes > 1 else ''}"
    return Refusal("sign_in_paused", f"Too many wrong codes: wait {said}, or ask your operator for a new one.")
