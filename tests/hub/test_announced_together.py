"""Announcements that arrive together: one transaction for all that are plain, and nobody spoils it for the others."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, announced_together, looks, orders, sites
from hub_service.handlers.code_stock import Stocked
from hub_service.handlers.hub import Hub, open_hub
from hub_service.handlers.plain_announcements import Ask
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import lockers
from hub_service.store.errors import OperationalError
from hub_service.store.repeats import Answer
from hub_service.together import Together
from locker.wire.messages import FullState, Orders
from tests.hub.conftest import Journal
from tests.servers.where import TABLES, database

SetUp = Callable[..., Journal]


def wish(number: int, locker_id: str = "elm", **more: Any) -> Announcement:
    """A parcel for somebody new that fits an S compartment."""
    who = Recipient(name=f"Ada {number}", email=f"ada{number}@example.org", phone=f"+49 151 {number:05d}")
    plain = Announcement(
        tracking_number=f"T{number}", carrier="swift", recipient=who, width_mm=300, height_mm=60, depth_mm=200,
        locker_id=locker_id,
    )  # fmt: skip
    return replace(plain, **more)


def ask(number: int, locker_id: str = "elm", **more: Any) -> Ask:
    key = RequestKey("k", more.pop("key", f"key-{number}"))
    return Ask(wish=wish(number, locker_id, **more), request=key, digest=f"request {number}", cause="test")


def stock(hub: Hub, *locker_ids: str, first: int = 23456701) -> None:
    """Gives each of these lockers a few codes that nobody will type."""
    with hub.store.read() as db:
        keys = lockers.sealed_code_keys(db, locker_ids)
    for place, locker_id in enumerate(locker_ids):
        pins = [str(first + 10 * place + one) for one in range(5)]
        hub.stock.put(locker_id, keys[locker_id], [Stocked(pin, f"{int(pin):032x}") for pin in pins])


def told(view: ParcelView) -> Answer:
    return Answer(201, "application/json", json.dumps({"id": view.id, "pin": view.pin, "planned": view.planned}))


def counts(hub: Hub) -> dict[str, int]:
    """How many rows each table has."""
    with hub.store.read() as db:
        names = sorted(row[0] for row in db.execute(TABLES))
        return {name: db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in names}


@pytest.fixture
def web(hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]) -> Iterator[httpx.Client]:
    """A program with an API key."""
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'test')}"
        yield client


def body(number: int, locker_id: str = "elm", **more: Any) -> dict[str, Any]:
    return {
        "tracking_number": f"T{number}", "carrier": "swift", "locker_id": locker_id,
        "recipient": {"name": f"Ada {number}", "email": f"ada{number}@example.org"},
        "size_mm": {"width": 300, "height": 60, "depth": 200},
    } | more  # fmt: skip


def at_once(web: httpx.Client, *sent: tuple[dict[str, Any], str]) -> list[httpx.Response]:
    """Bodies and their keys, all on their way before any is answered."""
    start = threading.Barrier(len(sent))

    def post(one: tuple[dict[str, Any], str]) -> httpx.Response:
        start.wait()
        return web.post("/v1/parcels", json=one[0], headers={"Idempotency-Key": one[1]})

    with ThreadPoolExecutor(len(sent)) as programs:
        return list(programs.map(post, sent))


def test_those_of_several_lockers_are_all_answered(hub: Hub, set_up: SetUp) -> None:
    for name in ("elm", "oak", "fir"):
        set_up(name)
    stock(hub, "elm", "oak", "fir")
    answers = announced_together.announce_all(hub, [ask(1, "elm"), ask(2, "oak"), ask(3, "fir")], told)
    said = [json.loads(answer.body) for answer in answers if answer]
    assert [one["pin"] for one in said] == ["23456701", "23456711", "23456721"]
    assert [one["planned"] for one in said] == [1, 1, 1]
    for one, name in zip(said, ("elm", "oak", "fir"), strict=True):
        view = looks.parcel(hub, one["id"])
        assert view is not None
        assert (view.locker_id, view.pin, view.planned, view.status) == (name, one["pin"], 1, "announced")


def test_together_or_alone_the_same_is_kept_and_told(hub: Hub, set_up: SetUp) -> None:
    """Everything but what is drawn: each row that one of them writes, the other writes too."""
    journals = [set_up(name, classes="S S M L") for name in ("elm", "oak")]
    for journal in journals:
        journal.catch_up()
    stock(hub, "elm", "oak")
    shape = {"labels": ("X-1",), "reference": "order", "share_compartment": True, "return_days": 3}
    before = counts(hub)
    assert announced_together.announce_all(hub, [ask(1, "elm", **shape)], told)[0]
    together = {name: count - before[name] for name, count in counts(hub).items()}
    alone = wish(2, "oak", **(shape | {"labels": ("X-2",)}))
    assert isinstance(announce.announce(hub, alone, RequestKey("k", "other")), ParcelView)
    both = {name: count - before[name] for name, count in counts(hub).items()}
    # What a request is answered is written by its route where it goes alone.
    assert both == {name: 2 * count for name, count in together.items()} | {"answers": 1}
    bodies = []
    for journal in journals:
        due = orders.due(hub, journal.locker_id)
        assert isinstance(due, Orders | FullState)
        bodies.append(journal.obey(due))
        assert journal.catch_up() == []
    drawn = ("delivery", "pickup", "pin_tag", "labels")
    plain = [[{name: at for name, at in one.items() if name not in drawn} for one in some] for some in bodies]
    assert plain[0] == plain[1]
    assert [one["kind"] for one in bodies[0]] == ["admit", "expect"]


def test_a_refused_one_does_not_hold_the_others_up(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up("elm"), set_up("oak", classes="S"), set_up("fir")
    assert web.post("/v1/parcels", json=body(9, "oak")).status_code == 201
    stock(hub, "elm", "oak", "fir")
    late = [(body(1, "elm"), "a"), (body(2, "oak"), "b"), (body(3, "fir"), "c"), (body(9, "fir"), "d")]
    answers = at_once(web, *late, (body(4, "nowhere"), "e"))
    assert [answer.status_code for answer in answers] == [201, 409, 201, 409, 404]
    assert [answer.json()["code"] for answer in answers if answer.status_code != 201] == [
        "no_room", "already_announced", "unknown_locker",
    ]  # fmt: skip


def test_several_for_one_locker_take_turns_and_need_no_hash(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up(classes="S S S S")
    stock(hub, "elm")
    answers = at_once(web, *((body(number), f"key-{number}") for number in range(1, 5)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["planned"] for answer in answers) == [1, 2, 3, 4]
    assert {answer.json()["pickup"]["pin"] for answer in answers} == {str(23456701 + one) for one in range(4)}


def test_each_wave_has_a_locker_once() -> None:
    asks = [ask(1, "elm"), ask(2, "oak"), ask(3, "elm"), ask(4, "fir"), ask(5, "elm")]
    named = [[int(one.wish.tracking_number[1:]) for one in wave] for wave in announced_together.waves(asks)]
    assert named == [[1, 2, 4], [3], [5]]
    assert announced_together.waves([]) == []


def test_the_same_key_twice_has_one_effect_and_one_answer(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up()
    stock(hub, "elm")
    answers = at_once(web, *[(body(1), "same")] * 8)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(web.get("/v1/parcels").json()["items"]) == 1


def test_the_same_key_with_something_else_is_refused(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up("elm"), set_up("oak")
    stock(hub, "elm", "oak")
    assert web.post("/v1/parcels", json=body(1), headers={"Idempotency-Key": "x"}).status_code == 201
    other = web.post("/v1/parcels", json=body(2, "oak"), headers={"Idempotency-Key": "x"})
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")


def test_of_two_for_the_last_compartment_one_gets_it(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up(classes="S")
    stock(hub, "elm")
    assert sorted(one.status_code for one in at_once(web, (body(1), "a"), (body(2), "b"))) == [201, 409]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"tracking_number": "T1"}),
        ({"labels": ("L",)}, {"labels": ("L",)}),
        ({}, {"recipient": wish(1).recipient}),
        ({}, {"locker_id": "elm"}),
        ({"key": "same"}, {"key": "same"}),
    ],
)
def test_whoever_depends_on_another_of_the_group_waits(
    hub: Hub, set_up: SetUp, first: dict[str, Any], second: dict[str, Any]
) -> None:
    set_up("elm"), set_up("oak")
    stock(hub, "elm", "oak")
    answers = announced_together.announce_all(hub, [ask(1, **first), ask(2, **({"locker_id": "oak"} | second))], told)
    assert [answer is not None for answer in answers] == [True, False]


def test_without_a_code_in_stock_it_goes_alone(web: httpx.Client, hub: Hub, set_up: SetUp) -> None:
    set_up()
    assert announced_together.announce_all(hub, [ask(1)], told) == [None]
    assert web.post("/v1/parcels", json=body(1)).status_code == 201


def test_a_code_that_somebody_has_is_not_given_again(hub: Hub, set_up: SetUp) -> None:
    set_up("elm"), set_up("oak")
    stock(hub, "elm")
    stock(hub, "oak")
    answers = announced_together.announce_all(hub, [ask(1, "elm")], told)
    assert answers[0] and announced_together.announce_all(hub, [ask(2, "oak")], told) == [None]
    (later,) = announced_together.announce_all(hub, [ask(3, "oak")], told)
    assert later and json.loads(later.body)["pin"] == "23456702"


def test_two_equal_codes_in_one_group_undo_it(hub: Hub, set_up: SetUp) -> None:
    set_up("elm"), set_up("oak")
    stock(hub, "elm")
    stock(hub, "oak")
    before = counts(hub)
    with pytest.raises(Exception, match=r"(?i)unique"):
        announced_together.announce_all(hub, [ask(1, "elm"), ask(2, "oak")], told)
    assert counts(hub) == before


def test_a_fault_undoes_its_group_and_each_is_then_taken_alone(
    web: httpx.Client, hub: Hub, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up("elm"), set_up("oak")
    stock(hub, "elm", "oak")

    def broken(hub: Hub, asks: list[Ask], _: object) -> None:
        def falls(view: ParcelView) -> Answer:
            raise RuntimeError("a fault of one of them")

        genuine(hub, asks, falls)

    genuine = announced_together.announce_all
    monkeypatch.setattr(announced_together, "announce_all", broken)
    answers = at_once(web, (body(1, "elm"), "a"), (body(2, "oak"), "b"))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(web.get("/v1/parcels").json()["items"]) == 2


def test_a_process_that_dies_before_the_commit_has_done_nothing(hub: Hub, set_up: SetUp, tmp_path: Path) -> None:
    set_up()
    before = counts(hub)
    dying = get_context("spawn").Process(target=_dies, args=(tmp_path, database(tmp_path)))
    dying.start()
    dying.join(60)
    assert dying.exitcode == 7
    assert counts(hub) == before
    stock(hub, "elm")
    assert announced_together.announce_all(hub, [ask(1)], told)[0], "the repeat is the first"


def _dies(folder: Path, where: Any) -> None:
    """Another worker, which is killed when all is written and nothing is committed."""
    hub = open_hub(folder, where)
    stock(hub, "elm")
    announced_together.announce_all(hub, [ask(1)], lambda _: os._exit(7))


def test_whoever_comes_while_others_are_at_work_goes_with_the_next_group() -> None:
    groups: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(wishes: Any) -> list[int]:
        groups.append(list(wishes))
        begun.set()
        assert go_on.wait(10)
        return [one * 10 for one in wishes]

    together: Together[int, int] = Together(work, at_once=3)
    with ThreadPoolExecutor(6) as people:
        first = people.submit(together.take, 1)
        assert begun.wait(10)
        others = [people.submit(together.take, number) for number in (2, 3, 4, 5)]
        while len(together) < 4:
            threading.Event().wait(0.001)
        go_on.set()
        assert [one.result(10) for one in (first, *others)] == [10, 20, 30, 40, 50]
    assert [len(group) for group in groups] == [1, 3, 1]


def test_a_group_that_fails_leaves_nobody_waiting() -> None:
    def work(wishes: Any) -> list[int]:
        if 1 in wishes:
            raise ValueError("no")
        return list(wishes)

    together: Together[int, int] = Together(work)
    with pytest.raises(ValueError, match="no"):
        together.take(1)
    assert together.take(2) == 2


def test_a_fault_is_one_for_everybody_whose_wish_it_met() -> None:
    """Whoever asks whose key this is must not hear "nobody's" because the database was away for a moment."""
    begun, go_on = threading.Event(), threading.Event()

    def work(wishes: Any) -> list[int]:
        begun.set()
        assert go_on.wait(10)
        if 1 not in wishes:
            raise OperationalError("the database is away")
        return list(wishes)

    together: Together[int, int] = Together(work)
    with ThreadPoolExecutor(4) as people:
        first = people.submit(together.take, 1)
        assert begun.wait(10)
        others = [people.submit(together.take, number) for number in (2, 3, 4)]
        while len(together) < 3:
            threading.Event().wait(0.001)
        go_on.set()
        assert [type(one.exception(10)) for one in (first, *others)] == [type(None), *[OperationalError] * 3]


def test_an_announcement_alone_uses_the_stock_as_well(hub: Hub, set_up: SetUp) -> None:
    set_up()
    stock(hub, "elm")
    view = announce.announce(hub, wish(1))
    assert not isinstance(view, Refusal) and view.pin == "23456701"
