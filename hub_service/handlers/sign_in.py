"""Signing in and out. A session is a random token in a cookie; the store keeps its hash, roles are looked up anew."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import permissions
from hub_service.domain.permissions import Permission
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.passwords import is_right, login_lookup
from hub_service.store import audit, users
from hub_service.store.callers import digest_of
from hub_service.store.sql import Connection
from hub_service.store.users import UserRecord

# Seen is written at most this often: reading a page should cost no disk write.
SEEN_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has come in. `token` goes into the cookie and nowhere else."""

    token: str
    user: UserRecord


def by_password(hub: Hub, login: str, password: str) -> SignedIn | Refusal:
    """Lets somebody in who knows the password; says nothing about which of both was wrong."""
    lookup = login_lookup(hub, login)
    with hub.store.read() as db:
        user, (_, pause_until_s) = users.by_login(db, login), users.wrong_passwords(db, lookup)
    if hub.now_s() < pause_until_s:
        return _paused(pause_until_s - hub.now_s())
    right = is_right(hub, password, user.password_hash if user else "")
    with hub.store.write() as db:
        # Looked up anew: it may have been changed or paused while this was computed.
        user, known = users.by_login(db, login), user
        if not right or user is None or user != known:
            return _wrong(db, hub, lookup)
        users.forget_wrong_passwords(db, lookup)
        return _let_in(db, hub, user, "password")


def by_provider(hub: Hub, issuer: str, subject: str, login: str) -> SignedIn | Refusal:
    """Lets somebody in for whom a sign-in provider vouches.

    Known by issuer and subject; the first time by the login that an admin has added for it. A login with a password is
    never taken over.
    """
    outside = f"{issuer} {subject}"
    with hub.store.write() as db:
        user = users.by_outside(db, outside)
        if user is None:
            user = users.by_login(db, login)
            if user is None or user.password_hash or user.outside:
                return Refusal("not_invited", "You are known to the sign-in provider, not to this hub: ask an admin.")
            users.update(db, user.id, outside=outside)
        return _let_in(db, hub, user, "provider")


def session_user(hub: Hub, token: str) -> UserRecord | None:
    """Whose session this is; None where it has ended."""
    digest, now_s = digest_of(token), hub.now_s()
    with hub.store.read() as db:
        found = users.session(db, digest)
    if found is None or permissions.is_over(now_s, found.began_s, found.seen_s):
        return None
    if now_s - found.seen_s >= SEEN_EVERY_S:
        with hub.store.write() as db:
            users.see_session(db, digest, now_s)
    return found.user


def sign_out(hub: Hub, token: str) -> None:
    with hub.store.write() as db:
        users.end_session(db, digest_of(token))


def refused(user: UserRecord, permission: Permission) -> Refusal | None:
    """Why this user may not do this; None: may."""
    if user.must_change:
        return Refusal("choose_password", "Choose a password of your own first.")
    if permissions.may(user.role, permission):
        return None
    return Refusal("not_permitted", f"The role {user.role} may not do this: ask an admin, or somebody who may.")


def _let_in(db: Connection, hub: Hub, user: UserRecord, way: str) -> SignedIn:
    token = hub.draws.token()
    users.begin_session(db, digest_of(token), user.id, hub.now_s())
    audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=user.login, act="signed_in", data={"way": way}))
    return SignedIn(token, user)


def _wrong(db: Connection, hub: Hub, lookup: str) -> Refusal:
    failures = users.wrong_passwords(db, lookup)[0] + 1
    pause_s = permissions.pause_s(failures)
    users.set_wrong_passwords(db, lookup, (failures, hub.now_s() + pause_s), hub.now_s())
    if pause_s:
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who="", act="sign_in_paused", data={"failures": failures}))
        return _paused(pause_s)
    return Refusal("wrong_password", "Login or password is wrong. An admin can give you a new password.")


def _paused(wait_s: int) -> Refusal:
    minutes = -(-wait_s // 60)
    said = f"{minutes} minute{'s' if minutes > 1 else ''}"
    return Refusal("sign_in_paused", f"Too many wrong passwords: wait {said}, or ask an admin for a new one.")
