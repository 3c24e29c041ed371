"""A sign-in provider on this machine, as small as OpenID Connect allows: signs whatever its people are said to be."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Sso:
    """The provider. `people`: what it claims of each subject; `lie`: changes the claims of every token."""

    people: dict[str, dict[str, Any]]
    address: str = ""
    lie: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    wrong_key: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
        }  # fmt: skip

    def authorize(self, query: dict[str, str], subject: str) -> str:
        """Somebody has signed in there: where their browser goes next."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = query | {"sub": subject}
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        claims = {
            "iss": self.address, "aud": asked["client_id"], "sub": asked["sub"], "nonce": asked["nonce"],
            "exp": int(time.time()) + 300, **self.people[asked["sub"]], **self.lie,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.wrong_key or self.key)
        return {"id_token": signed, "access_token": "unused", "token_type": "Bearer"}


@contextmanager
def running(sso: Sso) -> Iterator[Sso]:
    """The provider, answering."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                self._json({"keys": [sso.key.as_dict(private=False)]})
            else:
                self._json(sso.described())

        def do_POST(self) -> None:
            form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self.path == "/token":
                self._json(sso.token(form))
                return
            self.send_response(302)
            self.send_header("Location", sso.authorize(_flat(urlsplit(self.path).query), form["sub"]))
            self.end_headers()

        def _json(self, answer: dict[str, Any] | None) -> None:
            self.send_response(400 if answer is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer or {}).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    sso.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sso
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
