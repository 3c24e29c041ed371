"""Signatures as Standard Webhooks has them: a receiver checks them with any library for it. Pure."""

from __future__ import annotations

import base64
import hmac

PREFIX = "whsec_"


def headers(message: str, at_s: int, body: bytes, secrets: tuple[str, ...]) -> dict[str, str]:
    """The three headers of a message; with several secrets each signs, and a receiver may know any of them."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{signature(message, at_s, body, secret)}" for secret in secrets),
    }


def signature(message: str, at_s: int, body: bytes, secret: str) -> str:
    """HMAC-SHA256 over id, time and body, in base64. `secret` is `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{at_s}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
