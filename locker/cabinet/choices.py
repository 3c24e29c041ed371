"""What the buttons of the screen do. A button that makes no sense now does nothing but show where the visit stands."""

from __future__ import annotations

from locker.cabinet import deposit, inspect, retrieve
from locker.cabinet.actions import Screen
from locker.cabinet.desk import Desk
from locker.cabinet.events import ChoiceMade
from locker.cabinet.screens import HELP_MS, just_emptied, rest
from locker.cabinet.talk import Talk
from locker.cabinet.visits import again, end, wait
from locker.cabinet.watch import confirmed, insisted


def chosen(desk: Desk, event: ChoiceMade) -> None:
    """A button was pressed."""
    talk = desk.talk
    if event.choice == "help":
        desk.show(Screen(name="help", choices=("back",), until_run_ms=desk.now.run_ms + HELP_MS))
    elif talk is None or event.choice == "back":
        rest(desk)
    elif event.choice == "done":
        _done(desk, talk)
    elif talk.party == "operator":
        _operator(desk, talk, event)
    elif event.choice == "retrieve" and talk.party == "courier" and talk.stage in ("choosing", "stuck"):
        retrieve.choose(desk, event.n)
    elif event.choice == "again" and just_emptied(desk):
        again(desk)
    else:
        _at_door(desk, talk, event)


def _done(desk: Desk, talk: Talk) -> None:
    if talk.stage == "asking" and desk.screen.name == "open":
        confirmed(desk)
    elif talk.stage == "asking":
        # Something else was said in front of the question: it comes back, and is answered by who can read it.
        rest(desk)
    elif talk.at_a_door:
        rest(desk)
    elif talk.stage == "stuck" and talk.party in ("courier", "operator"):
        talk.goes("given_up")
        wait(desk)
        rest(desk)
    else:
        end(desk, "done")


def _at_door(desk: Desk, talk: Talk, event: ChoiceMade) -> None:
    depositing = talk.opening.reason == "deposit" and talk.parcel is not None
    match event.choice:
        case "too_small" | "occupied" if depositing and talk.stage == "open":
            deposit.complain(desk, event.choice)
        case "not_open" if depositing and talk.stage in ("unlocking", "asking", "stuck"):
            deposit.not_open(desk)
        case "is_empty" if talk.opening.reason == "retrieve" and talk.stage == "open":
            retrieve.missing(desk)
        case "not_open" if talk.stage in ("asking", "stuck"):
            again(desk)
        case "it_opened" if talk.stage == "stuck" and not depositing:
            insisted(desk)
        case _:
            rest(desk)


def _operator(desk: Desk, talk: Talk, event: ChoiceMade) -> None:
    match event.choice:
        case "inspect" if talk.stage in ("choosing", "stuck", "judging"):
            inspect.choose(desk, event.n)
        case "is_empty" | "holds_parcel" | "cant_tell" if talk.stage == "judging":
            inspect.judge(desk, event.choice)
        case "repaired" if event.n or talk.n:
            inspect.repaired(desk, event.n)
        case _:
            _at_door(desk, talk, event)
