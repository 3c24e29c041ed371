"""Browsers that have asked for a parcel's news (web push): where their push service is, and what to encrypt for."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from hub_service.store.database import Store
from hub_service.store.sql import Connection

CHANNEL = "push"
"""What notices for these are called in the outbox; their `to` is a device's id."""

ENDPOINT_MAX, SECRET_BYTES = 1_000, 16
_PURPOSE = "push device"


@dataclass(frozen=True, slots=True)
class Device:
    """One browser. `key`: its public key (65 bytes, a point of P-256); `secret`: 16 bytes shared with it."""

    endpoint: str
    key: bytes
    secret: bytes

    @classmethod
    def of(cls, endpoint: str, p256dh: str, auth: str) -> Self:
        """From what a browser calls its subscription. Raises ValueError for what no browser would send."""
        key, secret = _decoded(p256dh), _decoded(auth)
        # Raises where it is no point of the curve: what is encrypted for one could be read by others.
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        if len(key) != 65 or len(secret) != SECRET_BYTES or len(endpoint) > ENDPOINT_MAX:
            raise ValueError("a key or an address has another length")
        parts = urlsplit(endpoint)
        # `port` raises for what is no port.
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or (parts.port or 1) < 1:
            raise ValueError("no address of a push service")
        return cls(endpoint, key, secret)


def device_id(store: Store, parcel_id: str, endpoint: str) -> str:
    """The same browser has another name with every parcel."""
    return store.vault.lookup(endpoint, f"push/{parcel_id}")


def add(db: Connection, store: Store, parcel_id: str, device: Device, now_ms: int) -> None:
    """Tells this browser from now on; asking again replaces what is known of it."""
    plain = {"endpoint": device.endpoint, "key": _encoded(device.key), "secret": _encoded(device.secret)}
    db.execute(
        "INSERT INTO push_devices (id, parcel_id, device_sealed, since_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET device_sealed = excluded.device_sealed",
        (device_id(store, parcel_id, device.endpoint), parcel_id, store.vault.seal(plain, _PURPOSE), now_ms),
    )


def ids(db: Connection, parcel_id: str) -> list[str]:
    """The browsers that a parcel's news go to."""
    rows = db.execute("SELECT id FROM push_devices WHERE parcel_id = ? ORDER BY since_ms, id", (parcel_id,))
    return [row["id"] for row in rows]


def find(store: Store, device: str) -> Device | None:
    """None: its owner doesn't want to be told any more."""
    with store.read() as db:
        row = db.execute("SELECT device_sealed FROM push_devices WHERE id = ?", (device,)).fetchone()
    if row is None:
        return None
    plain = store.vault.open(row["device_sealed"], _PURPOSE)
    return Device(plain["endpoint"], _decoded(plain["key"]), _decoded(plain["secret"]))


def drop(db: Connection, device: str) -> None:
    """This browser is told nothing any more."""
    db.execute("DELETE FROM push_devices WHERE id = ?", (device,))


def forget(db: Connection, parcel_id: str) -> None:
    """No browser is told of this parcel any more."""
    db.execute("DELETE FROM push_devices WHERE parcel_id = ?", (parcel_id,))


def _decoded(text: str) -> bytes:
    # Browsers leave the padding out; some libraries leave it in.
    raw = text.rstrip("=").encode("ascii")
    return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
