"""Operators sign in: with a password or a provider, for a shift, in their role, and never by somebody else's form."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from hub_service.domain.permissions import FREE_TRIES, IDLE_S
from hub_service.handlers import users
from hub_service.handlers.users import NewUser
from hub_service.settings import SettingsError
from hub_service.store import audit
from hub_service.web import provider
from tests.servers.where import UNGUARDED
from tests.web.sso import Sso, running

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PASSWORD = "four unrelated words here"


def add(town: Any, login: str, role: Any = "operator", **more: bool) -> NewUser:
    user = users.add(town.hub, login, role, "shell", **more)
    assert isinstance(user, NewUser)
    return user


def sign_in(visitor: httpx.Client, login: str, password: str, **more: str) -> httpx.Response:
    form = {"login": login, "password": password, **more}
    return visitor.post("/operate/sign-in", data=form, follow_redirects=False)


@pytest.fixture
def ada(town: Any, stranger: httpx.Client) -> httpx.Client:
    """An operator who has signed in and chosen a password."""
    sign_in(stranger, "ada", add(town, "ada").password)
    stranger.post("/operate/password", data={"password": PASSWORD})
    return stranger


def acts(town: Any) -> list[tuple[str, str]]:
    with town.hub.store.read() as db:
        assert audit.first_broken(db) is None
        return [(entry.who, entry.act) for entry in reversed(audit.latest(db, 100))]


def test_a_page_for_operators_asks_who_is_there_and_leads_back(town: Any, stranger: httpx.Client) -> None:
    user = add(town, "ada")
    refused = stranger.get("/operate", follow_redirects=False)
    assert (refused.status_code, refused.headers["location"]) == (303, "/operate/sign-in?then=/operate")
    assert "Password" in stranger.get(refused.headers["location"]).text
    came_in = sign_in(stranger, "ada", user.password)
    assert came_in.headers["location"] == "/operate/password"
    cookie = came_in.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_a_first_password_is_good_for_choosing_another_one_only(town: Any, stranger: httpx.Client) -> None:
    sign_in(stranger, "ada", add(town, "ada").password)
    assert stranger.get("/operate", follow_redirects=False).headers["location"] == "/operate/password"
    assert "at least 12" in stranger.post("/operate/password", data={"password": "short"}).text
    stranger.post("/operate/password", data={"password": PASSWORD})
    assert "Signed in as ada" in stranger.get("/operate").text


def test_signing_out_ends_the_session_and_not_just_the_cookie(ada: httpx.Client) -> None:
    token = ada.cookies["session"]
    ada.post("/operate/sign-out")
    ada.cookies.set("session", token)
    assert ada.get("/operate", follow_redirects=False).status_code == 303


def test_a_forgotten_screen_is_signed_out_after_a_while(town: Any, ada: httpx.Client) -> None:
    town.hub.clock.move(IDLE_S)
    assert ada.get("/operate", follow_redirects=False).status_code == 303


def test_who_is_let_go_is_out_at_once(town: Any, ada: httpx.Client) -> None:
    assert users.end(town.hub, "ada", "shell") is None
    assert ada.get("/operate", follow_redirects=False).status_code == 303
    assert sign_in(ada, "ada", PASSWORD).status_code == 401


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_guessing_is_slowed_down_alike_for_those_who_exist_and_those_who_do_not(
    town: Any, stranger: httpx.Client, login: str
) -> None:
    password = add(town, "ada").password
    answers = [sign_in(stranger, login, "wrong").status_code for _ in range(FREE_TRIES)]
    assert answers == [401] * (FREE_TRIES - 1) + [429]
    assert sign_in(stranger, login, password).status_code == 429
    town.hub.clock.move(60)
    assert sign_in(stranger, login, password).status_code == (303 if login == "ada" else 429)


def test_somebody_elses_form_does_nothing(town: Any, ada: httpx.Client) -> None:
    evil = ada.post("/operate/sign-out", headers={"origin": "https://evil.example"})
    assert evil.status_code == 403
    assert "Signed in as ada" in ada.get("/operate").text


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/operate\\@evil.example"])
def test_signing_in_leads_nowhere_else(town: Any, stranger: httpx.Client, then: str) -> None:
    password = add(town, "ada").password
    sign_in(stranger, "ada", password)
    stranger.post("/operate/password", data={"password": PASSWORD})
    assert sign_in(stranger, "ada", PASSWORD, then=then).headers["location"] == "/operate"


def test_everything_is_in_the_audit_log_without_a_password(town: Any, ada: httpx.Client) -> None:
    users.set_role(town.hub, "ada", "viewer", "shell")
    assert acts(town) == [
        ("shell", "locker_added"), ("shell", "user_added"),
        ("ada", "signed_in"), ("ada", "password_chosen"), ("ada", "signed_in"),
        ("shell", "role_changed"),
    ]  # fmt: skip


def test_the_audit_log_only_grows_and_shows_what_was_changed_behind_its_back(town: Any, ada: httpx.Client) -> None:
    with pytest.raises(Exception, match="only grows"), town.hub.store.write() as db:
        db.execute("DELETE FROM audit WHERE seq = 2")
    with town.hub.store.write() as db:
        db.execute(UNGUARDED)
        db.execute("UPDATE audit SET who = 'mallory' WHERE seq = 2")
    with town.hub.store.read() as db:
        assert audit.first_broken(db) == 2


def test_the_last_admin_can_neither_go_nor_lose_the_role(town: Any) -> None:
    add(town, "root", "admin")
    for refusal in (users.end(town.hub, "root", "shell"), users.set_role(town.hub, "root", "viewer", "shell")):
        assert getattr(refusal, "code", "") == "last_admin"
    add(town, "second", "admin")
    assert users.end(town.hub, "root", "shell") is None


@pytest.fixture
def sso() -> Iterator[Sso]:
    """A provider that knows somebody with an address that was checked, and somebody with one that wasn't."""
    ada = {"email": "ada@example.org", "email_verified": True}
    with running(Sso({"1": ada, "2": ada | {"email_verified": False}})) as provider:
        yield provider


@pytest.fixture
def outside(town: Any, sso: Sso, tmp_path: Path) -> Iterator[httpx.Client]:
    """Somebody at a hub whose operators sign in with the provider."""
    (tmp_path / "secret").write_text("hub-secret")
    (tmp_path / provider.FILE).write_text(
        f'name = "Example"\nissuer = "{sso.address}"\nclient_id = "hub"\nclient_secret_file = "secret"\n'
    )
    with TestClient(town.app(demo=False, provider=provider.load(tmp_path))) as client:
        yield client


def come_from_outside(browser: httpx.Client, subject: str) -> httpx.Response:
    away = browser.get("/operate/sign-in/outside", follow_redirects=False)
    answer = httpx.post(away.headers["location"], data={"sub": subject})
    back = httpx.URL(answer.headers["location"])
    return browser.get(f"{back.path}?{back.query.decode()}", follow_redirects=False)


def test_a_provider_vouches_for_somebody_whom_an_admin_has_invited(town: Any, outside: httpx.Client) -> None:
    add(town, "ada@example.org", elsewhere=True)
    assert "Sign in with Example" in outside.get("/operate/sign-in").text
    assert come_from_outside(outside, "1").headers["location"] == "/operate"
    assert "Signed in as ada@example.org" in outside.get("/operate").text


def test_a_provider_lets_nobody_in_whom_no_admin_has_invited(town: Any, outside: httpx.Client) -> None:
    assert come_from_outside(outside, "1").status_code == 403
    # A login with a password isn't the provider's to give away either.
    add(town, "ada@example.org")
    assert come_from_outside(outside, "1").status_code == 403


def test_an_address_that_nobody_has_checked_vouches_for_nobody(town: Any, outside: httpx.Client) -> None:
    add(town, "ada@example.org", elsewhere=True)
    assert come_from_outside(outside, "2").status_code == 502


@pytest.mark.parametrize(
    "lie", [{"nonce": "of another attempt"}, {"aud": "another hub"}, {"iss": "https://evil.example"}, {"exp": 1}]
)
def test_a_token_that_was_not_made_for_this_attempt_is_not_believed(
    town: Any, outside: httpx.Client, sso: Sso, lie: dict[str, Any]
) -> None:
    add(town, "ada@example.org", elsewhere=True)
    sso.lie = lie
    assert come_from_outside(outside, "1").status_code == 502


def test_a_token_that_somebody_else_signed_is_not_believed(town: Any, outside: httpx.Client, sso: Sso) -> None:
    add(town, "ada@example.org", elsewhere=True)
    sso.wrong_key = RSAKey.generate_key(2048)
    assert come_from_outside(outside, "1").status_code == 502


def test_an_answer_for_another_browser_is_worth_nothing(town: Any, outside: httpx.Client) -> None:
    add(town, "ada@example.org", elsewhere=True)
    away = outside.get("/operate/sign-in/outside", follow_redirects=False)
    back = httpx.URL(httpx.post(away.headers["location"], data={"sub": "1"}).headers["location"])
    outside.cookies.clear()
    assert outside.get(f"{back.path}?{back.query.decode()}", follow_redirects=False).status_code == 502


def test_a_provider_that_anybody_could_listen_to_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / provider.FILE).write_text(
        'issuer = "http://sso.example.org"\nclient_id = "hub"\nclient_secret_file = "secret"\n'
    )
    with pytest.raises(SettingsError, match="use https"):
        provider.load(tmp_path)
