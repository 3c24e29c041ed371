"""A door is opened from afar: a recipient asks, the locker gives a challenge, the hub answers it, the locker says how.

Nothing is sent later: a request that the locker hasn't answered within seconds is over, and somebody wants it anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import opening as rules
from hub_service.domain.opening import Standing, Way
from hub_service.domain.refusals import UNKNOWN_PAGE, Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene
from hub_service.store import audit, deliveries, lockers, pickups, users
from hub_service.store import openings as stored
from hub_service.store.errors import IntegrityError
from hub_service.store.openings import OpeningRecord
from hub_service.store.records import DeliveryRecord
from hub_service.store.sql import Connection
from locker.wire import facts
from locker.wire.messages import Message
from locker.wire.opening import Answered, Challenge, Knock, OpenNow

_NOT_INSIDE = Refusal("not_inside", "Your parcel isn't in that compartment: look at its page where it is.")
_OFFLINE = Refusal("locker_offline", "The locker can't be reached: use the QR code or the PIN, both work without.")
_WRONG = Refusal("wrong_number", "That isn't the number at the locker: read the three digits again.")
UNDER_WAY = Refusal("opening_under_way", "This door is being opened already: look at it, or wait a moment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningView:
    """A request as it stands now. `said` is that in words for an operator; `final`: nothing more will happen."""

    id: str
    locker_id: str
    n: int
    way: Way
    how: Standing
    outcome: str
    said: str
    by_who: str
    second: str
    reason: str
    asked_s: int
    until_s: int

    @property
    def final(self) -> bool:
        return self.how not in ("waiting", "trying")


def by_phone(hub: Hub, token: str, n: int, number: str) -> OpeningView | Refusal:
    """Whoever has the parcel's page stands in front of door `n`, and has read this number there."""
    wanted = hub.draws.id("o")
    try:
        with hub.store.write() as db:
            refusal = _by_phone(db, hub, token, n, number, wanted)
    except IntegrityError:
        # A finger that taps twice; whose request it is doesn't matter, the door is only opened once.
        return UNDER_WAY
    return refusal or view(hub, wanted)


def _by_phone(db: Connection, hub: Hub, token: str, n: int, number: str, wanted: str) -> Refusal | None:
    parcel = looks.of_page(db, hub, token)
    if parcel is None:
        return UNKNOWN_PAGE
    delivery = deliveries.find_live(db, parcel.id)
    if delivery is None or delivery.state != "inside" or delivery.n != n or delivery.by_sender:
        return _NOT_INSIDE
    if (refusal := unreachable(db, delivery.locker_id)) is not None:
        return refusal
    now_ms = hub.now_ms()
    wrong_s = stored.wrong_numbers(db, parcel.id, now_ms - rules.WRONG_WITHIN_S * 1000)
    if pause_s := rules.number_pause_s(wrong_s, now_ms // 1000):
        return Refusal(
            "number_paused",
            "Too many wrong numbers: wait a quarter of an hour, or use the QR code or the PIN right now.",
            {"wait_s": pause_s},
        )
    if not (len(number) == 3 and number.isascii() and number.isdigit()):
        return _WRONG
    asked = OpeningRecord(
        id=wanted, locker_id=delivery.locker_id, n=n, way="phone", state="asked", parcel_id=parcel.id,
        pickup_id=delivery.pickup_id, number=number, asked_ms=now_ms, until_ms=now_ms + rules.ASK_MS,
    )  # fmt: skip
    stored.add(db, asked)
    Scene(db, hub, delivery.locker_id).event("opening_asked", parcel.id, n=n, way="phone", opening=wanted)
    return None


def unreachable(db: Connection, locker_id: str) -> Refusal | None:
    """Why a locker can't be asked to open anything now."""
    locker = lockers.find(db, locker_id)
    return None if locker is not None and locker.online else _OFFLINE


def knocks(hub: Hub) -> list[tuple[str, Knock]]:
    """What is to be asked of which locker, now and again until it has answered."""
    with hub.store.read() as db:
        found = stored.to_ask(db, hub.now_ms())
    return [(one.locker_id, Knock(locker=one.locker_id, request=one.id)) for one in found]


def heard(hub: Hub, locker_id: str, message: Challenge | Answered) -> list[Message]:
    """Takes what a locker says about a request; returns what to answer, after the commit."""
    with hub.store.read() as db:
        # A broker that repeats what is over costs a look, and no transaction that writes.
        known = stored.find(db, message.request)
    if known is None or known.locker_id != locker_id or known.state not in ("asked", "sent"):
        return []
    with hub.store.write() as db:
        opening = stored.find(db, message.request)
        assert opening is not None, "requests are never deleted"
        if opening.state not in ("asked", "sent"):
            return []
        if isinstance(message, Answered):
            _done(db, hub, opening, message.outcome)
            return []
        return _challenged(db, hub, opening, message)


def admitted(scene: Scene, fact: facts.AdmittedFromAfar) -> None:
    """The locker's log says that it has let somebody in; that counts, whatever was answered or lost."""
    opening = stored.find(scene.db, fact.request)
    if opening is not None and opening.state != "opening":
        _done(scene.db, scene.hub, opening, "opening")


def view(hub: Hub, opening_id: str) -> OpeningView:
    """A request that is there."""
    found = find(hub, opening_id)
    assert found is not None, "it was written just now"
    return found


def find(hub: Hub, opening_id: str) -> OpeningView | None:
    with hub.store.read() as db:
        found = stored.find(db, opening_id)
    return None if found is None else shown(hub, found)


def of_page(hub: Hub, token: str, opening_id: str) -> OpeningView | None:
    """A request that was made, or is asked about, on this parcel's page."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        found = stored.find(db, opening_id)
    return shown(hub, found) if parcel and found and found.parcel_id == parcel.id else None


def shown(hub: Hub, one: OpeningRecord) -> OpeningView:
    """A request as it stands now."""
    how = rules.standing(one.state, one.until_ms, hub.now_ms())
    return OpeningView(
        id=one.id, locker_id=one.locker_id, n=one.n, way=one.way, how=how, outcome=one.outcome,
        said=rules.sentence(how, one.outcome), by_who=one.by_who, second=one.second, reason=one.reason,
        asked_s=one.asked_ms // 1000, until_s=one.until_ms // 1000,
    )  # fmt: skip


def _challenged(db: Connection, hub: Hub, opening: OpeningRecord, challenge: Challenge) -> list[Message]:
    if hub.now_ms() > opening.until_ms:
        return []
    # The answer to one challenge may be under way: a second nonce for the same request could open the door twice.
    if opening.state == "sent" and opening.nonce != challenge.nonce:
        return []
    delivery = _delivery(db, opening) if opening.way == "phone" else None
    if opening.way == "phone" and delivery is None:
        _done(db, hub, opening, "not_here")
        return []
    if opening.way == "phone" and opening.number not in challenge.numbers:
        _done(db, hub, opening, "wrong_number")
        return []
    stored.update(db, opening.id, state="sent", nonce=challenge.nonce)
    return [_order(db, opening, challenge, delivery)]


def _order(db: Connection, opening: OpeningRecord, challenge: Challenge, delivery: DeliveryRecord | None) -> OpenNow:
    generation = 0
    if delivery is not None:
        pickup = pickups.find(db, delivery.pickup_id)
        assert pickup is not None, "the schema keeps it"
        generation = pickup.generation
    return OpenNow(
        locker=opening.locker_id, run=challenge.run, request=opening.id, nonce=challenge.nonce, n=opening.n,
        pickup=delivery.pickup_id if delivery else "", generation=generation, who=_id_of(db, opening.by_who),
        may_hold=opening.way in ("recipient", "second", "emergency"),
    )  # fmt: skip


def _id_of(db: Connection, login: str) -> str:
    # A locker's card may be stolen: it knows nobody by name.
    user = users.by_login(db, login)
    return user.id if user else ""


def _delivery(db: Connection, opening: OpeningRecord) -> DeliveryRecord | None:
    """What a recipient wants to take out, if it still lies where they were told."""
    found = deliveries.find_live(db, opening.parcel_id or "")
    there = found is not None and (found.state, found.locker_id, found.n) == ("inside", opening.locker_id, opening.n)
    return found if there else None


def _done(db: Connection, hub: Hub, opening: OpeningRecord, outcome: str) -> None:
    is_open = outcome == "opening"
    stored.update(db, opening.id, state="opening" if is_open else "refused", outcome=outcome)
    kind, scene = "opened_from_afar" if is_open else "opening_refused", Scene(db, hub, opening.locker_id)
    scene.event(kind, opening.parcel_id, n=opening.n, way=opening.way, opening=opening.id, outcome=outcome)
    if opening.by_who:
        entry = audit.Entry(
            at_ms=hub.now_ms(), who=opening.by_who, act=kind, about=f"locker {opening.locker_id}",
            reason=opening.reason,
            data={"n": opening.n, "way": opening.way, "opening": opening.id, "outcome": outcome},
        )  # fmt: skip
        audit.write(db, entry)
