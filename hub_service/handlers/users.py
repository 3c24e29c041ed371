"""People who run the network: made known, given a role or a new password, and let go. All of it is audited."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.permissions import PASSWORD_LENGTH_MIN, Role
from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.passwords import hashed, login_lookup
from hub_service.store import audit, users
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection
from hub_service.store.users import UserRecord


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user and their first password, which is shown once; empty for one who signs in elsewhere."""

    login: str
    role: Role
    password: str


def add(hub: Hub, login: str, role: Role, by: str, *, elsewhere: bool = False) -> NewUser | Refusal:
    """Makes somebody known. `elsewhere`: a sign-in provider vouches for this login, so there is no password."""
    password = "" if elsewhere else hub.draws.password()
    user = UserRecord(
        id=hub.draws.id("u"), login=login, role=role, password_hash=hashed(hub, password) if password else "",
        must_change=bool(password),
    )  # fmt: skip
    try:
        with hub.store.write() as db:
            users.add(db, user, hub.now_s())
            _audit(db, hub, by, "user_added", login, role=role)
    except IntegrityError:
        return Refusal("duplicate_user", "Somebody has this login already: choose another one.")
    return NewUser(login, role, password)


def every(hub: Hub) -> list[UserRecord]:
    with hub.store.read() as db:
        return users.every(db)


def set_role(hub: Hub, login: str, role: Role, by: str) -> UserRecord | Refusal:
    """Gives somebody another role; they sign in again with it."""
    with hub.store.write() as db:
        user = users.by_login(db, login)
        if user is None:
            return _unknown()
        if _last_admin(db, user) and role != "admin":
            return _needs_an_admin()
        users.update(db, user.id, role=role)
        users.end_sessions_of(db, user.id)
        _audit(db, hub, by, "role_changed", login, role=role, before=user.role)
        found = users.by_login(db, login)
    assert found is not None, "it was there in the same transaction"
    return found


def reset_password(hub: Hub, login: str, by: str) -> NewUser | Refusal:
    """A new first password for somebody who has lost theirs; whoever is signed in with the old one is out."""
    password = hub.draws.password()
    # Slow, so before the transaction.
    digest = hashed(hub, password)
    with hub.store.write() as db:
        user = users.by_login(db, login)
        if user is None:
            return _unknown()
        users.update(db, user.id, password_hash=digest, must_change=1)
        users.end_sessions_of(db, user.id)
        users.forget_wrong_passwords(db, login_lookup(hub, login))
        _audit(db, hub, by, "password_reset", login)
    return NewUser(login, user.role, password)


def choose_password(hub: Hub, user: UserRecord, password: str) -> Refusal | None:
    """Somebody chooses a password of their own; their other sessions end."""
    if len(password) < PASSWORD_LENGTH_MIN:
        return Refusal("weak_password", f"Choose a password of at least {PASSWORD_LENGTH_MIN} characters.")
    digest = hashed(hub, password)
    with hub.store.write() as db:
        users.update(db, user.id, password_hash=digest, must_change=0)
        users.end_sessions_of(db, user.id)
        _audit(db, hub, user.login, "password_chosen", user.login)
    return None


def end(hub: Hub, login: str, by: str) -> Refusal | None:
    """Lets somebody go, at once and everywhere."""
    with hub.store.write() as db:
        user = users.by_login(db, login)
        if user is None:
            return _unknown()
        if _last_admin(db, user):
            return _needs_an_admin()
        users.update(db, user.id, ended_s=hub.now_s())
        users.end_sessions_of(db, user.id)
        _audit(db, hub, by, "user_ended", login)
    return None


def _last_admin(db: Connection, user: UserRecord) -> bool:
    return [one.id for one in users.every(db) if one.role == "admin"] == [user.id]


def _unknown() -> Refusal:
    return Refusal("unknown_user", "Nobody has this login: `hub users` lists all.")


def _needs_an_admin() -> Refusal:
    return Refusal("last_admin", "This is the last admin: make somebody else one first.")


def _audit(db: Connection, hub: Hub, who: str, act: str, login: str, **data: object) -> None:
    audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=who, act=act, about=f"user {login}", data=data))
