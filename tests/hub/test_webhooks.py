"""A shop is told of its parcels: signed, once more after failures, replayed on request, never into private networks."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub_service import targets
from hub_service.domain.refusals import Refusal
from hub_service.handlers import keys, looks
from hub_service.handlers.hub import Hub
from hub_service.store import webhook_sending
from hub_service.webhooks.worker import Worker
from tests.hub.conftest import StandingClock
from tests.hub.receiver import Receiver

SetUp = Callable[..., Any]
PARCEL: dict[str, Any] = {
    "tracking_number": "SHOP1",
    "recipient": {"name": "Ada Lovelace", "email": "ada@example.org"},
    "size_mm": {"width": 300, "height": 60, "depth": 200},
    "locker_id": "elm",
}
HOUR_MS = 3_600_000


class Shop:
    """A carrier's program: asks over HTTP, listens, and lets the hub's sender work until nothing is due."""

    def __init__(self, hub: Hub, client: httpx.Client, receiver: Receiver, clock: StandingClock) -> None:
        self.hub, self.client, self.receiver, self.clock = hub, client, receiver, clock
        self.worker = Worker(hub.store, hub.now_ms, allow_private=True)

    def listen(self, *kinds: str) -> str:
        """Sets a webhook up; its id."""
        made = self.post("/v1/webhooks", {"url": self.receiver.url, "kinds": list(kinds)})
        self.receiver.secret = made["secret"]
        return str(made["id"])

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.client.post(path, json=body) if body is not None else self.client.post(path)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def send(self) -> list[webhook_sending.Outcome]:
        """Sends everything that is due now, one message after the other."""

        async def sent() -> list[webhook_sending.Outcome]:
            done = []
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                while due := webhook_sending.claim(self.hub.store, self.hub.now_ms(), 10):
                    for sending in due:
                        outcome = await self.worker.attempt(client, sending)
                        webhook_sending.mark(self.hub.store, sending, outcome, self.hub.now_ms())
                        done.append(outcome)
            return done

        return asyncio.run(sent())

    def log(self, webhook: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get(f"/v1/webhooks/{webhook}/deliveries").json()["items"]
        return items


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with closing(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def shop(
    hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]], receiver: Receiver, clock: StandingClock
) -> Iterator[Shop]:
    made = keys.add(hub, "shop", carrier="swift")
    assert not isinstance(made, Refusal)
    # In the demo, and where somebody allows it, programs of this machine are told as well.
    with visit(demo=False, private_webhooks=True) as client:
        client.headers["Authorization"] = f"Bearer {made[1]}"
        yield Shop(hub, client, receiver, clock)


def test_a_shop_follows_its_parcel_and_others_do_not(shop: Shop, set_up: SetUp, hub: Hub, send: Any) -> None:
    locker = set_up()
    shop.listen("parcel.*")
    parcel = shop.post("/v1/parcels", PARCEL)
    view = looks.parcel(hub, parcel["id"])
    assert view is not None
    send(carrier="rapid")
    locker.tell(locker.deposits(view, 1))
    locker.tell(locker.collects(view, 1))
    shop.send()
    assert shop.receiver.kinds == [
        "parcel.announced", "parcel.room_promised", "parcel.deposited", "parcel.collected",
    ]  # fmt: skip
    data = shop.receiver.got[2][1]["data"]
    assert (data["parcel_id"], data["status"]) == (parcel["id"], "ready_for_pickup")
    assert data["status_names"]["aftership"] == "AvailableForPickup"
    told = json.dumps(shop.receiver.got)
    assert "Ada" not in told and parcel["pickup"]["pin"] not in told and parcel["pickup"]["ticket"] not in told


def test_only_what_was_asked_for_is_told(shop: Shop, set_up: SetUp) -> None:
    set_up()
    shop.listen("parcel.cancelled")
    parcel = shop.post("/v1/parcels", PARCEL)
    shop.post(f"/v1/parcels/{parcel['id']}/cancel")
    shop.send()
    assert shop.receiver.kinds == ["parcel.cancelled"]


def test_an_event_that_is_undone_is_told_to_nobody(shop: Shop, hub: Hub, set_up: SetUp, send: Any) -> None:
    set_up()
    shop.listen()
    with pytest.raises(ZeroDivisionError), hub.store.write():
        send(carrier="swift")
        raise ZeroDivisionError
    assert shop.send() == []


def test_failures_are_tried_again_later_and_later_with_the_same_id(shop: Shop) -> None:
    webhook = shop.listen()
    shop.receiver.answers = [500, 0, 302, 429]
    shop.post(f"/v1/webhooks/{webhook}/test")
    pauses_ms = webhook_sending.PAUSES_MS
    for failures in range(4):
        assert len(shop.send()) == 1
        assert shop.send() == [], "nothing is due before its time"
        shop.clock.ms += pauses_ms[failures] - 1
        assert shop.send() == []
        shop.clock.ms += 1
    assert [outcome.reached for outcome in shop.send()] == [True]
    assert len({name for name, _ in shop.receiver.got}) == 1
    (message,) = shop.log(webhook)
    assert (message["state"], message["webhook_id"]) == ("sent", shop.receiver.got[0][0])
    assert [one["status"] for one in message["attempts"]] == [500, None, 302, 429, 200]
    assert shop.client.get(f"/v1/webhooks/{webhook}").json()["failing_since"] is None


def test_a_message_is_given_up_after_three_days_and_its_address_after_five(shop: Shop, hub: Hub) -> None:
    webhook = shop.listen()
    shop.receiver.close()
    shop.post(f"/v1/webhooks/{webhook}/test")
    shop.send()
    for pause_ms in webhook_sending.PAUSES_MS:
        shop.clock.ms += pause_ms
        shop.send()
    (message,) = shop.log(webhook)
    assert (message["state"], len(message["attempts"])) == ("given_up", len(webhook_sending.PAUSES_MS) + 1)
    assert 72 * HOUR_MS < sum(webhook_sending.PAUSES_MS) < 96 * HOUR_MS
    shop.clock.ms += 48 * HOUR_MS
    shop.post(f"/v1/webhooks/{webhook}/test")
    shop.send()
    told = shop.client.get(f"/v1/webhooks/{webhook}").json()
    assert told["disabled_at"] and told["disabled_why"] == "every attempt failed for five days"
    shop.post(f"/v1/webhooks/{webhook}/test")
    assert shop.send() == [], "what is disabled is left alone"
    assert shop.post(f"/v1/webhooks/{webhook}/enable")["disabled_at"] is None
    assert len(shop.send()) == 1
    with hub.store.read() as db:
        assert db.execute("SELECT count(*) FROM events WHERE kind = 'webhook_disabled'").fetchone()[0] == 1


def test_who_says_gone_is_left_alone_at_once(shop: Shop) -> None:
    webhook = shop.listen()
    shop.receiver.answers = [410]
    shop.post(f"/v1/webhooks/{webhook}/test")
    shop.send()
    assert shop.client.get(f"/v1/webhooks/{webhook}").json()["disabled_why"] == "it answered that it is gone"


def test_messages_are_replayed_under_their_old_ids(shop: Shop, set_up: SetUp) -> None:
    set_up()
    webhook = shop.listen()
    shop.post("/v1/parcels", PARCEL)
    shop.send()
    first, second = shop.receiver.got
    number = shop.log(webhook)[-1]["id"]
    shop.post(f"/v1/webhooks/{webhook}/deliveries/{number}/replay")
    shop.send()
    assert shop.receiver.got[2:] == [first]
    assert shop.post(f"/v1/webhooks/{webhook}/replay", {"since": "2026-01-01T00:00:00Z"}) == {"messages": 2}
    shop.send()
    assert shop.receiver.got[3:] == [first, second]
    assert shop.post(f"/v1/webhooks/{webhook}/replay", {"since": "2030-01-01T00:00:00Z"}) == {"messages": 0}


def test_after_a_rotation_both_secrets_sign_for_a_day(shop: Shop) -> None:
    webhook = shop.listen()
    old = shop.receiver.secret
    new = shop.post(f"/v1/webhooks/{webhook}/rotate")["secret"]
    assert new != old
    for secret, hours, arrives in ((old, 0, True), (new, 0, True), (old, 24, False), (new, 0, True)):
        shop.clock.ms += hours * HOUR_MS
        shop.receiver.secret = secret
        shop.post(f"/v1/webhooks/{webhook}/test")
        assert shop.send()[0].reached is arrives
        shop.receiver.secret = new
        shop.clock.ms += 5_000
        shop.send()


def test_one_that_hangs_holds_up_nobody_else(shop: Shop, receiver: Receiver) -> None:
    """The sender as it runs beside the hub."""
    slow = shop.listen()
    receiver.answers = [-1]
    shop.post(f"/v1/webhooks/{slow}/test")
    with closing(Receiver()) as other:
        quick = shop.post("/v1/webhooks", {"url": other.url})
        other.secret = quick["secret"]
        stop, running = threading.Event(), asyncio.new_event_loop()

        async def work() -> None:
            task = asyncio.create_task(shop.worker.run())
            await asyncio.to_thread(stop.wait)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        thread = threading.Thread(target=lambda: running.run_until_complete(work()))
        thread.start()
        receiver.wait_for(lambda: len(receiver.got) == 1)
        for _ in range(3):
            shop.post(f"/v1/webhooks/{quick['id']}/test")
        other.wait_for(lambda: len(other.got) == 3)
        assert [message["attempts"] for message in shop.log(slow)] == [[]]
        receiver.let_go.set()
        stop.set()
        thread.join()
        running.close()


def test_a_sender_that_dies_loses_nothing(shop: Shop, hub: Hub) -> None:
    webhook = shop.listen()
    shop.post(f"/v1/webhooks/{webhook}/test")
    assert len(webhook_sending.claim(hub.store, hub.now_ms(), 10)) == 1
    assert shop.send() == []
    shop.clock.ms += webhook_sending.LEASE_MS
    assert [outcome.reached for outcome in shop.send()] == [True]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "ff02::1",
        "2002:7f00:1::", "nonsense",
    ],
)  # fmt: skip
def test_what_is_not_public_is_no_target(address: str) -> None:
    assert not targets.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111"])
def test_what_is_public_is_a_target(address: str) -> None:
    assert targets.is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_names_and_spellings_of_this_machine_lead_nowhere(shop: Shop, host: str) -> None:
    """Whatever the name says at the moment of sending counts, not what it said when the webhook was set up."""
    webhook = shop.listen()
    port = shop.receiver.url.rpartition(":")[2]
    shop.post(f"/v1/webhooks/{webhook}/test")
    (sending,) = webhook_sending.claim(shop.hub.store, shop.hub.now_ms(), 1)
    strict = Worker(shop.hub.store, shop.hub.now_ms, allow_private=False)

    async def attempt() -> webhook_sending.Outcome:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await strict.attempt(client, replace(sending, url=f"http://{host}:{port}"))

    outcome = asyncio.run(attempt())
    assert outcome.status is None
    assert outcome.problem in ("its address is private", "its name has no address")
    assert shop.receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example",
        "https://",
        "https://me:pw@a.example",
        "https://a.example:99999",
        "https://a b",
        "http://[",
        "x",
    ],
)
def test_what_is_no_address_is_refused(shop: Shop, url: str) -> None:
    answer = shop.client.post("/v1/webhooks", json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_target")


def test_without_leave_webhooks_are_encrypted_and_few(
    hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]
) -> None:
    made = keys.add(hub, "shop", carrier="swift")
    assert not isinstance(made, Refusal)
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {made[1]}"
        assert client.post("/v1/webhooks", json={"url": "http://a.example"}).json()["code"] == "not_a_target"
        answers = [client.post("/v1/webhooks", json={"url": "https://a.example"}) for _ in range(21)]
        assert [one.status_code for one in answers] == [201] * 20 + [409]
        assert client.delete(f"/v1/webhooks/{answers[0].json()['id']}").status_code == 200
        assert client.post("/v1/webhooks", json={"url": "https://a.example"}).status_code == 201


def test_one_public_address_does_not_vouch_for_a_private_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(targets.socket, "getaddrinfo", found)
    with pytest.raises(targets.NotATarget):
        targets.resolved("https://shop.example/hook", allow_private=False)
    reached = targets.resolved("https://shop.example/hook", allow_private=True)
    assert (reached.url, reached.host_header) == ("https://93.184.216.34:443/hook", "shop.example")
