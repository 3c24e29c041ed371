"""What the screen shows when nothing else has to be said: where the visit stands."""

from __future__ import annotations

from locker.cabinet.actions import Refusal, Screen, ScreenName
from locker.cabinet.desk import IDLE, Desk
from locker.cabinet.door import rests_for_ms
from locker.cabinet.talk import Talk

MESSAGE_MS = 10_000
THANKS_MS = 8_000
TYPING_MS = 20_000
HELP_MS = 60_000
# Nobody shall hold a code before a dead window: a PIN opens the same door.
NO_SCANNER = Screen(name="idle", params={"reason": "no_scanner"})

_AT_DOOR: dict[str, tuple[str, ...]] = {
    "deposit": ("too_small", "occupied", "help"),
    "collect": ("help",),
    "reopen": ("help",),
    "retrieve": ("is_empty", "help"),
    "inspect": ("help",),
}


def resting(desk: Desk) -> Screen:
    """The screen of the present stage."""
    talk = desk.talk
    if talk is None:
        return _out_of_order(desk) or (NO_SCANNER if "scanner" in desk.lost else IDLE)
    if not desk.mains and talk.stage in ("choosing", "stuck"):
        return Screen(name="out_of_order", params={"reason": "mains"}, choices=("done", "help"))
    purpose = talk.opening.reason
    match talk.stage:
        case "unlocking":
            return Screen(name="opening", n=talk.n, params={"purpose": purpose}, choices=("not_open", "help"))
        case "open":
            params: dict[str, object] = {"purpose": purpose, "more": len(talk.queue)}
            if purpose == "collect" and len(talk.opening.deliveries) > 1:
                # Whoever takes one and shuts the door would leave the others behind.
                params["parcels"] = len(talk.opening.deliveries)
            if talk.complaint:
                return Screen(name="please_close", n=talk.n, params=params | {"why": talk.complaint})
            name: ScreenName = "please_close" if desk.door(talk.n).reminded else "open"
            return Screen(name=name, n=talk.n, params=params, choices=_AT_DOOR[purpose])
        case "asking":
            params = {"purpose": purpose, "more": len(talk.queue), "seen": False}
            return Screen(name="open", n=talk.n, params=params, choices=("done", "not_open", "help"))
        case "stuck":
            return _stuck(desk, talk)
        case "judging":
            return Screen(name="inspected", n=talk.n, choices=("is_empty", "holds_parcel", "cant_tell", "repaired"))
        case "choosing":
            return _menu(desk, talk)


def rest(desk: Desk) -> None:
    """Shows where the visit stands."""
    desk.show(resting(desk))


def refuse(desk: Desk, refusal: Refusal, **params: object) -> None:
    """Says no, and why; the screen's sentence names the next step."""
    n = params.pop("n", 0)
    assert isinstance(n, int)
    until_ms = desk.now.run_ms + MESSAGE_MS
    choices = ("back", "help") if desk.talk is None else (*resting(desk).choices, "back")
    desk.show(
        Screen(name="refused", n=n, params={"refusal": refusal, **params}, choices=choices, until_run_ms=until_ms)
    )
    desk.beep("no")


def retrievable(desk: Desk, carrier: str) -> dict[int, tuple[str, ...]]:
    """What couriers of a carrier may take out: compartment to deliveries, where all that is in it is recalled.

    A delivery that may lie in one compartment and does lie in another is fetched from the latter.
    """
    state = desk.state
    lies_in = {delivery: n for n, box in state.boxes.items() for delivery in box.inside}

    def is_theirs(delivery: str, n: int) -> bool:
        recalled = state.is_recalled(delivery) and state.carrier_of(delivery) == carrier
        return recalled and delivery not in state.gone and lies_in.get(delivery, n) == n

    return {
        n: tuple(box.contents)
        for n, box in state.boxes.items()
        if box.contents and box.built and all(is_theirs(delivery, n) for delivery in box.contents)
    }


def troubles(desk: Desk) -> dict[int, str]:
    """What is wrong with each compartment, for an operator ("": nothing)."""
    found: dict[int, str] = {}
    for n, box in desk.state.boxes.items():
        wrong: list[str] = [*sorted(box.faults), *([box.doubt] if box.doubt else [])]
        wrong += ["out_of_service"] if n in desk.state.out_of_service else []
        # A forced door is a fault and a doubt by the same name.
        found[n] = ", ".join(dict.fromkeys(wrong))
    return found


def just_emptied(desk: Desk) -> int:
    """The door that the courier who is here has emptied last, if nothing has come behind it since (0: none)."""
    talk = desk.talk
    if talk is None or talk.party != "courier" or talk.stage != "choosing" or talk.opening.reason != "retrieve":
        return 0
    return talk.n if desk.state.boxes[talk.n].empty else 0


def _menu(desk: Desk, talk: Talk) -> Screen:
    if talk.party == "operator":
        return Screen(
            name="operator_menu", params={"compartments": troubles(desk)}, choices=("inspect", "repaired", "done")
        )
    # Without a courier's code there is no list: a label says nothing about who holds it.
    retrieve = sorted(retrievable(desk, talk.carrier)) if talk.who else []
    if talk.who and (retrieve or not talk.deposited):
        choices = (*(["retrieve"] if retrieve else []), *(["again"] if just_emptied(desk) else []), "done", "help")
        params = {"retrieve": retrieve, "deposited": talk.deposited}
        return Screen(name="courier_menu", params=params, choices=choices)
    return Screen(name="next_parcel", params={"deposited": talk.deposited}, choices=("done", "help"))


def _stuck(desk: Desk, talk: Talk) -> Screen:
    rest_s = -(-rests_for_ms(desk.door(talk.n), desk.now.run_ms) // 1000)
    return Screen(
        name="stuck",
        n=talk.n,
        params={"purpose": talk.opening.reason, "wait_s": rest_s},
        choices=("not_open", "it_opened", "done", "help"),
    )


def _out_of_order(desk: Desk) -> Screen | None:
    if "locks" in desk.lost:
        return Screen(name="out_of_order", params={"reason": "locks"})
    if not desk.mains:
        return Screen(name="out_of_order", params={"reason": "mains"})
    return None
