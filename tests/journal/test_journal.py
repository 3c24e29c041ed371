"""The journal keeps facts in order, says which it lacks nothing of, and notices when somebody has changed them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from locker.journal import Journal, JournalError, open_file, read_file
from locker.wire import codec
from locker.wire.chain import GENESIS, canonical, digest
from locker.wire.facts import Fact

OpenJournal = Callable[[], Journal]
MakeFact = Callable[[int], Fact]


def test_facts_come_back_in_order_after_a_restart(open_journal: OpenJournal, opened: MakeFact) -> None:
    before = open_journal()
    before.append([opened(1), opened(2)])
    before.append([opened(3)])

    after = open_journal()

    assert list(after.facts()) == [opened(1), opened(2), opened(3)]
    assert (after.head, after.position) == (before.head, 3)


def test_an_empty_journal_stands_at_the_start_of_all_chains(open_journal: OpenJournal) -> None:
    journal = open_journal()

    assert journal.head == GENESIS
    assert journal.after(GENESIS, 200) == (GENESIS, ())


def test_an_entry_is_named_by_its_content_and_everything_before_it(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append([opened(1), opened(2)])

    first = digest(GENESIS, codec.fact_to_json(opened(1)))

    assert journal.head == digest(first, codec.fact_to_json(opened(2)))


def test_reports_go_on_behind_what_the_hub_knows(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append(opened(n) for n in range(1, 6))
    second = list(journal.entries())[1][1]

    parent, facts = journal.after(second, 2)

    assert parent == second
    assert [fact["n"] for fact in facts] == [3, 4]


def test_reports_start_anew_for_a_hub_that_names_an_entry_from_elsewhere(
    open_journal: OpenJournal, opened: MakeFact
) -> None:
    journal = open_journal()
    journal.append([opened(1), opened(2)])

    assert journal.place("ab" * 32) is None
    assert journal.place("no hash at all") is None
    assert journal.after("ab" * 32, 200)[0] == GENESIS
    assert len(journal.after("ab" * 32, 200)[1]) == 2


def test_entries_handed_out_long_ago_are_still_found(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append(opened(n) for n in range(1, 50))
    names = [name for _, name, _ in journal.entries()]

    journal.after(names[30], 5)

    assert journal.after(names[3], 1)[1][0]["n"] == 5


def test_a_batch_stays_below_the_size_of_a_message(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append([opened(1), opened(2), opened(3)])
    one_bytes = len(canonical(codec.fact_to_json(opened(1))))

    assert len(journal.after(GENESIS, 200, bytes_max=2 * one_bytes)[1]) == 2
    assert len(journal.after(GENESIS, 200, bytes_max=1)[1]) == 1, "one entry must always get through"


def test_marks_survive_a_restart_once_there_was_time_to_tidy(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append([opened(1)])
    journal.confirmed(journal.head, safe=journal.head)
    journal.tidy()

    again = open_journal()

    assert (again.known, again.safe) == (journal.head, journal.head)


def test_tidying_twice_costs_nothing(open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append([opened(1)])
    journal.tidy()

    assert journal.untidy == 0


def test_an_audit_reads_while_the_daemon_writes(path: Path, open_journal: OpenJournal, opened: MakeFact) -> None:
    journal = open_journal()
    journal.append([opened(1)])
    audit = Journal(read_file(path))
    journal.append([opened(2)])

    assert [raw["n"] for _, _, raw in audit.entries()] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET fact = replace(fact, '\"n\":2', '\"n\":9') WHERE position = 2",
        "DELETE FROM entries WHERE position = 2",
        "UPDATE entries SET parent = zeroblob(32) WHERE position = 3",
    ],
)
def test_a_changed_journal_is_refused_by_name_of_the_entry(
    path: Path, open_journal: OpenJournal, opened: MakeFact, change: str
) -> None:
    open_journal().append([opened(1), opened(2), opened(3)])
    forger = sqlite3.connect(path, isolation_level=None)
    forger.execute(change)
    forger.close()

    with pytest.raises(JournalError, match=r"damaged at entry [23]"):
        list(open_journal().facts())


def test_a_journal_of_a_newer_program_is_left_alone(path: Path, open_journal: OpenJournal) -> None:
    open_journal()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version=99")
    newer.close()

    with pytest.raises(JournalError, match="newer program"):
        open_journal()


def test_a_transaction_is_there_whole_or_not_at_all(path: Path, opened: MakeFact) -> None:
    journal = Journal(open_file(path))
    journal.append([opened(1)])

    unwritable = replace(opened(3), visit=0.5)  # type: ignore[type-var]
    with pytest.warns(UserWarning, match="expected"), pytest.raises(ValueError, match="fraction"):
        journal.append([opened(2), unwritable])

    assert list(Journal(open_file(path)).facts()) == [opened(1)]


class FailingDisk(sqlite3.Connection):
    """A connection whose commits fail from a chosen moment on."""

    failing = False

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:  # type: ignore[override]
        if self.failing and sql == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *parameters)  # type: ignore[arg-type]


def test_after_a_failed_commit_nothing_is_written_any_more(path: Path, opened: MakeFact) -> None:
    disk = sqlite3.connect(path, isolation_level=None, factory=FailingDisk)
    journal = Journal(disk)
    journal.append([opened(1)])
    disk.failing = True
    with pytest.raises(sqlite3.OperationalError):
        journal.append([opened(2)])
    disk.failing = False

    with pytest.raises(JournalError, match="start again"):
        journal.append([opened(3)])


def test_each_commit_waits_for_the_medium(path: Path) -> None:
    connection = open_file(path)
    Journal(connection)

    # A killed process can't show it, only a power cut can: with NORMAL the last commits would be lost.
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2, "FULL"
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0] == 0


WRITER = """
import sys
from pathlib import Path
from locker.journal import Journal, open_file
from locker.wire.facts import Moment, Opened

journal = Journal(open_file(Path(sys.argv[1])))
for n in range(1, 100_000):
    journal.append([Opened(at=Moment(run_ms=n, wall_ms=n), n=1), Opened(at=Moment(run_ms=n, wall_ms=n), n=2)])
    print(n, flush=True)
    if n % 7 == 0:
        journal.tidy()
"""


def test_a_killed_writer_loses_nothing_that_it_has_said_to_be_written(path: Path, open_journal: OpenJournal) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(60):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        said = int(([60] + [int(line) for line in writer.stdout if line.endswith("\n")])[-1])

    facts = list(open_journal().facts())

    assert len(facts) % 2 == 0
    assert said <= len(facts) // 2 <= said + 1
