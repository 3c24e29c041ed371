"""Signing in with an OpenID Connect provider (OIDC Core 1.0, code flow with PKCE): what it is asked, and vouches for.

Configured by `sign-in.toml` in the data folder. The provider only says who somebody is; the hub says what they may do.
"""

from __future__ import annotations

import hashlib
import secrets
import tomllib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, HttpUrl, ValidationError, field_validator

from hub_service.settings import SettingsError

FILE = "sign-in.toml"
TIMEOUT_S = 10.0
# Asymmetric ones only: with a shared secret anybody who has it could vouch for anybody.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


class ProviderSettings(BaseModel):
    """The provider and what the hub is called there. `login_claim` is compared with the users' logins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "single sign-on"
    issuer: HttpUrl
    client_id: str
    client_secret_file: Path
    login_claim: Literal["email", "preferred_username"] = "email"

    @field_validator("issuer")
    @classmethod
    def _nobody_listens(cls, issuer: HttpUrl) -> HttpUrl:
        if issuer.scheme != "https" and issuer.host not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError("use https: whoever reads this connection can sign in as anybody")
        return issuer


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt: what its browser keeps in a cookie, and what only this attempt can answer."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def draw(cls) -> Asked:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider vouches for."""

    issuer: str
    subject: str
    login: str


class NotVouched(Exception):
    """The provider's answer can't be used; the text is for the log and holds nobody's data."""


class Provider:
    """One provider, asked over HTTPS. Blocks; its public description and keys are fetched at every sign-in."""

    def __init__(self, settings: ProviderSettings, secret: str) -> None:
        self.name = settings.name
        self._settings = settings
        self._secret = secret
        self._issuer = str(settings.issuer).rstrip("/")

    def address(self, asked: Asked, back_url: str) -> str:
        """Where the browser is sent. Raises NotVouched when the provider can't be reached."""
        challenge = urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code", "client_id": self._settings.client_id, "redirect_uri": back_url,
            "scope": "openid email profile", "state": asked.state, "nonce": asked.nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._described()['authorization_endpoint']}?{urlencode(query)}"

    def vouched(self, code: str, asked: Asked, back_url: str) -> Vouched:
        """Who came back with this code. Raises NotVouched."""
        described = self._described()
        answer = self._json(
            "POST", described["token_endpoint"], auth=(self._settings.client_id, self._secret),
            data={
                "grant_type": "authorization_code", "code": code, "redirect_uri": back_url,
                "code_verifier": asked.verifier,
            },
        )  # fmt: skip
        claims = self._claims(str(answer.get("id_token", "")), described, asked)
        login = claims.get(self._settings.login_claim)
        # An address that nobody has checked could be anybody's.
        if not login or (self._settings.login_claim == "email" and claims.get("email_verified") is not True):
            raise NotVouched(f"the provider tells no verified {self._settings.login_claim}")
        return Vouched(str(claims["iss"]), str(claims["sub"]), str(login).lower())

    def _described(self) -> dict[str, Any]:
        described = self._json("GET", f"{self._issuer}/.well-known/openid-configuration")
        if str(described.get("issuer", "")).rstrip("/") != self._issuer:
            raise NotVouched("the provider describes another issuer")
        return described

    def _claims(self, token: str, described: dict[str, Any], asked: Asked) -> dict[str, Any]:
        keys = KeySet.import_key_set(self._json("GET", described["jwks_uri"]))  # type: ignore[arg-type]
        rules = jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": described["issuer"]},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": asked.nonce},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise NotVouched(f"the provider's token can't be believed: {type(error).__name__}") from error
        return claims

    def _json(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, url, timeout=TIMEOUT_S, **more).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotVouched(f"the provider can't be asked: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise NotVouched("the provider's answer is no object")
        return answer


def load(data_dir: Path) -> Provider | None:
    """The provider of the data folder, or None where there is no such file. Raises SettingsError."""
    path = data_dir / FILE
    if not path.exists():
        return None
    try:
        settings = ProviderSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        secret = (data_dir / settings.client_secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{path}: {problems}") from error
    return Provider(settings, secret)
