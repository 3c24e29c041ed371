"""What may go into a locker after a failed home delivery. Pure: the same parcel, the same answer, reasons by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from hub_service.domain.refusals import Refusal

Consent = Literal["not_asked", "given", "refused"]
"""Whether the recipient wants a locker in place of their door. `refused` counts in every country."""

Ineligible = Literal[
    "refused_by_recipient",
    "perishable",
    "medicine",
    "age_check",
    "cash_on_delivery",
    "opted_out",
    "no_consent",
    "too_large",
]
SENTENCES: dict[Ineligible, str] = {
    # The recipient doesn't want it: a locker would only delay its way back.
    "refused_by_recipient": "The recipient has refused the parcel: take it back to the sender.",
    "perishable": "Perishable goods can't wait in a locker: agree on another time with the recipient.",
    "medicine": "Medicine is handed over in person: agree on another time with the recipient.",
    "age_check": "This parcel is handed over after an age check only: try again at the door.",
    "cash_on_delivery": "A locker takes no money: try again at the door, or take it to a shop.",
    "opted_out": "The recipient wants no locker: try again at the door.",
    "no_consent": "In this country the recipient has to agree to a locker first: ask, and report it as given.",
    "too_large": "It fits into no compartment of any locker near by: agree on another attempt with the recipient.",
}
CONSENT_NEEDED = frozenset({"CN"})
"""Countries, by ISO 3166 code, in which nobody's parcel goes into a locker without their word; several Chinese
provinces ask for it by law. A carrier that asks everywhere announces `refused` until its recipient has agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What is known of a parcel that decides where it may wait. `reason` is why the attempt failed."""

    reason: str = ""
    perishable: bool = False
    medicine: bool = False
    age_check: bool = False
    cash_on_delivery: bool = False
    consent: Consent = "not_asked"
    country: str = ""


def reasons_against(nature: Nature) -> tuple[Ineligible, ...]:
    """Everything that keeps it out of any locker, the weightiest first; empty: it may go."""
    speaks: dict[Ineligible, bool] = {
        "refused_by_recipient": nature.reason == "refused",
        "perishable": nature.perishable,
        "medicine": nature.medicine,
        "age_check": nature.age_check,
        "cash_on_delivery": nature.cash_on_delivery,
        "opted_out": nature.consent == "refused",
        "no_consent": nature.consent == "not_asked" and nature.country.upper() in CONSENT_NEEDED,
    }
    return tuple(code for code in get_args(Ineligible) if speaks.get(code))


def refusal(nature: Nature) -> Refusal | None:
    """None if this parcel may go into a locker, else why not: the first reason in words, all of them as codes."""
    against = reasons_against(nature)
    return Refusal("not_eligible", SENTENCES[against[0]], {"reasons": list(against)}) if against else None
