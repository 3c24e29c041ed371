"""What a scanned or entered code is, and whom it lets in. QR codes are never throttled; typed ones are."""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.cabinet import by_ticket, collect, deposit, drop_off, inspect, keyed, retrieve, throttle
from locker.cabinet.actions import Refusal
from locker.cabinet.desk import Desk
from locker.cabinet.events import CodeEntered, CodeShown, Scanned
from locker.cabinet.placement import SIZES, Need
from locker.cabinet.records import Gone
from locker.cabinet.screens import refuse, rest
from locker.cabinet.surroundings import has_shown
from locker.cabinet.talk import Opening, Parcel
from locker.cabinet.visits import Proof, again, hindrance, present
from locker.wire import facts, ticket
from locker.wire.access_tag import PASS_PREFIX
from locker.wire.labels import GROUP_SEPARATOR, canonical
from locker.wire.ticket import Ticket

SCAN_MAX = 200
"""No label or ticket is longer; what is, isn't looked at."""

NO_PIN = "0" * 32


@dataclass(frozen=True, slots=True)
class No:
    """A scan that opens nothing, and what its sentence needs."""

    refusal: Refusal
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bring:
    """A parcel that may be put in."""

    parcel: Parcel
    by: Proof


@dataclass(frozen=True, slots=True)
class Take:
    """A pickup whose parcels are here, and the doors that hold them."""

    pickup: str
    doors: list[Opening]


def scanned(desk: Desk, event: Scanned) -> None:
    """The scanner has read something."""
    meaning = understood(desk, event.text, event.symbology)
    if _nothing_opens(desk):
        return
    if isinstance(meaning, No):
        refuse(desk, meaning.refusal, **meaning.params)
    elif _is_repeat(desk, meaning):
        rest(desk)
    elif (why := _first_shut(desk, meaning) or hindrance(desk)) is not None:
        _hold_back(desk, event, meaning, why)
    elif isinstance(meaning, Bring):
        deposit.begin(desk, meaning.parcel, event.visit, meaning.by)
    elif desk.talk and desk.talk.who == meaning.pickup and desk.talk.stage in ("asking", "stuck"):
        again(desk)
    else:
        collect.begin(desk, meaning.pickup, meaning.doors, event.visit, "ticket")


def recall(desk: Desk) -> None:
    """Goes on with a parcel that was scanned while a door was still open, now that it is shut."""
    talk = desk.talk
    if talk and talk.remembered and talk.stage == "choosing":
        event, talk.remembered = talk.remembered, None
        if desk.now.run_ms - talk.remembered_ms <= deposit.REMEMBER_MS:
            scanned(desk, event)


def understood(desk: Desk, text: str, symbology: str = "") -> Bring | Take | No:
    """What a text on a label or telephone means here and now."""
    if label := _announced(desk, text, symbology):
        return _label(desk, label)
    text = text.strip()
    if signed := ticket.read(text):
        key = desk.ticket_key(signed.ticket.kid)
        if key is None or not signed.signed_by(key):
            return No("forged")
        return (_deposit_ticket if signed.ticket.type == "deposit" else _pickup_ticket)(desk, signed.ticket)
    if not text or len(text) > SCAN_MAX or not text.replace(GROUP_SEPARATOR, "").isprintable():
        return No("unreadable")
    return No("unreadable" if text.startswith((ticket.PREFIX, PASS_PREFIX)) else "unknown_code")


def _announced(desk: Desk, text: str, symbology: str) -> str:
    # Some labels end in blanks and mean them; others get theirs from the scanner. What was announced letter by letter
    # comes before what only means the same.
    for name in (text, text.strip(), canonical(text, symbology)):
        if name in desk.state.labels:
            return name
    return ""


def _nothing_opens(desk: Desk) -> bool:
    # Tried all the same, each compartment in turn would be taken for broken.
    if "locks" not in desk.lost and desk.mains:
        return False
    desk.beep("no")
    rest(desk)
    return True


def entered(desk: Desk, event: CodeEntered) -> None:
    """A typed code is complete. While a door is open it isn't even looked at."""
    if _nothing_opens(desk):
        return
    why = hindrance(desk)
    if why is not None:
        refuse(desk, why, n=present(desk).n)
        return
    state, now_ms = desk.state, desk.state.witnessed_ms(desk.now)
    verdict = throttle.verdict(state.failures_ms, now_ms, keyed.codes(state, desk.now))
    if not verdict.listens:
        refuse(desk, "keypad_closed" if verdict.closed else "pause", wait_s=-(-verdict.wait_ms // 1000))
    elif (staff := state.passes.get(event.tag)) and keyed.is_over(state, staff, desk.now):
        # Whoever types yesterday's code isn't guessing.
        refuse(desk, "code_over")
    elif staff and has_shown(desk, staff.card) and not keyed.is_unheard_of(state, staff, desk.now):
        desk.card = ""
        (retrieve if staff.party == "courier" else inspect).begin(desk, staff, event.visit)
    elif event.tag == "" or not _by_pin(desk, event):
        _wrong_pin(desk, counts=event.tag != "")


def _by_pin(desk: Desk, event: CodeEntered) -> bool:
    pickups = [admit.pickup for admit in desk.state.admits.values() if admit.pin_tag == event.tag]
    senders = [meaning for pickup in pickups if (meaning := _sender(desk, pickup, "pin"))]
    for meaning in sorted(senders, key=lambda one: isinstance(one, No)):
        if isinstance(meaning, No):
            refuse(desk, meaning.refusal, **meaning.params)
        else:
            deposit.begin(desk, meaning.parcel, event.visit, meaning.by)
        return True
    # A PIN of a parcel that isn't here is as wrong as any other: a guesser learns nothing.
    return _collect(desk, keyed.holders(desk.state, event.tag), event.visit)


def _collect(desk: Desk, found: list[keyed.Holder], visit: str) -> bool:
    # What its sender has put in is taken out by a courier.
    theirs = [one for one in found if drop_off.meant(desk.state, one.pickup) is None]
    for holder in theirs:
        if doors := collect.openings(desk, holder.pickup):
            collect.begin(desk, holder.pickup, doors, visit, holder.by)
            present(desk).delegate = holder.delegate
            return True
    if any(box for holder in theirs for box in desk.state.boxes_of(holder.pickup)):
        refuse(desk, "uncertain")
        return True
    return False


def shown(desk: Desk, event: CodeShown) -> None:
    """A card or a delegate's QR code. Nobody guesses one: it is never throttled, and told what became of its parcel."""
    if _nothing_opens(desk):
        return
    found, talk = keyed.holders(desk.state, event.tag), desk.talk
    if (why := hindrance(desk)) is not None:
        refuse(desk, why, n=present(desk).n)
    elif talk and talk.stage in ("asking", "stuck") and any(talk.who == one.pickup for one in found):
        again(desk)
    elif not found:
        refuse(desk, "unknown_code")
    elif not _collect(desk, found, event.visit):
        here = Ticket(kid=0, home=desk.state.number, pickup=found[0].pickup, generation=0, not_after_s=0)
        no = _not_here(desk, here, known=True)
        refuse(desk, no.refusal, **no.params)


def _wrong_pin(desk: Desk, counts: bool) -> None:
    if counts:
        desk.record(facts.PinRefused(at=desk.now))
    state, now_ms = desk.state, desk.state.witnessed_ms(desk.now)
    if counts and throttle.is_guessing(state.failures_ms, now_ms):
        desk.record(facts.Alarmed(at=desk.now, alarm="guessing", detail=str(len(state.failures_ms))))
    verdict = throttle.verdict(state.failures_ms, now_ms, keyed.codes(state, desk.now))
    refuse(desk, "wrong_pin", left=verdict.left, wait_s=-(-verdict.wait_ms // 1000))


def _is_repeat(desk: Desk, meaning: Bring | Take) -> bool:
    # A scanner that still sees the code of the door that is just opening isn't news.
    talk = desk.talk
    if talk is None or not talk.at_a_door:
        return False
    if isinstance(meaning, Bring):
        return talk.parcel is not None and talk.parcel.delivery == meaning.parcel.delivery
    return talk.who == meaning.pickup


def _first_shut(desk: Desk, meaning: Bring | Take) -> Refusal | None:
    # A courier may be slow to shut a door, and still means the next parcel to go into the next one.
    if not _is_next_parcel(desk, meaning):
        return None
    talk = present(desk)
    told = talk.remembered is not None and desk.now.run_ms - talk.remembered_ms >= deposit.INSIST_MS
    return None if told else "close_first"


def _is_next_parcel(desk: Desk, meaning: Bring | Take) -> bool:
    talk = desk.talk
    return (
        isinstance(meaning, Bring)
        and talk is not None
        and talk.party == "courier"
        and talk.at_a_door
        and talk.opening.reason == "deposit"
    )


def _hold_back(desk: Desk, event: Scanned, meaning: Bring | Take, why: Refusal) -> None:
    talk = present(desk)
    keep = _is_next_parcel(desk, meaning)
    if keep:
        talk.remembered, talk.remembered_ms = event, desk.now.run_ms
    refuse(desk, "close_first" if keep else why, n=talk.n, remembered=keep)


def _label(desk: Desk, text: str) -> Bring | No:
    state = desk.state
    answers: list[Bring | No] = []
    for delivery in state.labels[text]:
        order, mark, n = state.expected[delivery], state.gone.get(delivery), state.where(delivery)
        # What lies behind a door that doesn't hold may be taken out again and put into another one.
        loose = n and "welded" in state.boxes[n].faults and state.boxes[n].open
        cut_off = loose or delivery in state.boxes[n].unclosed if n else mark is not None and mark.unproven
        if cut_off or (not n and mark is None and not by_ticket.has_brought(state, delivery)):
            answers.append(Bring(deposit.parcel_of(order), "label"))
            continue
        withdrawn = mark is not None and mark.how == "withdrawn"
        answers.append(No("withdrawn", {"where": mark.moved_to}) if mark and withdrawn else No("already_deposited"))
    brought = [answer for answer in answers if isinstance(answer, Bring)]
    if len({answer.parcel.pickup for answer in brought}) > 1:
        # Either could be meant; in the wrong one's name its recipient would open somebody else's parcel.
        return No("label_twice")
    return brought[0] if brought else answers[0]


def _deposit_ticket(desk: Desk, found: Ticket) -> Bring | No:
    state = desk.state
    if found.home != state.number:
        return No("elsewhere", {"where": _place(desk, found.home)})
    # The order may have overtaken the courier: then its size is known to the millimetre.
    announced = [order for order in state.expected.values() if order.pickup == found.pickup]
    awaited = [
        answer.parcel
        for order in announced
        if order.labels
        and isinstance(answer := _label(desk, order.labels[0]), Bring)
        and answer.parcel.delivery == order.delivery
    ]
    if len(awaited) > 1:
        # The ticket names a pickup only; which of its parcels the courier holds is on the label.
        return No("scan_label")
    if awaited:
        return Bring(awaited[0], "deposit_ticket")
    delivery = ticket.delivery_of(found)
    n = state.where(delivery)
    if state.is_finished(delivery) or (n and delivery not in state.boxes[n].unclosed):
        return No("already_deposited")
    if announced:
        return _label(desk, announced[0].labels[0]) if announced[0].labels else No("already_deposited")
    size_class = next(size for size in SIZES if size == found.size_class)
    pin_tag = "" if found.pin_tag == NO_PIN else found.pin_tag
    need = Need(size_class=size_class)
    return Bring(Parcel(delivery, found.pickup, need, by_ticket=True, pin_tag=pin_tag), "deposit_ticket")


def _pickup_ticket(desk: Desk, found: Ticket) -> Bring | Take | No:
    # A newer generation than ours is the hub's word, too; its order is only on the way.
    admit = desk.state.admits.get(found.pickup)
    if admit and found.generation < admit.generation:
        return No("outdated")
    if (sender := _sender(desk, found.pickup, "ticket")) is not None:
        return sender
    if doors := collect.openings(desk, found.pickup):
        return Take(found.pickup, doors)
    if any(desk.state.boxes_of(found.pickup)):
        return No("uncertain")
    return _not_here(desk, found, known=admit is not None)


def _sender(desk: Desk, pickup: str, by: Proof) -> Bring | No | None:
    meant = drop_off.meant(desk.state, pickup)
    if isinstance(meant, drop_off.Answered):
        return No(meant.refusal, {"where": meant.where} if meant.where else {})
    return Bring(deposit.parcel_of(meant), by) if meant else None


def _not_here(desk: Desk, found: Ticket, known: bool) -> No:
    state = desk.state
    marks = [mark for mark in state.gone.values() if mark.pickup == found.pickup]
    coming = [d for d, order in state.expected.items() if order.pickup == found.pickup and d not in state.gone]
    if coming:
        return No("not_yet")
    if not marks:
        here = known or found.home == state.number
        return No("not_yet") if here else No("elsewhere", {"where": _place(desk, found.home)})
    if marks[-1].how == "collected":
        return No("already_collected", {"ago_min": _minutes_since(desk, marks[-1])})
    where = marks[-1].moved_to or (_place(desk, found.home) if found.home != state.number else "")
    return No("elsewhere", {"where": where})


def _minutes_since(desk: Desk, mark: Gone) -> int:
    if mark.run == desk.state.run:
        return (desk.now.run_ms - mark.run_ms) // 60_000
    if desk.now.trusted and mark.wall_ms:
        return max(0, (desk.now.wall_ms - mark.wall_ms) // 60_000)
    return -1


def _place(desk: Desk, number: int) -> str:
    for neighbour in desk.state.site.neighbours if desk.state.site else ():
        if neighbour.number == number:
            return f"{neighbour.name}, {neighbour.where}" if neighbour.where else neighbour.name
    return ""
