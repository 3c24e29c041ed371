"""Users and their sessions, as rows."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.permissions import Role
from hub_service.store.sql import Connection, Row

_COLUMNS = "id, login, role, password_hash, must_change, outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """Somebody who runs the network. `outside` names them at a sign-in provider; no password then."""

    id: str
    login: str
    role: Role
    password_hash: str = ""
    must_change: bool = False
    outside: str = ""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A browser that somebody has signed in with."""

    user: UserRecord
    began_s: int
    seen_s: int


def add(db: Connection, user: UserRecord, now_s: int) -> None:
    """Raises IntegrityError where another user has this login or outside name."""
    db.execute(
        "INSERT INTO users (id, login, role, password_hash, must_change, outside, created_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (user.id, user.login, user.role, user.password_hash, int(user.must_change), user.outside, now_s),
    )


def by_login(db: Connection, login: str) -> UserRecord | None:
    return _one(db, "login = ?", login)


def by_outside(db: Connection, outside: str) -> UserRecord | None:
    return _one(db, "outside = ?", outside)


def every(db: Connection) -> list[UserRecord]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM users WHERE ended_s IS NULL ORDER BY login")
    return [_user(row) for row in rows]


def update(db: Connection, user_id: str, **values: object) -> None:
    """Changes columns of one user."""
    sets = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE users SET {sets} WHERE id = ?", (*values.values(), user_id))


def wrong_passwords(db: Connection, login_lookup: str) -> tuple[int, int]:
    """How many in a row, and until when that login has to wait (Unix seconds)."""
    row = db.execute(
        "SELECT failures, pause_until_s FROM wrong_passwords WHERE login_lookup = ?", (login_lookup,)
    ).fetchone()
    return (row["failures"], row["pause_until_s"]) if row else (0, 0)


def set_wrong_passwords(db: Connection, login_lookup: str, count: tuple[int, int], now_s: int) -> None:
    """Keeps (how many, wait until when); what is a day old is forgotten, so that guessed logins don't pile up."""
    db.execute("DELETE FROM wrong_passwords WHERE last_s < ?", (now_s - 86_400,))
    db.execute(
        "INSERT INTO wrong_passwords (login_lookup, failures, pause_until_s, last_s) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (login_lookup) DO UPDATE SET failures = excluded.failures,"
        " pause_until_s = excluded.pause_until_s, last_s = excluded.last_s",
        (login_lookup, *count, now_s),
    )


def forget_wrong_passwords(db: Connection, login_lookup: str) -> None:
    db.execute("DELETE FROM wrong_passwords WHERE login_lookup = ?", (login_lookup,))


def begin_session(db: Connection, token_digest: str, user_id: str, now_s: int) -> None:
    db.execute(
        "INSERT INTO sessions (token_digest, user_id, began_s, seen_s) VALUES (?, ?, ?, ?)",
        (token_digest, user_id, now_s, now_s),
    )


def session(db: Connection, token_digest: str) -> SessionRecord | None:
    """The session of a token, of a user who is still there."""
    row = db.execute(
        f"SELECT s.began_s, s.seen_s, {', '.join('u.' + name for name in _COLUMNS.split(', '))} FROM sessions AS s"
        " JOIN users AS u ON u.id = s.user_id WHERE s.token_digest = ? AND u.ended_s IS NULL",
        (token_digest,),
    ).fetchone()
    return None if row is None else SessionRecord(_user(row), row["began_s"], row["seen_s"])


def see_session(db: Connection, token_digest: str, now_s: int) -> None:
    db.execute("UPDATE sessions SET seen_s = ? WHERE token_digest = ?", (now_s, token_digest))


def end_session(db: Connection, token_digest: str) -> None:
    db.execute("DELETE FROM sessions WHERE token_digest = ?", (token_digest,))


def end_sessions_of(db: Connection, user_id: str) -> None:
    """Whoever lost their role or password sits in front of a sign-in page again, everywhere."""
    db.execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))


def _one(db: Connection, where: str, value: str) -> UserRecord | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE {where} AND ended_s IS NULL", (value,)).fetchone()
    return None if row is None else _user(row)


def _user(row: Row) -> UserRecord:
    return UserRecord(
        id=row["id"], login=row["login"], role=row["role"], password_hash=row["password_hash"],
        must_change=bool(row["must_change"]), outside=row["outside"],
    )  # fmt: skip
