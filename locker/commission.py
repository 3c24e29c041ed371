"""Records that somebody has looked into every compartment of a new locker and found it empty."""

from __future__ import annotations

import secrets
from importlib.metadata import version

from locker import checkpoint
from locker.cabinet.actions import Action, Record
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Booted, Commissioned
from locker.clock import Clock
from locker.journal import Journal
from locker.settings import Settings


def commission(journal: Journal, settings: Settings) -> int:
    """How many compartments were recorded as empty. Runs the cabinet for a moment, without any device."""
    cabinet, clock, identity = Cabinet(), Clock(), settings.locker
    checkpoint.replay(journal, cabinet)
    booted = Booted(
        run=secrets.token_hex(8), locker=identity.id, number=identity.number, software=version("open-parcel-locker"),
        # No sensor is read here; if a door does stand open, the daemon's own start finds and tells it.
        compartments=tuple(box.spec() for box in settings.compartment),
        doors_open={box.n: False for box in settings.compartment},
    )  # fmt: skip
    _record(journal, cabinet.step(booted, clock.now()))
    _record(journal, cabinet.step(Commissioned(), clock.now()))
    return sum(box.content == "empty" for box in cabinet.overview())


def _record(journal: Journal, actions: list[Action]) -> None:
    journal.append(action.fact for action in actions if isinstance(action, Record))
