"""A browser with its push service: listens on a port, knows its senders, and reads what only it can read."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

DEADLINE_S = 10.0
CURVE = ec.SECP256R1()


class Browser:
    """`answers` are the statuses that its push service gives next (201 when there are none left; 0 hangs up)."""

    def __init__(self, hub_key: str = "") -> None:
        self.answers: list[int] = []
        self.shown: list[dict[str, Any]] = []
        self.tokens: list[dict[str, Any]] = []
        self.asked = 0
        self.hub_key = hub_key
        self.let_go: threading.Event | None = None
        self._key, self._secret = ec.generate_private_key(CURVE), os.urandom(16)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}/push/{os.urandom(8).hex()}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def subscription(self) -> dict[str, Any]:
        """What a page's script sends."""
        keys = {"p256dh": _text(self._point), "auth": _text(self._secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def close(self) -> None:
        if self.let_go:
            self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def _point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def _took(self, headers: dict[str, str], body: bytes) -> int:
        self.asked += 1
        if self.let_go:
            self.let_go.wait(DEADLINE_S)
        self.tokens.append(self._vouched(headers["authorization"]))
        assert (headers["content-encoding"], int(headers["ttl"]) > 0) == ("aes128gcm", True)
        status = self.answers.pop(0) if self.answers else 201
        if status == 201:
            self.shown.append(json.loads(self._read(body)))
        return status

    def _vouched(self, header: str) -> dict[str, Any]:
        """Who sent it, checked with the key that the page was given. Raises where it was somebody else."""
        scheme, _, rest = header.partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid" and (not self.hub_key or said["k"] == self.hub_key)
        known = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(said["k"]))
        token = jwt.decode(said["t"], ECKey(known, known), algorithms=["ES256"])
        return dict(token.claims)

    def _read(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        point = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        shared = _hkdf(point, self._secret, b"WebPush: info\0" + self._point + theirs, 32)
        key = _hkdf(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
        plain = AESGCM(key).decrypt(_hkdf(shared, salt, b"Content-Encoding: nonce\0", 12), sealed, None)
        return plain.rstrip(b"\0")[:-1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        took: Callable[[dict[str, str], bytes], int] = self._took

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = took({name.lower(): value for name, value in self.headers.items()}, body)
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
