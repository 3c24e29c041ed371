"""Where a recipient's browser switches news of a parcel on and off, and the script that shows them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from hub_service.domain.refusals import Refusal
from hub_service.handlers import push
from hub_service.handlers.hub import Hub
from hub_service.store.push_devices import ENDPOINT_MAX, Device
from hub_service.web.pages import Pages
from hub_service.web.recipient_words import words_in

WORKER = "push-worker.js"
Lang = Annotated[str, Query(max_length=20)]
Text = Annotated[str, Field(max_length=200)]


class _Keys(BaseModel):
    p256dh: Text = ""
    auth: Text = ""


class Wish(BaseModel):
    """What the page's script says: `endpoint` and `keys` are the browser's subscription as it writes it itself."""

    model_config = ConfigDict(extra="ignore")

    wish: Literal["on", "off", "ask"]
    endpoint: Annotated[str, Field(max_length=ENDPOINT_MAX)]
    keys: _Keys = _Keys()


def add_push(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds the script that browsers keep for it, and the two ways to say what one wants."""

    @routes.get(f"/{WORKER}")
    def worker() -> Response:
        script = pages.file(WORKER)
        # Browsers keep it installed and ask from time to time for a newer one, always at this address.
        script.headers["Cache-Control"] = "no-cache"
        return script

    @routes.post("/p/{token}/push")
    def wish(token: str, said: Wish, lang: Lang = "") -> Response:
        outcome = _done(hub, token, said)
        if isinstance(outcome, Refusal):
            status = 404 if outcome.code == "unknown_page" else 409
            detail = words_in(lang, "").problems.get(outcome.code, outcome.sentence)
            return JSONResponse({"on": False, "detail": detail}, status, {"Cache-Control": "no-store"})
        return JSONResponse({"on": outcome}, headers={"Cache-Control": "no-store"})

    @routes.post("/p/{token}/push/none")
    def none(token: str, lang: Lang = "") -> Response:
        push.switch_off(hub, token)
        # Only letters go into the address: anything else is no language.
        return RedirectResponse(f"/p/{token}?lang={lang}" if lang.isalpha() else f"/p/{token}", 303)


def _done(hub: Hub, token: str, said: Wish) -> bool | Refusal:
    if said.wish == "ask":
        return push.is_on(hub, token, said.endpoint)
    if said.wish == "off":
        return push.switch_off(hub, token, said.endpoint) or False
    try:
        device = Device.of(said.endpoint, said.keys.p256dh, said.keys.auth)
    except ValueError:
        return Refusal("not_a_target", "This isn't what a browser says of itself: switch it on anew.")
    return push.switch_on(hub, token, device) or True
