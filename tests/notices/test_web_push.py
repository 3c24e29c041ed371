"""News for browsers: encrypted as the standard's own example, sent to a real push service, and never inwards."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hub_service.notices import web_push
from hub_service.notices.pusher import TRIES_MAX, Pusher, Sender
from hub_service.notices.web_push import Draw
from hub_service.store import outbox, push_devices
from hub_service.store.database import Store
from hub_service.store.push_devices import Device
from tests.notices.conftest import READY
from tests.notices.push_browser import Browser

HUB = Sender(ec.derive_private_key(5, ec.SECP256R1()), "https://hub.example.org")
DAY_MS = 24 * 3_600_000


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def browser() -> Iterator[Browser]:
    opened = Browser(web_push.public_text(HUB.key))
    yield opened
    opened.close()


@pytest.fixture
def switch_on(store: Store) -> Callable[[Browser], str]:
    """Lets a browser be told of the parcel; returns the device's id."""

    def told(browser: Browser) -> str:
        said = browser.subscription
        device = Device.of(said["endpoint"], **said["keys"])
        with store.write() as db:
            _parcel(db)
            push_devices.add(db, store, "p1", device, 0)
        return push_devices.device_id(store, "p1", browser.endpoint)

    return told


def _parcel(db: Any) -> None:
    db.execute(
        "INSERT INTO parcels (id, tracking_number, carrier, width_mm, height_mm, depth_mm, low, perishable, age_check,"
        " recipient_sealed, recipient_lookup, page_lookup, announced_s, status, live) VALUES"
        " ('p1', 'DP14711', 'demo-post', 1, 1, 1, 0, 0, 0, ?, '', 'page', 0, 'announced', 1) ON CONFLICT DO NOTHING",
        (b"",),
    )


@pytest.fixture
def push(store: Store, clock: Any) -> Callable[..., None]:
    """Writes a notice for a device."""

    def write(to: str, once: str = "ready/d1") -> None:
        with store.write() as db:
            notice = replace(READY, channel="push", to=to, once=once)
            outbox.put(db, store, notice, clock.ms)

    return write


def sent(store: Store, clock: Any, *, allow_private: bool = True) -> None:
    asyncio.run(Pusher(store, HUB, clock.now_ms, allow_private=allow_private).work())


def states(store: Store) -> list[tuple[str, str]]:
    with store.read() as db:
        return [(one.state, one.why) for one in outbox.told(db, "p1")]


def test_the_standards_own_example_is_encrypted_to_the_byte() -> None:
    """RFC 8291, appendix A."""
    device = Device.of(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    once = ec.derive_private_key(
        int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = web_push.encrypted(
        b"When I grow up, I want to be a watermelon", device, Draw(once, decoded("DGv6ra1nlYgDCS1FRnbzlw"))
    )
    assert body == decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3j"
        "l7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_reads_what_the_push_service_between_cannot(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:
    push(switch_on(browser))
    sent(store, clock)
    (said,) = browser.shown
    assert said["title"] == "Your parcel DP14711 is ready at Elm Street 12"
    assert "4829 1357" in said["body"]
    assert said["url"] == "https://lockers.example.org/p/0f"
    assert said["url"] not in said["body"]
    assert states(store) == [("sent", "")]
    (token,) = browser.tokens
    # The service that it was meant for, and a contact for complaints; for less than the day that services allow.
    assert (token["aud"], token["sub"]) == (browser.endpoint.partition("/push")[0], HUB.contact)
    assert 0 < token["exp"] - time.time() < 24 * 3_600


def test_a_service_that_fails_is_asked_again_and_shows_it_once(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:
    browser.answers = [500, 0, 429]
    push(switch_on(browser))
    for _ in range(4):
        sent(store, clock)
        clock.ms += outbox.RETRY_MAX_MS
    assert (browser.asked, len(browser.shown)) == (4, 1)
    assert states(store)[0][0] == "sent"


@pytest.mark.parametrize("gone", [404, 410])
def test_a_browser_that_switched_it_off_is_never_asked_again(
    gone: int,
    store: Store,
    clock: Any,
    browser: Browser,
    switch_on: Callable[[Browser], str],
    push: Callable[..., None],
) -> None:
    browser.answers = [gone]
    device = switch_on(browser)
    push(device)
    push(device, once="reminder/d1")
    for _ in range(2):
        sent(store, clock)
        clock.ms += DAY_MS
    assert push_devices.find(store, device) is None
    assert browser.asked <= 2, "both may have been under way at the same time"
    assert {state for state, _ in states(store)} <= {"refused", "sent"}
    push(device, once="expired/d1")
    asked = browser.asked
    sent(store, clock)
    assert browser.asked == asked
    assert states(store)[-1] == ("refused", "switched off")


def test_a_service_that_says_no_for_good_isnt_asked_again_for_this_notice(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:
    browser.answers = [413]
    device = switch_on(browser)
    push(device)
    sent(store, clock)
    assert states(store) == [("refused", "answered 413")]
    assert push_devices.find(store, device) is not None


def test_a_service_that_never_answers_is_given_up(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:
    browser.answers = [0] * 100
    device = switch_on(browser)
    push(device)
    for _ in range(TRIES_MAX + 5):
        sent(store, clock)
        clock.ms += outbox.RETRY_MAX_MS
    assert browser.asked == TRIES_MAX
    assert push_devices.find(store, device) is None


def test_nothing_is_sent_into_the_hubs_own_network(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:
    push(switch_on(browser))
    sent(store, clock, allow_private=False)
    assert browser.asked == 0
    with store.read() as db:
        (told,) = outbox.told(db, "p1")
    assert told.state == "waiting"


def test_a_slow_service_holds_up_nobody_else(
    store: Store, clock: Any, browser: Browser, switch_on: Callable[[Browser], str], push: Callable[..., None]
) -> None:

    quick = Browser()
    browser.let_go = threading.Event()
    push(switch_on(browser), once="ready/slow")
    push(switch_on(quick), once="ready/quick")

    async def told() -> None:
        running = asyncio.create_task(Pusher(store, HUB, clock.now_ms, allow_private=True).run())
        deadline = time.monotonic() + 5
        while not quick.shown and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(told())
    quick.close()
    assert (len(quick.shown), browser.shown) == (1, [])


def test_the_log_names_neither_the_address_nor_the_code(
    store: Store,
    clock: Any,
    browser: Browser,
    switch_on: Callable[[Browser], str],
    push: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser.answers = [400]
    push(switch_on(browser))
    sent(store, clock)
    assert "notice 1 (ready)" in caplog.text
    for secret in (browser.endpoint, "4829", "DP14711", "/p/0f"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "different",
    [
        {"p256dh": "AAAA"},
        {"p256dh": "BA" + "A" * 85},
        {"auth": "AAAA"},
        {"auth": "é"},
        {"p256dh": "!" * 87},
        {"endpoint": "ftp://push.example.org/x"},
        {"endpoint": "https://me:secret@push.example.org/x"},
        {"endpoint": "https://push.example.org:99999/x"},
        {"endpoint": "https://"},
        {"endpoint": "https://push.example.org/" + "x" * 1_000},
        {"endpoint": "http://[::1"},
    ],
)
def test_what_no_browser_would_say_is_refused(different: dict[str, str]) -> None:
    good = {
        "endpoint": "https://push.example.org/x",
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }
    Device.of(**good)
    with pytest.raises(ValueError):
        Device.of(**good | different)


def test_the_longest_words_fit_into_one_record() -> None:
    message = web_push.Message("😀" * 500, "", "😀" * 5_000)
    plain = web_push.content(message, "https://hub.example.org/p/" + "0" * 32, "x" * 1_000)
    assert len(plain) <= web_push.PLAIN_MAX
