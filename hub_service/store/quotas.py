"""How much of each locker each carrier may use, and how much it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub_service.domain.placement import Size
from hub_service.domain.quotas import Quota
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierQuota:
    """One rule; an empty carrier means every one that has no rule of its own at this locker."""

    carrier: str
    quota: Quota


def at(db: Connection, locker_id: str) -> tuple[CarrierQuota, ...]:
    """All rules of a locker, by carrier."""
    rows = db.execute(
        "SELECT carrier, size_class, most, share_percent FROM carrier_quotas WHERE locker_id = ?"
        " ORDER BY carrier, size_class",
        (locker_id,),
    ).fetchall()
    return tuple(
        CarrierQuota(
            carrier=row["carrier"],
            quota=Quota(size_class=row["size_class"], most=row["most"], share_percent=row["share_percent"]),
        )
        for row in rows
    )


def of(db: Connection, locker_id: str, carrier: str) -> tuple[Quota, ...]:
    """The rules that bind a carrier here: its own, else those for all others."""
    said = at(db, locker_id)
    own = tuple(one.quota for one in said if one.carrier == carrier)
    return own or tuple(one.quota for one in said if one.carrier == "")


def replace(db: Connection, locker_id: str, rules: Iterable[CarrierQuota]) -> None:
    """From now on these rules hold at a locker, and no others. What lies there already stays."""
    db.execute("DELETE FROM carrier_quotas WHERE locker_id = ?", (locker_id,))
    db.executemany(
        "INSERT INTO carrier_quotas (locker_id, carrier, size_class, most, share_percent) VALUES (?, ?, ?, ?, ?)",
        [
            (locker_id, one.carrier, one.quota.size_class, one.quota.most, one.quota.share_percent)
            for one in rules
        ],
    )  # fmt: skip


def held(db: Connection, locker_id: str, carrier: str) -> list[Size]:
    """The sizes of a carrier's parcels that lie in a locker, or that room is held for."""
    rows = db.execute(
        "SELECT p.width_mm, p.height_mm, p.depth_mm, p.low FROM deliveries AS d JOIN parcels AS p ON p.id = d.parcel_id"
        " WHERE d.locker_id = ? AND d.state <> 'ended' AND p.carrier = ?",
        (locker_id, carrier),
    ).fetchall()
    return [Size(row["width_mm"], row["height_mm"], row["depth_mm"], bool(row["low"])) for row in rows]
