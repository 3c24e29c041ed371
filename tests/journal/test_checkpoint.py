"""A start needn't replay years, and the card needn't keep them: nothing that anybody may still ask for is let go."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import rule

import locker.cabinet
from locker import checkpoint
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.records import State
from locker.cabinet.state import apply
from locker.checkpoint import CHECKPOINT_FACTS, KEEP_MS, LET_GO_FACTS, LOOK_EVERY_MS, Housekeeping
from locker.journal import Journal, JournalError, Sum, open_file
from locker.wire.chain import GENESIS
from locker.wire.facts import Fact, Moment
from tests.cabinet import test_any_sequence
from tests.cabinet.conftest import Front, box, deposit_qr, qr

GOLDEN = Path(__file__).parent / "golden" / "origin-1.json"
MONDAY_MS = 1_790_000_000_000
PARCELS = 60


def a_busy_locker(parcels: int = PARCELS) -> Front:
    """Many parcels come and go, one stays, a code is guessed at, a door is forced."""
    front = Front(box(1), box(2), box(3, "L"))
    for number in range(parcels):
        front.announce(f"P{number}", f"p{number}")
        front.deposit(f"P{number}")
        front.choose("done")
        front.wait(5)
        front.scan(qr(f"p{number}"))
        front.wait(5)
        for n in sorted(front.open):
            front.shut(n)
        front.wait(200)
    front.announce("STAYS", "ada")
    front.deposit("STAYS")
    front.choose("done")
    front.wait(5)
    front.scan(deposit_qr("ben"))
    front.shut()
    front.choose("done")
    front.type("wrong")
    front.wait(60)
    front.force(min(n for n in (1, 2, 3) if n not in front.open))
    return front


@pytest.fixture(scope="module")
def story() -> tuple[Fact, ...]:
    """The facts of a busy locker."""
    return tuple(a_busy_locker().facts)


class Shelf:
    """A journal in a file, its housekeeping, and a wall clock that tests may set."""

    def __init__(self, path: Path, story: tuple[Fact, ...]) -> None:
        self.path = path
        self.facts = story
        self.trusted = True
        self.wall_ms = story[-1].at.wall_ms
        self.run_ms = 0
        self.restart()

    def restart(self) -> Cabinet:
        """The daemon starts."""
        self.journal = Journal(open_file(self.path))
        self.cabinet = Cabinet()
        checkpoint.replay(self.journal, self.cabinet)
        self.housekeeping = Housekeeping(self.journal)
        return self.cabinet

    def append(self, recorded: tuple[Fact, ...]) -> None:
        """These happen."""
        self.journal.append(recorded)
        for fact in recorded:
            apply(self.cabinet.state, fact)

    def quiet(self, days: float = 0, pieces: int = 50) -> int:
        """So many days later it is quiet; returns how many pieces of work were found."""
        self.wall_ms += int(days * checkpoint.DAY_MS)
        done = 0
        for _ in range(pieces):
            self.run_ms += LOOK_EVERY_MS
            now = Moment(run_ms=self.run_ms, wall_ms=self.wall_ms, trusted=self.trusted)
            done += self.housekeeping.work(self.cabinet.state, now)
        return done

    def names(self) -> list[str]:
        """The hashes of all entries that are kept."""
        return [name for _, name, _ in self.journal.entries()]


@pytest.fixture
def shelf(path: Path, story: tuple[Fact, ...], monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A journal that holds the story, in a locker that lets go of facts a hundred at a time."""
    monkeypatch.setattr(checkpoint, "LET_GO_FACTS", 100)
    assert len(story) > 600
    made = Shelf(path, story)
    made.append(story)
    return made


def added_up(story: tuple[Fact, ...]) -> State:
    """What all these facts amount to."""
    cabinet = Cabinet()
    cabinet.replay(story)
    return cabinet.state


def alike(one: State, other: State) -> bool:
    """Whether two states are the same, the order in which deliveries are forgotten included."""
    return one == other and list(one.gone) == list(other.gone) and list(one.boxes) == list(other.boxes)


class Interrupted(test_any_sequence.AnySequence):
    """Random people at a random locker, whose state is written down now and then."""

    written: tuple[int, str] = (0, "")

    @rule()
    def a_checkpoint(self) -> None:
        self.written = (len(self.front.facts), checkpoint.spelled(self.front.state))

    def teardown(self) -> None:
        super().teardown()
        position, content = self.written
        if not position:
            return
        cabinet = Cabinet()
        cabinet.replay(self.front.facts[position:], checkpoint.state_of(Sum(position, "", "", content)))
        assert alike(cabinet.state, added_up(tuple(self.front.facts)))


TestAnySequence = Interrupted.TestCase
TestAnySequence.settings = settings(test_any_sequence.TestAnySequence.settings, max_examples=60)


def test_wherever_a_story_is_added_up_the_rest_leads_to_the_same(story: tuple[Fact, ...]) -> None:
    whole, sofar = added_up(story), State()
    for position, fact in enumerate(story, 1):
        apply(sofar, fact)
        if position % 37 == 0:
            cabinet = Cabinet()
            cabinet.replay(story[position:], checkpoint.state_of(Sum(position, "", "", checkpoint.spelled(sofar))))
            assert alike(cabinet.state, whole), position


def test_a_start_replays_what_lies_behind_the_checkpoint_only(shelf: Shelf) -> None:
    while shelf.journal.position < CHECKPOINT_FACTS:
        shelf.append(shelf.facts)
    assert shelf.quiet(pieces=1) == 1
    shelf.append(shelf.facts[:5])
    before = shelf.cabinet.state

    state = shelf.restart().state
    _, rest = checkpoint.newest(shelf.journal)

    assert len(list(rest)) == 5
    assert alike(state, before)
    assert shelf.quiet() == 0, "the next one is worth writing after as many facts again"


def test_a_start_costs_no_more_however_old_the_locker_is(shelf: Shelf) -> None:
    replayed = []
    for _ in range(8):
        while shelf.journal.position % CHECKPOINT_FACTS > len(shelf.facts):
            shelf.append(shelf.facts)
        shelf.append(shelf.facts)
        shelf.quiet()
        replayed.append(len(list(checkpoint.newest(shelf.journal)[1])))

    assert max(replayed) < CHECKPOINT_FACTS + len(shelf.facts)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sums SET rules = 'others'",
        "UPDATE sums SET content = replace(content, '0', '1')",
        "UPDATE sums SET position = position - 1",
        "UPDATE sums SET digest = zeroblob(32)",
        "DELETE FROM sums",
    ],
)
def test_a_checkpoint_that_cannot_be_believed_is_replaced_by_a_replay(shelf: Shelf, change: str) -> None:
    shelf.journal.add_up(checkpoint.rules(), checkpoint.spelled(State()))
    forged = sqlite3.connect(shelf.path, isolation_level=None)
    forged.execute(change)
    forged.close()

    # The planted sum is empty: who believes it would stand there without compartments.
    assert alike(shelf.restart().state, added_up(shelf.facts))


def test_a_checkpoint_of_another_history_is_not_believed(shelf: Shelf) -> None:
    shelf.journal.add_up(checkpoint.rules(), checkpoint.spelled(State()))
    other = sqlite3.connect(shelf.path, isolation_level=None)
    other.execute("DELETE FROM entries WHERE position > 300")
    other.close()

    assert alike(shelf.restart().state, added_up(shelf.facts[:300]))


def test_a_program_with_other_rules_adds_up_anew_once_there_is_time(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    while shelf.journal.position < CHECKPOINT_FACTS:
        shelf.append(shelf.facts)
    shelf.quiet()
    monkeypatch.setattr(checkpoint, "rules", lambda: "newer")
    shelf.restart()

    assert shelf.quiet() == 1
    assert shelf.journal.checkpoint().rules == "newer"


def test_other_words_in_the_cabinet_or_on_the_wire_are_other_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = checkpoint.rules()
    copy = tmp_path / "cabinet"
    shutil.copytree(locker.cabinet.__path__[0], copy)
    (copy / "owned.py").write_text((copy / "owned.py").read_text() + "# changed\n")

    monkeypatch.setattr(locker.cabinet, "__path__", [str(copy)])

    assert checkpoint.rules.__wrapped__() != before


def test_facts_are_let_go_when_they_are_safe_and_old_and_not_before(shelf: Shelf) -> None:
    shelf.quiet(days=36)
    assert shelf.journal.origin.position == 0, "the hub has no backup of them"
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.names()[449])
    shelf.quiet()

    assert shelf.journal.origin.position == 400, "a hundred at a time, and none that isn't safe"


def test_facts_that_are_safe_are_kept_for_35_days(shelf: Shelf) -> None:
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.journal.head)
    shelf.wall_ms = shelf.facts[250].at.wall_ms + KEEP_MS
    shelf.quiet()

    assert shelf.journal.origin.position == 200
    assert shelf.wall_ms - shelf.facts[shelf.journal.origin.position].at.wall_ms > KEEP_MS


def test_nothing_is_let_go_by_a_clock_that_nobody_trusts(shelf: Shelf) -> None:
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.journal.head)
    shelf.trusted = False

    shelf.quiet(days=400)

    assert shelf.journal.origin.position == 0


def test_facts_without_a_trusted_time_are_as_old_as_those_around_them(path: Path, story: tuple[Fact, ...]) -> None:
    def doubted(fact: Fact) -> Fact:
        return replace(fact, at=replace(fact.at, wall_ms=0, trusted=False))

    shelf = Shelf(path, story)
    whole_run = 2 * LET_GO_FACTS
    many = tuple(itertools.islice(itertools.cycle(story), 4 * LET_GO_FACTS))
    shelf.append((*map(doubted, many[:whole_run]), *many[whole_run:]))
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.journal.head)

    shelf.wall_ms = max(fact.at.wall_ms for fact in story) + KEEP_MS - 3_600_000
    shelf.quiet()
    assert shelf.journal.origin.position % LET_GO_FACTS == 0
    shelf.wall_ms += KEEP_MS
    shelf.quiet()
    assert shelf.journal.origin.position == 4 * LET_GO_FACTS


def test_a_locker_that_has_let_go_stands_where_it_stood(shelf: Shelf) -> None:
    names, before = shelf.names(), shelf.cabinet.state
    shelf.journal.confirmed(shelf.journal.head, safe=names[549])
    shelf.quiet(days=36)
    assert shelf.journal.origin.position == 500

    state = shelf.restart().state

    assert alike(state, before)
    assert shelf.names() == names[500:], "what is left is the same chain, and verified"
    assert (shelf.journal.head, shelf.journal.position) == (names[-1], len(names))


def test_a_locker_goes_on_behind_facts_that_are_all_gone(shelf: Shelf) -> None:
    keep = len(shelf.facts) // 100 * 100
    names = shelf.names()
    with sqlite3.connect(shelf.path, isolation_level=None) as shorter:
        shorter.execute("DELETE FROM entries WHERE position > ?", (keep,))
    shelf.restart()
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.journal.head)
    shelf.quiet(days=36)
    shelf.restart()
    assert (shelf.names(), shelf.journal.head, shelf.journal.position) == ([], names[keep - 1], keep)

    shelf.append(shelf.facts[keep:])

    assert shelf.names() == names[keep:]


def test_reports_go_on_behind_what_was_let_go(shelf: Shelf) -> None:
    names = shelf.names()
    shelf.journal.confirmed(shelf.journal.head, safe=names[549])
    shelf.quiet(days=36)

    assert shelf.journal.place(names[499]) == 500, "a hub that was set back to there gets all the rest"
    assert shelf.journal.after(names[499], 1)[0] == names[499]
    assert shelf.journal.place(names[498]) is None
    assert shelf.journal.after(GENESIS, 1)[0] == names[499], "who knows nothing gets what there is"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("DELETE FROM entries WHERE position = 501", "entry 502"),
        ("DELETE FROM sums WHERE name = 'origin'", "entry 501"),
        ("UPDATE sums SET content = '{}' WHERE name = 'origin'", "its beginning"),
    ],
)
def test_a_beginning_that_was_changed_is_refused(shelf: Shelf, change: str, where: str) -> None:
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.names()[549])
    shelf.quiet(days=36)
    forger = sqlite3.connect(shelf.path, isolation_level=None)
    forger.execute(change)
    forger.close()

    with pytest.raises(JournalError, match=f"damaged at {where}"):
        shelf.restart()


def test_what_was_let_go_is_not_on_the_card_any_more(shelf: Shelf) -> None:
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.names()[549])
    assert b'"labels":["P0"]' in shelf.path.read_bytes() + wal(shelf.path).read_bytes()
    shelf.quiet(days=36)
    shelf.journal.tidy()
    shelf.restart()

    kept = shelf.path.read_bytes() + wal(shelf.path).read_bytes()
    assert b'"labels":["P59"]' in kept
    assert b'"order":{"carrier":"post","delivery":"d-P0",' not in kept


def wal(path: Path) -> Path:
    """The write-ahead log of a database."""
    return path.with_name(f"{path.name}-wal")


def test_a_sum_that_does_not_read_back_costs_no_fact(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "spelled", lambda state: SPELLED(replace(state, gone={})))
    shelf.journal.confirmed(shelf.journal.head, safe=shelf.journal.head)

    shelf.quiet(days=36)

    assert shelf.journal.origin.position == 0


SPELLED: Callable[[State], str] = checkpoint.spelled


def test_the_first_beginning_that_was_ever_written_is_still_understood() -> None:
    # Written by `a_busy_locker(8)`; it never changes, and a field that is added has a default.
    state = checkpoint.state_of(Sum(1, "", "", GOLDEN.read_text()))

    assert [sorted(one.inside) for one in state.boxes.values() if one.inside] == [["000000000062656e.1"]]
    assert [sorted(one.maybe) for one in state.boxes.values() if one.doubt == "forced"] == [["d-STAYS"]]
    assert list(state.gone) == [f"d-P{number}" for number in range(8)]
    assert (len(state.failures_ms), state.order_number, state.epoch) == (1, 19, "e1")


def test_a_beginning_that_only_a_newer_program_understands_is_left_alone() -> None:
    with pytest.raises(JournalError, match="newer one"):
        checkpoint.state_of(Sum(1, "", "", '{"locker": 5}'))
