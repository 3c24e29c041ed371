"""The parts of a fleet alone: its journal, what it counts, what it finds out about this machine."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys

import httpx
import pytest

from locker.link import Link
from locker.twin.fleet import cli, descriptors
from locker.twin.fleet.gauges import descendants, use_of
from locker.twin.fleet.memory import MemoryJournal
from locker.twin.fleet.people import FrontDoor, Habits, People
from locker.twin.fleet.tally import Report, Tally, spread_ms
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Closed, Moment
from locker.wire.messages import Batch, Confirm, Hello, Welcome

HEAD = "ab" * 32


def closed(n: int) -> Closed:
    return Closed(at=Moment(run_ms=n, wall_ms=0), n=n)


def journal_of(count: int) -> MemoryJournal:
    journal = MemoryJournal()
    journal.append([closed(n) for n in range(1, count + 1)])
    return journal


def test_a_journal_in_memory_is_the_chain_that_the_hub_expects() -> None:
    journal = journal_of(3)
    parent, facts = journal.after(GENESIS, 10)
    for fact in facts:
        parent = digest(parent, fact)
    assert (len(facts), parent, journal.position) == (3, journal.head, 3)


def test_what_the_hub_has_confirmed_is_let_go_and_the_rest_is_told_behind_it() -> None:
    journal = journal_of(2)
    known = journal.head
    journal.append([closed(3), closed(4)])
    journal.confirmed(known)
    parent, facts = journal.after(known, 10)
    assert (parent, [fact["n"] for fact in facts]) == (known, [3, 4])
    assert (journal.place(known), journal.place(journal.head), journal.confirmed_position) == (2, 4, 2)


def test_a_hub_that_knows_less_than_was_confirmed_is_told_what_is_left() -> None:
    journal = journal_of(3)
    journal.confirmed(journal.head)
    journal.append([closed(4)])
    parent, facts = journal.after(GENESIS, 10)
    assert [fact["n"] for fact in facts] == [4] and digest(parent, facts[0]) == journal.head


def test_the_link_tells_a_journal_in_memory_batch_by_batch() -> None:
    journal = journal_of(250)
    link = Link("elm", journal, lambda: Hello(locker="elm", run="1", head=journal.head))
    link.connected(0)
    (batch,) = link.received(Welcome(locker="elm", head=GENESIS, wall_ms=0), 10)
    told = 0
    while isinstance(batch, Batch):
        told += len(batch.facts)
        known = batch.parent
        for fact in batch.facts:
            known = digest(known, fact)
        (batch,) = link.received(Confirm(locker="elm", known=known), 20) or (None,)
    assert told == 250 and link.settled


def test_times_are_told_as_median_tail_and_worst() -> None:
    assert spread_ms([0.3, 0.1, 0.2]) == {"p50": 200.0, "p99": 300.0, "max": 300.0}
    assert spread_ms([]) == {}


def test_the_report_counts_lives_by_the_second_and_the_thickest_second_of_connects() -> None:
    tally = Tally(collected=30, deposited=31, announced=33)
    for second in (10.1, 10.9, 11.5):
        tally.connected(second)
    figures = Report(tally, 15.0).figures()
    assert (figures["collected"], figures["connects_peak_per_s"]) == (30, 2)
    assert tally.a_second(15.0) == {"announced_per_s": 2.2, "deposited_per_s": 2.07, "collected_per_s": 2.0}
    assert (tally.online, tally.online_most) == (3, 3)


def test_as_many_lockers_as_open_files_allow(capsys: pytest.CaptureFixture[str]) -> None:
    fits = descriptors.raised()
    assert cli.main(["--lockers", str(fits + 1)]) == 2
    assert str(fits) in capsys.readouterr().err


def test_a_process_is_measured_with_its_children() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in descendants(os.getpid())
        assert use_of(os.getpid()).memory_mb > 10
    finally:
        child.communicate()
    assert use_of(child.pid).memory_mb == 0


def test_an_old_greetings_answer_asks_for_nothing_that_was_let_go() -> None:
    # Two workers of a hub answer two greetings; the first one's answer is late and knows less than was confirmed since.
    journal = journal_of(2)
    link = Link("elm", journal, lambda: Hello(locker="elm", run="1", head=journal.head))
    link.connected(0)
    link.received(Welcome(locker="elm", head=GENESIS, wall_ms=0), 10)
    link.received(Confirm(locker="elm", known=journal.head), 20)
    assert link.settled
    assert link.received(Welcome(locker="elm", head=GENESIS, wall_ms=0), 30) == []
    assert link.settled, "there is nothing to tell, and nobody to wait for"


class Person:
    """Somebody's life that lasts until the event is set."""

    def __init__(self, people: People) -> None:
        self.served = asyncio.Event()
        task = asyncio.get_running_loop().create_task(self._live())
        people._living.add(task)
        task.add_done_callback(people._living.discard)

    async def _live(self) -> None:
        await self.served.wait()


def people() -> People:
    door = FrontDoor(httpx.AsyncClient(), (), (), asyncio.Semaphore())
    return People([], door, Habits(), random.Random(0), Tally())


def test_a_run_ends_without_those_whose_lock_rests() -> None:
    async def run() -> int:
        crowd = people()
        Person(crowd)
        crowd.resting = 1
        return await crowd.finish(60.0)

    assert asyncio.run(run()) == 0


def test_a_run_waits_for_all_others_and_tells_of_those_that_it_waited_for_in_vain() -> None:
    async def run() -> int:
        crowd = people()
        served, _forgotten = Person(crowd), Person(crowd)
        asyncio.get_running_loop().call_soon(served.served.set)
        return await crowd.finish(0.3)

    assert asyncio.run(run()) == 1
