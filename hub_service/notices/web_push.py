"""Encrypts what a browser is told (RFC 8291 over RFC 8188), and says who sends it (RFC 8292). Pure.

The push service in between belongs to the browser's maker and reads none of it. Chance comes in as arguments.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from hub_service.notices.words import Message
from hub_service.store.push_devices import Device

RECORD_BYTES = 4_096
"""One record, as RFC 8291 asks for; what a push service has to take at least."""

SALT_BYTES, TAG_BYTES = 16, 16
PLAIN_MAX = RECORD_BYTES - TAG_BYTES - 1
VALID_S = 12 * 3_600
"""A token is good for half a day; a day is the most that push services take."""

_LAST_RECORD = b"\x02"
_TITLE_MAX, _BODY_MAX = 120, 600


@dataclass(frozen=True, slots=True)
class Draw:
    """The chance in one message: a key that is used once, and 16 bytes. Never for two messages."""

    key: ec.EllipticCurvePrivateKey
    salt: bytes


def encrypted(plain: bytes, device: Device, draw: Draw) -> bytes:
    """The body of a push message: header and one record."""
    assert len(plain) <= PLAIN_MAX and len(draw.salt) == SALT_BYTES, "it fits into one record"
    ours = point(draw.key)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device.key)
    # Both sides know it: the shared point, and the secret that only the page was told.
    shared = _derived(draw.key.exchange(ec.ECDH(), theirs), device.secret, b"WebPush: info\0" + device.key + ours, 32)
    key = _derived(shared, draw.salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(shared, draw.salt, b"Content-Encoding: nonce\0", 12)
    header = draw.salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)


def content(message: Message, page_url: str, once: str) -> bytes:
    """What the page's script is told: the words as in a text message, and the page that a tap opens.

    `once` lets a browser that gets the same notice twice show it once.
    """
    body = " ".join(message.sms.replace(page_url, "").split()) if page_url else message.sms
    said = {"title": message.subject[:_TITLE_MAX], "body": body[:_BODY_MAX], "url": page_url, "tag": once[:200]}
    return json.dumps(said, ensure_ascii=False).encode()


def authorisation(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now_s: int) -> str:
    """The header by which a push service knows the hub (VAPID). `contact` is where its maker may complain."""
    parts = urlsplit(endpoint)
    claims: dict[str, object] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + VALID_S}
    # Push services refuse contacts that can't be one; without any they only can't complain.
    if contact.startswith(("https://", "mailto:")):
        claims["sub"] = contact
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey(key, key))
    return f"vapid t={token}, k={public_text(key)}"


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half as browsers and push services write it: base64url without padding."""
    return base64.urlsafe_b64encode(point(key)).rstrip(b"=").decode()


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half: 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
