"""A phone's browser keeps the script for news, shows what it is told while no page is open, and a tap leads back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., BrowserContext]


def test_news_are_offered_and_shown_by_the_script_that_the_browser_keeps(url: str, town: Any, visit: Visit) -> None:
    path = town.page(town.announce())
    window = visit(permissions=["notifications"], service_workers="allow")
    page = window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(url + path)
    # The offer appears by itself where the browser can: nobody else sees a dead button.
    expect(page.get_by_role("button", name="Tell this device")).to_be_visible()
    page.evaluate("navigator.serviceWorker.register('/push-worker.js', {scope: '/p/'})")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # What a push service would hand over, without the service.
    inspector = window.new_cdp_session(page)
    registrations: list[str] = []
    inspector.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    inspector.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.getRegistration('/p/').then((one) => !!one.active)")
    assert registrations
    said = {"title": "Ready", "body": "PIN 1234 5678", "url": url + path, "tag": "ready/d1"}
    origin = {"origin": url, "registrationId": registrations[0], "data": json.dumps(said)}
    for _ in range(2):
        inspector.send("ServiceWorker.deliverPushMessage", origin)
    shown = "navigator.serviceWorker.getRegistration('/p/').then((one) => one.getNotifications())"
    # The second one takes the place of the first, and for a moment there is none.
    told = f"{shown}.then((all) => JSON.stringify(all.map((one) => [one.title, one.body, one.data.url])))"
    wanted = json.dumps([["Ready", "PIN 1234 5678", url + path]], separators=(",", ":"))
    page.wait_for_function(f"{told}.then((told) => told === {json.dumps(wanted)})")
    assert faults == []
