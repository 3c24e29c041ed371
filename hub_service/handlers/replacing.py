"""Another machine takes a locker's place: its key counts from now on, and nothing is certain until somebody has looked.

Parcels that lay in the old machine may have been moved into the new one or not. Their codes stay, and open a door as
soon as an operator has said that they lie behind it.
"""

from __future__ import annotations

import re

from hub_service.domain.refusals import UNKNOWN_LOCKER, Refusal
from hub_service.handlers import contents
from hub_service.handlers.contents import Report
from hub_service.handlers.hub import Hub
from hub_service.handlers.sites import Introduced, spread_passes
from hub_service.handlers.telling import Scene
from hub_service.store import cards, day_codes, delegates, deliveries, lockers, orders, pickups, staff
from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection
from locker.wire.access_tag import access_tag
from locker.wire.chain import GENESIS

_KEY = re.compile("[0-9a-f]{64}")


def replace(hub: Hub, locker_id: str, public_key: str) -> Introduced | Refusal:
    """What the new machine must be given; the old one is believed no more once this has returned."""
    if not _KEY.fullmatch(public_key):
        return Refusal("duplicate_key", "A public key has 64 small hex digits: `locker init` prints it.")
    code_key = hub.draws.key()
    with hub.store.read() as db:
        live = deliveries.live_at(db, locker_id)
        pins = {one.pickup_id: pickups.find(db, one.pickup_id) for one in live}
        bound = [card for pickup_id in pins for card in cards.bound_to(db, hub.store, pickup_id)]
        asked = [one for pickup_id in pins for one in delegates.of(db, hub.store, pickup_id) if not one.ended_s]
    said = {card.id: (card.digits, card.text) for card in bound} | {one.id: (one.pin, one.text) for one in asked}
    # The old machine's card may be in anybody's hands, and with it the key for typed codes. 25 ms each, so before.
    tags = {id: access_tag(pickups.pin(hub.store, found), code_key) for id, found in pins.items() if found}
    others = {id: tuple(access_tag(code, code_key) for code in both) for id, both in said.items()}
    with hub.store.write() as db:
        locker = lockers.find(db, locker_id)
        if locker is None:
            return UNKNOWN_LOCKER
        if lockers.is_known_key(db, public_key):
            return Refusal("duplicate_key", "A machine of this network has or had this key: make it a new one.")
        _retire(db, hub, locker, public_key, code_key)
        # A parcel that was promised in the last second keeps its ticket; its PIN is told as soon as it changes.
        staff.forget_tags(db, locker_id)
        day_codes.forget_tags(db, locker_id)
        pickups.forget_tags(db, locker_id)
        cards.forget_tags(db, locker_id)
        delegates.forget_tags(db, locker_id)
        for pickup_id, tag in tags.items():
            pickups.admit(db, pickup_id, locker_id, tag)
        for card in bound:
            cards.set_tags(db, card.id, locker_id, others[card.id])
        for one in asked:
            delegates.set_tags(db, one.id, locker_id, others[one.id])
        Scene(db, hub, locker_id).event("locker_replaced")
    spread_passes(hub, locker_id)
    return Introduced(code_key.hex(), hub.keys.public_hex)


def _retire(db: Connection, hub: Hub, old: LockerRecord, public_key: str, code_key: bytes) -> None:
    lockers.retire_key(db, old.id, old.public_key, hub.now_s())
    lockers.set_code_key(db, hub.store, old.id, code_key)
    # A new journal begins: the old one's facts stay known, and its reports count no more.
    orders.begin_epoch(db, old.id, hub.draws.epoch())
    lockers.update(
        db, old.id, public_key=public_key, head=GENESIS, run="", session_run="", online=0,
        stands_epoch="", stands_order=0, stands_digest="", reached_epoch="", split_epoch="",
    )  # fmt: skip
    report = Report(Scene(db, hub, old.id), old.id, f"replaced/{public_key}")
    for box in lockers.compartments(db, old.id):
        inside = [one for one in deliveries.live_in(db, old.id, box.n) if one.state == "inside"]
        for delivery in inside:
            contents.doubt(report, delivery, box.n)
        # What may hold something is mistrusted by order; what held nothing is as new as the machine.
        # A doubt that names nobody is one all the same: its parcel may be one that this hub has never heard of.
        unnamed = box.content == "uncertain" and box.doubt != "new"
        # Somebody had a door open when the old machine died: whether they put something in died with it.
        maybe = inside or deliveries.doubts(db, old.id, box.n) or unnamed or box.door_open
        lockers.set_content(db, old.id, box.n, "uncertain", "fork" if maybe else "new")
        lockers.set_door(db, old.id, box.n, False)
    lockers.clear_faults(db, old.id)
