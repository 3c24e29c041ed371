"""Alarms as those who look after them see them: over all lockers, with who was told and who has said "mine"."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.grouping import Open
from hub_service.store.database import Store
from hub_service.store.sets import chunks
from hub_service.store.sql import Connection
from hub_service.store.statements import each

_CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """One alarm that is open, what its locker is called, and what people have done about it."""

    alarm: Open
    locker_name: str
    times: int
    acknowledged_by: str
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What nobody is told of until then. Empty locker or kind: all of them."""

    id: int = 0
    locker_id: str
    kind: str
    until_s: int
    reason: str
    by_login: str

    def covers(self, alarm: Open, now_s: int) -> bool:
        """Whether this alarm isn't worth telling now."""
        return now_s < self.until_s and self.locker_id in ("", alarm.locker_id) and self.kind in ("", alarm.kind)


@dataclass(frozen=True, slots=True)
class Contact:
    """How one user is reached."""

    login: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call, from and until (Unix seconds)."""

    id: int
    login: str
    from_s: int
    until_s: int


def open_alarms(db: Connection) -> list[Attended]:
    """All that is open, oldest first."""
    rows = db.execute(
        "SELECT a.id, a.locker_id, a.n, a.kind, a.raised_ms, a.times, a.acknowledged_by, a.told,"
        " COALESCE(c.module, '') AS module, COALESCE(l.name, a.locker_id) AS locker_name FROM alarms AS a"
        " LEFT JOIN lockers AS l ON l.id = a.locker_id"
        " LEFT JOIN compartments AS c ON c.locker_id = a.locker_id AND c.n = a.n"
        " WHERE a.closed_ms IS NULL ORDER BY a.raised_ms, a.id"
    )
    names = ("id", "locker_id", "n", "kind", "raised_ms", "module")
    return [
        Attended(
            alarm=Open(**{name: row[name] for name in names}), locker_name=row["locker_name"], times=row["times"],
            acknowledged_by=row["acknowledged_by"], told=row["told"],
        )
        for row in rows
    ]  # fmt: skip


def acknowledge(db: Connection, alarm_ids: list[int], login: str, now_ms: int) -> int:
    """Somebody says "mine"; returns how many of them were open and nobody's."""
    return sum(
        db.execute(
            "UPDATE alarms SET acknowledged_by = ?, acknowledged_ms = ? WHERE closed_ms IS NULL"
            f" AND acknowledged_by = '' AND id IN ({each(some)})",
            (login, now_ms, *some),
        ).rowcount
        for some in chunks(alarm_ids)
    )


def close(db: Connection, alarm_ids: list[int], now_ms: int) -> int:
    """Somebody has dealt with them; returns how many of them were open."""
    return sum(
        db.execute(
            f"UPDATE alarms SET closed_ms = ? WHERE closed_ms IS NULL AND id IN ({each(some)})", (now_ms, *some)
        ).rowcount
        for some in chunks(alarm_ids)
    )


def mark_told(db: Connection, alarm_ids: list[int], level: int) -> None:
    # One cause may have silenced a whole country: no database takes that many values at once.
    for some in chunks(alarm_ids):
        db.execute(f"UPDATE alarms SET told = ? WHERE id IN ({each(some)})", (level, *some))


def lockers_silent_since(db: Connection, before_ms: int) -> list[str]:
    """Lockers that have been offline for so long without an open alarm that says so."""
    rows = db.execute(
        "SELECT id FROM lockers AS l WHERE online = 0 AND seen_ms < ? AND NOT EXISTS"
        " (SELECT 1 FROM alarms AS a WHERE a.locker_id = l.id AND a.kind = 'offline' AND a.closed_ms IS NULL)",
        (before_ms,),
    )
    return [row["id"] for row in rows]


def lockers_heard_again(db: Connection) -> list[str]:
    """Lockers that are online while an alarm says that they are not."""
    rows = db.execute(
        "SELECT DISTINCT l.id FROM lockers AS l JOIN alarms AS a ON a.locker_id = l.id"
        " WHERE l.online = 1 AND a.kind = 'offline' AND a.closed_ms IS NULL"
    )
    return [row["id"] for row in rows]


def add_silence(db: Connection, silence: Silence) -> None:
    db.execute(
        "INSERT INTO silences (locker_id, kind, until_s, reason, by_login) VALUES (?, ?, ?, ?, ?)",
        (silence.locker_id, silence.kind, silence.until_s, silence.reason, silence.by_login),
    )


def silences(db: Connection, now_s: int) -> list[Silence]:
    """Those that haven't ended."""
    rows = db.execute("SELECT * FROM silences WHERE until_s > ? ORDER BY until_s", (now_s,))
    return [Silence(**dict(row)) for row in rows]


def end_silence(db: Connection, silence_id: int, now_s: int) -> bool:
    done = db.execute("UPDATE silences SET until_s = ? WHERE id = ? AND until_s > ?", (now_s, silence_id, now_s))
    return done.rowcount == 1


def set_contact(db: Connection, store: Store, login: str, email: str, phone: str) -> bool:
    """How a user is told of alarms; False where there is none of that login."""
    sealed = store.vault.seal({"email": email, "phone": phone}, _CONTACT)
    done = db.execute("UPDATE users SET contact_sealed = ? WHERE login = ? AND ended_s IS NULL", (sealed, login))
    return done.rowcount == 1


def contacts(db: Connection, store: Store, roles: list[str]) -> list[Contact]:
    """Users in these roles who can be reached."""
    rows = db.execute(
        "SELECT login, contact_sealed FROM users WHERE ended_s IS NULL AND contact_sealed IS NOT NULL"
        f" AND role IN ({each(roles)}) ORDER BY login",
        roles,
    )
    return [Contact(row["login"], **store.vault.open(row["contact_sealed"], _CONTACT)) for row in rows]


def add_shift(db: Connection, user_id: str, from_s: int, until_s: int) -> None:
    db.execute("INSERT INTO shifts (user_id, from_s, until_s) VALUES (?, ?, ?)", (user_id, from_s, until_s))


def shifts(db: Connection, after_s: int) -> list[Shift]:
    """Shifts that end later than that, in order."""
    rows = db.execute(
        "SELECT s.id, u.login, s.from_s, s.until_s FROM shifts AS s JOIN users AS u ON u.id = s.user_id"
        " WHERE s.until_s > ? AND u.ended_s IS NULL ORDER BY s.from_s, s.id",
        (after_s,),
    )
    return [Shift(row["id"], row["login"], row["from_s"], row["until_s"]) for row in rows]


def remove_shift(db: Connection, shift_id: int) -> bool:
    return db.execute("DELETE FROM shifts WHERE id = ?", (shift_id,)).rowcount == 1
