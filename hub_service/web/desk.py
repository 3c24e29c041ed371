"""Who sits in front of an operator's page: the session's cookie, and whether this page is for them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.permissions import SESSION_S, Permission
from hub_service.domain.refusals import Refusal
from hub_service.handlers import sign_in
from hub_service.handlers.hub import Hub
from hub_service.store.users import UserRecord
from hub_service.web.pages import Pages

HOME, SIGN_IN, PASSWORD = "/operate", "/operate/sign-in", "/operate/password"


class Desk:
    """Knows who sits there. A page asks `user`, and shows what comes back instead where that is a response."""

    def __init__(self, hub: Hub, pages: Pages) -> None:
        self.hub = hub
        self.pages = pages

    def user(self, request: Request, permission: Permission) -> UserRecord | Response:
        """Who may use this page; or the way to sign in, or a page that says why not."""
        found = self.anybody(request)
        if isinstance(found, Response):
            return found
        refusal = sign_in.refused(found, permission)
        if refusal is None:
            return found
        if refusal.code == "choose_password":
            return RedirectResponse(PASSWORD, 303)
        return self.no(refusal, 403)

    def anybody(self, request: Request) -> UserRecord | Response:
        """Who is signed in, whatever they may do."""
        if not comes_from_here(request):
            return self.no(Refusal("not_permitted", "This form was sent from another site: open the page anew."), 403)
        user = sign_in.session_user(self.hub, self.token(request))
        if user is not None:
            return user
        # Only a look leads back to where it was going: what was sent with a form is gone.
        then = f"?then={quote(request.url.path)}" if request.method == "GET" else ""
        return RedirectResponse(SIGN_IN + then, 303)

    def no(self, refusal: Refusal, status: int) -> Response:
        return self.pages.show("refused", status, sentence=refusal.sentence)

    def token(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")

    def let_in(self, response: Response, token: str) -> None:
        """Puts the session into the browser."""
        # Lax: a sign-in provider sends people back here, and with Strict they would seem to be nobody.
        response.set_cookie(
            self._cookie, token, max_age=SESSION_S, path="/", secure=self._is_safe, httponly=True, samesite="lax"
        )

    def let_out(self, response: Response) -> None:
        response.delete_cookie(self._cookie, path="/", secure=self._is_safe, httponly=True, samesite="lax")

    @property
    def _is_safe(self) -> bool:
        return self.hub.public_url.startswith("https://")

    @property
    def _cookie(self) -> str:
        # The prefix makes browsers refuse one that a neighbouring site or a plain connection has set.
        return "__Host-session" if self._is_safe else "session"


def comes_from_here(request: Request) -> bool:
    """Whether a form was sent from a page of this hub; browsers say so, and everything else has no cookies."""
    if request.method in ("GET", "HEAD"):
        return True
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
