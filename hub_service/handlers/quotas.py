"""Operators say how much of a locker each carrier may use; carriers see their own part of that and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain.quotas import Quota
from hub_service.domain.refusals import UNKNOWN_LOCKER, Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import audit, lockers, quotas
from hub_service.store.quotas import CarrierQuota

RULES_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaView:
    """One rule, how many places it comes to now, and how many of them are used (None: it binds several carriers)."""

    carrier: str
    size_class: str
    most: int | None
    share_percent: int | None
    limit: int
    used: int | None


def look(hub: Hub, locker_id: str, carrier: str = "") -> tuple[QuotaView, ...] | Refusal:
    """The rules of a locker; with a carrier those that bind it, as if they were its own."""
    with hub.store.read() as db:
        if lockers.find(db, locker_id) is None:
            return UNKNOWN_LOCKER
        built = [one.box for one in lockers.compartments(db, locker_id)]
        rules = quotas.at(db, locker_id)
        if carrier:
            rules = tuple(CarrierQuota(carrier=carrier, quota=one) for one in quotas.of(db, locker_id, carrier))
        held = {one.carrier: quotas.held(db, locker_id, one.carrier) for one in rules if one.carrier}
    return tuple(
        QuotaView(
            carrier=one.carrier, size_class=one.quota.size_class, most=one.quota.most,
            share_percent=one.quota.share_percent, limit=one.quota.limit(built),
            used=one.quota.used(held[one.carrier], built) if one.carrier else None,
        )
        for one in rules
    )  # fmt: skip


def set_one(
    hub: Hub, locker_id: str, key: tuple[str, str], quota: Quota | None, by: str
) -> tuple[QuotaView, ...] | Refusal:
    """Sets the rule for a carrier and a size class, or (None) ends it; all others stay."""
    # Two operators at once: read and changed in one turn, neither undoes what the other has set.
    with hub.store.write() as db:
        others = [one for one in quotas.at(db, locker_id) if (one.carrier, one.quota.size_class) != key]
        return change(hub, locker_id, [*others, *([CarrierQuota(carrier=key[0], quota=quota)] if quota else [])], by)


def change(hub: Hub, locker_id: str, rules: Sequence[CarrierQuota], by: str) -> tuple[QuotaView, ...] | Refusal:
    """From now on these rules hold. Who uses more already may go on, and gets nothing new until some has gone."""
    if len({(one.carrier, one.quota.size_class) for one in rules}) < len(rules):
        return Refusal("quota_twice", "One carrier has two rules for the same size here: send one of them.")
    with hub.store.write() as db:
        if lockers.find(db, locker_id) is None:
            return UNKNOWN_LOCKER
        quotas.replace(db, locker_id, rules)
        said = [
            {
                "carrier": one.carrier, "size_class": one.quota.size_class, "most": one.quota.most,
                "share_percent": one.quota.share_percent,
            }
            for one in rules
        ]  # fmt: skip
        about = f"locker {locker_id}"
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="quotas", about=about, data={"rules": said}))
    return look(hub, locker_id)
