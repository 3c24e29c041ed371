"""How a business "no" is said: as a value, never as an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

RefusalCode = Literal[
    "unknown_parcel",
    "unknown_locker",
    "unknown_page",
    "unknown_compartment",
    "unknown_alarm",
    "already_announced",  # this carrier has announced this tracking number with other content
    "label_under_way",  # one of the further labels opens a compartment for another parcel
    "several_parcels",  # a deposit ticket couldn't say which of them it is for
    "unknown_pass",
    "bad_pass",
    "duplicate_key",
    "key_used_otherwise",  # the Idempotency-Key came with another body before
    "too_large",  # fits into no compartment of this locker
    "no_room",  # would fit, but all room is promised
    "quota_full",  # would fit, but its carrier uses all that it may use there
    "quota_twice",
    "no_locker",  # no locker can take the failed home delivery
    "not_eligible",  # may not go into a locker (perishable, age check)
    "not_a_home_delivery",
    "not_waiting",  # an extension needs a parcel that waits in a locker
    "already_extended",
    "not_cancellable",
    "not_on_its_way",
    "in_a_locker",  # a parcel that lies, or may lie, in a compartment can't be said to be elsewhere
    "not_missing",  # only what needs attention can be recovered or given up
    "not_redirectable",
    "attempt_is_over",  # the parcel is on its way to a door again, or to a locker already
    "not_offered",
    "undecided",  # a courier chooses among offers
    "unknown_card",
    "unknown_drop_off",
    "not_returnable",
    "return_under_way",
    "not_a_drop_off",  # only what a sender still has in hand can be moved or called off
    "card_used",
    "not_for_a_card",
    "no_code_yet",  # somebody else can be asked to come only while there is a code to share
    "unknown_delegate",
    "too_many_delegates",
    "not_depositable",
    "duplicate_locker",
    "too_far",
    "scope_of_operators",  # a carrier's key can't operate lockers
    "unknown_key",
    "unknown_webhook",
    "unknown_delivery",
    "not_a_target",  # a webhook's address that this hub doesn't send to
    "too_many_webhooks",
    "too_many_devices",
    "first_under_way",  # the first request with this Idempotency-Key has no answer yet
    "duplicate_user",
    "unknown_user",
    "last_admin",
    "weak_password",
    "choose_password",
    "wrong_password",
    "sign_in_paused",
    "not_invited",
    "not_permitted",
    "caller_not_checked",  # a help desk has to know who calls
    "not_inside",  # a door is opened from the telephone for what lies in it
    "locker_offline",
    "wrong_number",  # not the one at the locker
    "number_paused",
    "opening_under_way",
    "unknown_opening",
    "reason_missing",
    "needs_a_yes",  # an occupied compartment: its recipient's or a second person's
    "nobody_to_ask",
    "same_person",
    "emergencies_spent",
    "too_many_changes",  # others were quicker several times: try again
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that has no effect: a stable code, and a sentence that says the next step. Holds no secret."""

    code: RefusalCode
    sentence: str
    data: dict[str, object] = field(default_factory=dict)


# What many handlers say, in the same words.
UNKNOWN_PAGE = Refusal("unknown_page", "There is no such page: use the link in your newest message.")
UNKNOWN_PARCEL = Refusal("unknown_parcel", "There is no parcel with this id.")
UNKNOWN_LOCKER = Refusal("unknown_locker", "There is no locker with this id: GET /v1/lockers lists them.")
TOO_MANY_CHANGES = Refusal("too_many_changes", "Others were quicker each time: ask again.")
