"""How statuses and events are said to a recipient, in English."""

from __future__ import annotations

from hub_service.domain.custody import Status

STATUS_SENTENCES: dict[Status, str] = {
    "announced": "Your parcel is announced and on its way.",
    "in_transit": "Your parcel is on its way.",
    "out_for_delivery": "A courier is on the way with your parcel.",
    "delivery_failed": "Nobody could take your parcel at the door. Your carrier will be in touch.",
    "redirected": "Nobody could take your parcel at the door; it is on its way to a locker near you.",
    "ready_for_pickup": "Your parcel is in the locker: collect it with the QR code or the PIN.",
    "collected": "Your parcel has been collected.",
    "expired": "The time to collect is over. Until a courier has taken the parcel, your code still opens the door.",
    "retrieved": "A courier has taken your parcel out of the locker; it goes back to its sender.",
    "return_announced": "Bring your parcel to the locker: your code opens a compartment for it.",
    "return_deposited": "Your parcel is in the locker; a courier will take it from there.",
    "returned": "Your parcel is with the carrier.",
    "cancelled": "This delivery was cancelled by its sender or carrier.",
    "needs_attention": "Somebody is looking after your parcel; we will be in touch.",
}

EVENT_SENTENCES: dict[str, str] = {
    "announced": "Announced by the carrier",
    "taken_over": "The carrier has the parcel",
    "set_out": "Out for delivery",
    "attempt_failed": "Nobody could take it at the door",
    "room_promised": "A place in {locker} is held for it",
    "redirected": "Redirected to {locker}",
    "deposited": "Put into compartment {n} of {locker}",
    "collected": "Collected at {locker}",
    "retrieved": "Taken out of {locker} by a courier",
    "expired": "The time to collect is over",
    "extended": "The time to collect was extended",
    "reminded": "A reminder was sent",
    "cancelled": "Cancelled",
    "doubted": "Somebody has to look whether it lies in {locker}",
    "displaced": "Somebody has to look for it in {locker}",
    "not_found": "It isn't where it should lie in {locker}; somebody looks for it",
    "clock_moved_on": "{locker} or its door was out of reach for a while: there is more time",
    "hold_ended": "It wasn't brought to {locker} in time",
    "handed_over": "Handed over, says the carrier",
    "sent_back": "On the way back to the sender",
    "recovered": "Found again",
    "given_up": "Nobody could find it",
    "delegate_asked": "Somebody else may collect it, too",
    "delegate_ended": "One of those who were asked may not collect it any more",
    "collected_by_delegate": "It was somebody whom you had asked to come",
    "low_wished": "A low compartment was asked for",
    "day_wished": "Another day was asked for",
    "card_left": "A card was left at the door",
    "drop_off_asked": "To be dropped off at {locker}",
    "return_asked": "A return was asked for",
    "dropped_off": "Dropped off in compartment {n} of {locker}",
    "picked_up": "Taken out of {locker} by a courier: the carrier has it",
    "taken_back": "Taken out of {locker} again with the code",
    "called_off": "The drop-off was called off",
    "lapsed": "The drop-off code has ended unused",
    "rerouted": "To be dropped off at {locker} instead",
    "wanted_back": "To be taken out of {locker} again",
    "found": "Seen lying in compartment {n} of {locker}",
}
"""Events that a recipient is shown; all others are for operators."""
