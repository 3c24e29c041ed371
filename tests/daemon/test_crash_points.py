"""The disk fails at each commit of a parcel's story in turn; the next start always finds itself able to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from locker.cabinet.events import DoorClosed, DoorOpened, PulseEnded
from locker.cabinet.pulses import SPACING_MS
from locker.wire.orders import Order

if TYPE_CHECKING:
    from tests.daemon.conftest import Place, Running

Play = Callable[[Callable[[], object]], None]
COMMITS = 7


def whole_story(running: Running, qr_code: str) -> None:
    """A courier brings the parcel, its recipient takes it out; whatever still works of it."""
    for code in ("PARCEL-1", qr_code):
        running.daemon.scanned(code, "")
        for n in opened_by(running):
            running.take(PulseEnded(n=n, given=True), DoorOpened(n=n), DoorClosed(n=n))
        running.steel.notes.append("next person")
        running.daemon.front.choose("done", 0)
        running.later(SPACING_MS / 1000)


def opened_by(running: Running) -> list[int]:
    """The locks that were pulsed since the last person."""
    notes = "|".join(running.steel.notes).rpartition("next person")[2]
    return [int(note.split()[1]) for note in notes.split("|") if note.startswith("unlock")]


@pytest.mark.parametrize("commits", range(COMMITS + 1))
def test_wherever_the_disk_fails_the_locker_goes_on_from_there(
    place: Place, play: Play, orders: tuple[Order, ...], qr_code: str, commits: int
) -> None:
    async def story() -> None:
        first = place.start()
        first.prepare(*orders)
        first.disk.commits_left = commits
        whole_story(first, qr_code)
        pulses = sum(note.startswith("unlock") for note in first.steel.notes)
        await first.daemon.close()
        first.disk.close()

        second = place.start()

        assert first.daemon.failed.done() == (commits < COMMITS), "the story has another number of commits now"
        assert not any(note.startswith("unlock") for note in second.steel.notes), "nothing pulses at boot"
        assert second.kinds().count("unlock_authorised") == pulses, "each pulse was allowed, each permission was used"
        assert second.screen != "out_of_order"
        second.daemon.scanned("rubbish", "")
        assert not second.daemon.failed.done()
        await second.stop()

    play(story)
